package timing

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a five-field cron expression read on a wall clock. The zero value
// is invalid; use [ParseSchedule]. Schedules with the same expression are equal
// with ==.
type Schedule struct {
	expr     string
	spec     cron.SpecSchedule // Location is UTC: it only ever sees walls
	interval time.Duration
}

// ParseSchedule reads "minute hour day-of-month month day-of-week". Names of
// months and days may be written in any case, and Sunday is 0 or 7. As in every
// cron, a day matches if either the day of the month or the day of the week
// does, unless one of them is "*".
//
// Refused are time zones and "@" descriptors, because a campaign has its own
// place for a zone and slots are not stopwatches, and expressions that never
// come, such as "0 9 31 2 *". The error quotes the expression and says what to
// write instead.
func ParseSchedule(expr string) (Schedule, error) {
	clean, spec, err := parseExpr(expr)
	if err != nil {
		return Schedule{}, fmt.Errorf("schedule %q: %w", expr, err)
	}
	s := Schedule{expr: clean, spec: spec}
	if _, ok := s.next(NewDate(2000, time.January, 1).Wall()); !ok {
		return Schedule{}, fmt.Errorf("schedule %q: it would never come, because there is no such day in the calendar", expr)
	}
	s.interval = s.smallestGap()
	return s, nil
}

// IsZero reports whether s is the invalid zero value.
func (s Schedule) IsZero() bool { return s.expr == "" }

// Expr returns the expression with single spaces between its fields.
func (s Schedule) Expr() string { return s.expr }

// String returns the expression.
func (s Schedule) String() string { return s.expr }

// Interval returns the smallest time between two consecutive wall times of the
// schedule, over every kind of year: 168 hours for a weekly series, 28 days for
// a monthly one, two days for Mondays and Wednesdays.
func (s Schedule) Interval() time.Duration { return s.interval }

// Next returns the first wall time of the schedule that is strictly later than
// after. There always is one. Next panics on the zero Schedule.
func (s Schedule) Next(after Wall) Wall {
	w, ok := s.next(after)
	if !ok {
		panic(fmt.Sprintf("timing: schedule %q has nothing after %v", s.expr, after))
	}
	return w
}

// next asks robfig/cron, which looks no further than five years ahead. The
// rarest day, 29 February, can be eight years away.
func (s Schedule) next(after Wall) (Wall, bool) {
	t := s.skip(after).utc()
	for range 3 {
		if n := s.spec.Next(t); !n.IsZero() {
			return Wall(n.Unix()), true
		}
		t = time.Date(t.Year()+6, time.January, 1, 0, 0, 0, 0, time.UTC).Add(-time.Second)
	}
	return 0, false
}

// skip returns a wall time, not earlier than after, before the same next match.
// It spares the library the walk, day by day and hour by hour, to the next day
// of the week.
func (s Schedule) skip(after Wall) Wall {
	if !star(s.spec.Dom) || s.spec.Dow == 0 {
		return after
	}
	day := after.Date()
	last := bits.Len64(s.spec.Hour&^starBit)*60 - 60 + bits.Len64(s.spec.Minute&^starBit) - 1
	if after >= day.Wall()+Wall(last)*60 {
		day++ // nothing more on that day
	}
	for s.spec.Dow&(1<<day.Weekday()) == 0 {
		day++
	}
	return max(after, day.Wall()+Wall(bits.TrailingZeros64(s.spec.Hour))*3600-1)
}

// Weekday returns the day of the week if the schedule comes on that day of
// every week and on no other.
func (s Schedule) Weekday() (time.Weekday, bool) {
	if !star(s.spec.Dom) || s.spec.Month&everyMonth != everyMonth || bits.OnesCount64(s.spec.Dow) != 1 {
		return 0, false
	}
	return time.Weekday(bits.TrailingZeros64(s.spec.Dow)), true
}

// Describe returns the schedule in words if it is as simple as "Tuesdays at
// 09:00" or "every day at 09:00", and the expression otherwise.
func (s Schedule) Describe() string {
	hour, minute := s.spec.Hour&^starBit, s.spec.Minute&^starBit
	if bits.OnesCount64(hour) != 1 || bits.OnesCount64(minute) != 1 {
		return s.expr
	}
	at := fmt.Sprintf(" at %02d:%02d", bits.TrailingZeros64(hour), bits.TrailingZeros64(minute))
	switch day, weekly := s.Weekday(); {
	case weekly:
		return day.String() + "s" + at
	case star(s.spec.Dom) && star(s.spec.Dow) && s.spec.Month&everyMonth == everyMonth:
		return "every day" + at
	default:
		return s.expr
	}
}

// smallestGap computes Interval: the smallest gap within a day or from the last
// time of one day to the first time of the next day that matches.
func (s Schedule) smallestGap() time.Duration {
	first := s.Next(NewDate(2000, time.January, 1).Wall() - 1)
	last := first
	gap := s.smallestStep()
	step := gap
	for w := s.Next(first); w.Date() == first.Date(); w = s.Next(w) {
		gap = min(gap, w-last)
		last = w
	}
	return time.Duration(min(gap, step-(last-first))) * time.Second
}

// smallestStep returns the smallest distance between two days of the schedule.
// Days of the week repeat within a month, days of the month within a leap cycle,
// and both together within 28 years; what centuries leave out only makes steps
// longer.
func (s Schedule) smallestStep() Wall {
	years := 28
	switch {
	case star(s.spec.Dom):
		years = 1
	case star(s.spec.Dow):
		years = 5
	}
	days := s
	days.spec.Hour, days.spec.Minute = 1, 1 // midnight
	day := days.Next(NewDate(2000, time.January, 1).Wall() - 1)
	step := Wall(years * 366 * daySeconds)
	for end := NewDate(2000+years, time.January, 1).Wall(); day < end && step > daySeconds; {
		next := days.Next(day)
		step = min(step, next-day)
		day = next
	}
	return step
}
