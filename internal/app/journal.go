package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// journaled is a store whose withdrawals are written into the journal right after
// they were committed, before anybody is told that they are done. That order makes
// what the journal says true; what a crash keeps out of it is added later, by
// comparing. A journal that cannot be written keeps nobody from leaving.
type journaled struct {
	store.Store
	in *Instance
}

// Suppress implements store.Suppressions.
func (j journaled) Suppress(ctx context.Context, s drip.Suppression, address mailaddr.Address) error {
	err := j.Store.Suppress(ctx, s, address)
	if err == nil {
		j.in.note(withdrawalOf(s))
		j.noteFormer(ctx, s, address)
	}
	return err
}

// withdrawalOf is what the journal says of a suppression.
func withdrawalOf(s drip.Suppression) drip.Withdrawal {
	return drip.Withdrawal{Hash: s.Hash, At: s.At, Suppressed: s.Reason, Campaign: s.Campaign}
}

// Erase implements store.People.
func (j journaled) Erase(ctx context.Context, id drip.SubscriberID, s drip.Suppression) error {
	former, err := j.Store.Former(ctx, id)
	if err == nil {
		err = j.Store.Erase(ctx, id, s)
	}
	if err == nil {
		w := withdrawalOf(s)
		j.in.note(append(alsoAs(w, former), w)...)
	}
	return err
}

// Leave implements store.Enrollments.
func (j journaled) Leave(ctx context.Context, id drip.EnrollmentID, reason drip.LeaveReason, now time.Time) (drip.Enrollment, error) {
	e, err := j.Store.Leave(ctx, id, reason, now)
	if err != nil || reason != drip.LeftByReader && reason != drip.LeftByAdmin || e.LeftAt.Before(now.Truncate(time.Millisecond)) {
		return e, err // one that was left before is in the journal
	}
	w := drip.Withdrawal{At: e.LeftAt, Left: reason}
	if w.Hash, w.Campaign, err = j.names(ctx, e); err != nil {
		j.in.unwritten(err)
		return e, nil
	}
	former, err := j.Store.Former(ctx, e.Subscriber)
	if err != nil {
		j.in.unwritten(err)
	}
	j.in.note(append(alsoAs(w, former), w)...)
	return e, nil
}

// names returns what the journal calls an enrollment's person and campaign.
func (j journaled) names(ctx context.Context, e drip.Enrollment) (hash mailaddr.Hash, campaign string, err error) {
	person, err := j.Store.Subscriber(ctx, e.Subscriber)
	if errors.Is(err, drip.ErrNotFound) {
		return hash, "", fmt.Errorf("enrollment %d was erased meanwhile: %w", e.ID, err)
	}
	if err != nil {
		return hash, "", err
	}
	records, err := j.Store.Campaigns(ctx)
	for _, record := range records {
		if record.No == e.Campaign {
			campaign = record.Key
		}
	}
	return j.in.Hasher.Sum(person.Email), campaign, err
}

// CommitRound implements store.Sending.
func (j journaled) CommitRound(ctx context.Context, round store.Round) (store.RoundResult, error) {
	result, err := j.Store.CommitRound(ctx, round)
	if err != nil {
		return result, err
	}
	for i := range round.Outcomes {
		o := &round.Outcomes[i]
		if o.Suppress == "" || !result.Settled[i] {
			continue
		}
		w := drip.Withdrawal{At: round.Calendar, Suppressed: o.Suppress}
		e, err := j.Store.Enrollment(ctx, o.Enrollment)
		if err == nil {
			w.Hash, _, err = j.names(ctx, e)
		}
		if err == nil {
			_, err = j.Store.Suppressed(ctx, w.Hash)
			if errors.Is(err, drip.ErrNotFound) {
				continue // it was about an address that they have left behind
			}
		}
		if err != nil {
			j.in.unwritten(err)
			continue
		}
		j.in.note(w)
	}
	return result, nil
}

// note appends withdrawals to the journal.
func (in *Instance) note(list ...drip.Withdrawal) {
	if err := in.state.Append(list...); err != nil {
		in.unwritten(err)
	}
}

// unwritten notes that the journal lacks something, for a serve to add.
func (in *Instance) unwritten(err error) {
	in.unjournaled.Store(true)
	in.log.Error("a withdrawal is in the database and not in the journal in state_dir; a serve adds it when it can", "error", err)
}

// Unjournaled reports whether this process committed a withdrawal that is not in the
// journal.
func (in *Instance) Unjournaled() bool { return in.unjournaled.Load() }

// remember applies what the journal knows and this database may have forgotten:
// what was written after the database last agreed with it. If a line of that cannot
// be read, nobody knows who left, and the database is held.
func (in *Instance) remember(ctx context.Context, f store.FenceState) (store.FenceState, error) {
	journal, err := in.state.Journal(f.Journal)
	if err != nil {
		return in.Store.Hold(ctx, store.HeldJournal, in.calendar())
	}
	done, err := in.Store.Withdraw(ctx, journal.List)
	if err != nil {
		return f, err
	}
	if done != (store.Withdrawn{}) {
		in.log.Warn("the journal knew of people who left, and the database did not: applied",
			"suppressed", done.Suppressed, "erased", done.Erased, "left", done.Left, "lifted", done.Lifted)
	}
	if len(journal.Bad) > 0 && !f.Held() {
		in.log.Error("lines of the journal of withdrawals cannot be read", "lines", journal.Bad)
		return in.Store.Hold(ctx, store.HeldJournal, in.calendar())
	}
	return f, nil
}

// catchUp adds to the journal what the database knows and the journal lacks.
func (in *Instance) catchUp(ctx context.Context) error {
	in.unjournaled.Store(false)
	list, err := in.Store.Withdrawals(ctx)
	if err == nil {
		err = in.appendMissing(list)
	}
	if err != nil {
		in.unjournaled.Store(true)
		return fmt.Errorf("add to the journal of withdrawals: %w", err)
	}
	return nil
}

func (in *Instance) appendMissing(list []drip.Withdrawal) error {
	journal, err := in.state.Journal(0)
	if err != nil {
		return err
	}
	type key struct {
		hash     mailaddr.Hash
		campaign string
		left     bool // the campaign, and not suppressed
	}
	of := func(w drip.Withdrawal) key { return key{w.Hash, w.Campaign, w.Suppressed == ""} }
	latest, lifted := make(map[key]time.Time, len(journal.List)), make(map[key]time.Time)
	for _, w := range journal.List {
		k := of(w)
		if w.Lifted {
			lifted[k] = w.At
			delete(latest, k)
			continue
		}
		if at, ok := latest[k]; !ok || w.At.After(at) {
			latest[k] = w.At
		}
	}
	var missing []drip.Withdrawal
	for _, w := range list {
		if at, ok := lifted[of(w)]; ok && !w.At.After(at) {
			continue // lifted while the database was read
		}
		if at, ok := latest[of(w)]; !ok || of(w).left && w.At.After(at) {
			missing = append(missing, w)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	in.log.Info("adding withdrawals to the journal", "count", len(missing))
	return in.state.Append(missing...)
}
