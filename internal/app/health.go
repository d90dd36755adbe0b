package app

import (
	"sync"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/web/private"
)

// health gathers what the goroutines report.
type health struct {
	mu        sync.Mutex
	storeErr  error
	planErr   error
	pagesErr  error
	relayDown bool
	reply     drip.Reply
	until     time.Time
	nextAt    time.Time
	stopping  bool
}

func (h *health) stop() { h.set(func() { h.stopping = true }) }

func (h *health) stored(err error)  { h.set(func() { h.storeErr = err }) }
func (h *health) planned(err error) { h.set(func() { h.planErr = err }) }
func (h *health) pages(err error)   { h.set(func() { h.pagesErr = err }) }
func (h *health) next(at time.Time) { h.set(func() { h.nextAt = at }) }

func (h *health) relay(e outbox.Health) {
	h.set(func() { h.relayDown, h.reply, h.until = !e.Up, e.Reply, e.Until })
}

func (h *health) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

// report sums up at a machine time: all is well when the store takes outcomes, planning succeeds,
// the relay is well, and campaign files and templates are good.
func (h *health) report(now time.Time, findings []drip.Finding) private.Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := private.Health{NextAt: h.nextAt, Troubles: []string{}, Version: Version()}
	if h.stopping {
		out.Troubles = append(out.Troubles, "stopping: what is on its way is being finished")
	}
	if h.storeErr != nil {
		out.Troubles = append(out.Troubles, "the database does not take outcomes: "+h.storeErr.Error())
	}
	if h.planErr != nil {
		out.Troubles = append(out.Troubles, "planning fails: "+h.planErr.Error())
	}
	if h.relayDown && now.Before(h.until) { // after that, nobody has looked yet
		out.Troubles = append(out.Troubles, "the relay is in trouble ("+string(h.reply.Phase)+": "+h.reply.Text+"), next try at "+h.until.UTC().Format(time.RFC3339))
	}
	if h.pagesErr != nil {
		out.Troubles = append(out.Troubles, "the templates of the readers' pages have an error, and the pages stay as they were: "+h.pagesErr.Error())
	}
	for _, f := range findings {
		if f.Severity == drip.SeverityError {
			out.Troubles = append(out.Troubles, f.String())
		}
	}
	out.Ready = len(out.Troubles) == 0
	return out
}
