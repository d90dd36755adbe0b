package outbox

import "time"

// lateness is how late an offer may be without the next ones being later for it: timers
// and other work of the machine hold each up a little, and at hundreds a second that
// would add up. After more than that the time is lost, and nothing is made up for.
const lateness = 20 * time.Millisecond

// pace spreads offers evenly: at most rate a second, and once in any time those of lateness
// besides. With rate r a second has r × 1.02 at most, a minute r × 60.02, either rounded up.
type pace struct {
	interval time.Duration // 0 = unlimited
	free     time.Time     // machine; the next offer may begin then
}

func newPace(rate float64) pace {
	if rate <= 0 {
		return pace{}
	}
	return pace{interval: time.Duration(float64(time.Second) / rate)}
}

// next returns when the next offer may begin.
func (p *pace) next(now time.Time) time.Time {
	if p.interval == 0 || p.free.Before(now) {
		return now
	}
	return p.free
}

// spend takes the turn at now.
func (p *pace) spend(now time.Time) {
	if p.interval == 0 {
		return
	}
	if now.Sub(p.free) > lateness {
		p.free = now
	}
	p.free = p.free.Add(p.interval)
}
