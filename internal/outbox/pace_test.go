package outbox

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestPaceMakesUpForLateTimers takes every turn some time after it could be had, as a
// busy machine does.
func TestPaceMakesUpForLateTimers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate float64
		late time.Duration
		want int // offers in ten seconds
	}{
		{rate: 500, late: 0, want: 5000},
		{rate: 500, late: time.Millisecond, want: 5000},
		{rate: 500, late: lateness, want: 5000},
		{rate: 10, late: lateness / 2, want: 100},
		// So much is no lateness, but something that stood still.
		{rate: 500, late: lateness + 8*time.Millisecond, want: 10_000 / 30},
	} {
		p, offers := newPace(c.rate), 0
		start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		now, end := start, start.Add(10*time.Second)
		for p.spend(now); now.Before(end); p.spend(now) {
			offers++
			if next := p.next(now); next.After(now) {
				now = next.Add(c.late)
			}
		}
		if offers < c.want-15 || offers > c.want+1 {
			t.Errorf("%d offers in 10 s at %v a second, each %v late; want %d", offers, c.rate, c.late, c.want)
		}
	}
}

// TestPaceSavesNothingUp offers after a rest, when all that is ever made up for must not
// leave at once.
func TestPaceSavesNothingUp(t *testing.T) {
	t.Parallel()
	p, now := newPace(500), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, rest := range []time.Duration{0, 2 * lateness, time.Second, time.Hour} {
		now = now.Add(rest)
		p.spend(now)
		if next := p.next(now); next.Sub(now) != 2*time.Millisecond {
			t.Errorf("after a rest of %v the next offer is %v later", rest, next.Sub(now))
		}
	}
}

// TestPaceHasItsLimit has offers leave as late and as soon as can be, in any order, and
// counts those of every second and every minute: what rate says, and those of 20 ms, which
// is what the reference of the configuration tells.
func TestPaceHasItsLimit(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{0.5, 1, 10, 50, 500} {
		dice := rand.New(rand.NewPCG(1, uint64(rate)))
		p, now := newPace(rate), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		var at []time.Time
		for end := now.Add(3 * time.Minute); now.Before(end); {
			now = later(now, p.next(now))
			if dice.IntN(1+int(rate)) == 0 { // once a second or so
				now = now.Add(time.Duration(dice.Int64N(int64(2 * lateness))))
			}
			p.spend(now)
			at = append(at, now)
		}
		for _, span := range []time.Duration{time.Second, time.Minute} {
			most, from := 0, 0
			for n := range at {
				for at[n].Sub(at[from]) >= span {
					from++
				}
				most = max(most, n-from+1)
			}
			if want := math.Ceil(rate*(span.Seconds()+0.02) - 1e-9); float64(most) > want {
				t.Errorf("at %v a second %d leave in %v, want at most %v", rate, most, span, want)
			}
		}
	}
}
