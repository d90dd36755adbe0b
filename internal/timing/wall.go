package timing

import (
	"fmt"
	"time"
)

const (
	daySeconds = 24 * 60 * 60
	wallLayout = "2006-01-02T15:04:05"
)

// Wall is a reading of a wall clock that knows no zone: the seconds that such a
// clock counts since 1970-01-01T00:00:00. Two walls compare as integers, also
// when they were read in different zones.
type Wall int64

// WallAt returns what the local clock shows at t, in t's own location.
// Fractions of a second are cut off.
func WallAt(t time.Time) Wall {
	_, offset := t.Zone()
	return Wall(t.Unix() + int64(offset))
}

// ParseWall reads "2006-01-02T15:04:05" or "2006-01-02T15:04".
func ParseWall(s string) (Wall, error) {
	for _, layout := range []string{wallLayout, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return Wall(t.Unix()), nil
		}
	}
	return 0, fmt.Errorf("%q is not a local time such as 2027-03-30T09:00", s)
}

// String returns the reading as "2006-01-02T15:04:05".
func (w Wall) String() string { return w.utc().Format(wallLayout) }

// Date returns the day that the clock shows.
func (w Wall) Date() Date {
	return Date(floorDiv(int64(w), daySeconds)) + epoch
}

// Clock returns the minutes since midnight, from 0 to 1439.
func (w Wall) Clock() int {
	return int(int64(w)-floorDiv(int64(w), daySeconds)*daySeconds) / 60
}

// Add returns the reading of the same clock d later. Fractions of a second are
// cut off.
func (w Wall) Add(d time.Duration) Wall { return w + Wall(d/time.Second) }

// utc returns the reading as if the clock hung in Greenwich.
func (w Wall) utc() time.Time { return time.Unix(int64(w), 0).UTC() }

// floorDiv divides and rounds down, also below zero. The divisor is positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
