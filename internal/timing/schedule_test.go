package timing

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// parse reads a schedule or ends the test.
func parse(t testing.TB, expr string) Schedule {
	t.Helper()
	s, err := ParseSchedule(expr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNext(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ expr, after, want string }{
		{"0 9 * * TUE", "2026-03-24T08:59:59", "2026-03-24T09:00:00"},
		{"0 9 * * TUE", "2026-03-24T09:00:00", "2026-03-31T09:00:00"},
		{"0 9 * * tue", "2026-12-30T00:00", "2027-01-05T09:00:00"},
		{" 0  9 * * 7 ", "2026-03-28T00:00", "2026-03-29T09:00:00"},
		{"0 9 * * 0", "2026-03-28T00:00", "2026-03-29T09:00:00"},
		{"0 9 * * 5-7", "2026-03-28T09:00", "2026-03-29T09:00:00"},
		{"0 9 * * Fri-Sun", "2026-03-29T09:00", "2026-04-03T09:00:00"},
		{"0 9 * * 2,7", "2026-03-24T09:00", "2026-03-29T09:00:00"},
		{"0 9 * * 7/2", "2026-03-24T09:00", "2026-03-29T09:00:00"},
		{"0 9 * * 1-5/2", "2026-03-23T09:00", "2026-03-25T09:00:00"},
		{"0 9 * jan,JUL *", "2026-02-01T00:00", "2026-07-01T09:00:00"},
		{"*/15 * * * *", "2026-02-01T00:07", "2026-02-01T00:15:00"},
		{"10/20 8 ? * ?", "2026-02-01T08:31", "2026-02-01T08:50:00"},
		// Day of the month or day of the week.
		{"0 9 1 * TUE", "2026-03-31T09:00", "2026-04-01T09:00:00"},
		{"0 9 1 * TUE", "2026-04-01T09:00", "2026-04-07T09:00:00"},
		// Leap days, also over a year 2100 that is none.
		{"0 9 29 2 *", "2026-01-01T00:00", "2028-02-29T09:00:00"},
		{"0 9 29 2 *", "2096-02-29T09:00", "2104-02-29T09:00:00"},
		{"0 9 31 * *", "2026-01-31T09:00", "2026-03-31T09:00:00"},
	} {
		s := parse(t, test.expr)
		if got := s.Next(wall(t, test.after)).String(); got != test.want {
			t.Errorf("%s after %s: got %s, want %s", test.expr, test.after, got, test.want)
		}
	}
}

func TestParseScheduleRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ expr, want string }{
		{"", "it is empty"},
		{" \t ", "it is empty"},
		{"0 9 * *", "expected five fields (minute, hour, day of month, month, day of week), found 4"},
		{"0 0 9 * * TUE", "found 6"},
		{"TZ=Europe/London 0 9 * * *", "set timezone instead"},
		{"CRON_TZ=Europe/Berlin", "set timezone instead"},
		{"tz=", "set timezone instead"},
		{"@every 168h", "not elapsed time"},
		{"@weekly", "write the five fields instead: 0 0 * * SUN"},
		{"@reboot", "expected five fields"},
		{"0 9 31 2 *", "never come"},
		{"0 9 30 FEB ?", "never come"},
		{"0 9 31 4,6,9,11 *", "never come"},
		{"60 9 * * *", "minute: 60 is not between 0 and 59"},
		{"0 24 * * *", "hour: 24 is not between 0 and 23"},
		{"0 9 0 * *", "day of month: 0 is not between 1 and 31"},
		{"0 9 * 13 *", "month: 13 is not between 1 and 12"},
		{"0 9 * * 8", "day of week: 8 is not between 0 and 7"},
		{"0 9 * * Tuesday", `day of week: "Tuesday" is neither a number nor one of SUN MON`},
		{"0 9 * * FRI-MON", "runs backwards"},
		{"0 17-9 * * *", "hour: the range"},
		{"0 9 * * TUE#2", "neither a number"},
		{"0 9 L * *", `day of month: "L" is not a number`},
		{"0 9,,10 * * *", `hour: "" is not a number`},
		{"0 +9 * * *", `hour: "+9" is not a number`},
		{"0 -9 * * *", "hour:"},
		{"0 *-5 * * *", "hour:"},
		{"0 1-2-3 * * *", "hour:"},
		{"*/0 9 * * *", "the step in \"*/0\" must be a number from 1 to 59"},
		{"*/60 9 * * *", "minute: the step"},
		{"*/ 9 * * *", "minute: the step"},
		{"*/5/5 9 * * *", "minute: the step"},
		{"99999999999999999999 9 * * *", "minute:"},
		{"0 9 * * \u212aan", "day of week:"},
	} {
		s, err := ParseSchedule(test.expr)
		if err == nil {
			t.Errorf("%q was taken as %v", test.expr, s)
			continue
		}
		if !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "schedule ") {
			t.Errorf("%q: got %q, want %q", test.expr, err, test.want)
		}
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for expr, want := range map[string]time.Duration{
		"0 9 * * TUE":          7 * day,
		"0 9 * * MON,WED":      2 * day,
		"0 9 * * *":            day,
		"0 9,17 * * *":         8 * time.Hour,
		"0 6,22 * * *":         8 * time.Hour,
		"0 9,17 * * TUE":       8 * time.Hour,
		"0 0,23 * * *":         time.Hour,
		"0 9 1 * *":            28 * day,
		"0 9 1,15 * *":         14 * day,
		"0 9 1 1 *":            365 * day,
		"0 9 29 2 *":           1461 * day,
		"0 9 31 * *":           31 * day,
		"0 9 * 1,3 TUE":        7 * day,
		"0 9 28 2 MON":         day,
		"* * * * *":            time.Minute,
		"*/7 * * * *":          4 * time.Minute,
		"0 9 1 3,4,5,6,7,8 *":  30 * day,
		"30 1 1-7 * *":         day,
		"0 9 31 12 *":          365 * day,
		"0 9 1 1,12 *":         31 * day,
		"0 12 13 1-12 */1":     28 * day,
		"59 23 28 2 *":         365 * day,
		"0 9 1 */6 *":          181 * day,
		"0 9 1-31/15 * *":      day, // 1, 16, 31
		"0 0,12 1 JAN,jul,7 *": 12 * time.Hour,
	} {
		if got := parse(t, expr).Interval(); got != want {
			t.Errorf("%s: got %v, want %v", expr, got, want)
		}
	}
}

