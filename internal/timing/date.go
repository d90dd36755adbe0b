package timing

import (
	"fmt"
	"time"
)

// epoch is the Date of 1970-01-01.
const epoch Date = 719163

// Date is a day of the Gregorian calendar without time or zone. The zero value
// means "no date".
//
// The number is the day counted from 0001-01-01, which is day 1, so that dates
// subtract and compare as integers; 1970-01-01 is day 719163.
type Date int32

// NewDate returns the given day. Days beyond the month's end run over into the
// next month, as with [time.Date].
func NewDate(year int, month time.Month, day int) Date {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return Date(floorDiv(t.Unix(), daySeconds)) + epoch
}

// DateAt returns the local date at t, in t's own location.
func DateAt(t time.Time) Date { return WallAt(t).Date() }

// ParseDate reads "2006-01-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return 0, fmt.Errorf("%q is not a date such as 2027-03-30", s)
	}
	return NewDate(t.Date()), nil
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == 0 }

// String returns "2006-01-02", or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Weekday((d%7 + 7) % 7) // day 1 was a Monday
}

// AddDays returns the date n days later, or earlier if n is negative. The
// receiver must not be zero.
func (d Date) AddDays(n int) Date { return d + Date(n) }

// Wall returns midnight at the start of d on a clock without zone.
func (d Date) Wall() Wall { return Wall(int64(d-epoch) * daySeconds) }

// Start returns the first instant, in UTC, of that date in loc. Where midnight
// does not exist it is the first instant after it; where the whole day does not
// exist it is the start of the next day.
func (d Date) Start(loc *time.Location) time.Time { return Resolve(d.Wall(), loc) }

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes; empty text is no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// utc returns midnight of the date in UTC.
func (d Date) utc() time.Time { return d.Wall().utc() }
