package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Hold is what is held, and what would be sent if it were not.
type Hold struct {
	// Reason and Why are empty if nothing is held.
	Reason store.HoldReason
	Why    string
	// Since is when the database was known to be the latest; what should have left
	// after it may have left. It is zero if it never was.
	Since     time.Time
	Campaigns []HeldCampaign
}

// HeldCampaign is what a campaign's readers can expect.
type HeldCampaign struct {
	ID string
	// Frozen says that it is paused or stopped, and sends nothing either way.
	Frozen bool
	// Readers are active. Missed of them had MissedIssues issues come due between
	// Hold.Since and now.
	Readers, Missed, MissedIssues int
	// Next is the first slot after now, and NextReaders how many get an issue then.
	Next        time.Time
	NextReaders int
}

// Hold stops everything that is sent: no mark commits after it returned. The pages
// for readers go on.
func (in *Instance) Hold(ctx context.Context) error {
	_, err := in.Store.Hold(ctx, store.HeldByOperator, in.calendar())
	return err
}

// Holding says what is held and what ending that would send. A database that was
// not compared with the state folder yet is compared now, held if need be, and told
// who left.
func (in *Instance) Holding(ctx context.Context) (Hold, error) {
	f, err := in.Store.FenceState(ctx)
	if err != nil {
		return Hold{}, err
	}
	if v := in.compare(f); !f.Held() && v.reason != "" {
		if f, err = in.Store.Hold(ctx, v.reason, in.calendar()); err != nil {
			return Hold{}, err
		}
	}
	if !f.Held() {
		return Hold{}, nil
	}
	if f, err = in.remember(ctx, f); err != nil {
		return Hold{}, err
	}
	hold := Hold{Reason: f.HeldReason, Why: in.why(f), Since: since(f)}
	for _, p := range in.Library.Programs() {
		c, err := in.heldCampaign(ctx, p, hold.Since)
		if err != nil {
			return Hold{}, err
		}
		hold.Campaigns = append(hold.Campaigns, c)
	}
	return hold, nil
}

// since returns from when on the ledger may lack what was sent.
func since(f store.FenceState) time.Time {
	if f.AdvancedAt.IsZero() {
		return f.HeldAt
	}
	return f.AdvancedAt
}

// heldCampaign foresees a campaign as sending would, once from the time of the
// ledger's last word, and once from now.
func (in *Instance) heldCampaign(ctx context.Context, p scheduler.Program, since time.Time) (HeldCampaign, error) {
	out := HeldCampaign{ID: p.Campaign.ID, Frozen: !p.Record.PausedAt.IsZero() || !p.Record.StoppedAt.IsZero()}
	now := in.calendar()
	o := &Observer{Config: in.Config, Store: in.Store, Zones: in.Zones, calendar: in.calendar}
	s := newSide(p, since)
	cliques, err := (&crowd{o: o, sides: []*side{s}}).gather(ctx, time.Time{})
	if err != nil {
		return out, err
	}
	for _, group := range cliques {
		passage := group.passages[0]
		out.Readers += group.readers
		missed := 0
		for _, due := range s.foresee(passage).Dues {
			if !due.At.After(now) {
				missed++
			}
		}
		if missed > 0 {
			out.Missed += group.readers
			out.MissedIssues += missed * group.readers
		}
		if passage.Floor.Before(now) {
			passage.Floor = now
		}
		next := calendar.Foresee(p.Campaign, s.held, passage, now, 1).Dues
		switch {
		case len(next) == 0:
		case out.Next.IsZero() || next[0].At.Before(out.Next):
			out.Next, out.NextReaders = next[0].At, group.readers
		case next[0].At.Equal(out.Next):
			out.NextReaders += group.readers
		}
	}
	return out, nil
}

// Unhold ends a hold, with now as everybody's floor: nothing leaves that was due
// before, and the next issue takes the next slot. What was due between the ledger's
// last word and skipBefore counts as had, unless skipBefore is zero, and so does what
// was marked before it and would be sent once more by policy. It returns how many
// deliveries were skipped so.
func (in *Instance) Unhold(ctx context.Context, skipBefore time.Time) (skipped int, err error) {
	f, err := in.Store.FenceState(ctx)
	if err != nil || !f.Held() {
		return 0, err
	}
	if err := in.state.Try(); err != nil {
		return 0, fmt.Errorf("%w; without state_dir nothing would tell a restored database from this one, so it stays held", err)
	}
	if !skipBefore.IsZero() {
		if skipped, err = in.skip(ctx, since(f), skipBefore); err != nil {
			return skipped, err
		}
		if err := in.believe(ctx, skipBefore); err != nil {
			return skipped, err
		}
	}
	epoch, err := in.clearFolder(f)
	if err != nil {
		return skipped, err
	}
	size, err := in.state.JournalSize()
	if err != nil {
		return skipped, err
	}
	if f, err = in.remember(ctx, f); err != nil {
		return skipped, err
	}
	// The database comes first here, too: see advance.
	if f, err = in.Store.Unhold(ctx, max(epoch, f.Epoch)+1, size, in.calendar()); err != nil {
		return skipped, err
	}
	return skipped, in.state.WriteIdentity(in.identity(f))
}

