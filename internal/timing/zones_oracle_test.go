package timing

import (
	"archive/zip"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The oracle knows nothing of this package. It reads a zone's clock at one
// instant after the other, as a person with a watch would, and writes down when
// each wall minute was first reached. What it wrote is then compared with slots.
const (
	oracleFrom  = 2000 // the first year
	oracleUntil = 2041 // the year after the last one
	// oracleReach is how far around a change of the clock every slot is compared.
	oracleReach = 3 * 60 * 60
	// oracleProbe is the distance at which changes are looked for. No zone sets
	// its clock twice within it.
	oracleProbe = 12 * 60 * 60
)

// tally counts what was compared.
type tally struct{ zones, changes, schedules, slots, questions atomic.Int64 }

// TestEverySlotAroundEveryChangeOfEveryClock visits each change of each zone's
// clock, from 2000 to 2040, with schedules that come near it: each wall time has
// one instant; those in a gap happen right after it, those that come twice happen
// the first time, those on the same instant are one; instants never go back.
func TestEverySlotAroundEveryChangeOfEveryClock(t *testing.T) {
	t.Parallel()
	var sum tally
	start := time.Now()
	t.Run("regions", func(t *testing.T) {
		for region, zones := range byRegion(share(embeddedZones(t))) {
			t.Run(region, func(t *testing.T) {
				t.Parallel()
				o := oracle{t: t, sum: &sum, parsed: map[string]Schedule{}}
				for _, loc := range zones {
					o.zone(loc)
				}
			})
		}
	})
	t.Logf("%d zones, %d changes, %d schedules, %d slots, %d questions in %v", sum.zones.Load(), sum.changes.Load(),
		sum.schedules.Load(), sum.slots.Load(), sum.questions.Load(), time.Since(start).Round(time.Millisecond))
	if sum.zones.Load() < 500/raceShare || sum.changes.Load() < 10_000/raceShare/2 {
		t.Error("too little was compared")
	}
}

// share returns every raceShare-th zone.
func share(zones []*time.Location) []*time.Location {
	var some []*time.Location
	for i := 0; i < len(zones); i += raceShare {
		some = append(some, zones[i])
	}
	return some
}

// embeddedZones returns every zone of the database that ships with Go, as it is
// there, whatever the host has. Without Go's files it returns the zones of the
// committed list.
func embeddedZones(t *testing.T) []*time.Location {
	t.Helper()
	archive, err := zip.OpenReader(filepath.Join(runtime.GOROOT(), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Logf("%v; the zones are those of testdata/zones.txt", err)
		return listedZones(t)
	}
	defer archive.Close()
	var zones []*time.Location
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, "/") {
			zones = append(zones, unpackZone(t, file))
		}
	}
	return zones
}

// unpackZone reads one zone from the archive.
func unpackZone(t *testing.T, file *zip.File) *time.Location {
	t.Helper()
	r, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocationFromTZData(file.Name, data)
	if err != nil {
		t.Fatalf("%s: %v", file.Name, err)
	}
	return loc
}

// listedZones loads the zones of the committed list.
func listedZones(t *testing.T) []*time.Location {
	t.Helper()
	var zones []*time.Location
	for _, name := range zoneNames(t) {
		zones = append(zones, zone(t, name))
	}
	return zones
}

// byRegion sorts zones by what stands before the first slash of their names.
func byRegion(zones []*time.Location) map[string][]*time.Location {
	regions := make(map[string][]*time.Location)
	for _, loc := range zones {
		region, _, found := strings.Cut(loc.String(), "/")
		if !found {
			region = "no region"
		}
		regions[region] = append(regions[region], loc)
	}
	return regions
}

// watch returns what the clock in loc shows at an instant, both as seconds since
// 1970; nothing but the date and the time of the day is read from it.
func watch(unix int64, loc *time.Location) int64 {
	local := time.Unix(unix, 0).In(loc)
	year, month, day := local.Date()
	hour, minute, second := local.Clock()
	return time.Date(year, month, day, hour, minute, second, 0, time.UTC).Unix()
}

