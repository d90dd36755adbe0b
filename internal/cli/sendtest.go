package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/smtpsend"
)

func newSendTest(e *env) *cobra.Command {
	var as, to string
	cmd := &cobra.Command{
		Use:   "send-test CAMPAIGN/ISSUE --to ADDRESS",
		Short: "Send one real message, marked as a test, outside the ledger",
		Long: "Composes an issue for a persona and sends it through the configured relay to one address. The\n" +
			"subject begins with [Test], the links change nothing, and the ledger does not hear of it. It needs\n" +
			"no database.",
		Example: "  partwork send-test garden-notes/welcome --to you@example.org\n" +
			"  partwork send-test garden-notes/welcome --to you@example.org --as midori@example.net",
		Args:              argCount(1, 1),
		ValidArgsFunction: e.completeIssues(1),
	}
	cmd.Flags().StringVar(&to, "to", "", "the `ADDRESS` to send to (required)")
	cmd.Flags().StringVar(&as, "as", "", "the `PERSONA` to compose for, by address or name; the first one if empty")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if to == "" {
			return usagef("add --to with your own address", "there is nobody to send the test to")
		}
		address, err := mailaddr.Parse(to)
		if err != nil {
			return err
		}
		return e.sendTest(cmd.Context(), args[0], as, address)
	}
	return cmd
}

func (e *env) sendTest(ctx context.Context, name, as string, to mailaddr.Address) error {
	if _, err := e.config(); err != nil {
		return err // without a configuration there is no relay
	}
	f, err := e.openFolder()
	if err != nil {
		return err
	}
	defer f.close()
	c, issue, err := f.issue(name)
	if err != nil {
		return err
	}
	persona, err := f.persona(c, as)
	if err != nil {
		return err
	}
	signer, err := app.SignerOf(f.cfg)
	if err != nil {
		return unusableKey(err)
	}
	message, err := specimen{
		folder: f, campaign: c, issue: issue, persona: persona, to: to, now: e.now(), test: true, link: "test", signer: signer,
	}.message()
	if err != nil {
		return err
	}
	reply, err := submit(ctx, f.cfg, message)
	if err != nil {
		return err
	}
	e.say("sent to %s: %q", to, message.Subject)
	e.say("the relay %s replied: %s", relayText(f.cfg), replyText(reply))
	return nil
}

// submit gives one message to the relay. An error says what the relay said.
func submit(ctx context.Context, cfg *config.Config, m *compose.Message) (drip.Reply, error) {
	if cfg.SMTP.PasswordFile != "" && !cfg.SMTP.Password.IsSet() {
		return drip.Reply{}, usagef("write the password into it and run chmod 600 on it", "%s does not exist", relative(cfg.SMTP.PasswordFile))
	}
	conn, err := smtpsend.Dial(ctx, app.RelayOf(cfg))
	if err != nil {
		return drip.Reply{}, failf("check smtp: in the configuration, and that the relay runs", "the relay %s cannot be used: %v", relayText(cfg), err)
	}
	defer conn.Abort()
	reply := conn.Offer(ctx, smtpsend.Envelope{From: m.From, To: m.To, UTF8: m.UTF8, Size: len(m.Bytes)})
	if reply.Code/100 != 2 {
		return reply, notTaken(cfg, reply)
	}
	reply = conn.Data(ctx, m.Bytes)
	if smtpsend.Classify(reply) != drip.ClassAccepted {
		return reply, notTaken(cfg, reply)
	}
	_ = conn.Quit() // the message is accepted, whatever the relay says to this
	return reply, nil
}

func notTaken(cfg *config.Config, reply drip.Reply) error {
	return failf("", "the relay %s did not take the message (%s): %s", relayText(cfg), reply.Phase, replyText(reply))
}

// replyText writes a reply as the relay gave it.
func replyText(r drip.Reply) string {
	if r.Code == 0 {
		return printable(r.Text)
	}
	text := strconv.Itoa(r.Code)
	if r.Enhanced != "" {
		text += " " + r.Enhanced
	}
	return printable(text + " " + r.Text)
}

// relayText names the first relay.
func relayText(cfg *config.Config) string { return relayName(&cfg.SMTP) }

func relayName(r *config.SMTP) string { return fmt.Sprintf("%s (%s)", r.Address(), r.TLS) }
