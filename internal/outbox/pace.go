package outbox

import "time"

// pace spreads offers evenly: at most rate a second, without bursts.
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
	if p.interval > 0 {
		p.free = p.next(now).Add(p.interval)
	}
}
