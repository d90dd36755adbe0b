package scheduler

import (
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// yieldRetry is when an enrollment that lets another one go first is looked at
// again. By then the other one was sent, or turned out to have nothing to send; or the
// relay is in trouble, and asking more often would keep the database busy for hours.
const yieldRetry = 30 * time.Second

// gotOn returns how many issues the person got on a date, or may have got.
func (s *Scheduler) gotOn(date timing.Date, d *store.Due) int {
	n := 0
	for _, sent := range d.Dates {
		if sent == date {
			n++
		}
	}
	return n
}

// yields reports whether what may leave now must let other series of the same
// person go first, because the day would be full before its turn came. The one
// whose latest issue is longest ago goes first. What leaves at once, on joining or
// because the reader asked for it, waits for nobody.
func (s *Scheduler) yields(d *store.Due, step calendar.Step, got int) bool {
	if s.cfg.DailyLimit == 0 || calendar.AtOnce(&d.Enrollment, step.Slot) {
		return false
	}
	ahead := 0
	for i := range d.Others {
		if o := &d.Others[i]; o.Waits && s.sends(o.Campaign) && longer(o, d) {
			ahead++
		}
	}
	return got+ahead >= s.cfg.DailyLimit
}

// sends reports whether this process would send for a campaign at all.
func (s *Scheduler) sends(no drip.CampaignNo) bool {
	p := s.programs[no]
	return p != nil && !p.stale && !p.frozen()
}

// longer reports whether the other enrollment has waited longer for an issue than
// the one that is due.
func longer(o *store.Other, d *store.Due) bool {
	if o.Since.Equal(d.Since) {
		return o.Enrollment < d.Enrollment.ID
	}
	return o.Since.Before(d.Since)
}

// later keeps an issue for its slot, and looks again in a moment.
func (s *Scheduler) later(d *store.Due, dec store.Decision, step calendar.Step) store.Decision {
	next := s.now.Calendar.Add(yieldRetry)
	if d.Open == nil {
		return rest(dec, next)
	}
	dec.Kind, dec.NextAt = store.DecideWait, next
	dec.Slot, dec.Moves = step.Slot, step.Moves
	return dec
}
