package preview

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"partwork/internal/drip"
)

// checks are what takes long to find out about campaigns, and the pass that finds it.
type checks struct {
	mu     sync.Mutex
	doubts map[string]doubts
	ask    chan struct{}
}

// doubts are those about a campaign's calendar, as it was.
type doubts struct {
	of    *drip.Campaign
	found []drip.Finding
}

// wake asks for another pass. It never blocks.
func (c *checks) wake() {
	select {
	case c.asks() <- struct{}{}:
	default:
	}
}

func (c *checks) asks() chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ask == nil {
		c.ask = make(chan struct{}, 1)
	}
	return c.ask
}

// of returns the doubts about a campaign that are known.
func (c *checks) of(id string) []drip.Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.doubts[id].found
}

// known reports whether the doubts about this very campaign are known.
func (c *checks) known(campaign *drip.Campaign) bool {
	c.mu.Lock()
	of := c.doubts[campaign.ID].of
	c.mu.Unlock()
	return of == campaign || of != nil && reflect.DeepEqual(of, campaign)
}

func (c *checks) keep(campaign *drip.Campaign, found []drip.Finding) (news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.doubts == nil {
		c.doubts = make(map[string]doubts)
	}
	news = !slices.Equal(c.doubts[campaign.ID].found, found)
	c.doubts[campaign.ID] = doubts{of: campaign, found: found}
	return news
}

// tellEvery is how often a pass that takes long tells open pages how far it is, and calm
// is how long nothing must have been saved before a pass begins.
const (
	tellEvery = time.Second
	calm      = 400 * time.Millisecond
)

// lookThrough makes a pass whenever something changed, until ctx ends.
func (p *Preview) lookThrough(ctx context.Context) {
	for {
		p.calmDown(ctx)
		if st, err := p.desk.now(); err == nil {
			p.pass(ctx, st)
		}
		select {
		case <-ctx.Done():
			return
		case <-p.checks.asks():
		}
	}
}

// calmDown waits until nothing was saved for a while, so that a page that follows an edit
// has the machine to itself.
func (p *Preview) calmDown(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.checks.asks():
		case <-time.After(calm):
			return
		}
	}
}

// pass checks every issue whose version is new, and then the calendars. It ends early
// when something is saved.
func (p *Preview) pass(ctx context.Context, st *state) {
	overtaken := func() bool { return ctx.Err() != nil || len(p.checks.asks()) > 0 }
	if st.Layouts != nil {
		p.checkAll(st, overtaken)
	}
	for i := range st.entries {
		e := &st.entries[i]
		if overtaken() || st.Doubts == nil {
			return
		}
		if !p.checks.known(e.Campaign) && p.checks.keep(e.Campaign, st.Doubts(e.Campaign)) {
			p.desk.bell.ring()
		}
	}
}

// checkAll checks every issue on all processors but one, which is for the pages: whoever
// looks at the desk waits for those.
func (p *Preview) checkAll(st *state, overtaken func() bool) {
	type place struct {
		e     *entry
		issue int
	}
	var places []place
	for i := range st.entries {
		for issue := -1; issue < len(st.entries[i].Campaign.Issues); issue++ {
			places = append(places, place{&st.entries[i], issue})
		}
	}
	found := news{told: time.Now(), tell: p.desk.bell.ring}
	defer found.end()
	var next atomic.Int64
	var checkers sync.WaitGroup
	defer checkers.Wait()
	for range max(1, runtime.GOMAXPROCS(0)-1) {
		checkers.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(places) || overtaken() {
					return
				}
				before := p.proofs.of(places[n].e.Campaign, places[n].issue, st.Layouts)
				if p.proofs.check(st, places[n].e, places[n].issue) != before {
					found.more()
				}
			}
		})
	}
}

// news are told now and then while there are more, and at the end.
type news struct {
	tell func()

	mu   sync.Mutex
	told time.Time
	some bool
}

func (n *news) more() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.some = true; time.Since(n.told) > tellEvery {
		n.told, n.some = time.Now(), false
		n.tell()
	}
}

func (n *news) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.some {
		n.tell()
	}
}
