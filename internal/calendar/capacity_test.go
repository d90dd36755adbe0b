package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// slotIn returns the slot at a wall time.
func slotIn(t *testing.T, wall, zoneName string) (timing.Slot, *time.Location) {
	t.Helper()
	loc := zone(t, zoneName)
	w, err := timing.ParseWall(wall)
	if err != nil {
		t.Fatal(err)
	}
	return timing.Slot{Wall: w, Zone: zoneName, At: timing.Resolve(w, loc)}, loc
}

func TestWindows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, slot string
		changes    []func(*drip.Campaign)
		want       string
	}{
		{
			"late hours cut the nights out", "2026-06-09T09:00", nil,
			"09 09:00-20:00, 10 08:00-20:00, 11 08:00-20:00, 12 08:00-20:00",
		},
		{
			"the grace counts outside of late hours", "2026-06-09T06:00", []func(*drip.Campaign){func(c *drip.Campaign) { c.MaxLate = 3 * time.Hour }},
			"09 06:00-06:15, 09 08:00-09:00",
		},
		{
			"quiet dates do not count", "2026-06-09T09:00", []func(*drip.Campaign){quiet("06-10..06-11")},
			"09 09:00-20:00, 12 08:00-20:00",
		},
		{
			"the whole day is one window", "2026-06-09T09:00", []func(*drip.Campaign){func(c *drip.Campaign) {
				c.LateHours, c.MaxLate = timing.Hours{}, 30*time.Hour
			}},
			"09 09:00-15:00",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			slot, loc := slotIn(t, test.slot, "Europe/London")
			var got []string
			for _, w := range Windows(weekly(t, test.changes...), slot, loc) {
				got = append(got, w.From.In(loc).Format("02 15:04")+"-"+w.To.In(loc).Format("15:04"))
			}
			if text := strings.Join(got, ", "); text != test.want {
				t.Errorf("got %s\nwant %s", text, test.want)
			}
		})
	}
}

// TestWindowsAgreeWithPlanning asks Plan at many instants whether an issue may
// leave for a slot.
func TestWindowsAgreeWithPlanning(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		w := newCrowd(t, seed)
		c := w.campaign()
		loc := w.zones[w.IntN(len(w.zones))]
		slot := c.Schedule.NextSlot(timing.WallAt(w.instant().In(loc)), loc)
		if c.Quiet.Contains(slot.Wall.Date()) {
			continue
		}
		load := Load{Windows: Windows(c, slot, loc)}
		for range 60 {
			now := slot.At.Add(time.Duration(w.Int64N(int64(c.MaxLate) * 5 / 4))).Truncate(time.Millisecond)
			pl := planner{c: c, p: &Passage{Zone: loc}, now: now}
			kind, _ := pl.window(0, slot)
			if got := load.isOpen(now); got != (kind == Send) {
				t.Fatalf("seed %d: at %v the windows say %t, planning says %s", seed, now, got, kind)
			}
		}
	}
}

func TestOverloads(t *testing.T) {
	t.Parallel()
	c := weekly(t, func(c *drip.Campaign) { c.MaxLate = 3 * time.Hour })
	load := func(n int, zoneName string) Load {
		slot, loc := slotIn(t, "2026-06-09T09:00", zoneName)
		return Load{Slot: slot, Readers: n, Windows: Windows(c, slot, loc)}
	}
	for _, test := range []struct {
		name  string
		loads []Load
		rate  float64
		want  string
	}{
		{"no limit never warns", []Load{load(1_000_000, "Europe/London")}, 0, "[]"},
		{"what fits exactly fits", []Load{load(10_800, "Europe/London")}, 1, "[]"},
		{"what does not fit is left", []Load{load(20_000, "Europe/London")}, 1, "[20000 9200 5h33m20s 3h0m0s 1.85]"},
		{"zones that lie apart help each other", []Load{load(10_000, "Europe/London"), load(10_000, "Asia/Tokyo")}, 1, "[]"},
		{"zones that overlap share the rate", []Load{load(9000, "Europe/London"), load(9000, "Europe/Paris")}, 1, "[18000 3600 5h0m0s 4h0m0s 1.25]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := []string{}
			for _, o := range Overloads(test.loads, test.rate) {
				text = append(text, fmt.Sprintf("%d %d %v %v %.2f", o.Readers, o.Left, o.Needed, o.Open, o.Enough))
			}
			if got := fmt.Sprint(text); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