// changesOf returns the instants at which the clock is set, found by looking at
// it twice a day and halving the time between two looks that differ.
func changesOf(loc *time.Location) []int64 {
	ahead := func(unix int64) int64 { return watch(unix, loc) - unix }
	var list []int64
	at := time.Date(oracleFrom, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	end := time.Date(oracleUntil, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for before := ahead(at); at < end; at += oracleProbe {
		after := ahead(at + oracleProbe)
		if before == after {
			continue
		}
		lo, hi := at, at+oracleProbe
		for hi-lo > 1 {
			if mid := lo + (hi-lo)/2; ahead(mid) == before {
				lo = mid
			} else {
				hi = mid
			}
		}
		list = append(list, hi)
		before = after
	}
	return list
}

// strip is the oracle's notebook of one change: the wall minutes around it, and
// when the clock first showed each of them, or jumped over it.
type strip struct {
	loc           *time.Location
	before, after int64   // what the clock shows at the change, unset and set
	first         int64   // the first wall minute
	at            []int64 // the instant of each wall minute from first on
}

// newStrip walks through the hours around a change, minute by minute, or second
// by second where the clock is not set by whole minutes.
func newStrip(t *testing.T, loc *time.Location, change int64) strip {
	s := strip{loc: loc, before: watch(change-1, loc) + 1, after: watch(change, loc)}
	low, high := min(s.before, s.after), max(s.before, s.after)
	s.first = (low - oracleReach) / 60 * 60
	last := (high + oracleReach) / 60 * 60
	step := int64(60)
	if change%60 != 0 || s.before%60 != 0 || s.after%60 != 0 {
		step = 1
	}
	now := change - (high - low) - oracleReach - 60*60
	if watch(now, loc) >= s.first {
		t.Fatalf("%s: the walk to %d begins too late", loc, change)
	}
	for wall := s.first; wall <= last; now += step {
		for shown := watch(now, loc); wall <= shown && wall <= last; wall += 60 {
			s.at = append(s.at, now)
		}
	}
	return s
}

// last returns the last wall minute.
func (s strip) last() int64 { return s.first + 60*int64(len(s.at)-1) }

// slot is a wall time and its instant in the oracle's own words.
type oracleSlot struct{ wall, at int64 }

// expect lists the slots of a schedule that comes at the wall minutes for which
// comes says so: of those on the same instant only the earliest.
func (s strip) expect(comes func(wall int64) bool) []oracleSlot {
	var list []oracleSlot
	for i, at := range s.at {
		wall := s.first + 60*int64(i)
		if comes(wall) && (len(list) == 0 || list[len(list)-1].at != at) {
			list = append(list, oracleSlot{wall, at})
		}
	}
	return list
}

// minutes returns the wall minutes for which there is a daily schedule: every
// quarter of an hour, and those beside both edges of the change.
func (s strip) minutes() []int64 {
	var list []int64
	for wall := (s.first + 899) / 900 * 900; wall <= s.last(); wall += 900 {
		list = append(list, wall/60%1440)
	}
	for _, edge := range []int64{s.before, s.after} {
		for minute := edge/60 - 1; minute <= edge/60+1; minute++ {
			list = append(list, minute%1440)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// oracle compares one region. It belongs to one test.
type oracle struct {
	t      *testing.T
	sum    *tally
	parsed map[string]Schedule
}

// zone compares every change of a zone.
func (o *oracle) zone(loc *time.Location) {
	o.sum.zones.Add(1)
	for _, change := range changesOf(loc) {
		o.sum.changes.Add(1)
		s := newStrip(o.t, loc, change)
		for _, minute := range s.minutes() {
			o.daily(s, minute)
		}
		o.shapes(s)
		o.instants(s)
		if o.t.Failed() {
			return // one zone's worth of complaints is enough
		}
	}
}

// daily compares the schedule that comes every day at a minute.
func (o *oracle) daily(s strip, minute int64) {
	expr := fmt.Sprintf("%d %d * * *", minute%60, minute/60)
	o.schedule(s, expr, func(wall int64) bool { return wall/60%1440 == minute })
}

// shapes compares schedules of other shapes: several times an hour, on one
// weekday, on one day of the month, on either.
func (o *oracle) shapes(s strip) {
	every := func(n int64) func(int64) bool {
		return func(wall int64) bool { return wall/60%n == 0 }
	}
	o.ask(s, o.schedule(s, "0 * * * *", every(60)), every(60))
	o.ask(s, o.schedule(s, "*/15 * * * *", every(15)), every(15))
	for _, wall := range []int64{s.before, (s.before + s.after) / 2, s.after} {
		minute := wall / 60 % 1440
		day := time.Unix(wall, 0).UTC()
		weekday := func(wall int64) bool { return time.Unix(wall, 0).UTC().Weekday() == day.Weekday() }
		date := func(wall int64) bool { return time.Unix(wall, 0).UTC().Day() == day.Day() }
		at := func(is func(int64) bool) func(int64) bool {
			return func(wall int64) bool { return wall/60%1440 == minute && is(wall) }
		}
		clock := fmt.Sprintf("%d %d", minute%60, minute/60)
		o.schedule(s, fmt.Sprintf("%s * * %d", clock, day.Weekday()), at(weekday))
		o.schedule(s, fmt.Sprintf("%s %d * *", clock, day.Day()), at(date))
		o.schedule(s, fmt.Sprintf("%s %d * %d", clock, day.Day(), day.Weekday()),
			at(func(wall int64) bool { return weekday(wall) || date(wall) }))
	}
}

// parse reads an expression once.
func (o *oracle) parse(expr string) Schedule {
	s, ok := o.parsed[expr]
	if !ok {
		s = parse(o.t, expr)
		o.parsed[expr] = s
	}
	return s
}

// schedule compares the slots of an expression, one after the other, with those
// that the oracle expects, and returns the schedule.
func (o *oracle) schedule(s strip, expr string, comes func(wall int64) bool) Schedule {
	schedule := o.parse(expr)
	o.sum.schedules.Add(1)
	asked := Wall(s.first - 1)
	for _, want := range s.expect(comes) {
		asked = o.slot(s, schedule, asked, want)
	}
	if int64(schedule.Next(asked)) > s.last() {
		return schedule
	}
	if slot := schedule.NextSlot(asked, s.loc); int64(slot.Wall) <= s.last() {
		o.t.Errorf("%s, %s: one slot too many: %v", s.loc, expr, slot)
	}
	return schedule
}

// slot compares the slot after a wall time and returns its own.
func (o *oracle) slot(s strip, schedule Schedule, asked Wall, want oracleSlot) Wall {
	o.sum.slots.Add(1)
	got := schedule.NextSlot(asked, s.loc)
	switch {
	case int64(got.Wall) != want.wall || got.At.Unix() != want.at || got.At.Nanosecond() != 0 || got.Zone != s.loc.String():
		o.t.Errorf("%s, %s after %v: got %v, want %v at %v",
			s.loc, schedule, asked, got, Wall(want.wall), time.Unix(want.at, 0).UTC())
	case got.Wall <= asked || watch(got.At.Unix(), s.loc) <= int64(asked):
		o.t.Errorf("%s, %s: asked after %v, got the earlier %v", s.loc, schedule, asked, got)
	}
	return Wall(want.wall)
}

// ask asks for the slot after wall times that are no slots themselves: what
// comes next does not depend on where the question is asked.
func (o *oracle) ask(s strip, schedule Schedule, comes func(wall int64) bool) {
	list := s.expect(comes)
	for asked := s.first - 1; ; asked += 7*60 + 1 {
		for len(list) > 0 && list[0].wall <= asked {
			list = list[1:]
		}
		if len(list) == 0 {
			return
		}
		o.sum.questions.Add(1)
		o.slot(s, schedule, Wall(asked), list[0])
	}
}

// instants compares the instant of every wall minute, slot or not, and checks
// what the oracle itself wrote: instants grow with wall times, and at each the
// clock shows the wall time, or has just jumped over it.
func (o *oracle) instants(s strip) {
	for i, at := range s.at {
		wall := s.first + 60*int64(i)
		if got := Resolve(Wall(wall), s.loc); got.Unix() != at {
			o.t.Errorf("%s: %v resolves to %v, want %v", s.loc, Wall(wall), got, time.Unix(at, 0).UTC())
		}
		skipped := s.before <= wall && wall < s.after
		switch shown := watch(at, s.loc); {
		case i > 0 && at < s.at[i-1], !skipped && shown != wall, skipped && shown != s.after:
			o.t.Errorf("%s: the oracle is wrong about %v: %v", s.loc, Wall(wall), time.Unix(at, 0).UTC())
		}
	}
}
