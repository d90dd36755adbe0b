package timing

import "time"

// Slot is one concrete occurrence of a schedule in one zone.
type Slot struct {
	// Wall is what the schedule says. It is what the local clock shows at At,
	// except where daylight saving left that time out.
	Wall Wall
	// Zone is the IANA name in which Wall was resolved.
	Zone string
	// At is the instant, in UTC.
	At time.Time
}

// IsZero reports whether the slot is none at all.
func (s Slot) IsZero() bool { return s == Slot{} }

// reach is more than any zone was ever ahead of UTC.
const reach = 28 * time.Hour

// Resolve returns the instant, in UTC, at which the clock in loc shows w for
// the first time, or jumps over it. It never decreases as w grows.
func Resolve(w Wall, loc *time.Location) time.Time {
	at, _ := resolve(w, loc)
	return at
}

// resolve also returns the earliest wall time that happens at the same instant:
// w itself, or the wall time at which the clock jumped.
func resolve(w Wall, loc *time.Location) (time.Time, Wall) {
	jumped := w // where the clock stood when the present period began
	// Long enough ago, no clock had reached w. Walk through the periods of
	// constant offset since then; nearly always there is one.
	t := time.Unix(int64(w), 0).Add(-reach).In(loc)
	for {
		_, offset := t.Zone()
		end := periodEnd(t)
		at := time.Unix(int64(w)-int64(offset), 0)
		switch {
		case !end.IsZero() && !at.Before(end):
			t, jumped = end, Wall(end.Unix()+int64(offset))
		case at.After(t):
			return at.UTC(), w
		default:
			return t.UTC(), min(jumped, w)
		}
	}
}

// periodEnd returns an instant after t up to which the offset is the same; zero
// if it stays for ever. Package time ends every year after 365 days where it
// reckons by rules, so that on a leap year's last day the end is not after t
// (time.tzset); the offset then holds until midnight UTC at least.
func periodEnd(t time.Time) time.Time {
	_, end := t.ZoneBounds()
	if end.IsZero() || end.After(t) {
		return end
	}
	return t.Truncate(24 * time.Hour).Add(24 * time.Hour)
}

// NextSlot returns the first slot of the schedule in loc whose wall time is
// later than after. The slots of a schedule in a zone are a fixed set with
// strictly growing walls and instants, whatever after is.
func (s Schedule) NextSlot(after Wall, loc *time.Location) Slot {
	for {
		w := s.Next(after)
		at, first := resolve(w, loc)
		if first == w || s.Next(first-1) == w {
			return Slot{Wall: w, Zone: loc.String(), At: at}
		}
		after = w // an earlier wall time has this instant already
	}
}
