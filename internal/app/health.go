package app

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
	"partwork/internal/web/private"
)

// health gathers what the goroutines report.
type health struct {
	mu        sync.Mutex
	storeErr  error
	planErr   error
	pagesErr  error
	backupErr error
	noRoom    string
	relays    []relayHealth // in order of preference
	nextAt    time.Time
	stopping  bool
	held      string // why nothing is sent; empty if it is
	fenceErr  error
	// holds says what is held back; nil before there is a sender.
	holds func() []outbox.Hold
}

// relayHealth is what the outbox reported of a relay.
type relayHealth struct {
	at    string // host:port
	down  bool
	reply drip.Reply
	until time.Time
}

// name says which relays there are.
func (h *health) name(limits []outbox.RelayConfig) {
	h.set(func() {
		for _, l := range limits {
			h.relays = append(h.relays, relayHealth{at: l.Name})
		}
	})
}

// relayName returns host:port of a relay.
func (h *health) relayName(no int) (at string) {
	h.set(func() { at = h.relays[no].at })
	return at
}

func (h *health) stop() { h.set(func() { h.stopping = true }) }

func (h *health) stored(err error)  { h.set(func() { h.storeErr = err }) }
func (h *health) planned(err error) { h.set(func() { h.planErr = err }) }
func (h *health) pages(err error)   { h.set(func() { h.pagesErr = err }) }
func (h *health) fence(err error)   { h.set(func() { h.fenceErr = err }) }
func (h *health) hold(why string)   { h.set(func() { h.held = why }) }
func (h *health) backup(err error)  { h.set(func() { h.backupErr = err }) }
func (h *health) room(why string)   { h.set(func() { h.noRoom = why }) }
func (h *health) next(at time.Time) { h.set(func() { h.nextAt = at }) }

func (h *health) relay(e outbox.Health) {
	h.set(func() {
		r := &h.relays[e.Relay]
		r.down, r.reply, r.until = !e.Up, e.Reply, e.Until
	})
}

func (h *health) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

// report sums up at a machine time. Ready are the pages and the database; the relay,
// the campaign files and the templates are told of, but may wait.
func (h *health) report(now time.Time, findings []drip.Finding) private.Health {
	var holds []outbox.Hold
	if h.holds != nil {
		holds = h.holds()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	out := private.Health{NextAt: h.nextAt, Troubles: []string{}, Warnings: []string{}, Version: Version()}
	if h.stopping {
		out.Troubles = append(out.Troubles, "stopping: what is on its way is being finished")
	}
	if h.storeErr != nil {
		out.Troubles = append(out.Troubles, "the database does not take outcomes: "+inWords(h.storeErr))
	}
	if h.planErr != nil {
		out.Troubles = append(out.Troubles, "planning fails: "+inWords(h.planErr))
	}
	out.Ready = len(out.Troubles) == 0
	if h.noRoom != "" {
		out.Troubles = append(out.Troubles, h.noRoom)
	}
	if out.Held = h.held; h.held != "" {
		out.Troubles = append(out.Troubles, "nothing is sent: "+h.held+". `partwork unhold` shows what would be sent, and goes on")
	}
	if h.fenceErr != nil {
		out.Troubles = append(out.Troubles, "state_dir does not work, so that a restored database would not be noticed: "+h.fenceErr.Error())
	}
	out.Troubles = append(out.Troubles, h.relayTroubles(now)...)
	out.Holds = h.shown(holds)
	if h.pagesErr != nil {
		out.Warnings = append(out.Warnings, "the templates of the readers' pages have an error, and the pages stay as they were: "+h.pagesErr.Error())
	}
	if h.backupErr != nil {
		out.Warnings = append(out.Warnings, "the latest backup failed: "+inWords(h.backupErr))
	}
	for _, f := range findings {
		if f.Severity == drip.SeverityError {
			out.Warnings = append(out.Warnings, f.String())
		}
	}
	return out
}

// relayTroubles says which relays cannot be used, and which one stands in. One that is
// about to be tried again is in doubt: nobody has looked yet.
func (h *health) relayTroubles(now time.Time) []string {
	var troubles []string
	for _, r := range h.relays {
		if !r.down {
			if len(troubles) > 0 {
				troubles[len(troubles)-1] += "; letters leave through " + r.at
			}
			break
		}
		if now.Before(r.until) {
			troubles = append(troubles, relayTrouble(r.at, r.reply)+"; next try "+r.until.UTC().Format("15:04 UTC"))
		}
	}
	return troubles
}

// shown names the relays of what is held back. What a breaker holds is in the troubles.
func (h *health) shown(holds []outbox.Hold) []private.Hold {
	shown := []private.Hold{}
	for _, hold := range holds {
		if hold.Kind == outbox.HeldByBreaker {
			continue
		}
		s := private.Hold{
			Kind: string(hold.Kind), Domain: hold.Domain, Slowed: hold.Slowed, Allowance: hold.Allowance,
			Waiting: hold.Waiting, Until: hold.Until.UTC(),
		}
		if hold.Relay >= 0 {
			s.Relay = h.relays[hold.Relay].at
		}
		shown = append(shown, s)
	}
	return shown
}

// inWords returns what an error says to a person: of a fault of the database's
// surroundings what to do, and not which statement met it.
func inWords(err error) string {
	var fault *store.Fault
	if errors.As(err, &fault) {
		return fault.Error()
	}
	return err.Error()
}

// relayTrouble says in words why nothing leaves through the relay. What the network
// said ends with the cause; the addresses and calls before it tell nobody more.
func relayTrouble(at string, reply drip.Reply) string {
	switch {
	case reply.Phase == drip.PhaseDial && reply.Code == 0:
		cause := reply.Text
		if i := strings.LastIndex(cause, ": "); i >= 0 {
			cause = cause[i+2:]
		}
		return "cannot connect to " + at + " (" + cause + ")"
	case reply.Phase == drip.PhaseAuth && reply.Code != 0:
		return at + " refuses the login (" + answer(reply) + ")"
	case reply.Code != 0:
		return at + " takes no mail (" + answer(reply) + ")"
	}
	return "no mail leaves through " + at + " (" + reply.Text + ")"
}

// answer writes what a relay replied.
func answer(r drip.Reply) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text)), " ")
}