func TestScheduleValue(t *testing.T) {
	t.Parallel()
	a, b := parse(t, "0 9 * * TUE"), parse(t, " 0 9  * * TUE")
	if a != b || a.Expr() != "0 9 * * TUE" || a.String() != a.Expr() || a.IsZero() || !(Schedule{}).IsZero() {
		t.Errorf("got %+v and %+v", a, b)
	}
	for expr, want := range map[string]bool{
		"0 9 * * TUE": true, "0,30 9 * 1-12 2": true,
		"0 9 * * *": false, "0 9 * * 1,2": false, "0 9 1 * TUE": false, "0 9 * 5 TUE": false,
	} {
		if day, ok := parse(t, expr).Weekday(); ok != want || ok && day != time.Tuesday {
			t.Errorf("%s: got %s, %t", expr, day, ok)
		}
	}
	for expr, want := range map[string]string{
		"0 9 * * TUE": "Tuesdays at 09:00", "5 17 * * *": "every day at 17:05",
		"0 9,17 * * TUE": "0 9,17 * * TUE", "0 9 1 * *": "0 9 1 * *", "0 9 * 5 *": "0 9 * 5 *", "0 * * * *": "0 * * * *",
	} {
		if got := parse(t, expr).Describe(); got != want {
			t.Errorf("%s: got %q, want %q", expr, got, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("the zero schedule did not panic")
		}
	}()
	Schedule{}.Next(0)
}

// exprs draws expressions of which some never come.
func exprs() *rapid.Generator[string] {
	field := func(values ...string) *rapid.Generator[string] { return rapid.SampledFrom(values) }
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join([]string{
			field("0", "30", "15,45", "*/20", "59").Draw(t, "minute"),
			field("0", "1", "2", "9", "8,20", "0-23/6", "23", "*").Draw(t, "hour"),
			field("*", "*", "1", "29", "30,31", "*/10", "1-7").Draw(t, "dom"),
			field("*", "*", "2", "FEB-APR", "3,10", "*/4").Draw(t, "month"),
			field("*", "TUE", "7", "MON-FRI", "0,3", "6-7", "*/2").Draw(t, "dow"),
		}, " ")
	})
}

