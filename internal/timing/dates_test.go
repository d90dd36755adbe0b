package timing

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDatesContains(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		items   string
		in, out string
	}{
		{"2027-01-01", "2027-01-01", "2026-01-01 2028-01-01 2026-12-31 2027-01-02"},
		{"12-24", "2026-12-24 2027-12-24 1999-12-24", "2026-12-23 2026-12-25"},
		{"12-24..12-26", "2026-12-24 2026-12-25 2026-12-26", "2026-12-23 2026-12-27"},
		{"2026-12-20..2027-01-03", "2026-12-20 2026-12-31 2027-01-03", "2026-12-19 2027-01-04 2027-12-25"},
		{"12-30..01-02", "2026-12-30 2026-12-31 2027-01-01 2027-01-02", "2026-12-29 2027-01-03 2026-06-01"},
		{"02-29", "2028-02-29", "2027-02-28 2027-03-01"},
		{"02-28..03-01", "2027-02-28 2028-02-29 2027-03-01", "2027-02-27 2027-03-02"},
		{"12-24..12-26 2027-01-01", "2026-12-25 2027-01-01", "2028-01-01"},
		{"", "", "2027-01-01"},
	} {
		d, err := ParseDates(strings.Fields(test.items))
		if err != nil {
			t.Errorf("%s: %v", test.items, err)
			continue
		}
		for i, list := range []string{test.in, test.out} {
			for _, s := range strings.Fields(list) {
				date, err := ParseDate(s)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := d.Contains(date), i == 0; got != want {
					t.Errorf("%s contains %s: got %t", test.items, s, got)
				}
			}
		}
		if d.Empty() != (test.items == "") || strings.ReplaceAll(d.String(), ",", "") != test.items {
			t.Errorf("%s: empty %t, string %q", test.items, d.Empty(), d)
		}
	}
}

func TestParseDatesRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ items, want string }{
		{"tomorrow", "expected a date"},
		{"12-32", "expected a date"},
		{"02-30", "expected a date"},
		{"2027-02-29", "expected a date"},
		{"12-24..2026-12-26", "expected a date"},
		{"12-24..", "expected a date"},
		{"12-24-12-26", "expected a date"},
		{"2027-01-03..2026-12-20", "ends before it begins"},
		{"2026-01-01..2027-01-02", "longer than a year"},
		{"01-01..12-31", "no day of the year is left"},
		{"03-01..02-29", "no day of the year is left"},
		{"01-01..06-30 07-01..12-31", `dates "07-01..12-31": no day of the year is left`},
	} {
		d, err := ParseDates(append([]string{"05-01"}, strings.Fields(test.items)...))
		if err == nil {
			t.Errorf("%q was taken as %v", test.items, d)
			continue
		}
		fields := strings.Fields(test.items)
		if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), fields[len(fields)-1]) {
			t.Errorf("%q: got %q, want %q", test.items, err, test.want)
		}
	}
}

func TestDatesEqual(t *testing.T) {
	t.Parallel()
	a, _ := ParseDates([]string{"12-24", "2027-01-01"})
	b, _ := ParseDates([]string{" 12-24 ", "2027-01-01"})
	c, _ := ParseDates([]string{"12-24"})
	if !a.Equal(b) || a.Equal(c) || !(Dates{}).Equal(Dates{}) {
		t.Error("sets are compared wrongly")
	}
}

func TestYearlyRangesRepeat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.IntRange(0, 365)
		first := NewDate(2000, time.January, 1+day.Draw(t, "first"))
		length := rapid.IntRange(0, 300).Draw(t, "length")
		last := first.AddDays(length)
		d, err := ParseDates([]string{first.String()[5:] + ".." + last.String()[5:]})
		if err != nil {
			t.Fatal(err)
		}
		// In the leap year 2000 and after, the range is what it says.
		for i := -1; i <= length+1; i++ {
			date := first.AddDays(i)
			if got := d.Contains(date); got != (i >= 0 && i <= length) && date <= NewDate(2000, time.December, 31) {
				t.Fatalf("%s contains %s: %t", d, date, got)
			}
		}
	})
}

func FuzzParseDates(f *testing.F) {
	f.Add("12-24..12-26")
	f.Add("2026-12-20..2027-01-03")
	f.Fuzz(func(t *testing.T, item string) {
		d, err := ParseDates([]string{item})
		if err != nil {
			return
		}
		again, err := ParseDates([]string{d.String()})
		if err != nil || !again.Equal(d) || again.yearly != d.yearly {
			t.Fatalf("%q reads back as %v, %v", d, again, err)
		}
	})
}
