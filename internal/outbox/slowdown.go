package outbox

import "time"

// How a rate is lowered when a receiver says that it is asked too much, and how it
// recovers: the pause between two messages is doubled each time, from a second up to
// five minutes, and shrinks by a quarter every two minutes.
const (
	firstGap  = time.Second
	maxGap    = 5 * time.Minute
	leastGap  = 50 * time.Millisecond
	shortRest = 10 * time.Second
	easeEvery = 2 * time.Minute
)

// slowdown is a rate that was lowered on request. The zero value is none.
type slowdown struct {
	gap   time.Duration // between two messages, at hitAt
	hitAt time.Time
	until time.Time // nothing before
	last  time.Time // of the latest message
}

// hit lowers the rate; usual is the pause between messages that is kept anyway. What
// comes while it rests was sent before the last one: it says nothing new.
func (s *slowdown) hit(now time.Time, usual time.Duration) {
	if now.Before(s.until) {
		return
	}
	s.gap = min(max(firstGap, 2*usual, 2*s.current(now)), maxGap)
	s.hitAt = now
	s.until = now.Add(max(s.gap, shortRest))
}

// current returns the pause between two messages; 0 when the rate has recovered.
func (s *slowdown) current(now time.Time) time.Duration {
	gap := s.gap
	for t := s.hitAt.Add(easeEvery); gap > 0 && !t.After(now); t = t.Add(easeEvery) {
		if gap -= gap / 4; gap < leastGap {
			return 0
		}
	}
	return gap
}

// next returns when the next message may leave.
func (s *slowdown) next(now time.Time) time.Time {
	if s.gap == 0 {
		return now
	}
	return later(now, later(s.until, s.last.Add(s.current(now))))
}

func (s *slowdown) spend(now time.Time) {
	if s.gap > 0 {
		s.last = now
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
