package sim

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// occasion is a slot in the model's own words.
type occasion struct {
	wall int64 // seconds that a clock without zone counts since 1970
	at   int64 // milliseconds since 1970
}

// almanac lists the occasions of schedules in zones, found by looking at a clock
// and not by the code that it is held against. A page is a year.
type almanac map[page][]occasion

type page struct {
	schedule, zone string
	year           int
}

const (
	minuteMs = 60 * 1000
	hourMs   = 60 * minuteMs
	dayMs    = 24 * hourMs
)

// shown returns what the clock in a zone shows at an instant.
func shown(at int64, zone *time.Location) int64 {
	_, ahead := time.UnixMilli(at).In(zone).Zone()
	return floorSecond(at) + int64(ahead)
}

func floorSecond(ms int64) int64 {
	if ms < 0 {
		return (ms - 999) / 1000
	}
	return ms / 1000
}

// after calls yield for the occasions whose wall time is later than the given
// one, until it returns false or years have passed.
func (a almanac) after(schedule string, zone *time.Location, wall int64, yield func(occasion) bool) {
	first := time.Unix(wall, 0).UTC().Year()
	for year := first; year < first+4; year++ {
		list := a.year(schedule, zone, year)
		for _, o := range list[sort.Search(len(list), func(i int) bool { return list[i].wall > wall }):] {
			if !yield(o) {
				return
			}
		}
	}
}

// has reports whether there is such an occasion.
func (a almanac) has(schedule string, zone *time.Location, o occasion) bool {
	found := false
	a.after(schedule, zone, o.wall-1, func(next occasion) bool {
		found = next == o
		return false
	})
	return found
}

func (a almanac) year(schedule string, zone *time.Location, year int) []occasion {
	key := page{schedule, zone.String(), year}
	list, written := a[key]
	if !written {
		for _, wall := range wallTimes(schedule, year) {
			at := firstShown(wall, zone)
			if n := len(list); n == 0 || list[n-1].at/minuteMs != at/minuteMs {
				list = append(list, occasion{wall, at})
			}
		}
		a[key] = list
	}
	return list
}

// firstShown returns the first minute at which the clock shows a wall time or a
// later one. Where the clock is not changed within a day or so, that is plain.
func firstShown(wall int64, zone *time.Location) int64 {
	const far = 26 * hourMs
	_, before := time.UnixMilli(wall*1000 - far).In(zone).Zone()
	_, later := time.UnixMilli(wall*1000 + far).In(zone).Zone()
	if before == later {
		return (wall - int64(before)) * 1000
	}
	at := (wall-int64(max(before, later)))*1000 - 2*hourMs
	for shown(at, zone) < wall {
		at += minuteMs
	}
	return at
}

// wallTimes lists a year's minutes that match a schedule, by trying each.
func wallTimes(schedule string, year int) []int64 {
	field := strings.Fields(schedule)
	minutes, hours := numbers(field[0], 0, 59), numbers(field[1], 0, 23)
	dates, months, weekdays := numbers(field[2], 1, 31), numbers(field[3], 1, 12), numbers(field[4], 0, 7)
	var list []int64
	for t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() == year; t = t.AddDate(0, 0, 1) {
		weekday := int(t.Weekday())
		date, dow := dates[t.Day()], weekdays[weekday] || weekday == 0 && weekdays[7]
		either := field[2] != "*" && field[4] != "*"
		if !months[int(t.Month())] || either && !date && !dow || !either && !(date && dow) {
			continue
		}
		for minute := range 24 * 60 {
			if hours[minute/60] && minutes[minute%60] {
				list = append(list, t.Unix()+int64(minute)*60)
			}
		}
	}
	return list
}

// numbers returns the numbers that a field of a schedule means. The schedules are
// the simulator's own, so there is nothing to refuse.
func numbers(field string, least, most int) map[int]bool {
	set := map[int]bool{}
	for item := range strings.SplitSeq(field, ",") {
		span, by, stepped := strings.Cut(item, "/")
		from, to, ranged := strings.Cut(span, "-")
		low, high, step := least, most, 1
		if span != "*" {
			low = number(from)
			high = low
			if ranged {
				high = number(to)
			}
		}
		if stepped {
			step = number(by)
		}
		for n := low; n <= high; n += step {
			set[n] = true
		}
	}
	return set
}

// number reads a number or the name of a day.
func number(s string) int {
	if i := slices.Index([]string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}, s); i >= 0 {
		return i
	}
	n, _ := strconv.Atoi(s)
	return n
}
