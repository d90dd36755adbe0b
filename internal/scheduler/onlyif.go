package scheduler

import (
	"slices"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// known returns the campaigns whose readers have to be known to plan, because some issue
// of theirs is for some readers only; and whether what they were sent counts.
func (s *Scheduler) known() (who []drip.CampaignNo, sent bool) {
	for no, p := range s.programs {
		if p.Campaign.Selective() {
			who, sent = append(who, no), sent || p.Campaign.LooksBack()
		}
	}
	slices.Sort(who)
	return who, sent
}

// stranger reports whether the row was read before its campaign was known to have issues
// for some readers only. It is decided about in the next round, which asks who they are.
func (s *Scheduler) stranger(d *store.Due) bool {
	p := s.programs[d.Enrollment.Campaign]
	return p != nil && d.Who == nil && p.Campaign.Selective()
}

// premise is what a step for the issue at a position takes for granted: that the issue is
// for the reader, or is not. It is nil if the issue is for everybody.
func (s *Scheduler) premise(p *program, passage *calendar.Passage, issue int, selects bool) *store.Premise {
	if issue < 0 || p.Campaign.Issues[issue].OnlyIf.Empty() {
		return nil
	}
	return &store.Premise{
		Filter: p.Campaign.Issues[issue].OnlyIf, Selects: selects,
		View: calendar.Sight(p.Campaign, passage.Zone, s.now.Calendar),
	}
}

// waiting keeps the place of a reader among those who wait: whom an issue is not for does
// not queue again for the next one.
func (s *Scheduler) waiting(d *store.Due, dec *store.Decision) {
	if hint := d.Enrollment.NextAt; !hint.IsZero() && hint.Before(dec.NextAt) {
		dec.NextAt = hint
	}
}
