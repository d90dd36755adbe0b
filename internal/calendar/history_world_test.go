package calendar_test

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// theme is a kind of history: what its world is like, and what happens often.
type theme struct {
	name      string
	schedules []string
	zones     []string
	events    []event
	often     int // in how many of a hundred turns something happens
	trouble   int // in how many of a hundred attempts the relay fails
}

const (
	// missingDay is the theme of those who live in Apia, where 30 December 2011
	// was left out.
	missingDay = "the missing day"
	// doubleHour is the theme of those who join in the two weeks before an hour is
	// shown twice, of a series that leaves in that hour.
	doubleHour = "the double hour"
)

// themes returns all of them.
func themes() []theme {
	usual := []string{"0 9 * * TUE", "0 18 * * MON,THU", "0 9 1 * *", "0 9 1,15 * TUE", "30 7 * * */2", "0 9 */2 * TUE", "0 9 * * *"}
	nights := []string{
		"30 1 * * SUN", "0 0 * * FRI", "15 2 * * *", "20,40 1 * * *", "30 2 * * *", "0 0 * * *", "*/20 * * * *",
		"0,30 0-3 * * SUN", "10 0 * * SAT,SUN", "45 23 * * *",
	}
	rare := []string{"0 9 29 2 *", "0 9 25 12 *", "0 9 31 * *", "0 12 1 */3 *", "0 8,20 * * *"}
	fixed := []string{"Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "UTC"}
	all := append(fixed[:len(fixed):len(fixed)], "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Beirut",
		"Pacific/Apia", "America/Los_Angeles", "America/Havana", "Pacific/Chatham", "Asia/Tokyo")
	mixed := append(append(usual[:len(usual):len(usual)], nights...), rare...)
	return []theme{
		{"everything", mixed, all, events(), 30, 25},
		{"clocks", nights, all, events("move", "jump", "pause"), 30, 15},
		{"readers", usual, fixed, events("pace", "pause reader", "unpause", "ask", "full", "leave", "move"), 40, 15},
		{"edits", append(usual[:len(usual):len(usual)], rare...), all, events(
			"insert", "append", "remove", "shift", "draft", "ready", "detail", "schedule", "quiet", "distances", "hours"), 40, 15},
		{"trouble", mixed, fixed, events("pause", "jump"), 10, 60},
		{"wishes", usual, fixed, events("ask", "full", "postpone", "reply"), 30, 60},
		{doubleHour, []string{"30 1 * * *", "20,40 1 * * *", "30 1 * * SUN"}, []string{"Europe/London", "America/New_York"}, events("quiet"), 10, 25},
		{missingDay, append([]string{"0 9 * * *"}, nights...), []string{"Pacific/Apia"}, events("quiet"), 10, 25},
	}
}

// number draws one of n numbers, all about as likely, which rapid's own ranges
// do not. A small draw means 0, so that failures shrink to what is plain.
func (l *life) number(label string, n int) int {
	v := rapid.Uint32().Draw(l.t, label)
	return int(uint64(v) * 0x9E3779B97F4A7C15 >> 33 % uint64(n))
}

// chance draws true in so many of a hundred cases.
func (l *life) chance(label string, percent int) bool {
	return l.number(label, 100) >= 100-percent
}

// pick draws an element.
func pick[T any](l *life, label string, list []T) T { return list[l.number(label, len(list))] }

// draw makes up the campaign and its reader.
func (l *life) draw() {
	l.schedule = pick(l, "schedule", l.theme.schedules)
	l.first = pick(l, "first", []drip.First{drip.FirstOnJoin, drip.FirstOnJoin, drip.FirstNextSlot})
	l.giveUp = 1 + l.number("give up", 4)
	l.drawDistances()
	l.drawHours()
	l.drawQuiet()
	if l.chance("review", 10) {
		l.review = drip.ReviewRequired
	}
	for range 4 + l.number("issues", 6) {
		l.issues = append(l.issues, l.drawIssue())
	}
	l.zone = location(pick(l, "zone", l.theme.zones))
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	minutes := 365 * 24 * 60
	switch l.theme.name {
	case missingDay:
		begin, minutes = time.Date(2011, 12, 20, 0, 0, 0, 0, time.UTC).UnixMilli(), 12*24*60
	case doubleHour: // on 25 October in London, on 1 November in New York
		begin, minutes = time.Date(2026, 10, 11, 0, 0, 0, 0, time.UTC).UnixMilli(), 14*24*60
	}
	l.now = begin + int64(l.number("join", minutes))*minuteMs + int64(l.number("ms", 60_000))
	l.begun = l.now
	l.settings.floor = l.now - dayMs
	l.enroll()
	l.note("the reader joins, %s, pace %d", l.start, l.pace)
}

// enroll begins a passage.
func (l *life) enroll() {
	zone := l.zone
	l.reader = reader{
		state: drip.EnrollmentActive, joined: l.now, floor: l.now, zone: zone,
		start: pick(l, "start", []drip.Start{drip.StartOnJoin, drip.StartOnJoin, drip.StartAtSlot}),
		pace:  pick(l, "pace", []int{1, 0, 1, 1, 2, 4}),
	}
}

// drawDistances makes up min_gap and max_late.
func (l *life) drawDistances() {
	half := l.parsed().Interval().Milliseconds() / 2
	l.minGap, l.maxLate = half, half
	if l.chance("own gap", 40) {
		l.minGap = pick(l, "min gap", []int64{0, 1, 12, 36, 72, 100, 250}) * 3_600_000
	}
	if l.chance("own lateness", 40) {
		l.maxLate = pick(l, "max late", []int64{0, 5, 30, 180, 26 * 60, 80 * 60, 300 * 60}) * minuteMs
	}
}

// drawHours makes up late_hours; two zeros are the whole day.
func (l *life) drawHours() {
	l.hours = pick(l, "hours", [][2]int{{480, 1200}, {0, 0}, {480, 1200}, {22 * 60, 150}, {75, 105}, {60, 24 * 60}})
	if l.hours[1] == 24*60 {
		l.hours[1] = 0
	}
}

// drawQuiet makes up quiet dates.
func (l *life) drawQuiet() {
	if l.theme.name == missingDay {
		l.quiet = pick(l, "quiet", [][][2]int{nil, {{20111230, 20111230}}, {{20111231, 20111231}}, {{1224, 1226}}})
		return
	}
	l.quiet = pick(l, "quiet", [][][2]int{
		nil, nil, {{1224, 1226}, {229, 229}}, {{329, 329}, {1025, 1025}, {20260424, 20260430}}, {{701, 731}, {101, 101}, {1231, 1231}},
		{{20260301, 20260401}, {20270101, 20270101}}, {{1101, 1101}, {308, 308}, {404, 405}},
	})
	if l.open != nil && l.chance("the very date of its slot", 50) {
		year, month, date := day(l.open.slot.wall)
		n := year*10000 + month*100 + date
		l.quiet = append(l.quiet[:len(l.quiet):len(l.quiet)], [2]int{n, n})
	}
}

// drawIssue makes up an issue with a fresh id.
func (l *life) drawIssue() drip.Issue {
	l.ids++
	issue := drip.Issue{ID: fmt.Sprintf("i%d", l.ids)}
	issue.SkipSlots = pick(l, "skip slots", []int{0, 0, 0, 0, 0, 0, 1, 3})
	issue.Draft = l.chance("drafted", 5)
	if l.chance("not before", 10) {
		issue.NotBefore = l.someDay("not before")
	}
	if l.chance("review by", 10) {
		issue.ReviewBy = l.someDay("review by") + 200
	}
	switch l.number("late", 3) {
	case 1:
		issue.Late.Kind = drip.LateNextSlot
	case 2:
		issue.Late = drip.LatePolicy{Kind: drip.LateWithin, Within: time.Duration(1+l.number("within", 30)) * 24 * time.Hour}
	}
	return issue
}

// someDay draws a date in the year after now, or in 2026.
func (l *life) someDay(label string) timing.Date {
	return l.dateOf(max(l.now/1000, 1_767_225_600)) + timing.Date(l.number(label+" day", 365))
}

// location loads a zone.
func location(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// parsed returns the schedule as the calendar knows it.
func (w *settings) parsed() timing.Schedule {
	schedule, err := timing.ParseSchedule(w.schedule)
	if err != nil {
		panic(err)
	}
	return schedule
}

// campaign writes the settings as the calendar reads them. It is written anew
// after each edit of a timetable.
func (l *life) campaign() *drip.Campaign {
	if l.files == nil {
		l.files = l.settings.write()
	}
	l.files.Issues = l.issues
	return l.files
}

// write does so without the issues.
func (w *settings) write() *drip.Campaign {
	c := &drip.Campaign{
		Schedule: w.parsed(), First: w.first, GiveUp: w.giveUp, Review: w.review,
		MinGap: time.Duration(w.minGap) * time.Millisecond, MaxLate: time.Duration(w.maxLate) * time.Millisecond,
	}
	var err error
	if w.hours != [2]int{} {
		to := w.hours[1]
		if to == 0 {
			to = 24 * 60
		}
		c.LateHours, err = timing.ParseHours(fmt.Sprintf("%02d:%02d-%02d:%02d", w.hours[0]/60, w.hours[0]%60, to/60, to%60))
		if err != nil {
			panic(err)
		}
	}
	if c.Quiet, err = timing.ParseDates(w.quietItems()); err != nil {
		panic(err)
	}
	return c
}

// quietItems writes the quiet dates as in campaign.yaml.
func (w *settings) quietItems() []string {
	var items []string
	for _, q := range w.quiet {
		var ends []string
		for _, n := range q {
			text := fmt.Sprintf("%02d-%02d", n/100%100, n%100)
			if n > 9999 {
				text = fmt.Sprintf("%04d-%s", n/10000, text)
			}
			ends = append(ends, text)
		}
		items = append(items, strings.Join(ends, ".."))
	}
	return items
}

// passage writes the reader and the ledger as the calendar reads them.
func (w *world) passage() calendar.Passage {
	p := calendar.Passage{
		State: w.state, Start: w.start, JoinedAt: instant(w.joined), Floor: instant(max(w.reader.floor, w.settings.floor)),
		PausedUntil: instant(w.paused), AskedAt: instant(w.asked), FullOn: w.fullOn, Pace: w.pace, Zone: w.zone,
		Had: make([]bool, len(w.issues)),
	}
	for _, r := range w.rows {
		i := w.position(r.issue)
		if r.had && i >= 0 {
			p.Had[i] = true
		}
		if !r.kept || r.state == drip.DeliverySkipped {
			continue
		}
		if p.Last == nil {
			p.Last = &calendar.Last{SlotWall: timing.Wall(r.slot.wall), Issue: i, Earlier: true}
		}
		p.Last.Earlier = p.Last.Earlier && !r.had
		p.Last.SlotWall = max(p.Last.SlotWall, timing.Wall(r.slot.wall))
		if at := instant(r.accepted); at.After(p.Last.AcceptedAt) {
			p.Last.AcceptedAt, p.Last.Issue = at, i
		}
	}
	if o := w.open; o != nil {
		p.Open = &calendar.Open{
			Issue: w.position(o.issue), Moves: o.moves, Deferred: o.deferred,
			Slot: timing.Slot{Wall: timing.Wall(o.slot.wall), Zone: o.zone, At: instant(o.slot.at)},
		}
	}
	return p
}

// setting describes the world in which it went wrong.
func (l *life) setting() string {
	text := fmt.Sprintf("schedule %s, first %s, min_gap %v, max_late %v, late_hours %v, quiet %v, give_up %d, review %q\n",
		l.schedule, l.first, time.Duration(l.minGap)*time.Millisecond, time.Duration(l.maxLate)*time.Millisecond, l.hours, l.quietItems(), l.giveUp, l.review)
	for i := range l.issues {
		s := &l.issues[i]
		text += fmt.Sprintf("issue %s: had %v, draft %v, skip_slots %d, not_before %v, late %v, review_by %v\n",
			s.ID, l.had(i), s.Draft, s.SkipSlots, s.NotBefore, s.Late, s.ReviewBy)
	}
	return text
}
