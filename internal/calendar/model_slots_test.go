package calendar_test

import (
	"iter"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// farAway is more years than the slowest reader of the rarest schedule waits.
const farAway = 80

// occasion is a slot in the model's own words.
type occasion struct {
	wall int64 // seconds that a clock without zone counts since 1970
	at   int64 // milliseconds since 1970
}

// shown returns what the clock in a zone shows at an instant.
func shown(at int64, zone *time.Location) int64 {
	_, ahead := time.UnixMilli(at).In(zone).Zone()
	return at/1000 + int64(ahead)
}

// day returns the date of a wall time.
func day(wall int64) (year, month, date int) {
	t := time.Unix(wall, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}

// almanac is a book with all occasions of the schedules in all zones. A page is
// a year; it is written when somebody first asks for it.
type almanac struct {
	mu    sync.Mutex
	pages map[page][]occasion
}

type page struct {
	schedule, zone string
	year           int
}

// after returns the occasions whose wall time is later than the given one.
func (a *almanac) after(schedule string, zone *time.Location, wall int64) iter.Seq[occasion] {
	return func(yield func(occasion) bool) {
		first, _, _ := day(wall)
		for year := first; year < first+farAway; year++ {
			list := a.year(schedule, zone, year)
			for _, o := range list[sort.Search(len(list), func(i int) bool { return list[i].wall > wall }):] {
				if !yield(o) {
					return
				}
			}
		}
	}
}

// year returns a page.
func (a *almanac) year(schedule string, zone *time.Location, year int) []occasion {
	key := page{schedule, zone.String(), year}
	a.mu.Lock()
	list, written := a.pages[key]
	a.mu.Unlock()
	if !written {
		list = watch(wallTimes(schedule, year), zone, year)
		a.mu.Lock()
		a.pages[key] = list
		a.mu.Unlock()
	}
	return list
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

// numbers returns the numbers that a field of a schedule means.
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
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// watch looks at the clock of a zone, minute after minute, and writes down when
// it first showed each of the wall times, or a later one. What it reaches in one
// and the same minute is one occasion. As long as nothing is near it looks every
// hour only: the one clock here that was ever set by more, in Apia, was set on
// the hour.
func watch(walls []int64, zone *time.Location, year int) []occasion {
	const minute, hour = 60 * 1000, 60 * 60 * 1000
	var list []occasion
	now := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() - 16*hour
	for len(walls) > 0 {
		clock := shown(now, zone)
		if walls[0] <= clock {
			list = append(list, occasion{walls[0], now})
		}
		for len(walls) > 0 && walls[0] <= clock {
			walls = walls[1:]
		}
		if len(walls) > 0 && walls[0]-clock > 2*60*60 {
			now += hour - now%hour
		} else {
			now += minute
		}
	}
	return list
}
