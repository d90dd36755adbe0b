package calendar_test

import (
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// wait sleeps until the step's time, or shorter, or much longer.
func (l *life) wait(step calendar.Step) {
	until := step.At.UnixMilli()
	if until <= l.now {
		l.fail("it waits until %s, which is not later", l.local(until))
	}
	if l.open != nil {
		l.open.slot, l.open.zone = occasionOf(step.Slot), step.Slot.Zone
		l.open.moves, l.open.deferred = step.Moves, false
	}
	l.note("%s waits until %s: %s", l.issues[step.Issue].ID, l.local(until), step.Reason)
	if l.chance("something comes between", l.theme.often) {
		l.now += int64(share(l, "between") * float64(until-l.now-1))
		return
	}
	l.now = until
	switch l.number("wait", 10) {
	case 7:
		l.sleep("minutes late", 180)
	case 8:
		l.sleep("minutes down", 20*24*60)
	case 9:
		l.sleep("minutes down", 150*24*60)
		l.saw["long downtime"]++
	}
}

// share draws a number from 0 to 1.
func share(l *life, label string) float64 { return float64(l.number(label, 1001)) / 1000 }

// send checks the promises and lets the relay do what it likes.
func (l *life) send(step calendar.Step) {
	by := step.SendBy.UnixMilli()
	mark := l.marked(by)
	for _, at := range []int64{l.now, mark, by} {
		l.promises(step, at)
	}
	l.foretold(step)
	l.sawSlot(step)
	issue := l.issues[step.Issue].ID
	switch l.relay() {
	case "deferred":
		l.openFor(step, true)
		l.now = mark
		l.note("%s is not taken for now: %s", issue, step.Reason)
		l.sleep("minutes until the next attempt", 3000)
	case "claimed, then a crash":
		l.openFor(step, false)
		l.note("%s is claimed, then a crash: %s", issue, step.Reason)
		l.sleep("minutes until the restart", 300)
	case "refused by the relay":
		l.now = mark
		l.note("%s is refused for good: %s", issue, step.Reason)
		l.close(step, drip.DeliveryRefused, 0)
	default:
		l.hint(step, mark)
		l.now = mark
		l.note("%s leaves: %s", issue, step.Reason)
		l.study.sent.Add(1)
		l.close(step, drip.DeliverySent, mark)
	}
}

// marked draws the moment of the mark, at most the given one. Now and then it is
// the last at which the coming slot is far enough, or just not.
func (l *life) marked(by int64) int64 {
	switch {
	case l.chance("on the edge of the gap", 15):
		for o := range l.book.after(l.schedule, l.zone, shown(l.now, l.zone)) {
			edge := o.at - l.minGap + int64(l.number("edge", 3)) - 1
			if edge > by {
				break
			}
			if edge >= l.now {
				return edge
			}
		}
	case l.chance("a queue", 40):
		return l.now + int64(share(l, "until marked")*float64(by-l.now))
	}
	return l.now
}

// relay draws what becomes of an attempt.
func (l *life) relay() string {
	outcome := "accepted"
	if l.chance("trouble", l.theme.trouble) {
		outcome = pick(l, "outcome", []string{"deferred", "deferred", "deferred", "claimed, then a crash", "refused by the relay"})
	}
	l.saw[outcome]++
	return outcome
}

// sawSlot counts slots that daylight saving has to do with.
func (l *life) sawSlot(step calendar.Step) {
	slot := occasionOf(step.Slot)
	if shown(slot.at, l.zone) > slot.wall {
		l.saw["in a gap"]++
	}
	if later := slot.at + 60*minuteMs; shown(later, l.zone) == slot.wall {
		l.saw["in a fold"]++
	}
}

// occasionOf returns a slot in the model's words.
func occasionOf(slot timing.Slot) occasion {
	return occasion{int64(slot.Wall), slot.At.UnixMilli()}
}

// rowOf returns a step's row of the ledger.
func (l *life) rowOf(step calendar.Step) row {
	return row{
		issue: l.issues[step.Issue].ID, slot: occasionOf(step.Slot), zone: step.Slot.Zone,
		moves: step.Moves, had: true, kept: true,
	}
}

// openFor notes that a delivery was claimed but is not done.
func (l *life) openFor(step calendar.Step, deferred bool) {
	r := l.rowOf(step)
	r.deferred = deferred
	l.open = &r
}

// close notes that the delivery of a step is done.
func (l *life) close(step calendar.Step, state drip.DeliveryState, accepted int64) {
	if step.Kind == calendar.Refuse {
		if l.open == nil || step.Moves < l.giveUp {
			l.fail("it was given up after %d slots", step.Moves)
		}
		l.note("%s is given up", l.issues[step.Issue].ID)
	}
	r := l.rowOf(step)
	r.state, r.accepted = state, accepted
	l.rows, l.open = append(l.rows, r), nil
}

// skip notes that an issue was passed over.
func (l *life) skip(step calendar.Step) {
	if step.Issue < 0 {
		l.note("%s is gone", l.open.issue)
		l.open.state = drip.DeliverySkipped
		l.rows, l.open = append(l.rows, *l.open), nil
		return
	}
	issue := l.issues[step.Issue]
	if !l.behind(step.Issue) || issue.Late.Kind == drip.LateNextSlot {
		l.fail("%s was skipped, which is not behind or not to be skipped", issue.ID)
	}
	l.note("%s is skipped", issue.ID)
	l.rows = append(l.rows, row{issue: issue.ID, state: drip.DeliverySkipped, had: true, kept: true})
}

// finish notes that every issue was had. What happens then is drawn.
func (l *life) finish() bool {
	for i := range l.issues {
		if l.state == drip.EnrollmentActive && !l.had(i) && !(l.issues[i].Draft && l.behind(i)) {
			l.fail("%s is lost", l.issues[i].ID)
		}
	}
	if l.state == drip.EnrollmentActive {
		l.state, l.ended = drip.EnrollmentFinished, l.now
		l.note("the reader has had everything")
	}
	switch l.number("at the end", 4) {
	case 0:
		return false
	case 1:
		l.sleep("minutes until the reader thinks again", 60*24*60)
		l.leaveSeries()
	default:
		l.sleep("minutes until something is appended", 300*24*60)
		l.appendIssue()
	}
	return true
}

// held lets time pass and then removes what holds the reader.
func (l *life) held(step calendar.Step) bool {
	l.note("held: %s", step.Reason)
	l.sleep("minutes held", 60*24*60)
	switch step.Reason.Code {
	case calendar.CodeInactive:
		if l.chance("for ever", 20) {
			return false
		}
		l.comeBack()
	case calendar.CodeDraft:
		if l.chance("ready", 70) {
			l.ready()
		} else {
			l.remove()
		}
	case calendar.CodeReview:
		l.issues[step.Issue].ReviewBy = 0
		l.reader.floor = l.now
		l.note("%s is approved", l.issues[step.Issue].ID)
	default:
		l.quiet = nil
		l.changeSchedule()
	}
	return true
}

// foretold compares the step with the forecast.
func (l *life) foretold(step calendar.Step) {
	forecast := calendar.Forecast(l.campaign(), l.passage(), instant(l.now), 1)
	if len(forecast) != 1 || forecast[0].Slot != step.Slot || !forecast[0].At.Equal(later(step.Slot.At, instant(l.now))) {
		l.fail("it sends for %v, but the forecast is %v", step.Slot, forecast)
	}
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// hint checks Then against what the model says of the time after an acceptance:
// it must never be too late, and too early, which costs a look, only where not
// everything is known beforehand.
func (l *life) hint(step calendar.Step, accepted int64) {
	next := l.world
	r := l.rowOf(step)
	r.state, r.accepted = drip.DeliverySent, accepted
	next.rows, next.open, next.now = append(slices.Clone(l.rows), r), nil, accepted
	p := next.predict()
	for p.kind == calendar.Skip {
		next.rows = append(next.rows, row{issue: l.issues[p.issue].ID, state: drip.DeliverySkipped, had: true, kept: true})
		p = next.predict()
	}
	if p.kind != calendar.Wait && p.kind != calendar.Send {
		return // whatever changes that brings the reader back
	}
	unsure := accepted != l.now || p.kind == calendar.Send || slices.ContainsFunc(l.issues, func(i drip.Issue) bool {
		return i.Late.Kind == drip.LateWithin
	})
	switch then := step.Then.UnixMilli(); {
	case step.Then.IsZero(), then > max(p.slot.at, accepted):
		l.fail("after %s, then %s; but the model says %s", l.issues[step.Issue].ID, l.local(then), l.words(p))
	case then < p.slot.at && !unsure:
		l.fail("after %s, then %s, needlessly early; the model says %s", l.issues[step.Issue].ID, l.local(then), l.words(p))
	}
}
