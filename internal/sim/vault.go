package sim

import (
	"context"
	"errors"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// The errors that a disk in trouble gives.
var (
	errFull   = errors.New("the disk is full (simulated)")
	errLost   = errors.New("input/output error (simulated)")
	errLocked = errors.New("the database is locked (simulated)")
)

// vault is the real store as one process reaches it: over a disk that may fail.
// Reading goes straight to the store.
type vault struct {
	store.Store
	p *process
	// records are the campaigns as they were read last, good as long as no process
	// changes one: planners ask for them all the time.
	records []store.CampaignRecord
	read    int
}

// Campaigns implements [store.Catalog].
func (v *vault) Campaigns(ctx context.Context) ([]store.CampaignRecord, error) {
	var err error
	if v.records == nil || v.read != v.p.world.catalog {
		v.records, err = v.Store.Campaigns(ctx)
		v.read = v.p.world.catalog
	}
	return slices.Clone(v.records), err
}

// happens says whether the next change is made, and what is reported of it.
func (v *vault) happens(either bool) (does bool, reported error) {
	w := v.p.world
	switch {
	case w.elapsed < w.disk.lockedUntil:
		return false, errLocked
	case w.elapsed < w.disk.fullUntil:
		return false, errFull
	case w.elapsed < w.disk.lostUntil && w.dice.chance(0.5), w.trouble && w.dice.chance(w.swarm.failCommit):
		return either && w.dice.chance(0.5), errLost
	}
	return true, nil
}

// change makes a change that is made or not, and says so. With either, it may
// be made although an error is reported.
func (v *vault) change(either bool, do func() error) error {
	return v.changeSeen(either, longestSleep, do)
}

// changeSeen is change, seen by all planners within a while.
func (v *vault) changeSeen(either bool, within time.Duration, do func() error) error {
	does, reported := v.happens(either)
	var err error
	if does {
		err = do()
		v.p.world.stirred(within)
	}
	if reported != nil {
		v.p.note("%v; it happened: %t", reported, does)
		return reported
	}
	return err
}

// CommitPlan implements [store.Planning].
func (v *vault) CommitPlan(ctx context.Context, plan store.PlanCommit) (claimed int, err error) {
	v.p.looking, v.p.planning = true, v.p.looking // the planner looks again by itself
	err = v.changeSeen(true, time.Minute, func() error {
		claimed, err = v.Store.CommitPlan(ctx, plan)
		if err == nil && claimed > 0 {
			v.p.world.model.claimsMade(v.p, plan)
		}
		if err == nil && v.p.world.members.some {
			v.p.world.model.passesMade(v.p, plan)
		}
		return err
	})
	v.p.looking = v.p.planning
	if err != nil {
		claimed = 0
	}
	return claimed, err
}

// CommitRound implements [store.Sending]. The model hears what really happened,
// whatever is reported.
func (v *vault) CommitRound(ctx context.Context, round store.Round) (result store.RoundResult, err error) {
	err = v.changeSeen(true, time.Minute, func() error {
		result, err = v.Store.CommitRound(ctx, round)
		if err == nil {
			v.p.world.model.committed(v.p, round, result)
		}
		return err
	})
	if err != nil {
		result = store.RoundResult{}
	}
	return result, err
}

// Release implements [store.Sending].
func (v *vault) Release(ctx context.Context, fences []store.Fence, calendar time.Time) error {
	return v.change(true, func() error { return v.Store.Release(ctx, fences, calendar) })
}

// Leave implements [store.Enrollments].
func (v *vault) Leave(ctx context.Context, id drip.EnrollmentID, reason drip.LeaveReason, now time.Time) (e drip.Enrollment, err error) {
	err = v.change(true, func() error {
		e, err = v.Store.Leave(ctx, id, reason, now)
		return err
	})
	return e, err
}

// Suppress implements [store.Suppressions].
func (v *vault) Suppress(ctx context.Context, s drip.Suppression, address mailaddr.Address) error {
	return v.change(true, func() error { return v.Store.Suppress(ctx, s, address) })
}

// Erase implements [store.People].
func (v *vault) Erase(ctx context.Context, id drip.SubscriberID, s drip.Suppression) error {
	return v.change(false, func() error { return v.Store.Erase(ctx, id, s) })
}

// ImportRows implements [store.Imports].
func (v *vault) ImportRows(ctx context.Context, chunk store.ImportChunk) (rows []store.RowOutcome, err error) {
	err = v.change(false, func() error {
		rows, err = v.Store.ImportRows(ctx, chunk)
		return err
	})
	return rows, err
}

// Enroll implements [store.Enrollments].
func (v *vault) Enroll(ctx context.Context, enroll store.NewEnrollment) (e drip.Enrollment, err error) {
	err = v.change(false, func() error {
		e, err = v.Store.Enroll(ctx, enroll)
		return err
	})
	return e, err
}

// Confirm implements [store.Enrollments].
func (v *vault) Confirm(ctx context.Context, id drip.EnrollmentID, yes store.Confirmation) (e drip.Enrollment, err error) {
	err = v.change(false, func() error {
		e, err = v.Store.Confirm(ctx, id, yes)
		return err
	})
	return e, err
}

// PauseUntil implements [store.Readers].
func (v *vault) PauseUntil(ctx context.Context, id drip.EnrollmentID, until, now time.Time) (e drip.Enrollment, err error) {
	err = v.change(false, func() error {
		e, err = v.Store.PauseUntil(ctx, id, until, now)
		return err
	})
	return e, err
}

// SetPace implements [store.Readers].
func (v *vault) SetPace(ctx context.Context, id drip.EnrollmentID, pace int, now time.Time) (e drip.Enrollment, err error) {
	err = v.change(false, func() error {
		e, err = v.Store.SetPace(ctx, id, pace, now)
		return err
	})
	return e, err
}

// SendNext implements [store.Readers].
func (v *vault) SendNext(ctx context.Context, id drip.EnrollmentID, now time.Time) (e drip.Enrollment, err error) {
	err = v.change(false, func() error {
		e, err = v.Store.SendNext(ctx, id, now)
		return err
	})
	return e, err
}

// SetTimezone implements [store.Readers].
func (v *vault) SetTimezone(ctx context.Context, id drip.SubscriberID, zone string, now time.Time) (s drip.Subscriber, err error) {
	err = v.change(false, func() error {
		s, err = v.Store.SetTimezone(ctx, id, zone, now)
		return err
	})
	return s, err
}

// StartOver implements [store.Readers].
func (v *vault) StartOver(ctx context.Context, id drip.EnrollmentID, now time.Time) (e drip.Enrollment, err error) {
	err = v.change(false, func() error {
		e, err = v.Store.StartOver(ctx, id, now)
		return err
	})
	return e, err
}

// SyncCampaign implements [store.Catalog].
func (v *vault) SyncCampaign(ctx context.Context, sync store.CampaignSync) (record store.CampaignRecord, err error) {
	err = v.change(false, func() error {
		v.p.world.catalog++
		record, err = v.Store.SyncCampaign(ctx, sync)
		return err
	})
	return record, err
}

// ChangeCampaign implements [store.Catalog].
func (v *vault) ChangeCampaign(ctx context.Context, change store.CampaignChange) (record store.CampaignRecord, err error) {
	err = v.change(false, func() error {
		v.p.world.catalog++
		record, err = v.Store.ChangeCampaign(ctx, change)
		return err
	})
	return record, err
}

// Approve implements [store.Catalog].
func (v *vault) Approve(ctx context.Context, approval store.Approval) error {
	return v.change(false, func() error { return v.Store.Approve(ctx, approval) })
}
