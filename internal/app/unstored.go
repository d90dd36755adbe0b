package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"partwork/internal/drip"
	"partwork/internal/fence"
	"partwork/internal/store"
)

// unstored keeps in the state folder how attempts ended while the database does not
// take it. The sender tries again and again; what is kept is for the case that the
// process dies before that succeeds: a letter that the relay took must not become one
// of unknown fate. It is used from one goroutine at a time.
type unstored struct {
	folder fence.Folder
	uuid   string // the database's
	log    *slog.Logger
	kept   int // outcomes in the file
	logged int // outcomes in the log, because there was no file to be had
}

// note takes in what became of a group commit.
func (u *unstored) note(round store.Round, err error) {
	switch {
	case err != nil:
		u.keep(round)
	case u.kept > 0: // all of them are in it
		u.kept, u.logged = 0, 0
		if err := u.folder.RemoveOutcomes(u.uuid); err != nil {
			u.log.Error("remove outcomes that are stored by now; storing them again changes nothing", "error", err)
		}
	default:
		u.logged = 0
	}
}

// keep writes the outcomes of a round, of which those that were kept before are the
// first. What cannot be written is logged once, so that a person can find it.
func (u *unstored) keep(round store.Round) {
	list := toKeep(round)
	if len(list) <= u.kept {
		return
	}
	err := u.folder.WriteOutcomes(u.uuid, list)
	if err == nil {
		u.kept = len(list)
		return
	}
	if len(list) <= u.logged {
		return
	}
	u.log.Error("keep in state_dir what the database does not take; it is in the log only", "error", err)
	for _, o := range list[max(u.kept, u.logged):] {
		u.log.Error("an outcome could not be stored", "enrollment", int64(o.Enrollment), "issue", int64(o.Issue),
			"attempt", o.Attempt, "state", string(o.State), "code", o.Code, "reply", o.Text)
	}
	u.logged = len(list)
}

// toKeep returns the outcomes of attempts in a round; what was only put aside is none.
func toKeep(round store.Round) []fence.Outcome {
	var list []fence.Outcome
	for i := range round.Outcomes {
		o := &round.Outcomes[i]
		if o.Class == "" {
			continue
		}
		kept := fence.Outcome{
			Enrollment: o.Enrollment, Issue: o.Issue, Attempt: o.Attempt, State: o.State, Reason: o.Reason, Class: o.Class,
			Phase: o.Reply.Phase, Code: o.Reply.Code, Enhanced: o.Reply.Enhanced, Text: o.Reply.Text,
			At: o.SentAt, RetryAt: o.RetryAt, Suppress: o.Suppress,
		}
		if kept.At.IsZero() {
			kept.At = round.Calendar
		}
		if o.State == drip.DeliveryRefused {
			kept.Reason = cmp.Or(o.Reason, drip.ReasonMessage)
		}
		list = append(list, kept)
	}
	return list
}

// kept turns it back into what a store takes.
func kept(o *fence.Outcome) store.Outcome {
	out := store.Outcome{
		Fence: store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: o.Enrollment, Issue: o.Issue}, Attempt: o.Attempt},
		State: o.State, Reason: o.Reason, Class: o.Class, RetryAt: o.RetryAt, Suppress: o.Suppress,
		Reply: drip.Reply{Phase: o.Phase, Code: o.Code, Enhanced: o.Enhanced, Text: o.Text},
	}
	if o.State == drip.DeliverySent {
		out.SentAt = o.At
	}
	return out
}

// storeKept stores what an earlier serve could not. It comes before what that one left
// behind is taken over, which makes unknown what nobody knows better. Storing it twice
// changes nothing: each outcome names its attempt.
func (in *Instance) storeKept(ctx context.Context) error {
	f, err := in.Store.FenceState(ctx)
	if err != nil {
		return err
	}
	list, err := in.state.Outcomes(f.UUID)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if damaged := (*fence.DamagedError)(nil); errors.As(err, &damaged) {
		aside, moved := in.state.SetOutcomesAside(f.UUID, in.machine())
		in.log.Error("what an earlier serve kept of outcomes cannot be read; the deliveries become unknown",
			"error", err, "set_aside", aside, "moved", moved)
		return nil
	}
	if err != nil {
		return err
	}
	round := store.Round{Calendar: in.calendar(), Machine: in.machine()}
	for i := range list {
		round.Outcomes = append(round.Outcomes, kept(&list[i]))
	}
	result, err := in.Store.CommitRound(ctx, round)
	if err != nil {
		return fmt.Errorf("store the outcomes in %s: %w", in.state.OutcomesName(f.UUID), err)
	}
	settled := 0
	for _, ok := range result.Settled {
		if ok {
			settled++
		}
	}
	in.log.Warn("an earlier serve could not store how attempts ended: it is stored now", "outcomes", len(list), "settled", settled)
	if err := in.state.RemoveOutcomes(f.UUID); err != nil {
		in.log.Error("remove outcomes that are stored by now; storing them again changes nothing", "error", err)
	}
	return nil
}
