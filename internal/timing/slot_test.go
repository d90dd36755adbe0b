package timing

import (
	"os"
	"strings"
	"testing"
	"time"
)

// zoneNames returns every name of the time zone database.
func zoneNames(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// slots lists the slots of an expression from one wall time up to another as
// "wall instant".
func slots(t testing.TB, expr, zoneName, from, to string) []string {
	t.Helper()
	s, loc := parse(t, expr), zone(t, zoneName)
	var list []string
	for slot := s.NextSlot(wall(t, from), loc); slot.Wall <= wall(t, to); slot = s.NextSlot(slot.Wall, loc) {
		if slot.Zone != zoneName || slot.IsZero() {
			t.Errorf("slot %+v", slot)
		}
		list = append(list, slot.Wall.String()[5:16]+" "+slot.At.Format("02T15:04Z"))
	}
	return list
}

func TestSlotsWhereTheClocksChange(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, expr, zone, from, to string
		want                       string
	}{
		{
			"London gap", "30 1 * * *", "Europe/London", "2026-03-28T00:00", "2026-03-30T23:00",
			"03-28T01:30 28T01:30Z, 03-29T01:30 29T01:00Z, 03-30T01:30 30T00:30Z",
		},
		{
			"London fold", "30 1 * * *", "Europe/London", "2026-10-24T00:00", "2026-10-26T23:00",
			"10-24T01:30 24T00:30Z, 10-25T01:30 25T00:30Z, 10-26T01:30 26T01:30Z",
		},
		{
			"London fold, every half hour", "*/30 0-2 * * *", "Europe/London", "2026-10-25T00:15", "2026-10-25T02:15",
			"10-25T00:30 24T23:30Z, 10-25T01:00 25T00:00Z, 10-25T01:30 25T00:30Z, 10-25T02:00 25T02:00Z",
		},
		{
			"London gap, every 20 minutes: one slot at 01:00Z", "*/20 0-2 * * *", "Europe/London", "2026-03-29T00:30", "2026-03-29T02:30",
			"03-29T00:40 29T00:40Z, 03-29T01:00 29T01:00Z, 03-29T02:20 29T01:20Z",
		},
		{
			"New York gap", "30 2 * * *", "America/New_York", "2026-03-07T00:00", "2026-03-09T23:00",
			"03-07T02:30 07T07:30Z, 03-08T02:30 08T07:00Z, 03-09T02:30 09T06:30Z",
		},
		{
			"New York fold", "30 1 * * *", "America/New_York", "2026-10-31T00:00", "2026-11-02T23:00",
			"10-31T01:30 31T05:30Z, 11-01T01:30 01T05:30Z, 11-02T01:30 02T06:30Z",
		},
		{
			"Lord Howe, half an hour forward", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00", "2026-10-05T23:00",
			"10-03T02:15 02T15:45Z, 10-04T02:15 03T15:30Z, 10-05T02:15 04T15:15Z",
		},
		{
			"Lord Howe, half an hour back", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00", "2026-04-06T23:00",
			"04-04T01:45 03T14:45Z, 04-05T01:45 04T14:45Z, 04-06T01:45 05T15:15Z",
		},
		{
			"Cairo has no midnight on a Friday", "0 0 * * FRI", "Africa/Cairo", "2026-04-16T00:00", "2026-05-01T23:00",
			"04-17T00:00 16T22:00Z, 04-24T00:00 23T22:00Z, 05-01T00:00 30T21:00Z",
		},
		{
			"Santiago has no midnight", "0 0 * * *", "America/Santiago", "2026-09-04T12:00", "2026-09-07T23:00",
			"09-05T00:00 05T04:00Z, 09-06T00:00 06T04:00Z, 09-07T00:00 07T03:00Z",
		},
		{
			"Santiago at midnight and at one: one slot", "0 0,1 * * *", "America/Santiago", "2026-09-05T12:00", "2026-09-07T00:30",
			"09-06T00:00 06T04:00Z, 09-07T00:00 07T03:00Z",
		},
		{
			"Beirut has no midnight", "0 0 * * *", "Asia/Beirut", "2026-03-27T12:00", "2026-03-30T23:00",
			"03-28T00:00 27T22:00Z, 03-29T00:00 28T22:00Z, 03-30T00:00 29T21:00Z",
		},
		{
			"Apia has no 30 December", "0 9 * * *", "Pacific/Apia", "2011-12-29T00:00", "2012-01-01T23:00",
			"12-29T09:00 29T19:00Z, 12-30T09:00 30T10:00Z, 12-31T09:00 30T19:00Z, 01-01T09:00 31T19:00Z",
		},
		{
			"Apia at midnight: one slot for two days", "0 0 * * *", "Pacific/Apia", "2011-12-29T00:00", "2012-01-01T23:00",
			"12-30T00:00 30T10:00Z, 01-01T00:00 31T10:00Z",
		},
		{
			"a weekly slot at nine never moves", "0 9 * * SUN", "Europe/London", "2026-03-16T00:00", "2026-04-06T00:00",
			"03-22T09:00 22T09:00Z, 03-29T09:00 29T08:00Z, 04-05T09:00 05T08:00Z",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(slots(t, test.expr, test.zone, test.from, test.to), ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// A slot does not depend on where the search began.
func TestNextSlotFromInsideAGap(t *testing.T) {
	t.Parallel()
	s, loc := parse(t, "0,20,40 * * * *"), zone(t, "Europe/London")
	want := s.NextSlot(wall(t, "2026-03-29T01:00"), loc)
	if want.Wall != wall(t, "2026-03-29T02:20") {
		t.Fatalf("got %v", want.Wall)
	}
	for _, after := range []string{"2026-03-29T01:01", "2026-03-29T01:20", "2026-03-29T01:59", "2026-03-29T02:00"} {
		if got := s.NextSlot(wall(t, after), loc); got != want {
			t.Errorf("after %s: got %v", after, got.Wall)
		}
	}
}

// transitions returns instants at which the zone's clock is set, 2000 to 2040.
func transitions(loc *time.Location) []time.Time {
	var list []time.Time
	end := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).In(loc); ; {
		next := periodEnd(t)
		if next.IsZero() || next.After(end) {
			return list
		}
		_, before := t.Zone()
		if _, after := next.Zone(); after != before {
			list = append(list, next)
		}
		t = next.In(loc)
	}
}

// sample keeps every step-th element, beginning differently for each zone.
func sample(list []time.Time, seed, step int) []time.Time {
	var kept []time.Time
	for i := seed % step; i < len(list); i += step {
		kept = append(kept, list[i])
	}
	return kept
}

// firstShown searches minute by minute for the first instant at which the clock
// shows w or later.
func firstShown(w Wall, around time.Time) time.Time {
	t := around.Add(-30 * time.Hour).Truncate(time.Minute)
	for WallAt(t) < w {
		t = t.Add(time.Minute)
	}
	return t.UTC()
}

func TestResolveInEveryZone(t *testing.T) {
	t.Parallel()
	for seed, name := range zoneNames(t) {
		loc := zone(t, name)
		for _, change := range sample(transitions(loc), seed, 97) {
			for _, minutes := range []int{-1440, -61, -60, -31, -30, -1, 0, 1, 15, 30, 59, 60, 61, 1440} {
				w := WallAt(change.Truncate(time.Minute)).Add(time.Duration(minutes) * time.Minute)
				got, want := Resolve(w, loc), firstShown(w, change)
				if !got.Equal(want) || got.Location() != time.UTC {
					t.Fatalf("%s: %s resolves to %s, want %s", name, w, got, want)
				}
			}
		}
	}
}

// Every day of the calendar has its one slot, in order, in every zone: where
// days are 24 hours, and where they are 23, 25 or missing.
func TestOneSlotADayInEveryZone(t *testing.T) {
	t.Parallel()
	exprs := []string{"0 0 * * *", "30 1 * * *", "15 2 * * *", "30 2 * * *", "0 3 * * *", "45 23 * * *"}
	for seed, name := range zoneNames(t) {
		loc := zone(t, name)
		s := parse(t, exprs[seed%len(exprs)])
		for _, change := range sample(transitions(loc), seed/2, 7) {
			slot := s.NextSlot(WallAt(change)-3*daySeconds, loc)
			for range 6 {
				next := s.NextSlot(slot.Wall, loc)
				days := int(next.Wall.Date() - slot.Wall.Date())
				if !next.At.After(slot.At) || next.Wall <= slot.Wall {
					t.Fatalf("%s: %v is followed by %v", name, slot, next)
				}
				if merged := Resolve(slot.Wall+daySeconds, loc).Equal(slot.At); days != 1 && !(days == 2 && merged) {
					t.Fatalf("%s: %v and %v are %d days apart", name, slot, next, days)
				}
				if shown := WallAt(next.At.In(loc)); shown < next.Wall {
					t.Fatalf("%s: %v leaves when the clock shows %v", name, next, shown)
				}
				slot = next
			}
		}
	}
}

func BenchmarkNextSlot(b *testing.B) {
	s, loc := parse(b, "0 9 * * TUE"), zone(b, "Europe/London")
	w := wall(b, "2026-12-01T09:00")
	b.ReportAllocs()
	for b.Loop() {
		s.NextSlot(w, loc)
	}
}

func BenchmarkNext(b *testing.B) {
	s, w := parse(b, "0 9 * * TUE"), wall(b, "2026-12-01T09:00")
	for b.Loop() {
		s.Next(w)
	}
}

func BenchmarkResolve(b *testing.B) {
	loc, w := zone(b, "Europe/London"), wall(b, "2026-12-01T09:00")
	for b.Loop() {
		Resolve(w, loc)
	}
}

func BenchmarkParseSchedule(b *testing.B) {
	for b.Loop() {
		if _, err := ParseSchedule("0 9 * * TUE"); err != nil {
			b.Fatal(err)
		}
	}
}
