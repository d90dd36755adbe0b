package scheduler

import (
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

const (
	// orphanRetry is when an enrollment whose campaign is not loaded (its files
	// are broken or gone) is looked at again.
	orphanRetry = 15 * time.Minute
	// staleRetry is when an enrollment is looked at again whose campaign was
	// edited under this process's hands.
	staleRetry = 10 * time.Second
	// confirmWindow is how long after it was asked for a confirmation mail may
	// still leave.
	confirmWindow = 48 * time.Hour
)

// decide makes the decision for one enrollment.
func (s *Scheduler) decide(d *store.Due) store.Decision {
	dec := store.Decision{Enrollment: d.Enrollment.ID, Revision: d.Enrollment.Revision, Lease: s.lease}
	if o := d.Open; o != nil {
		dec.Attempt, dec.Issue, dec.Slot, dec.Moves = o.Attempt, o.Issue, o.Slot, o.Moves
		if inFlight(o, s.now.Machine) {
			return rest(dec, time.Time{}) // its outcome brings the hint back
		}
		if o.State == drip.DeliverySending {
			dec.Kind = store.DecideUnknown
			return dec
		}
		if o.State == drip.DeliveryDeferred && o.WakeAt.After(s.now.Machine) {
			return rest(dec, time.Time{}) // its retry brings it back
		}
	}
	p := s.programs[d.Enrollment.Campaign]
	switch {
	case p == nil:
		return s.park(d, dec, s.now.Calendar.Add(orphanRetry))
	case p.stale:
		return s.park(d, dec, s.now.Calendar.Add(staleRetry))
	case d.Suppressed:
		return s.park(d, dec, time.Time{}) // no mark would be made
	case p.frozen():
		return s.park(d, dec, time.Time{}) // resuming brings it back
	case d.Enrollment.State == drip.EnrollmentPending:
		return s.confirmation(p, d, dec)
	case d.Enrollment.State == drip.EnrollmentActive:
		return s.issue(p, d, dec)
	default:
		return rest(dec, time.Time{})
	}
}

// inFlight reports whether some process answers for the delivery right now.
func inFlight(o *drip.Delivery, machine time.Time) bool {
	working := o.State == drip.DeliveryClaimed || o.State == drip.DeliverySending
	return working && o.WakeAt.After(machine)
}

func rest(dec store.Decision, next time.Time) store.Decision {
	dec.Kind, dec.NextAt = store.DecideRest, next
	return dec
}

// park puts an enrollment aside: an open delivery goes back to planned, so that
// neither its lease nor its retry comes up again.
func (s *Scheduler) park(d *store.Due, dec store.Decision, next time.Time) store.Decision {
	if d.Open == nil {
		return rest(dec, next)
	}
	dec.Kind, dec.NextAt = store.DecideWait, next
	return dec
}

// confirmation decides about the confirmation mail of a pending enrollment.
func (s *Scheduler) confirmation(p *program, d *store.Due, dec store.Decision) store.Decision {
	dec.Issue = p.Record.Issues[drip.ConfirmationID]
	if d.Enrollment.InvitedAt.IsZero() || d.Confirmation.Done() || p.Confirmation == 0 {
		return rest(dec, time.Time{})
	}
	asked := d.Enrollment.InvitedAt
	dec.SendBy = latest(asked, p.Record.Floor).Add(confirmWindow) // a pause does not count
	if s.now.Calendar.After(dec.SendBy) {
		dec.Kind, dec.Reason = store.DecideRefuse, drip.ReasonGaveUp
		return dec
	}
	zone := p.Campaign.Zone(d.Timezone, s.cfg.Timezone)
	loc, err := s.cfg.Zones.Load(zone)
	if err != nil {
		zone, loc = "UTC", time.UTC
	}
	dec.Kind, dec.Content = store.DecideClaim, p.Confirmation
	dec.Slot = timing.Slot{Wall: timing.WallAt(asked.In(loc)), Zone: zone, At: asked}
	return dec
}

// issue decides about the next issue of an active enrollment.
func (s *Scheduler) issue(p *program, d *store.Due, dec store.Decision) store.Decision {
	passage, err := p.passage(s.cfg, d)
	if err != nil {
		return s.park(d, dec, s.now.Calendar.Add(orphanRetry))
	}
	today := timing.DateAt(s.now.Calendar.In(passage.Zone))
	got := s.gotOn(today, d)
	if limit := s.cfg.DailyLimit; limit > 0 && got >= limit {
		passage.FullOn = today
	}
	step := calendar.Plan(p.Campaign, passage, s.now.Calendar)
	if d.Open == nil && step.Issue >= 0 {
		dec.Issue = p.numbers[step.Issue]
	}
	switch step.Kind {
	case calendar.Send:
		if s.yields(d, step, got) {
			return s.later(d, dec, step)
		}
		dec.Premise = s.premise(p, &passage, step.Issue, true)
		return s.claim(p, d, dec, step)
	case calendar.Skip:
		dec.Kind, dec.Reason, dec.NextAt = store.DecideSkip, drip.DeliveryReason(step.Reason.Code), s.now.Calendar
		if step.Reason.Code == calendar.CodeNotForThem {
			dec.Premise = s.premise(p, &passage, step.Issue, false)
			s.waiting(d, &dec)
		}
	case calendar.Refuse:
		dec.Kind, dec.Reason, dec.NextAt = store.DecideRefuse, drip.ReasonGaveUp, s.now.Calendar
	case calendar.Finish:
		dec.Kind = store.DecideFinish
	default: // Wait, Hold
		if d.Open == nil {
			return rest(dec, step.At)
		}
		dec.Kind, dec.NextAt = store.DecideWait, step.At
		dec.Slot, dec.Moves = step.Slot, step.Moves
	}
	return dec
}

func (s *Scheduler) claim(p *program, d *store.Due, dec store.Decision, step calendar.Step) store.Decision {
	content := p.Contents[step.Issue]
	if content == 0 {
		return s.park(d, dec, time.Time{}) // approving or editing brings it back
	}
	dec.Kind, dec.Content = store.DecideClaim, content
	dec.Slot, dec.SendBy, dec.Moves = step.Slot, step.SendBy, step.Moves
	dec.NextAt = step.Then
	return dec
}
