package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// allUnknown is more unknown deliveries than anybody settles at a time.
const allUnknown = 100_000

// Verdict is what a person found out about an unknown delivery.
type Verdict string

// The verdicts.
const (
	// Arrived has the delivery count as sent when it was marked unknown.
	Arrived Verdict = "sent"
	// Lost has it count as refused; the series goes on without it.
	Lost Verdict = "refused"
	// Again has the same bytes sent once more.
	Again Verdict = "resend"
)

// Reasons not to settle a delivery.
var (
	// ErrTwice says that it was sent again already, and is unknown once more.
	ErrTwice = errors.New("it was sent twice already, and is not sent a third time")
	// ErrOvertaken says that a later issue went out or is on its way.
	ErrOvertaken = errors.New("the series went on, and sending it now would be out of order")
	// ErrSettled says that it is not unknown any more.
	ErrSettled = errors.New("it is not unknown any more")
)

// Unknown lists the deliveries of unknown fate, the latest first.
func (in *Instance) Unknown(ctx context.Context) ([]store.LogEntry, error) {
	return in.Store.Log(ctx, store.LogFilter{States: []drip.DeliveryState{drip.DeliveryUnknown}, Limit: allUnknown})
}

// Settle ends the doubt about a delivery by hand. It returns ErrTwice, ErrOvertaken or
// ErrSettled, wrapped, if that cannot be; then nothing has changed. A series that is
// not through goes on, and one that was is opened again by Again.
func (in *Instance) Settle(ctx context.Context, entry store.LogEntry, verdict Verdict) error {
	attempts, err := in.Store.Attempts(ctx, entry.DeliveryKey)
	if err != nil {
		return err
	}
	n, at := outbox.Unknowns(attempts)
	out := store.Outcome{
		Fence: store.Fence{DeliveryKey: entry.DeliveryKey, Attempt: entry.Attempt},
		Reply: drip.Reply{Text: "settled by hand"},
	}
	switch verdict {
	case Arrived:
		out.State, out.SentAt = drip.DeliverySent, at
	case Lost:
		out.State, out.Reason = drip.DeliveryRefused, drip.ReasonMessage
	case Again:
		if n > 1 {
			return ErrTwice
		}
		return in.again(ctx, out)
	default:
		return fmt.Errorf("%q is not what can become of a delivery", verdict)
	}
	settled, err := in.decide(ctx, out)
	if err == nil && !settled {
		err = ErrSettled
	}
	return err
}

// again has a delivery planned once more.
func (in *Instance) again(ctx context.Context, out store.Outcome) error {
	out.State, out.Reply.Text = drip.DeliveryPlanned, "no reply; to be sent once more"
	settled, err := in.decide(ctx, out)
	if err != nil || settled {
		return err
	}
	unknown, err := in.Unknown(ctx)
	if err != nil {
		return err
	}
	for i := range unknown {
		if unknown[i].DeliveryKey == out.DeliveryKey {
			return ErrOvertaken
		}
	}
	return ErrSettled
}

// decide commits one decision about a delivery.
func (in *Instance) decide(ctx context.Context, out store.Outcome) (bool, error) {
	result, err := in.Store.CommitRound(ctx, store.Round{
		Calendar: in.calendar(), Machine: in.machine(), Outcomes: []store.Outcome{out},
	})
	return err == nil && result.Settled[0], err
}

// resenders are the ids of the campaigns that want sent again what is unknown.
func (in *Instance) resenders() map[string]bool {
	wanted := make(map[string]bool)
	for _, p := range in.Library.Programs() {
		wanted[p.Campaign.ID] = p.Campaign.OnUnknown == drip.ResendUnknown
	}
	return wanted
}

// believe has what is unknown and was marked before a time count as sent, in the
// campaigns that would send it again: where the ledger is an older copy, that may have
// been done already, and the series have gone on.
func (in *Instance) believe(ctx context.Context, before time.Time) error {
	wanted := in.resenders()
	unknown, err := in.Unknown(ctx)
	if err != nil {
		return err
	}
	for _, entry := range unknown {
		if !wanted[entry.Campaign] || !entry.MarkedAt.Before(before) {
			continue
		}
		attempts, err := in.Store.Attempts(ctx, entry.DeliveryKey)
		if err != nil {
			return err
		}
		_, at := outbox.Unknowns(attempts)
		if _, err := in.decide(ctx, store.Outcome{
			Fence: store.Fence{DeliveryKey: entry.DeliveryKey, Attempt: entry.Attempt},
			State: drip.DeliverySent, SentAt: at, Reply: drip.Reply{Text: hadNote},
		}); err != nil {
			return err
		}
	}
	return nil
}

// resend sends again what is unknown, in the campaigns that want it. One after which
// the series went on stays as it is.
func (in *Instance) resend(ctx context.Context) error {
	wanted := in.resenders()
	unknown, err := in.Unknown(ctx)
	if err != nil {
		return err
	}
	for _, entry := range unknown {
		if !wanted[entry.Campaign] {
			continue
		}
		attempts, err := in.Store.Attempts(ctx, entry.DeliveryKey)
		if err != nil {
			return err
		}
		if !outbox.Resend(in.calendar(), attempts) {
			continue
		}
		err = in.again(ctx, store.Outcome{Fence: store.Fence{DeliveryKey: entry.DeliveryKey, Attempt: entry.Attempt}})
		switch {
		case errors.Is(err, ErrOvertaken), errors.Is(err, ErrSettled):
		case err != nil:
			return err
		default:
			in.log.Warn("a delivery of unknown fate is sent once more, as its campaign asks",
				"enrollment", int64(entry.Enrollment), "issue", int64(entry.Issue))
		}
	}
	return nil
}
