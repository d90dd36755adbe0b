package calendar

import (
	"testing"
	"time"
	_ "time/tzdata"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// The tests' campaign is weekly, on Tuesdays at nine, with eight issues.
const week = 7 * 24 * time.Hour

// weekly returns the campaign after the given changes.
func weekly(t testing.TB, changes ...func(*drip.Campaign)) *drip.Campaign {
	t.Helper()
	hours, err := timing.ParseHours("08:00-20:00")
	if err != nil {
		t.Fatal(err)
	}
	c := &drip.Campaign{
		First: drip.FirstOnJoin, MinGap: week / 2, MaxLate: week / 2, LateHours: hours, GiveUp: 3,
		Issues: make([]drip.Issue, 8),
	}
	schedule("0 9 * * TUE")(c)
	for _, change := range changes {
		change(c)
	}
	return c
}

// schedule sets the schedule, and what "auto" makes of it.
func schedule(expr string) func(*drip.Campaign) {
	return func(c *drip.Campaign) {
		s, err := timing.ParseSchedule(expr)
		if err != nil {
			panic(err)
		}
		c.Schedule, c.MinGap, c.MaxLate = s, s.Interval()/2, s.Interval()/2
	}
}

// quiet sets the quiet dates.
func quiet(items ...string) func(*drip.Campaign) {
	return func(c *drip.Campaign) {
		d, err := timing.ParseDates(items)
		if err != nil {
			panic(err)
		}
		c.Quiet = d
	}
}

// issue changes an issue.
func issue(i int, change func(*drip.Issue)) func(*drip.Campaign) {
	return func(c *drip.Campaign) { change(&c.Issues[i]) }
}

// at reads an instant, in UTC unless it says otherwise; "" is zero.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	if len(s) == len("2026-03-24T09:00") {
		s += ":00Z"
	}
	instant, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return instant.UTC()
}

// date reads a date.
func date(t testing.TB, s string) timing.Date {
	t.Helper()
	d, err := timing.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// zone loads a zone.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := timing.NewZones().Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// joined returns the passage of someone who confirmed at an instant, a
// Londoner if nothing else is said.
func joined(t testing.TB, instant string, changes ...func(*Passage)) Passage {
	t.Helper()
	p := Passage{
		State: drip.EnrollmentActive, Start: drip.StartOnJoin, Pace: 1, Zone: zone(t, "Europe/London"),
		JoinedAt: at(t, instant), Floor: at(t, instant),
	}
	for _, change := range changes {
		change(&p)
	}
	return p
}

// had says that the first n issues were had, the last one for a slot at the
// given instant, accepted at another.
func had(t testing.TB, n int, slot, accepted string) func(*Passage) {
	t.Helper()
	return func(p *Passage) {
		p.Had = make([]bool, n)
		for i := range p.Had {
			p.Had[i] = true
		}
		p.Last = &Last{SlotWall: timing.WallAt(at(t, slot).In(p.Zone)), AcceptedAt: at(t, accepted), Issue: n - 1}
	}
}

// open says that an issue has an open delivery for a slot at an instant.
func open(t testing.TB, issue int, slot string, moves int) func(*Passage) {
	t.Helper()
	return func(p *Passage) {
		instant := at(t, slot)
		wall := timing.WallAt(instant.In(p.Zone))
		p.Open = &Open{Issue: issue, Slot: timing.Slot{Wall: wall, Zone: p.Zone.String(), At: instant}, Moves: moves}
	}
}

// want is what a step is compared with; empty strings are zero instants.
type want struct {
	kind   Kind
	issue  int
	slot   string // the instant
	at     string // At with Wait, SendBy with Send
	moves  int
	reason Code
}

// check compares a step.
func check(t *testing.T, step Step, w want) {
	t.Helper()
	instant := step.At
	if step.Kind == Send {
		instant = step.SendBy
	}
	if step.Kind != w.kind || step.Issue != w.issue || step.Moves != w.moves || step.Reason.Code != w.reason {
		t.Errorf("got %s of %d, moves %d, code %s; want %s of %d, moves %d, code %s",
			step.Kind, step.Issue, step.Moves, step.Reason.Code, w.kind, w.issue, w.moves, w.reason)
	}
	if !step.Slot.At.Equal(at(t, w.slot)) || !instant.Equal(at(t, w.at)) {
		t.Errorf("%s: slot %v until %v, want %s until %s", step.Kind, step.Slot.At, instant, w.slot, w.at)
	}
	if step.Reason.String() == "" {
		t.Error("the reason says nothing")
	}
}
