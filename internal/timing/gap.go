package timing

import "time"

// Gap is a stretch of wall time that a clock jumps over: From is the first
// reading that does not happen, and To what the clock shows instead.
type Gap struct{ From, To Wall }

// Gaps returns what the clock in loc jumps over after one instant and up to
// another, in that order.
func Gaps(loc *time.Location, after, until time.Time) []Gap {
	var list []Gap
	for t := after.In(loc); ; {
		end := periodEnd(t)
		if end.IsZero() || end.After(until) {
			return list
		}
		_, before := t.Zone()
		t = end.In(loc)
		if _, offset := t.Zone(); offset > before {
			list = append(list, Gap{Wall(end.Unix() + int64(before)), Wall(end.Unix() + int64(offset))})
		}
	}
}
