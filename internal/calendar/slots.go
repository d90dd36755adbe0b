package calendar

import (
	"time"

	"partwork/internal/timing"
)

// horizon bounds the search for a slot that fits. The rarest schedule comes
// every eight years; one whose every day is quiet never ends otherwise.
const horizon = 17 * 366 * 24 * time.Hour

// beginning is before every slot.
const beginning = timing.Wall(-1 << 62)

// nominal returns the slot that an issue without delivery is for, given the
// deliveries that are done.
func (pl *planner) nominal(issue int, last *Last) (timing.Slot, bool) {
	if slot, ok := pl.prompt(issue, last); ok {
		return slot, true
	}
	return pl.scheduled(issue, last)
}

// scheduled returns the slot that the schedule has for an issue without
// delivery. The first one of a passage does not wait for the reader's pace.
func (pl *planner) scheduled(issue int, last *Last) (timing.Slot, bool) {
	after, gap := pl.since(last)
	if last != nil && !last.Earlier {
		for range pl.p.Pace - 1 {
			slot, ok := pl.fit(0, after, gap)
			if !ok {
				return timing.Slot{}, false
			}
			after = slot.Wall
		}
	}
	slot, ok := pl.fit(pl.c.Issues[issue].NotBefore, after, latest(gap, pl.p.floor()))
	for range pl.c.Issues[issue].SkipSlots {
		if !ok {
			break
		}
		slot, ok = pl.fit(0, slot.Wall, slot.At)
	}
	return slot, ok
}

// coming returns the slot for an issue whose turn it is already.
func (pl *planner) coming(issue int) (timing.Slot, bool) {
	after, gap := pl.since(pl.p.Last)
	return pl.fit(pl.c.Issues[issue].NotBefore, after, latest(gap, pl.p.floor()))
}

// replacement returns the slot instead of one that was missed: the latest slot
// that can still be met, or else the next one.
func (pl *planner) replacement(issue int, missedSlot timing.Slot) (timing.Slot, bool) {
	after, gap := pl.since(pl.p.Last)
	floor := latest(latest(gap, pl.p.floor()), missedSlot.At)
	floor = latest(floor, pl.now.Add(-pl.maxLate()-time.Nanosecond))
	best := timing.Slot{}
	for {
		slot, ok := pl.fit(pl.c.Issues[issue].NotBefore, after, floor)
		if !ok || slot.At.After(pl.now) {
			if best.IsZero() {
				return slot, ok
			}
			return best, true
		}
		if pl.meets(issue, slot) {
			best = slot
		}
		after, floor = slot.Wall, slot.At
	}
}

// since returns the wall time and the instant after which the next slot must
// lie because of the deliveries that are done.
func (pl *planner) since(last *Last) (timing.Wall, time.Time) {
	switch {
	case last == nil:
		return beginning, time.Time{}
	case last.AcceptedAt.IsZero():
		return last.SlotWall, time.Time{}
	default:
		return last.SlotWall, last.AcceptedAt.Add(pl.c.MinGap - time.Nanosecond)
	}
}

// fit returns the first slot whose wall time is later than after, whose instant
// is after floor, and that is neither before the date nor on a quiet one.
func (pl *planner) fit(notBefore timing.Date, after timing.Wall, floor time.Time) (timing.Slot, bool) {
	// A wall time not later than what the clock showed at floor cannot happen
	// after it.
	after = max(after, timing.WallAt(floor.In(pl.p.Zone)))
	if !notBefore.IsZero() {
		after = max(after, notBefore.Wall()-1)
	}
	for end := after.Add(horizon); after < end; {
		slot := pl.c.Schedule.NextSlot(after, pl.p.Zone)
		switch {
		case pl.c.Quiet.Contains(slot.Wall.Date()):
			after = slot.Wall.Date().AddDays(1).Wall() - 1
		case !slot.At.After(floor) || pl.quietAt(slot.At):
			after = slot.Wall
		default:
			return slot, true
		}
	}
	return timing.Slot{}, false
}

// fits reports whether the slot's date is one on which the issue may leave.
func (pl *planner) fits(issue int, slot timing.Slot) bool {
	return slot.Wall.Date() >= pl.c.Issues[issue].NotBefore &&
		!pl.c.Quiet.Contains(slot.Wall.Date()) && !pl.quietAt(slot.At)
}

// stale reports whether the open delivery's slot does not fit any more, because
// the reader, the campaign or the ledger changed.
func (pl *planner) stale(slot timing.Slot) bool {
	p := pl.p
	if pl.early(p.Open.Issue, slot) {
		return true
	}
	if pl.isPrompt(p.Open.Issue, slot) {
		return false
	}
	if slot.Zone != p.Zone.String() || !slot.At.After(p.floor()) {
		return true
	}
	_, gap := pl.since(p.Last)
	if !slot.At.After(gap) && !pl.ahead(slot) {
		return true
	}
	return !pl.stands(slot) || slot.At.After(pl.now) && !pl.fits(p.Open.Issue, slot)
}

// early reports whether the slot is before the issue's date, by what the schedule
// says or by what the clock shows. The date may have been set after the slot.
func (pl *planner) early(issue int, slot timing.Slot) bool {
	notBefore := pl.c.Issues[issue].NotBefore
	return slot.Wall.Date() < notBefore || timing.DateAt(slot.At.In(pl.p.Zone)) < notBefore
}

// stands reports whether the schedule still has the slot, and if it is to come at
// that very instant: the rules of its zone may have changed.
func (pl *planner) stands(slot timing.Slot) bool {
	is := pl.c.Schedule.NextSlot(slot.Wall-1, pl.p.Zone)
	return is.Wall == slot.Wall && (is.At.Equal(slot.At) || !slot.At.After(pl.now))
}

// ahead reports whether the delivery was to leave ahead of its slot, because the
// reader asked for it.
func (pl *planner) ahead(slot timing.Slot) bool {
	return timing.WallAt(slot.At.In(pl.p.Zone)) < slot.Wall
}
