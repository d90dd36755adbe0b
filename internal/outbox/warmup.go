package outbox

import (
	"math"
	"time"

	"partwork/internal/timing"
)

// Warmup is the ramp of a relay whose address nobody knows yet. Days are UTC. The zero
// value is no ramp.
type Warmup struct {
	// Start is the first day; no date for no ramp. Earlier days are like it.
	Start timing.Date
	// FirstDay is how many messages leave on that day at most; Growth is how many
	// times as many on each following one.
	FirstDay int
	Growth   float64
	// Until ends the ramp: a day that might take so many has no limit.
	Until int
}

// allowance returns how many messages a day may take; false if there is no limit.
func (w Warmup) allowance(day timing.Date) (int, bool) {
	if w.Start.IsZero() {
		return 0, false
	}
	n := float64(w.FirstDay) * math.Pow(w.Growth, float64(max(0, int(day-w.Start))))
	if n >= float64(w.Until) {
		return 0, false
	}
	return int(n), true
}

// warmup keeps a relay within the allowance of the day. How much of it is spent is a
// count in the store, made by the very commits that make the marks, so that neither a
// restart nor a crash gives it again.
type warmup struct {
	ramp   Warmup
	day    timing.Date
	marked int  // on that day; valid if known
	known  bool // else the store must be asked
	asked  bool // and was
	since  int  // marks that were made since it was asked
	askAt  time.Time
}

// turn begins another day.
func (w *warmup) turn(now time.Time) {
	if day := timing.DateAt(now.UTC()); day != w.day {
		*w = warmup{ramp: w.ramp, day: day}
	}
}

// limited reports whether today has a limit at all.
func (w *warmup) limited(now time.Time) bool {
	w.turn(now)
	_, limited := w.ramp.allowance(w.day)
	return limited
}

// left returns how many messages may still be begun today besides those that are on
// their way to their mark.
func (w *warmup) left(now time.Time, unmarked int) int {
	w.turn(now)
	allowance, limited := w.ramp.allowance(w.day)
	switch {
	case !limited:
		return math.MaxInt
	case !w.known:
		return 0
	}
	return max(0, allowance-w.marked-unmarked)
}

// spent reports whether the whole allowance of today was marked.
func (w *warmup) spent() bool {
	allowance, limited := w.ramp.allowance(w.day)
	return limited && w.known && w.marked >= allowance
}

// tomorrow returns the instant at which the next allowance begins.
func tomorrow(now time.Time) time.Time {
	y, m, d := now.UTC().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
}
