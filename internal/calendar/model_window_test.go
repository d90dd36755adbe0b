package calendar_test

import (
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// This part of the model answers the questions about single moments.

// dateOf returns the date of a wall time.
func (w *world) dateOf(wall int64) timing.Date { return timing.Date(wall/86400 + 719163) }

// date returns the reader's date at a moment.
func (w *world) date(at int64) timing.Date { return w.dateOf(shown(at, w.zone)) }

// quietWall reports whether the date of a wall time is quiet.
func (w *world) quietWall(wall int64) bool {
	if len(w.quiet) == 0 {
		return false
	}
	year, month, date := day(wall)
	for _, q := range w.quiet {
		n := month*100 + date
		if q[0] > 9999 {
			n += year * 10000
		}
		if q[0] <= n && n <= q[1] {
			return true
		}
	}
	return false
}

// quietSlot reports whether a slot is on a quiet date, by what the schedule says
// or by what the clock shows.
func (w *world) quietSlot(o occasion) bool {
	return w.quietWall(o.wall) || w.quietWall(shown(o.at, w.zone))
}

// inHours reports whether a late issue may leave at a moment.
func (w *world) inHours(at int64) bool {
	from, to, minute := w.hours[0], w.hours[1], int(shown(at, w.zone)/60%1440)
	switch {
	case from == to:
		return true
	case from < to:
		return from <= minute && minute < to
	default:
		return minute >= from || minute < to
	}
}

// lateness is max_late; a minute is needed to meet any slot at all.
func (w *world) lateness() int64 { return max(w.maxLate, minuteMs) }

// end returns until when a delivery may leave for its slot, and until when it is
// on time.
func (w *world) end(i int, slot occasion) (end, onTime int64) {
	if w.prompt(i, slot) {
		return slot.at + dayMs, slot.at + dayMs
	}
	end = slot.at + w.lateness()
	return end, min(end, slot.at+graceMs)
}

// may reports whether a delivery may leave for its slot at a moment.
func (w *world) may(at int64, prompt bool, onTime int64) bool {
	switch {
	case w.quietWall(shown(at, w.zone)):
		return false
	case prompt:
		return true
	default:
		return w.date(at) != w.fullOn && (at <= onTime || w.inHours(at))
	}
}

// tryAfter returns the next moment at which the answer of may can change.
func tryAfter(at, onTime, end int64) int64 {
	next := at - at%graceMs + graceMs
	for _, edge := range []int64{onTime, onTime + 1, end} {
		if at < edge && edge < next {
			next = edge
		}
	}
	return next
}

// opens returns the first moment from now on at which a delivery may leave for
// its slot, or -1. Before the slot it is the slot. Of hours that come a second
// time in one night only the first are waited for.
func (w *world) opens(i int, slot occasion) int64 {
	if w.now < slot.at {
		return slot.at
	}
	end, onTime := w.end(i, slot)
	prompt := w.prompt(i, slot)
	latest := shown(w.now, w.zone)
	for at := w.now; at <= end; at = tryAfter(at, onTime, end) {
		clock := shown(at, w.zone)
		if clock >= latest && w.may(at, prompt, onTime) {
			return at
		}
		latest = max(latest, clock)
	}
	return -1
}

func (w *world) meets(i int, slot occasion) bool { return w.opens(i, slot) >= 0 }

// closes returns the last moment until which a delivery that may leave now may
// leave without interruption.
func (w *world) closes(i int, slot occasion) int64 {
	end, onTime := w.end(i, slot)
	prompt := w.prompt(i, slot)
	at := w.now
	for at <= end && w.may(at, prompt, onTime) {
		at = tryAfter(at, onTime, end)
	}
	return min(at-1, end)
}

// promptly returns the slot of an issue without delivery that leaves at once.
func (w *world) promptly(i int) (occasion, bool) {
	slot, ok := w.joining()
	if ok && w.issues[i].SkipSlots == 0 && !w.quietSlot(slot) && w.dateOf(slot.wall) >= w.issues[i].NotBefore {
		return slot, true
	}
	return w.wish(i)
}

// prompt reports whether the slot is one for which the issue leaves at once.
func (w *world) prompt(i int, slot occasion) bool {
	if joined, ok := w.joining(); ok && joined == slot {
		return true
	}
	asked, ok := w.wish(i)
	return ok && asked == slot
}

// joining returns the minute of joining, if the first issue is due then. An issue
// that was taken out of the files before it left was not the first one.
func (w *world) joining() (occasion, bool) {
	at := w.joined - w.joined%minuteMs
	for _, r := range w.rows {
		if r.had && w.position(r.issue) >= 0 || r.kept && r.state != drip.DeliverySkipped {
			return occasion{}, false
		}
	}
	ok := w.start == drip.StartOnJoin && w.first != drip.FirstNextSlot && w.lower() <= w.joined
	return occasion{shown(at, w.zone), at}, ok
}

// wish returns the minute at which the reader asked for the next issue, with the
// wall time of the slot whose place it takes: the one it is late for, or else
// the coming one, however near the previous issue.
func (w *world) wish(i int) (occasion, bool) {
	_, accepted, _ := w.last()
	today := w.date(w.asked)
	if w.asked == 0 || w.lower() > w.asked || accepted >= w.asked && accepted > 0 ||
		w.quietWall(shown(w.asked, w.zone)) || today < w.issues[i].NotBefore {
		return occasion{}, false
	}
	var late occasion
	var ok bool
	if w.open == nil || w.open.issue != w.issues[i].ID {
		late, ok = w.scheduled(i)
	} else if s := w.open.slot; w.open.zone == w.zone.String() && s.at > w.lower() && w.distant(s) {
		late, ok = s, true
	}
	if !ok || late.at > w.asked || w.asked > late.at+w.lateness() {
		late, ok = w.find(i, max(w.asked, w.lower()), false)
	}
	return occasion{late.wall, w.asked - w.asked%minuteMs}, ok
}
