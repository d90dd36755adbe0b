package calendar_test

import (
	"partwork/internal/calendar"
	"partwork/internal/drip"
)

// promises checks that a delivery may leave at a moment. It asks the ledger and
// the clock, not the model's rules.
func (l *life) promises(step calendar.Step, at int64) {
	slot := occasionOf(step.Slot)
	issue := &l.issues[step.Issue]
	wall, accepted, _ := l.last()
	code := step.Reason.Code
	prompt := code == calendar.CodeJoined || code == calendar.CodeAhead
	asked := l.asks[slot.at]
	window := max(l.maxLate, minuteMs)
	if prompt {
		window = dayMs
	}
	late := at - slot.at
	switch {
	case l.state != drip.EnrollmentActive:
		l.fail("the reader is %s", l.state)
	case l.had(step.Issue):
		l.fail("%s a second time", issue.ID)
	case issue.Draft:
		l.fail("%s is a draft", issue.ID)
	case l.open != nil && l.open.issue != issue.ID:
		l.fail("%s overtakes %s", issue.ID, l.open.issue)
	case l.open == nil && l.earlier(step.Issue):
		l.fail("%s before its turn", issue.ID)
	case slot.wall <= wall:
		l.fail("a slot at or before that of the previous issue")
	case !asked && accepted > 0 && slot.at < accepted+l.minGap:
		l.fail("too near to the previous issue, which left on %s", l.local(accepted))
	case late < 0 || late > window:
		l.fail("it would leave %d minutes after its slot", late/minuteMs)
	case l.quietWall(shown(at, l.zone)):
		l.fail("it would leave on a quiet date, %s", l.local(at))
	case at < l.paused:
		l.fail("the reader is paused")
	case code != calendar.CodeJoined && !asked && slot.at <= max(l.reader.floor, l.settings.floor, l.joined, l.paused):
		l.fail("the slot is before the floor")
	case !prompt && late > graceMs && !l.inHours(at):
		l.fail("it would leave late, at %s", l.local(at))
	case !prompt && l.date(at) == l.fullOn:
		l.fail("it would leave on a day that is full")
	case !prompt && !asked && l.dateOf(slot.wall) < issue.NotBefore, l.date(at) < issue.NotBefore:
		l.fail("it would leave before its date")
	case !prompt && !asked && !l.onSchedule(slot):
		l.fail("it has a slot that is none")
	}
}

// earlier reports whether an issue in front of the given one is still to come.
func (l *life) earlier(issue int) bool {
	for i := range issue {
		late := l.issues[i].Late.Kind
		passed := l.behind(i) && (l.issues[i].Draft || late != drip.LateNextSlot)
		if !l.had(i) && !passed {
			return true
		}
	}
	return false
}

// onSchedule reports whether a slot's wall time matches the schedule, at the
// moment at which the clock shows it, or jumps over it.
func (l *life) onSchedule(slot occasion) bool {
	for o := range l.book.after(l.schedule, l.zone, slot.wall-1) {
		return o == slot
	}
	return false
}