// clearFolder makes room for this instance's identity: one that is not its own, or
// cannot be read, is kept under another name. It returns the folder's epoch.
func (in *Instance) clearFolder(f store.FenceState) (int64, error) {
	id, err := in.state.Identity()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err == nil && id.UUID == f.UUID:
		return id.Epoch, nil
	}
	aside, err := in.state.SetAside(in.machine())
	if err == nil {
		in.log.Warn("what was in the way in state_dir was kept under another name", "file", aside)
	}
	return 0, err
}

// skipPage is how many enrollments are looked at in one transaction. There are never
// as many on their way, so that every page brings it on.
const skipPage = 1000

// hadNote is what the ledger says beside an issue that counts as had.
const hadNote = "counted as had by unhold --skip-before"

// distant is later than every lease and retry.
const distant = 100 * 365 * 24 * time.Hour

// skip passes over what was due between since and before: by what sending would have
// decided, and as issues that are behind the reader.
func (in *Instance) skip(ctx context.Context, since, before time.Time) (int, error) {
	programs := make(map[drip.CampaignNo]scheduler.Program)
	for _, p := range in.Library.Programs() {
		programs[p.Record.No] = p
	}
	skipped, before := 0, before.Truncate(time.Millisecond)
	machine := in.machine().Add(distant)
	for {
		due, err := in.Store.Due(ctx, asking(store.DueQuery{Calendar: before, Machine: machine, Limit: skipPage}, programs))
		if err != nil {
			return skipped, err
		}
		plan := store.PlanCommit{Calendar: before, Machine: machine}
		for i := range due {
			d := &due[i]
			if d.Open != nil && d.Open.State == drip.DeliverySending {
				continue // it counts as had, and whoever sends it settles it
			}
			list, err := in.passOver(programs, d, since, before)
			if err != nil {
				return skipped, err
			}
			plan.Decisions = append(plan.Decisions, list...)
		}
		if len(plan.Decisions) == 0 {
			return skipped, nil
		}
		if _, err := in.Store.CommitPlan(ctx, plan); err != nil {
			return skipped, err
		}
		for _, d := range plan.Decisions {
			if d.Kind == store.DecideSkip {
				skipped++
			}
		}
	}
}

// passOver decides about one enrollment: an issue or the confirmation is skipped for
// each that was due, and it is due again right after before.
func (in *Instance) passOver(programs map[drip.CampaignNo]scheduler.Program, d *store.Due, since, before time.Time) ([]store.Decision, error) {
	missed, err := in.missed(programs, d, since, before)
	if err != nil {
		return nil, err
	}
	base := store.Decision{Enrollment: d.Enrollment.ID, Revision: d.Enrollment.Revision, NextAt: before.Add(time.Millisecond)}
	if d.Open != nil {
		base.Attempt = d.Open.Attempt
	}
	var list []store.Decision
	for _, m := range missed {
		skip := base
		skip.Kind, skip.Issue, skip.Slot, skip.Reason = store.DecideSkip, m.issue, m.slot, drip.ReasonBehind
		skip.Note = hadNote
		list = append(list, skip)
		base.Attempt = 0 // nothing is open any more
	}
	if len(list) == 0 {
		base.Kind = store.DecideWait
		if d.Open != nil {
			base.Moves, base.SendBy = d.Open.Moves, d.Open.SendBy
		}
		list = append(list, base)
	}
	return list, nil
}

// missing is an issue that may have been sent without the ledger's knowing.
type missing struct {
	issue drip.IssueNo
	slot  timing.Slot
}

func (in *Instance) missed(programs map[drip.CampaignNo]scheduler.Program, d *store.Due, since, before time.Time) ([]missing, error) {
	e := &d.Enrollment
	p, known := programs[e.Campaign]
	if !known || !p.Record.PausedAt.IsZero() || !p.Record.StoppedAt.IsZero() {
		return nil, nil
	}
	if e.State == drip.EnrollmentPending {
		if e.InvitedAt.IsZero() || d.Confirmation.Done() || !e.InvitedAt.Before(before) {
			return nil, nil
		}
		return []missing{{issue: p.Record.Issues[drip.ConfirmationID]}}, nil
	}
	if e.State != drip.EnrollmentActive {
		return nil, nil
	}
	passage, err := scheduler.Passage(scheduler.Config{Timezone: in.Config.Timezone, Zones: in.Zones}, p, d)
	if err != nil {
		return nil, err
	}
	var list []missing
	for _, due := range newSide(p, since).foresee(passage).Dues {
		if !due.At.Before(before) {
			break
		}
		list = append(list, missing{p.Record.Issues[p.Campaign.Issues[due.Issue].ID], due.Slot})
	}
	return list, nil
}
