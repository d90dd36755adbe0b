package segment

import (
	"testing"
	"time"
)

// selects reports whether a filter selects somebody in a view.
func selects(t *testing.T, filter string, who Facts, view View) bool {
	t.Helper()
	f, err := Parse(filter)
	if err != nil {
		t.Fatal(err)
	}
	return f.Match(&who, view)
}

// An age is reached at one millisecond, at which the person is neither younger nor older.
// Who joins later than now joined at no time ago.
func TestAgesEndAtTheMillisecond(t *testing.T) {
	t.Parallel()
	joined := time.Date(2026, 10, 20, 7, 59, 59, 999e6, time.UTC)
	who := Facts{Added: joined, Parts: []Part{{Campaign: "garden", State: "active", JoinedAt: joined}}}
	const age = 30 * 24 * time.Hour // the clocks are set back within it, which changes nothing
	for _, c := range []struct {
		now            time.Duration // after joined
		lt, le, gt, ge bool
	}{
		{-time.Millisecond, false, false, false, false},
		{-1, false, false, false, false},
		{0, true, true, false, false},
		{age - time.Millisecond, true, true, false, false},
		{age - 1, true, true, false, false}, // databases know no parts of a millisecond
		{age, false, true, false, true},
		{age + time.Millisecond - 1, false, true, false, true},
		{age + time.Millisecond, false, false, true, true},
	} {
		london, err := time.LoadLocation("Europe/London")
		if err != nil {
			t.Fatal(err)
		}
		view := View{Now: joined.Add(c.now), Zone: london}
		for _, field := range []string{"joined", "added"} {
			for op, want := range map[string]bool{"<": c.lt, "<=": c.le, ">": c.gt, ">=": c.ge} {
				if got := selects(t, field+" "+op+" 30d ago", who, view); got != want {
					t.Errorf("%v after: %s %s 30d ago is %v, want %v", c.now, field, op, got, want)
				}
			}
		}
	}
}

// A day begins at midnight where the instance is, also when that is an hour earlier or
// later than the day before.
func TestDaysBeginAtMidnightOfTheZone(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	// On 25 October 2026 the clocks in London are set back: the day has 25 hours.
	midnight := time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time][4]bool{ // <, =, >, >= the day
		midnight.Add(-time.Millisecond): {true, false, false, false},
		midnight:                        {false, true, false, true},
		midnight.Add(25*time.Hour - time.Millisecond): {false, true, false, true},
		midnight.Add(25 * time.Hour):                  {false, false, true, true},
		time.Date(2026, 10, 25, 23, 59, 0, 0, london): {false, true, false, true},
	} {
		for i, op := range []string{"<", "=", ">", ">="} {
			if got := selects(t, "added "+op+" 2026-10-25", Facts{Added: at}, View{Now: at, Zone: london}); got != want[i] {
				t.Errorf("added %s 2026-10-25 is %v of %v, want %v", op, got, at, want[i])
			}
		}
	}
}

// An attribute is a day of the calendar, whatever the hour is.
func TestAgesOfDaysAreDays(t *testing.T) {
	t.Parallel()
	view := View{Now: time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)}
	for day, want := range map[string][4]bool{ // <, <=, >, >= 14d ago
		"2026-11-30": {}, "2026-11-29": {true, true, false, false}, "2026-11-16": {true, true, false, false},
		"2026-11-15": {false, true, false, true}, "2026-11-14": {false, false, true, true},
	} {
		for i, op := range []string{"<", "<=", ">", ">="} {
			who := Facts{Attributes: map[string]any{"visit": day}}
			if got := selects(t, "visit "+op+" 14d ago", who, view); got != want[i] {
				t.Errorf("visit %s 14d ago is %v of %s, want %v", op, got, day, want[i])
			}
		}
	}
}

// However a tag is typed, it is the one that is kept.
func TestTagNames(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		" Two \t Words ": "two words", "VIP": "vip", "Cafe\u0301": "caf\u00e9", "\u0130x": "ix", "I\u0307x": "ix", "": "", " ": "",
	} {
		got := TagName(typed)
		if got != want || TagName(got) != got {
			t.Errorf("%q is kept as %q, and that as %q; want %q", typed, got, TagName(got), want)
		}
	}
}
