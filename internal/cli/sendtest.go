package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// testSend is what send-test was asked for.
type testSend struct {
	name           string // CAMPAIGN/ISSUE, or CAMPAIGN with all
	to             mailaddr.Address
	as, subscriber string
	all            bool
}

func newSendTest(e *env) *cobra.Command {
	var t testSend
	var to string
	cmd := &cobra.Command{
		Use:   "send-test CAMPAIGN/ISSUE --to ADDRESS",
		Short: "Send one real message, marked as a test, outside the ledger",
		Long: "Composes an issue, or with --all every issue of a campaign, drafts too, and sends it through the first\n" +
			"configured relay to one address. The reader is a persona who joins now, or with --subscriber a person\n" +
			"from the database, on their own dates, who gets nothing of it. The subject begins with [Test]; the\n" +
			"links of the reader have the usual form, but lead nowhere and change nothing; the ledger does not hear\n" +
			"of it. With a persona it needs no database. `partwork inbox` is a relay that keeps everything on this\n" +
			"machine.",
		Example: "  partwork send-test garden-notes/welcome --to you@your-domain\n" +
			"  partwork send-test garden-notes/welcome --to you@your-domain --as midori@example.net\n" +
			"  partwork send-test garden-notes/welcome --to you@your-domain --subscriber anna@her-domain\n" +
			"  partwork send-test garden-notes --all --to you@your-domain",
		Args:              argCount(1, 1),
		ValidArgsFunction: e.completeIssues(1),
	}
	flags := cmd.Flags()
	flags.StringVar(&to, "to", "", "the `ADDRESS` to send to (required)")
	flags.StringVar(&t.as, "as", "", "the `PERSONA` to compose for, by address or name; the first one if empty")
	flags.StringVar(&t.subscriber, "subscriber", "", "compose for the person with that `ADDRESS` instead of a persona")
	flags.BoolVar(&t.all, "all", false, "every issue of the campaign, in order")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if t.name = args[0]; to == "" {
			return usagef("add --to with your own address", "there is nobody to send the test to")
		}
		if t.as != "" && t.subscriber != "" {
			return usagef("leave one of them out", "--as and --subscriber exclude each other")
		}
		if t.to, err = mailaddr.Parse(to); err != nil {
			return err
		}
		return e.sendTest(cmd.Context(), t)
	}
	return cmd
}

func (e *env) sendTest(ctx context.Context, t testSend) error {
	if _, err := e.config(); err != nil {
		return err // without a configuration there is no relay
	}
	f, err := e.openFolder()
	if err != nil {
		return err
	}
	defer f.close()
	c, issues, err := f.tested(t)
	if err != nil {
		return err
	}
	reader, own, err := e.testReader(ctx, f, c, t)
	if err != nil {
		return err
	}
	if err := e.refuseSuppressed(ctx, f.cfg, t.to, c.Key); err != nil {
		return err
	}
	signer, err := app.SignerOf(f.cfg)
	if err != nil {
		return unusableKey(err)
	}
	// Everything is composed before anything is sent.
	var messages []*compose.Message
	for _, issue := range issues {
		message, err := specimen{
			folder: f, campaign: c, issue: issue, persona: reader, to: t.to, now: e.now(), own: own, test: true, signer: signer,
		}.message()
		if err != nil {
			return err
		}
		messages = append(messages, message)
	}
	err = submitAll(ctx, f.cfg, messages, func(m *compose.Message, reply drip.Reply) {
		e.say("sent to %s: %q", t.to, printable(m.Subject))
		e.say("the relay %s replied: %s", relayText(f.cfg), replyText(reply))
	})
	if err != nil {
		return err
	}
	e.say("next: read it in the inbox of %s; `partwork forecast %s` says when readers get it", t.to, c.ID)
	return nil
}

// tested returns the campaign and the places of the issues that are to be sent.
func (f *folder) tested(t testSend) (*drip.Campaign, []int, error) {
	id, _, named := strings.Cut(t.name, "/")
	if !t.all {
		if !named {
			return nil, nil, usagef("such as "+id+"/welcome; --all sends every issue", "expected CAMPAIGN/ISSUE, found %q", t.name)
		}
		c, issue, err := f.issue(t.name)
		return c, []int{issue}, err
	}
	if named {
		return nil, nil, usagef("`partwork send-test "+id+" --all` sends every issue", "with --all expected a CAMPAIGN, found %q", t.name)
	}
	c, err := f.campaign(id)
	if err != nil {
		return nil, nil, err
	}
	if _, _, err := f.issue(id + "/" + c.Issues[0].ID); err != nil { // the layouts
		return nil, nil, err
	}
	issues := make([]int, len(c.Issues))
	for i := range issues {
		issues[i] = i
	}
	return c, issues, nil
}

// testReader returns the persona, or a person of the database in the shape of one, with
// the dates of the series as they are for this person.
func (e *env) testReader(ctx context.Context, f *folder, c *drip.Campaign, t testSend) (reader campaignfile.Persona, own app.OwnSeries, err error) {
	if t.subscriber == "" {
		reader, err = f.persona(c, t.as)
		return reader, own, err
	}
	var who drip.SubscriberID
	err = e.looking(ctx, app.LookAtRecords, func(in *app.Instance) error {
		s, err := person(ctx, in, t.subscriber)
		reader = campaignfile.Persona{Email: s.Email, Name: s.Name, Timezone: s.Timezone, Attributes: s.Attributes}
		who = s.ID
		return err
	})
	if err == nil {
		own, err = e.ownSeries(ctx, c, who)
	}
	return reader, own, err
}

// ownSeries returns a subscriber's own dates of a series; none if they are not in it.
func (e *env) ownSeries(ctx context.Context, c *drip.Campaign, who drip.SubscriberID) (own app.OwnSeries, err error) {
	err = deskPeople{e}.observe(ctx, func(o *app.Observer) error {
		own, err = o.OwnSeries(ctx, c, who)
		return err
	})
	if errors.Is(err, drip.ErrNotFound) {
		err = nil
	}
	return own, err
}

// refuseSuppressed refuses an address that the instance must never mail, or not the campaign
// with that key, if there is a database that knows.
func (e *env) refuseSuppressed(ctx context.Context, cfg *config.Config, to mailaddr.Address, campaign string) error {
	if !exists(cfg.Database.Path()) {
		return nil
	}
	return e.looking(ctx, app.LookAtRecords, func(in *app.Instance) error {
		entries, err := in.Store.SuppressionsOf(ctx, in.Hasher.Sum(to))
		for _, entry := range entries {
			switch entry.Campaign {
			case "":
				return drip.ErrSuppressed
			case campaign:
				return drip.ErrKeptOut
			}
		}
		return err
	})
}
