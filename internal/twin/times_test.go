//go:build unix

package twin

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// times measures how long it takes to be well again.
type times struct {
	mu sync.Mutex
	// since is the birth of the life that has not had a message taken yet, and
	// death the end of the one before it; zero if there is none.
	since, death time.Time
	recovered    []time.Duration // from a birth to the first message taken
	waited       []time.Duration // from a death to when its claims were free again
}

// born begins a life.
func (s *times) born(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = now
}

// took hears that a message was taken.
func (s *times) took(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.since.IsZero() {
		s.recovered = append(s.recovered, now.Sub(s.since))
		s.since = time.Time{}
	}
}

// ended ends a life that took over what another left at an instant, or zero. One that
// never served left everything as it was.
func (s *times) ended(now, takenOver time.Time, served bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !takenOver.IsZero() && !s.death.IsZero() {
		s.waited = append(s.waited, takenOver.Sub(s.death))
	}
	if served || !takenOver.IsZero() || s.death.IsZero() {
		s.death = now
	}
	s.since = time.Time{}
}

func (s *times) report() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("from a start to the first message taken: %s\nfrom a death to when its claims were free: %s",
		spread(s.recovered), spread(s.waited))
}

// spread is the middle and the worst of durations.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "never seen"
	}
	slices.Sort(all)
	return fmt.Sprintf("median %.2f s, worst %.2f s of %d", all[len(all)/2].Seconds(), all[len(all)-1].Seconds(), len(all))
}
