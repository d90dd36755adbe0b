package preview

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Plan is what the files of a campaign, as they are now, would do to its readers, in
// words.
type Plan struct {
	// Headline sums it up.
	Headline string
	// Edits say what was edited, and who gets the issues of it. Turns say what becomes
	// of readers' next issues.
	Edits, Turns []string
	// Warnings are slots that have more readers than the relay can reach.
	Warnings []string
	// Errors keep the files from being adopted.
	Errors []drip.Finding
	// Changes tells whether anything is different from what the database last ran.
	// Readers are then those who were looked at, and Unchanged those of them for whom
	// it is all the same.
	Changes            bool
	Readers, Unchanged int
}

// planPanel is a plan beside the calendar.
type planPanel struct {
	Plan
	// Missing says why there is none, and Working that it takes a moment.
	Missing string
	Working bool
	At      string // the instance's time of the day
}

// Touched is for how many readers something changes.
func (p planPanel) Touched() int { return p.Readers - p.Unchanged }

// plans are the answers to what edits would do, one for each campaign. With very many
// readers an answer takes seconds: a page that follows the files does not wait for it.
type plans struct {
	mu      sync.Mutex
	asked   map[string]*planning
	closed  bool
	running sync.WaitGroup
}

// planning is an answer in the making. What is below done is set when that is closed.
type planning struct {
	version int // of the state that it is about
	stop    context.CancelFunc
	missed  bool // somebody waits for it who was answered without

	done chan struct{}
	plan Plan
	err  error
	at   time.Time
}

// planFresh is how long an answer counts: a page that was told of it asks again at once.
// Later ones ask anew, because the database may have changed.
const planFresh = 2 * time.Second

// fresh reports whether it still is the answer.
func (a *planning) fresh(version int) bool {
	select {
	case <-a.done:
		return a.version == version && time.Since(a.at) < planFresh
	default:
		return a.version == version
	}
}

// ask returns the answer for a version of the files, which may be in the making. It is
// nil when the preview ends. An answer about an earlier version is given up.
func (p *Preview) ask(ctx context.Context, version int, campaign string) *planning {
	ps := &p.plans
	ps.mu.Lock()
	defer ps.mu.Unlock()
	was := ps.asked[campaign]
	if was != nil && was.fresh(version) {
		return was
	}
	if ps.closed {
		return nil
	}
	if was != nil {
		was.stop()
	}
	// Others may wait for it when the page that asked first is closed.
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	a := &planning{version: version, stop: stop, done: make(chan struct{})}
	if ps.asked == nil {
		ps.asked = make(map[string]*planning)
	}
	ps.asked[campaign] = a
	ps.running.Go(func() {
		defer stop()
		if was != nil {
			<-was.done // one at a time, however quickly somebody saves
		}
		if a.err = ctx.Err(); a.err == nil {
			a.plan, a.err = p.options.Plan(ctx, campaign)
		}
		a.at = time.Now()
		close(a.done)
		ps.mu.Lock()
		missed := a.missed
		ps.mu.Unlock()
		if missed {
			p.desk.bell.ring()
		}
	})
	return a
}

// awaited returns whether the answer is there within a time; without a limit if it is 0.
// Open pages are told of an answer that somebody has not waited for.
func (ps *plans) awaited(ctx context.Context, a *planning, limit time.Duration) bool {
	var late <-chan time.Time
	if limit > 0 {
		late = time.After(limit)
	}
	select {
	case <-a.done:
		return true
	case <-ctx.Done():
	case <-late:
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	select {
	case <-a.done:
		return true
	default:
		a.missed = true
		return false
	}
}

// close ends all of them.
func (ps *plans) close() {
	ps.mu.Lock()
	ps.closed = true
	for _, a := range ps.asked {
		a.stop()
	}
	ps.mu.Unlock()
	ps.running.Wait()
}

// planOf is the panel for a campaign. A page without a script waits for the answer, for
// nobody tells it later.
func (p *Preview) planOf(r *http.Request, st *state, campaign string) planPanel {
	if p.options.Plan == nil {
		return planPanel{Missing: p.options.NoPlan}
	}
	var limit time.Duration
	if r.Header.Get(liveHeader) != "" {
		limit = patience
	}
	a := p.ask(r.Context(), st.version, campaign)
	if a == nil || !p.plans.awaited(r.Context(), a, limit) {
		return planPanel{Working: true}
	}
	switch {
	case errors.Is(a.err, drip.ErrNotFound):
		return planPanel{Missing: "There is no database yet, so there is nobody to whom an edit could do anything."}
	case errors.Is(a.err, context.Canceled): // a newer version is being looked at
		return planPanel{Working: true}
	case a.err != nil:
		return planPanel{Missing: "The database cannot be looked at: " + a.err.Error()}
	}
	at := a.at
	if loc, err := timing.NewZones().Load(st.Zone); err == nil {
		at = at.In(loc)
	}
	return planPanel{Plan: a.plan, At: at.Format("15:04:05")}
}
