package calendar

import (
	"time"

	"partwork/internal/timing"
)

const (
	// Grace is how long after its slot a delivery is on time, and may leave
	// whatever the hour. It lets a queue drain and one retry happen where the
	// slot itself is outside of the campaign's LateHours.
	Grace = 15 * time.Minute
	// JoinWindow is how long after joining the first issue may leave whatever
	// the hour, if the campaign starts on joining; likewise an issue that the
	// reader asked for. After that it takes a slot.
	JoinWindow = 24 * time.Hour
	// minLate is the least MaxLate: no slot could be met in no time at all.
	minLate = time.Minute
	// tick is the resolution of instants in the ledger.
	tick = time.Millisecond
)

// missed says that a delivery cannot leave for its slot any more.
const missed Kind = "missed"

// maxLate returns the campaign's MaxLate, or what is needed to meet a slot.
func (pl *planner) maxLate() time.Duration { return max(pl.c.MaxLate, minLate) }

// window looks at now from a slot: Send with the last instant at which the
// delivery may be marked, Wait with the next instant at which it may leave, or
// missed.
func (pl *planner) window(issue int, slot timing.Slot) (Kind, time.Time) {
	if pl.now.Before(slot.At) {
		return Wait, slot.At
	}
	end := slot.At.Add(pl.maxLate())
	onTime := earliest(slot.At.Add(Grace), end)
	full := pl.p.FullOn
	if pl.isPrompt(issue, slot) {
		end = slot.At.Add(JoinWindow)
		onTime, full = end, 0
	}
	switch from := pl.opens(onTime, end, full); {
	case from.After(end):
		return missed, time.Time{}
	case from.After(pl.now):
		return Wait, from
	default:
		return Send, pl.closes(onTime, end, full)
	}
}

// opens returns the first instant, not before now, that is on time or within
// late hours, and neither on a quiet date nor on one that is full. An answer
// after end is only "too late".
func (pl *planner) opens(onTime, end time.Time, full timing.Date) time.Time {
	t := pl.now
	for !t.After(end) {
		wall := timing.WallAt(t.In(pl.p.Zone))
		open := pl.c.LateHours.Opens(wall)
		switch {
		case pl.c.Quiet.Contains(wall.Date()) || !full.IsZero() && wall.Date() == full:
			t = pl.reach(wall.Date().AddDays(1).Wall(), t)
		case open == wall || !t.After(onTime):
			return t
		default:
			t = pl.reach(open, t)
		}
	}
	return t
}

// closes returns the last instant until which the delivery may leave without
// interruption, given that it may leave now. A date to come is full only if the
// clock was set back.
func (pl *planner) closes(onTime, end time.Time, full timing.Date) time.Time {
	if !pl.c.LateHours.WholeDay() {
		from := latest(pl.now, onTime)
		wall := timing.WallAt(from.In(pl.p.Zone))
		if shut := pl.c.LateHours.Closes(wall); shut == wall {
			end = earliest(end, from)
		} else {
			end = earliest(end, pl.reach(shut, from).Add(-tick))
		}
	}
	if pl.c.Quiet.Empty() && full.IsZero() {
		return end
	}
	last := timing.DateAt(end.In(pl.p.Zone))
	for date := timing.DateAt(pl.now.In(pl.p.Zone)).AddDays(1); date <= last; date++ {
		if pl.c.Quiet.Contains(date) || date == full {
			return earliest(end, pl.reach(date.Wall(), pl.now).Add(-tick))
		}
	}
	return end
}

// reach returns the first instant after t at which the reader's clock shows the
// wall time w, which is later than what it shows at t.
func (pl *planner) reach(w timing.Wall, t time.Time) time.Time {
	at := timing.Resolve(w, pl.p.Zone)
	if at.After(t) {
		return at
	}
	// The clock was set back, and shows for the second time what it shows at t.
	start := t.Truncate(time.Second)
	return start.Add(time.Duration(w-timing.WallAt(start.In(pl.p.Zone))) * time.Second)
}

// quietAt reports whether the reader's date at t is quiet.
func (pl *planner) quietAt(t time.Time) bool {
	return !pl.c.Quiet.Empty() && pl.c.Quiet.Contains(timing.DateAt(t.In(pl.p.Zone)))
}
