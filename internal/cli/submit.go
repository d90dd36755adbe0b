package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"partwork/internal/app"
	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/smtpsend"
)

// submit gives one message to the relay. An error says what the relay said.
func submit(ctx context.Context, cfg *config.Config, m *compose.Message) (reply drip.Reply, err error) {
	err = submitAll(ctx, cfg, []*compose.Message{m}, func(_ *compose.Message, r drip.Reply) { reply = r })
	return reply, err
}

// submitAll gives messages to the relay over one connection, no faster than smtp.rate
// allows, and tells of each that was taken. It stops at the first that is not.
func submitAll(ctx context.Context, cfg *config.Config, messages []*compose.Message, taken func(*compose.Message, drip.Reply)) error {
	if cfg.SMTP.PasswordFile != "" && !cfg.SMTP.Password.IsSet() {
		return usagef("write the password into it and run chmod 600 on it", "%s does not exist", relative(cfg.SMTP.PasswordFile))
	}
	conn, err := smtpsend.Dial(ctx, app.RelayOf(cfg))
	if err != nil {
		return failf(unreachableFix(cfg), "the relay %s cannot be used: %v", relayText(cfg), err)
	}
	defer conn.Abort()
	for i, m := range messages {
		if i > 0 {
			if err := pause(ctx, cfg.SMTP.Rate); err != nil {
				return err
			}
		}
		reply := conn.Offer(ctx, smtpsend.Envelope{From: m.From, To: m.To, UTF8: m.UTF8, Size: len(m.Bytes)})
		if reply.Code/100 == 2 {
			reply = conn.Data(ctx, m.Bytes)
		}
		if smtpsend.Classify(reply) != drip.ClassAccepted {
			return notTaken(cfg, m, reply, len(messages)-i)
		}
		taken(m, reply)
	}
	_ = conn.Quit() // the messages are accepted, whatever the relay says to this
	return nil
}

// pause waits as long as there is between two messages at that many a second.
func pause(ctx context.Context, rate float64) error {
	if rate <= 0 {
		return nil
	}
	timer := time.NewTimer(time.Duration(float64(time.Second) / rate))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unreachableFix says what to do about a relay that does not answer.
func unreachableFix(cfg *config.Config) string {
	if cfg.RelayIsLoopback() {
		return "start it: `partwork inbox`, in another terminal, keeps what is sent on this machine; or write your relay into smtp: in the configuration"
	}
	return "check host, port, tls, username and password below smtp: in the configuration, and that the relay runs"
}

// notTaken says what the relay said to a message, and what can be done about it.
func notTaken(cfg *config.Config, m *compose.Message, reply drip.Reply, left int) error {
	advice := map[drip.Class]string{
		drip.ClassRecipient: "check the address behind --to; some relays only take what is for their own domains, or for addresses that were verified",
		drip.ClassMessage:   "the relay objects to the message itself: `partwork check` and the reply say why",
		drip.ClassSender:    "check from: in campaign.yaml, whose domain the relay must allow, and username and tls below smtp: in the configuration",
		drip.ClassDeferred:  "try again in a few minutes",
		drip.ClassThrottled: "try again later, or write a lower rate: below smtp: in the configuration",
		drip.ClassTransport: "the connection broke before the message was sent; try again",
		drip.ClassUnknown:   "perhaps it was sent: look into the inbox before you try again",
	}[smtpsend.Classify(reply)]
	more := ""
	if left > 1 {
		more = fmt.Sprintf("; this and %s were not sent", count(left-1, "more issue"))
	}
	return failf(advice, "the relay %s did not take %q (%s): %s%s", relayText(cfg), printable(m.Subject), reply.Phase, replyText(reply), more)
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
