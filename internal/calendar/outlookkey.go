package calendar

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Kin tells readers of a campaign apart as far as planning does. Slots lie on
// whole minutes and few readers are between two of them, so that of a hundred
// thousand readers only some hundreds differ. It is for one goroutine.
type Kin struct {
	c *drip.Campaign
	// unit is what instants are rounded down to: no slot, nor the earliest
	// acceptance that is within an issue's time before it, lies between.
	unit   time.Duration
	within bool // some issue asks when the last one was accepted
	some   bool // some issue is for some readers only
	firsts map[wallIn]time.Time
}

type wallIn struct {
	wall timing.Wall
	zone *time.Location
}

// NewKin returns the kin of a campaign.
func NewKin(c *drip.Campaign) *Kin {
	k := &Kin{c: c, unit: time.Minute, some: c.Selective(), firsts: make(map[wallIn]time.Time)}
	for i := range c.Issues {
		late := c.Issues[i].Late
		if late.Kind != drip.LateWithin {
			continue
		}
		k.within = true
		if late.Within%time.Minute != 0 {
			k.unit = time.Nanosecond // a slot less such a length is no whole minute
		}
	}
	return k
}

// Key identifies readers who plan alike. It is comparable.
type Key struct {
	state  drip.EnrollmentState
	zone   *time.Location
	had    string
	pace   int
	paused time.Time
	full   timing.Date
	// joined is the minute of joining if the first issue may leave at once.
	joined time.Time
	// asked, floor and accepted are exact if the reader asked for the next issue
	// or one is open, and rounded otherwise; zero where they decide nothing.
	asked, floor, accepted time.Time
	gap                    time.Time
	hasLast, earlier       bool
	accept                 bool
	wall                   timing.Wall
	open                   Open
	isOpen                 bool
	// who is what the issues see of the reader that are for some only.
	who string
}

// Key returns the key of a passage. Passages with equal keys have equal
// [Outlook]s at every time, the words of the reasons apart.
func (k *Kin) Key(p *Passage) Key {
	pl := planner{c: k.c, p: p}
	key := Key{state: p.State, zone: p.Zone, had: pack(p.Had), pace: max(p.Pace, 1), paused: p.PausedUntil, full: p.FullOn}
	if k.some && p.Who != nil {
		key.who = pl.trait()
	}
	if joining, ok := pl.joining(); ok {
		key.joined = joining.At
	}
	if p.Last != nil {
		key.hasLast, key.earlier = true, p.Last.Earlier
		key.wall, key.accept = p.Last.SlotWall, !p.Last.AcceptedAt.IsZero()
	}
	if p.Open != nil {
		key.open, key.isOpen = *p.Open, true
	}
	if k.asking(p) || p.Open != nil {
		key.asked, key.floor, key.accepted = p.AskedAt, p.floor(), acceptedAt(p.Last)
		return key
	}
	key.floor = p.floor().Truncate(k.unit)
	if p.Last == nil {
		return key
	}
	// Instants before the first slot that could be next have nothing to say.
	first := k.first(p.Last.SlotWall, p.Zone)
	if key.floor.Before(first) {
		key.floor = time.Time{}
	}
	if key.accept {
		if _, gap := pl.since(p.Last); !gap.Before(first) {
			key.gap = gap.Truncate(k.unit)
		}
		if k.within {
			key.accepted = p.Last.AcceptedAt.Truncate(k.unit)
		}
	}
	return key
}

// asking reports whether the reader's wish to get the next issue now is open.
func (k *Kin) asking(p *Passage) bool {
	return !p.AskedAt.IsZero() && !p.floor().After(p.AskedAt) && acceptedAt(p.Last).Before(p.AskedAt)
}

// first returns the instant of the first slot after a wall time.
func (k *Kin) first(wall timing.Wall, zone *time.Location) time.Time {
	at, known := k.firsts[wallIn{wall, zone}]
	if !known {
		at = k.c.Schedule.NextSlot(wall, zone).At
		k.firsts[wallIn{wall, zone}] = at
	}
	return at
}

// pack writes flags as bits; what was not had at the end does not matter.
func pack(had []bool) string {
	var bits [32]byte
	buf := bits[:0]
	for i, yes := range had {
		if yes {
			for len(buf) <= i/8 {
				buf = append(buf, 0)
			}
			buf[i/8] |= 1 << (i % 8)
		}
	}
	return string(buf)
}