// matches is a second, naive reading of an expression.
func matches(expr string, w Wall) bool {
	f := strings.Fields(expr)
	u := w.utc()
	in := func(i, value int) bool {
		return slices.Contains(strings.Split(expand(i, f[i]), ","), strconv.Itoa(value))
	}
	dom, dow := in(2, u.Day()), in(4, int(u.Weekday()))
	day := dom && dow
	if f[2] != "*" && f[4] != "*" {
		day = dom || dow
	}
	return u.Second() == 0 && in(0, u.Minute()) && in(1, u.Hour()) && in(3, int(u.Month())) && day
}

// expand lists the values of the fields that exprs draws.
func expand(i int, field string) string {
	low := [...]int{0, 0, 1, 1, 0}[i]
	high := [...]int{59, 23, 31, 12, 6}[i]
	each := func(from, to, step int) string {
		var list []string
		for n := from; n <= to; n += step {
			list = append(list, strconv.Itoa(n))
		}
		return strings.Join(list, ",")
	}
	switch field {
	case "*":
		return each(low, high, 1)
	case "*/20":
		return each(low, high, 20)
	case "*/10":
		return each(low, high, 10)
	case "*/4":
		return each(low, high, 4)
	case "*/2":
		return each(low, high, 2)
	case "0-23/6":
		return "0,6,12,18"
	case "1-7":
		return each(1, 7, 1)
	case "FEB-APR":
		return "2,3,4"
	case "TUE":
		return "2"
	case "7":
		return "0"
	case "MON-FRI":
		return "1,2,3,4,5"
	case "6-7":
		return "6,0"
	}
	return field
}

func TestNextIsTheFirstMatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		expr := exprs().Draw(t, "expr")
		s, err := ParseSchedule(expr)
		if err != nil {
			if !strings.Contains(err.Error(), "never come") {
				t.Fatal(err)
			}
			return
		}
		after := Wall(rapid.Int64Range(0, 4_000_000_000).Draw(t, "after"))
		next := s.Next(after)
		if next <= after || !matches(expr, next) {
			t.Fatalf("%s after %s: got %s", expr, after, next)
		}
		// Nothing matches in between; look at the last two days of it.
		for w := max(after/60*60+60, next-2*daySeconds); w < next; w += 60 {
			if matches(expr, w) {
				t.Fatalf("%s after %s: got %s, missed %s", expr, after, next, w)
			}
		}
		if gap := s.Next(next) - next; time.Duration(gap)*time.Second < s.Interval() {
			t.Fatalf("%s: %s and the next are %d s apart, interval %v", expr, next, gap, s.Interval())
		}
	})
}

func TestSkipChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, err := ParseSchedule(exprs().Draw(t, "expr"))
		if err != nil {
			return
		}
		after := Wall(rapid.Int64Range(0, 4_000_000_000).Draw(t, "after"))
		for range 5 {
			next, want := s.Next(after), s.spec.Next(after.utc())
			if !want.IsZero() && Wall(want.Unix()) != next {
				t.Fatalf("%s after %s: got %s, want %s", s, after, next, want)
			}
			after = next
		}
	})
}

func FuzzParseSchedule(f *testing.F) {
	for _, seed := range []string{
		"0 9 * * TUE", "CRON_TZ=Europe/Berlin", "@every 1h", "0 9 31 2 *", "*/5 0-7/2 ? jan 7",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		s, err := ParseSchedule(expr)
		if err != nil {
			return
		}
		again, err := ParseSchedule(s.Expr())
		if err != nil || again != s {
			t.Fatalf("%q reads back as %+v, %v", s.Expr(), again, err)
		}
		next := s.Next(0)
		if gap := s.Next(next) - next; next <= 0 || time.Duration(gap)*time.Second < s.Interval() || s.Interval() <= 0 {
			t.Fatalf("%q: %s, then %d s later, interval %v", expr, next, gap, s.Interval())
		}
	})
}
