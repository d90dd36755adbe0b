package outbox

import (
	"time"

	"partwork/internal/drip"
)

// Pauses after failures of a relay as a whole, doubled with each one in a row. When it
// is down for hours, that is one try in five minutes.
const (
	firstRelayPause = 10 * time.Second
	maxRelayPause   = 5 * time.Minute
)

// maxMisses is how many transactions in a row that were cut off, or put off at MAIL,
// open a breaker. What says at once that the relay cannot be used, such as a refused
// login, needs no second time; nor does a message of unknown fate: every further one is
// a reader who may get an issue twice or never.
const maxMisses = 3

// breaker is what is known of a relay's health. Closed, the relay is well. Open, it is
// left alone until downUntil. After that it is half open: one connection probes it
// with one message at a time, and an acceptance closes the breaker.
type breaker struct {
	failures  int       // openings since it was well; 0 = closed
	downUntil time.Time // machine; no dial before
	misses    int       // in a row
}

func (b *breaker) well() bool { return b.failures == 0 }

// resting reports whether the relay is to be left alone now.
func (b *breaker) resting(now time.Time) bool { return now.Before(b.downUntil) }

// failed notes trouble that is not a recipient's, and reports whether it opened the
// breaker.
func (b *breaker) failed(now time.Time, reply drip.Reply, class drip.Class) bool {
	if b.resting(now) {
		return false // another connection met the same trouble
	}
	if b.misses++; b.misses < maxMisses && b.well() && !conclusive(reply, class) {
		return false
	}
	pause := firstRelayPause
	for n := 0; n < b.failures && pause < maxRelayPause; n++ {
		pause *= 2
	}
	*b = breaker{failures: b.failures + 1, downUntil: now.Add(min(pause, maxRelayPause))}
	return true
}

// conclusive reports whether a failure says that the relay cannot be used now: it could
// not be connected to or logged in to, it refuses us, it is asked too much, or it took a
// message without a word.
func conclusive(reply drip.Reply, class drip.Class) bool {
	return reply.Phase == drip.PhaseDial || reply.Phase == drip.PhaseAuth ||
		class == drip.ClassSender || class == drip.ClassThrottled || class == drip.ClassUnknown
}

// succeeded notes an acceptance, and reports whether it closed the breaker. One that
// began before the trouble did proves nothing: the pause runs to its end.
func (b *breaker) succeeded(now time.Time) bool {
	if b.resting(now) {
		return false
	}
	ended := !b.well()
	*b = breaker{}
	return ended
}
