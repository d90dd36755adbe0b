package calendar

import (
	"testing"
	"time"

	"partwork/internal/drip"
)

// named gives the issues ids a, b, c, … and leaves out those that are not in
// order.
func named(ids string) func(*drip.Campaign) {
	return func(c *drip.Campaign) {
		c.Issues = nil
		for _, id := range ids {
			c.Issues = append(c.Issues, drip.Issue{ID: string(id)})
		}
	}
}

// readerWith is one who had these issues, the last of them on Tuesday 2 June.
func readerWith(t *testing.T, had ...bool) Passage {
	t.Helper()
	return joined(t, "2026-05-01T10:00", func(p *Passage) {
		p.Had = had
		p.Last = &Last{SlotWall: at2June, AcceptedAt: at(t, "2026-06-02T08:00")}
	})
}

func TestEffects(t *testing.T) {
	t.Parallel()
	draft := func(i int) func(*drip.Campaign) { return issue(i, func(is *drip.Issue) { is.Draft = true }) }
	for _, test := range []struct {
		name          string
		before, after []func(*drip.Campaign)
		was, is       []bool // had
		held          []bool
		finished      string // when, if so
		timetable     bool
		want          Turn
		from, to      string
		same          bool
	}{
		{name: "nothing was edited", before: all(named("abc")), after: all(named("abc")), was: yes(1), is: yes(1),
			want: TurnSame, from: "2026-06-09", to: "2026-06-09", same: true},
		{name: "an issue inserted ahead comes instead", before: all(named("abc")), after: all(named("axbc")), was: yes(1), is: yes(1),
			want: TurnOther, from: "2026-06-09", to: "2026-06-09"},
		{name: "an issue inserted further ahead leaves the next one alone", before: all(named("abc")), after: all(named("abxc")), was: yes(1), is: yes(1),
			want: TurnSame, from: "2026-06-09", to: "2026-06-09"},
		{name: "an issue inserted behind changes nothing", before: all(named("abc")), after: all(named("xabc")), was: yes(1), is: []bool{false, true},
			want: TurnSame, from: "2026-06-09", to: "2026-06-09", same: true},
		{name: "a draft holds", before: all(named("abc")), after: all(named("abc"), draft(1)), was: yes(1), is: yes(1),
			want: TurnEnds, from: "2026-06-09"},
		{name: "an issue that nobody approved holds", before: all(named("abc")), after: all(named("axbc")), was: yes(1), is: yes(1),
			held: []bool{false, true}, want: TurnEnds, from: "2026-06-09"},
		{name: "the end of a draft lets go on", before: all(named("abc"), draft(1)), after: all(named("abc")), was: yes(1), is: yes(1),
			want: TurnBegins, to: "2026-06-09"},
		{name: "a last issue removed ends the series", before: all(named("ab")), after: all(named("a")), was: yes(1), is: yes(1),
			want: TurnEnds, from: "2026-06-09"},
		{name: "an appended issue brings back who finished lately", before: all(named("a")), after: all(named("ab")), was: yes(1), is: yes(1),
			finished: "2026-06-02", want: TurnBegins, to: "2026-06-09"},
		{name: "but not who finished long ago", before: all(named("a")), after: all(named("ab")), was: yes(1), is: yes(1),
			finished: "2026-05-02", want: TurnIdle, same: true},
		{name: "a later schedule", before: all(named("ab")), after: all(named("ab"), schedule("0 9 * * THU")), was: yes(1), is: yes(1),
			timetable: true, want: TurnLater, from: "2026-06-09", to: "2026-06-11"},
		{name: "an earlier schedule", before: all(named("ab")), after: all(named("ab"), schedule("0 9 * * MON")), was: yes(1), is: yes(1),
			timetable: true, want: TurnEarlier, from: "2026-06-09", to: "2026-06-08"},
		{name: "another reason to wait", before: all(named("ab"), draft(1)), after: all(named("a")), was: yes(1), is: yes(1),
			want: TurnIdleOther},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			now := at(t, "2026-06-04T10:00")
			before, after := weekly(t, test.before...), weekly(t, test.after...)
			p, q := readerWith(t, test.was...), readerWith(t, test.is...)
			if test.finished != "" {
				p.State, q.State = drip.EnrollmentFinished, drip.EnrollmentFinished
				q = Adopt(q, now, false, at(t, test.finished+"T08:00").After(now.Add(-14*24*time.Hour)))
			}
			q = Adopt(q, now, test.timetable, false)
			e := Compare(before, Foresee(before, nil, p, now, 9), after, Foresee(after, test.held, q, now, 9))
			day := func(d Due) string {
				if d.At.IsZero() {
					return ""
				}
				return d.Day(p.Zone).String()
			}
			if e.Turn != test.want || day(e.From) != test.from || day(e.To) != test.to || e.Same != test.same {
				t.Errorf("%s from %q to %q (same: %t), want %s from %q to %q (same: %t)",
					e.Turn, day(e.From), day(e.To), e.Same, test.want, test.from, test.to, test.same)
			}
		})
	}
}

// at2June is the wall time of a slot.
const at2June = 1780390800

func all(changes ...func(*drip.Campaign)) []func(*drip.Campaign) { return changes }

// yes is the first n issues.
func yes(n int) []bool {
	had := make([]bool, n)
	for i := range had {
		had[i] = true
	}
	return had
}

// TestNewTimetableSkipsTheSlotJustMissed keeps the laws of the store: a reader
// who could still be late for a slot is not, after a new timetable.
func TestNewTimetableSkipsTheSlotJustMissed(t *testing.T) {
	t.Parallel()
	c, now := weekly(t), at(t, "2026-06-09T10:00")
	p := readerWith(t, true)
	for timetable, want := range map[bool]string{false: "2026-06-09", true: "2026-06-16"} {
		out := Foresee(c, nil, Adopt(p, now, timetable, true), now, 1)
		if got := out.Dues[0].Day(p.Zone).String(); got != want {
			t.Errorf("with a new timetable %t: %s, want %s", timetable, got, want)
		}
	}
}
