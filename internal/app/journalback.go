package app

import (
	"context"
	"errors"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// Undo implements store.Departures. That a series goes on needs no line: the journal's
// leaving is older than the enrollment that continues it. But a suppression that was
// lifted would come back with the next reading of the journal, so that is written.
// Without the line, after a crash in between, the reader stays suppressed, which is
// the harmless side; so a line that cannot be written is no reason to refuse them.
func (j journaled) Undo(ctx context.Context, back store.Return) ([]drip.Enrollment, error) {
	list, err := j.Store.Undo(ctx, back)
	if err != nil || !back.Everything {
		return list, err
	}
	w := drip.Withdrawal{At: back.Now, Suppressed: drip.SuppressedByReader, Lifted: true}
	if err := j.noteLifted(ctx, back.Enrollment, w); err != nil {
		j.in.log.Error("a suppression was lifted in the database and not in the journal in state_dir; it comes back if the database is put back to a copy",
			"enrollment", int64(back.Enrollment), "error", err)
	}
	return list, nil
}

func (j journaled) noteLifted(ctx context.Context, id drip.EnrollmentID, w drip.Withdrawal) error {
	e, err := j.Store.Enrollment(ctx, id)
	if err != nil {
		return err
	}
	if w.Hash, _, err = j.names(ctx, e); err != nil {
		return err
	}
	former, err := j.Store.Former(ctx, e.Subscriber)
	if err != nil {
		return err
	}
	return j.in.state.Append(append(alsoAs(w, former), w)...)
}

// noteFormer notes a reader's own suppression for the addresses that they had before,
// which the store has suppressed with it.
func (j journaled) noteFormer(ctx context.Context, s drip.Suppression, address mailaddr.Address) {
	if s.Reason != drip.SuppressedByReader || address.IsZero() {
		return
	}
	person, err := j.Store.SubscriberByEmail(ctx, address)
	if errors.Is(err, drip.ErrNotFound) {
		return
	}
	var former []mailaddr.Hash
	if err == nil {
		former, err = j.Store.Former(ctx, person.ID)
	}
	if err != nil {
		j.in.unwritten(err)
		return
	}
	j.in.note(alsoAs(withdrawalOf(s), former)...)
}

// alsoAs returns a withdrawal for each of the addresses that a person had before: an
// older copy of the database knows them by one of these.
func alsoAs(w drip.Withdrawal, former []mailaddr.Hash) []drip.Withdrawal {
	var list []drip.Withdrawal
	for _, w.Hash = range former {
		list = append(list, w)
	}
	return list
}
