package calendar_test

import (
	"slices"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// event is something that happens to a reader or a campaign.
type event struct {
	name string
	do   func(*life)
}

// events returns all of them, those with the given names several times.
func events(often ...string) []event {
	list := []event{
		{"pause reader", (*life).pauseReader},
		{"unpause", (*life).unpause},
		{"move", (*life).move},
		{"pace", (*life).changePace},
		{"ask", (*life).ask},
		{"full", (*life).fill},
		{"leave", (*life).leaveSeries},
		{"reply", (*life).replyLate},
		{"pause", (*life).pauseCampaign},
		{"jump", (*life).jump},
		{"insert", (*life).insert},
		{"append", (*life).appendIssue},
		{"remove", (*life).remove},
		{"shift", (*life).shift},
		{"draft", (*life).draft},
		{"ready", (*life).ready},
		{"detail", (*life).changeDetail},
		{"postpone", (*life).postpone},
		{"schedule", (*life).changeSchedule},
		{"quiet", (*life).changeQuiet},
		{"distances", (*life).changeDistances},
		{"hours", (*life).changeHours},
	}
	for _, e := range list {
		if slices.Contains(often, e.name) {
			list = append(list, e, e, e, e)
		}
	}
	return list
}

// disturb lets something happen now and then, and sometimes nobody plans for a
// while after it.
func (l *life) disturb() {
	for l.chance("something happens", l.theme.often) {
		pick(l, "event", l.theme.events).do(l)
		if l.chance("the server is off", 15) {
			l.sleep("minutes off", 10*24*60)
			l.note("the server was off")
		}
	}
}

func (l *life) pauseReader() {
	l.paused = l.now + int64(1+l.number("hours of pause", 1500))*60*minuteMs
	l.note("the reader pauses until %s", l.local(l.paused))
}

func (l *life) unpause() {
	l.paused, l.reader.floor = 0, l.now
	l.note("the reader wants mail again")
}

func (l *life) move() {
	l.zone, l.reader.floor = location(pick(l, "new zone", l.theme.zones)), l.now
	l.note("the reader moves to %s", l.zone)
}

func (l *life) changePace() {
	l.pace, l.reader.floor = pick(l, "new pace", []int{1, 2, 4}), l.now
	l.note("the reader takes every slot, second, fourth: %d", l.pace)
}

func (l *life) ask() {
	l.asked = l.now
	l.asks[l.now-l.now%minuteMs] = true
	l.note("the reader asks for the next issue now")
}

func (l *life) fill() {
	l.fullOn = l.date(l.now)
	l.note("another series sends the reader enough for %s", l.fullOn)
	if l.chance("then the clock is set back", 30) {
		l.now -= int64(l.number("hours back", 72)) * 60 * minuteMs
		l.note("the clock is set back")
	}
}

// replyLate dates the latest acceptance anew: its message was in doubt, and the
// relay has taken it only now.
func (l *life) replyLate() {
	for i := len(l.rows) - 1; i >= 0; i-- {
		if r := &l.rows[i]; r.kept && r.accepted > 0 && r.accepted < l.now {
			r.accepted = l.now
			l.note("%s turns out to have been taken just now", r.issue)
			return
		}
	}
}

// leaveSeries ends the enrollment; held lets the reader come back.
func (l *life) leaveSeries() {
	if l.state == drip.EnrollmentLeft {
		return
	}
	l.state = drip.EnrollmentLeft
	if l.open != nil {
		l.open.state, l.open.had = drip.DeliverySkipped, true
		l.rows, l.open = append(l.rows, *l.open), nil
	}
	l.note("the reader leaves")
}

// comeBack begins a new enrollment: on from where they were, or the series anew
// at its distance from what came before, or as if there had been nothing.
func (l *life) comeBack() {
	l.enroll()
	switch l.number("come back", 3) {
	case 0:
		l.note("the reader comes back and goes on, %s, pace %d", l.start, l.pace)
		l.saw["continued"]++
	case 1:
		for i := range l.rows {
			l.rows[i].had = false
		}
		l.start = drip.StartAtSlot
		l.note("the reader starts over, pace %d", l.pace)
		l.saw["started over"]++
	default:
		l.rows = nil
		l.note("the reader begins again, %s, pace %d", l.start, l.pace)
		l.saw["began again"]++
	}
}

// pauseCampaign freezes everyone for a while. What else happens meanwhile
// happens before the campaign resumes.
func (l *life) pauseCampaign() {
	l.note("the campaign is paused")
	l.sleep("minutes of the campaign's pause", 90*24*60)
	if l.chance("something happens meanwhile", 20) {
		pick(l, "event", l.theme.events).do(l)
	}
	l.settings.floor = l.now
	l.note("the campaign is resumed")
}

// jump sets the calendar clock.
func (l *life) jump() {
	by := int64(1+l.number("minutes of a jump", 60*24*60)) * minuteMs
	if l.chance("a small jump", 50) {
		by = by/1000 + 1
	}
	if l.chance("back", 60) {
		by = -by
		l.saw["clock set back"]++
	}
	l.note("the clock is set by %d minutes", by/minuteMs)
	l.now += by
}

// sleep lets time pass, less than so many minutes.
func (l *life) sleep(label string, minutes int) {
	l.now += int64(l.number(label, minutes))*minuteMs + int64(l.number("ms", 60_000))
}

// outline ends an edit of the list of issues. Who finished not long ago goes on.
func (l *life) outline() {
	if l.state == drip.EnrollmentFinished && l.ended > l.now-180*dayMs {
		l.state, l.reader.floor = drip.EnrollmentActive, l.now
		l.note("so the reader goes on")
		l.saw["reopened"]++
	}
}

// timetable ends an edit that changes slots.
func (l *life) timetable() {
	l.settings.floor, l.files = l.now, nil
}

// insert puts a new issue, or one that was removed, anywhere.
func (l *life) insert() {
	l.put(l.number("position", len(l.issues)+1))
}

func (l *life) appendIssue() { l.put(len(l.issues)) }

func (l *life) put(at int) {
	issue := l.drawIssue()
	if len(l.gone) > 0 && l.chance("an old one", 40) {
		issue, l.gone = l.gone[0], l.gone[1:]
	}
	l.issues = slices.Insert(slices.Clone(l.issues), at, issue)
	l.note("%s is put at position %d: draft %v, skip_slots %d, not_before %v, late %v",
		issue.ID, at, issue.Draft, issue.SkipSlots, issue.NotBefore, issue.Late)
	l.outline()
}

// take takes an issue out of the files.
func (l *life) take(at int) drip.Issue {
	issue := l.issues[at]
	l.issues = slices.Delete(slices.Clone(l.issues), at, at+1)
	return issue
}

func (l *life) remove() {
	if len(l.issues) == 1 {
		return
	}
	issue := l.take(l.number("removed", len(l.issues)))
	l.gone = append(l.gone, issue)
	l.note("%s is removed", issue.ID)
	l.outline()
}

func (l *life) shift() {
	issue := l.take(l.number("shifted", len(l.issues)))
	at := l.number("to", len(l.issues)+1)
	l.issues = slices.Insert(l.issues, at, issue)
	l.note("%s is moved to position %d", issue.ID, at)
	l.outline()
}

func (l *life) draft() {
	i := l.number("drafted", len(l.issues))
	l.issues[i].Draft = true
	l.note("%s becomes a draft", l.issues[i].ID)
	l.outline()
}

func (l *life) ready() {
	for i := range l.issues {
		l.issues[i].Draft = false
	}
	l.note("nothing is a draft any more")
	l.outline()
}

// changeDetail changes what an issue's front matter says.
func (l *life) changeDetail() {
	i := l.number("changed", len(l.issues))
	id := l.issues[i].ID
	l.issues[i] = l.drawIssue()
	l.issues[i].ID = id
	l.note("%s changes: %+v", id, l.issues[i])
	l.outline()
}

// postpone sets the date before which the next issue must not leave.
func (l *life) postpone() {
	if i := l.next(); i >= 0 {
		l.issues[i].NotBefore = l.date(l.now) + timing.Date(l.number("days", 12))
		l.note("%s must not leave before %s", l.issues[i].ID, l.issues[i].NotBefore)
		l.outline()
	}
}

func (l *life) changeSchedule() {
	l.schedule = pick(l, "new schedule", l.theme.schedules)
	l.drawDistances()
	l.note("the schedule becomes %s, min_gap %d h, max_late %d min", l.schedule, l.minGap/3_600_000, l.maxLate/minuteMs)
	l.timetable()
}

func (l *life) changeQuiet() {
	l.drawQuiet()
	l.note("quiet dates become %v", l.quietItems())
	l.timetable()
}

func (l *life) changeDistances() {
	l.drawDistances()
	l.note("min_gap becomes %d h, max_late %d min", l.minGap/3_600_000, l.maxLate/minuteMs)
	l.timetable()
}

func (l *life) changeHours() {
	l.drawHours()
	l.note("late_hours become %v", l.hours)
	l.timetable()
}
