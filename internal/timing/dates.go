package timing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Dates is a set of calendar dates: single ones, ranges, and days that come
// every year. The zero value is empty. Dates are read-only once parsed.
type Dates struct {
	items  []string
	yearly yearDays
	once   []dateRange
}

// dateRange includes both ends.
type dateRange struct{ from, to Date }

// yearDays has bit d of element m set for the day d of the month m.
type yearDays [13]uint32

// ParseDates reads items of the form "2027-01-01", "2026-12-20..2027-01-03",
// "12-24", "12-24..12-26" or "12-30..01-02". Dates without a year come every
// year; a range of them may run over the new year. An item that makes no sense,
// a range with a year that is longer than a year, and days that leave no day of
// the year are errors; the error names the item.
func ParseDates(items []string) (Dates, error) {
	var d Dates
	for _, item := range items {
		if err := d.add(strings.TrimSpace(item)); err != nil {
			return Dates{}, fmt.Errorf("dates %q: %w", item, err)
		}
		if d.yearly.full() {
			return Dates{}, fmt.Errorf("dates %q: no day of the year is left", item)
		}
		d.items = append(d.items, strings.TrimSpace(item))
	}
	return d, nil
}

// add reads one item.
func (d *Dates) add(item string) error {
	first, last, isRange := strings.Cut(item, "..")
	if !isRange {
		last = first
	}
	if len(first) == len("12-24") && len(last) == len(first) {
		return d.yearly.add(first, last)
	}
	from, err := ParseDate(first)
	if err != nil {
		return errDates
	}
	to, err := ParseDate(last)
	switch {
	case err != nil:
		return errDates
	case to < from:
		return errors.New("the range ends before it begins")
	case to-from >= 366:
		return errors.New("the range is longer than a year")
	}
	d.once = append(d.once, dateRange{from, to})
	return nil
}

var errDates = errors.New("expected a date such as 2027-01-01 or, for every year, 12-24, or a range of two such as 12-24..12-26")

// Contains reports whether the date is in the set.
func (d Dates) Contains(date Date) bool {
	for _, r := range d.once {
		if r.from <= date && date <= r.to {
			return true
		}
	}
	if d.yearly == (yearDays{}) {
		return false
	}
	_, month, day := date.utc().Date()
	return d.yearly.has(month, day)
}

// Empty reports whether the set contains no date.
func (d Dates) Empty() bool { return len(d.items) == 0 }

// Equal reports whether both sets were written with the same items in the same
// order.
func (d Dates) Equal(other Dates) bool { return slices.Equal(d.items, other.items) }

// Items returns what ParseDates would read as the same set.
func (d Dates) Items() []string { return slices.Clone(d.items) }

// String returns the items as they were given, with commas.
func (d Dates) String() string { return strings.Join(d.items, ", ") }

// add marks the days from first to last, both "12-24" and included, on a year
// that has a 29 February.
func (y *yearDays) add(first, last string) error {
	from, err1 := time.Parse(time.DateOnly, "2000-"+first)
	to, err2 := time.Parse(time.DateOnly, "2000-"+last)
	if err1 != nil || err2 != nil {
		return errDates
	}
	if to.Before(from) {
		to = to.AddDate(1, 0, 0)
	}
	for t := from; !t.After(to); t = t.AddDate(0, 0, 1) {
		y[t.Month()] |= 1 << t.Day()
	}
	return nil
}

// has reports whether the day is marked.
func (y *yearDays) has(month time.Month, day int) bool { return y[month]&(1<<day) != 0 }

// full reports whether no day of a common year is left.
func (y *yearDays) full() bool {
	for t := NewDate(2001, time.January, 1); t <= NewDate(2001, time.December, 31); t++ {
		if _, month, day := t.utc().Date(); !y.has(month, day) {
			return false
		}
	}
	return true
}
