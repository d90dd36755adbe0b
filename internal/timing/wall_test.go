package timing

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

// zone loads a zone or ends the test.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := NewZones().Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// wall reads a wall time or ends the test.
func wall(t testing.TB, s string) Wall {
	t.Helper()
	w, err := ParseWall(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWallAtReadsTheLocalClock(t *testing.T) {
	t.Parallel()
	instant := time.Date(2026, 7, 1, 22, 30, 15, 999, time.UTC)
	for name, want := range map[string]string{
		"UTC":                 "2026-07-01T22:30:15",
		"Europe/London":       "2026-07-01T23:30:15",
		"Pacific/Auckland":    "2026-07-02T10:30:15",
		"America/Los_Angeles": "2026-07-01T15:30:15",
		"Asia/Kathmandu":      "2026-07-02T04:15:15",
	} {
		if got := WallAt(instant.In(zone(t, name))).String(); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestWallParts(t *testing.T) {
	t.Parallel()
	for s, minute := range map[string]int{
		"1970-01-01T00:00:00": 0,
		"1969-12-31T23:59:59": 1439,
		"2027-03-30T09:05:59": 545,
		"0001-01-01T12:00:00": 720,
	} {
		w := wall(t, s)
		if w.String() != s || w.Clock() != minute || w.Date().String() != s[:10] {
			t.Errorf("%s: got %s, %d, %s", s, w, w.Clock(), w.Date())
		}
	}
	if got := wall(t, "2026-12-31T23:00").Add(90 * time.Minute).String(); got != "2027-01-01T00:30:00" {
		t.Errorf("Add: got %s", got)
	}
	for _, bad := range []string{"", "2027-03-30", "2027-03-30T25:00", "2027-02-30T09:00", "2027-03-30T09:00:00Z"} {
		if w, err := ParseWall(bad); err == nil {
			t.Errorf("ParseWall(%q) = %v, want an error", bad, w)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	d := NewDate(2027, time.March, 30)
	if d.String() != "2027-03-30" || d.Weekday() != time.Tuesday || d.IsZero() {
		t.Errorf("got %s, %s, zero %t", d, d.Weekday(), d.IsZero())
	}
	if got := d.AddDays(2).String(); got != "2027-04-01" {
		t.Errorf("AddDays: got %s", got)
	}
	if got := NewDate(2027, time.February, 29); got != NewDate(2027, time.March, 1) {
		t.Errorf("NewDate of a day too many: got %s", got)
	}
	if first := NewDate(1, time.January, 1); first != 1 || first.Weekday() != time.Monday {
		t.Errorf("the first day is %d, %s", first, first.Weekday())
	}
	if unix := NewDate(1970, time.January, 1); unix != epoch || unix.Wall() != 0 {
		t.Errorf("1970-01-01 is %d", unix)
	}
	for _, bad := range []string{"", "2027-2-3", "2027-02-29", "0000-12-31", "27-01-01", "2027-01-01T00:00"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", bad, d)
		}
	}
}

func TestDateText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "2027-03-30"} {
		var d Date
		if err := d.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		back, err := d.MarshalText()
		if err != nil || string(back) != text || d.String() != text || d.IsZero() != (text == "") {
			t.Errorf("%q became %q, %v", text, back, err)
		}
	}
	d := NewDate(2027, time.March, 30)
	if err := d.UnmarshalText([]byte("tomorrow")); err == nil || d.String() != "2027-03-30" {
		t.Errorf("after an error the date is %s, error %v", d, err)
	}
}

func TestDateStart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ date, zone, want string }{
		{"2026-07-01", "Europe/London", "2026-06-30T23:00:00Z"},
		{"2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z"},     // 00:00 → 01:00
		{"2026-09-06", "America/Santiago", "2026-09-06T04:00:00Z"}, // 00:00 → 01:00
		{"2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"},     // the day does not exist
		{"2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z"},
	} {
		d, err := ParseDate(test.date)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Start(zone(t, test.zone)).Format(time.RFC3339); got != test.want {
			t.Errorf("%s in %s: got %s, want %s", test.date, test.zone, got, test.want)
		}
	}
}

func TestDateAgreesWithTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := Wall(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "wall"))
		u := w.utc()
		if got := w.Date(); got != NewDate(u.Date()) || got.Weekday() != u.Weekday() || got.IsZero() {
			t.Fatalf("%s: date %d %s", w, got, got.Weekday())
		}
		if got := w.Date().Wall() + Wall(w.Clock()*60+u.Second()); got != w {
			t.Fatalf("%s: date and clock make %s", w, got)
		}
		if back, err := ParseDate(w.Date().String()); err != nil || back != w.Date() {
			t.Fatalf("%s: the date reads back as %s, %v", w, back, err)
		}
	})
}
