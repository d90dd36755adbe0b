package calendar

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// prompt returns the slot for which an issue leaves at once, whatever the
// schedule says: on joining, or because the reader asked for it. last sums up the
// deliveries that are done.
func (pl *planner) prompt(issue int, last *Last) (timing.Slot, bool) {
	if slot, ok := pl.joining(); ok && last == nil && pl.c.Issues[issue].SkipSlots == 0 && pl.fits(issue, slot) {
		return slot, true
	}
	return pl.asked(issue, last)
}

// isPrompt reports whether the slot is one for which the issue leaves at once.
func (pl *planner) isPrompt(issue int, slot timing.Slot) bool {
	if joining, ok := pl.joining(); ok && joining == slot {
		return true
	}
	asked, ok := pl.asked(issue, pl.p.Last)
	return ok && asked == slot
}

// AtOnce reports whether the slot of an enrollment's delivery is no slot of the
// schedule, but the moment of joining, or the one at which the reader asked for
// the issue.
func AtOnce(e *drip.Enrollment, slot timing.Slot) bool {
	minute := func(t time.Time) bool { return !t.IsZero() && t.Truncate(time.Minute).Equal(slot.At) }
	return minute(e.JoinedAt) && e.Start == drip.StartOnJoin || minute(e.AskedAt)
}

// joining returns the minute of joining as a slot, if that is when the first
// issue is due: at once on joining, and nothing happened since.
func (pl *planner) joining() (timing.Slot, bool) {
	p := pl.p
	if p.Last != nil || p.Start != drip.StartOnJoin || pl.c.First == drip.FirstNextSlot ||
		p.JoinedAt.IsZero() || p.floor().After(p.JoinedAt) {
		return timing.Slot{}, false
	}
	for i, had := range p.Had {
		if had && !pl.passed(i) {
			return timing.Slot{}, false
		}
	}
	at := p.JoinedAt.Truncate(time.Minute).UTC()
	return timing.Slot{Wall: timing.WallAt(at.In(p.Zone)), Zone: p.Zone.String(), At: at}, true
}

// asked returns the slot of an issue that the reader asked to get now. It has
// the wall time of the coming slot, whose place it takes, but happens when they
// asked, so that the following issue waits for a later one. Quiet dates and
// NotBefore are in the way; MinGap, Pace, SkipSlots and LateHours are not.
// Whatever was accepted since, or moved the floor, has answered the request.
func (pl *planner) asked(issue int, last *Last) (timing.Slot, bool) {
	p := pl.p
	if p.AskedAt.IsZero() || p.floor().After(p.AskedAt) || last != nil && !last.AcceptedAt.Before(p.AskedAt) {
		return timing.Slot{}, false
	}
	notBefore := pl.c.Issues[issue].NotBefore
	if today := timing.DateAt(p.AskedAt.In(p.Zone)); today < notBefore || pl.c.Quiet.Contains(today) {
		return timing.Slot{}, false
	}
	at := p.AskedAt.Truncate(time.Minute).UTC()
	slot, ok := pl.pending(issue, last)
	if !ok || slot.At.After(p.AskedAt) || p.AskedAt.After(slot.At.Add(pl.maxLate())) {
		after, _ := pl.since(last)
		slot, ok = pl.fit(notBefore, after, latest(p.AskedAt, p.floor()))
	}
	return timing.Slot{Wall: slot.Wall, Zone: p.Zone.String(), At: at}, ok
}

// pending returns the slot that the schedule has for an issue, which may have
// passed already: that of the open delivery as long as it fits.
func (pl *planner) pending(issue int, last *Last) (timing.Slot, bool) {
	open := pl.p.Open
	if open == nil || open.Issue != issue {
		return pl.scheduled(issue, last)
	}
	_, gap := pl.since(last)
	if open.Slot.Zone == pl.p.Zone.String() && open.Slot.At.After(pl.p.floor()) && open.Slot.At.After(gap) {
		return open.Slot, true
	}
	return timing.Slot{}, false
}
