package outbox

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// RelayConfig is a relay with its limits. New fills in defaults for zero values.
type RelayConfig struct {
	// Name tells the relay apart in Mark.Relay; it must stay the same over restarts.
	Name string
	// Connections is the number of connections; 4 if zero.
	Connections int
	// Rate is the most messages a second over all connections; 0 = unlimited.
	Rate float64
	// PerConnection is the number of messages after which a connection is replaced;
	// 100 if zero.
	PerConnection int
	// MaxAge is how old a connection may get; 0 = any age.
	MaxAge time.Duration
	// Warmup limits what leaves in a day; the zero value does not.
	Warmup Warmup
}

// relay is one of the relays, which are used in order of preference: whatever can be
// offered is offered over the first that is well, and over those before it, which are
// not, no more than a probe.
type relay struct {
	no  int
	cfg RelayConfig
	breaker
	pace  pace
	slow  slowdown
	warm  warmup
	conns []int // of Outbox.conns
}

func newRelays(configs []RelayConfig) (relays []*relay, conns int) {
	for no, cfg := range configs {
		setDefault(&cfg.Connections, 4)
		setDefault(&cfg.PerConnection, 100)
		r := &relay{no: no, cfg: cfg, pace: newPace(cfg.Rate), warm: warmup{ramp: cfg.Warmup}}
		for range cfg.Connections {
			r.conns = append(r.conns, conns)
			conns++
		}
		relays = append(relays, r)
	}
	return relays, conns
}

// relayOf returns the relay of a connection.
func (o *Outbox) relayOf(i int) *relay {
	for _, r := range o.relays {
		if i <= r.conns[len(r.conns)-1] {
			return r
		}
	}
	return nil // there is no such connection
}

// sidelined reports whether nothing new is to be offered over a connection: its relay
// is left alone now, or is being probed by another connection.
func (o *Outbox) sidelined(i int) bool {
	r := o.relayOf(i)
	return r.resting(o.now.Machine) || o.conns[i].older && !r.well()
}

// admits answers whether something may be offered over a relay now, and if not, when;
// a zero time says that something else has to happen first.
func (o *Outbox) admits(r *relay) (ok bool, at time.Time) {
	now := o.now.Machine
	switch {
	case slices.ContainsFunc(o.relays[:r.no], func(better *relay) bool { return better.well() }):
		return false, time.Time{}
	case r.resting(now):
		return false, r.downUntil
	}
	if at := later(r.pace.next(now), r.slow.next(now)); at.After(now) {
		return false, at
	}
	if r.warm.limited(now) && r.warm.left(now, o.unmarked(r)) == 0 {
		return false, o.allowanceAt(r)
	}
	return true, time.Time{}
}

// spend takes a turn at a relay.
func (r *relay) spend(now time.Time) {
	r.pace.spend(now)
	r.slow.spend(now)
}

// unmarked counts the relay's transactions that are on their way to their mark.
func (o *Outbox) unmarked(r *relay) int {
	n := 0
	for _, i := range r.conns {
		c := &o.conns[i]
		if c.state == connOffering || c.state == connMarking || c.next != nil {
			n++
		}
	}
	return n
}

// allowanceAt returns when a relay will have an allowance that is not spent, and asks
// the store how much of today's is.
func (o *Outbox) allowanceAt(r *relay) time.Time {
	w := &r.warm
	switch {
	case w.spent():
		return tomorrow(o.now.Machine)
	case w.known || w.asked || o.committingMarks(r): // the end of it has us look again
		return time.Time{}
	case o.now.Machine.Before(w.askAt):
		return w.askAt
	}
	w.asked, w.since = true, 0
	o.do(CountDay{Relay: r.no, Name: r.cfg.Name, Day: w.day})
	return time.Time{}
}

// counted takes the store's count of a day's marks.
func (o *Outbox) counted(ev Counted) {
	r := o.relays[ev.Relay]
	w := &r.warm
	if ev.Day != w.day {
		return // the day is over
	}
	w.asked = false
	switch {
	case ev.Err != nil:
		w.askAt = o.now.Machine.Add(storeRetry)
	case w.since > 0 || o.committingMarks(r):
		// Nobody knows whether it has those marks: it is asked for anew.
	default:
		w.known, w.marked = true, ev.Marked
	}
}

// committingMarks reports whether the running group commit carries marks that count for
// a relay.
func (o *Outbox) committingMarks(r *relay) bool {
	return slices.ContainsFunc(o.inFlight.conns, func(i int) bool { return o.relayOf(i) == r })
}

// countedMark adds to a mark what has it counted for its relay, if that has a limit.
func (o *Outbox) countedMark(m *store.Mark, i int) {
	if r := o.relayOf(i); r.warm.limited(o.now.Machine) {
		m.Relay, m.Day = r.cfg.Name, r.warm.day
	}
}

// marksMade keeps the count in step with the store. After a commit that failed nobody
// knows what it holds: it is asked again.
func (o *Outbox) marksMade(i int, m *store.Mark, failed bool) {
	w := &o.relayOf(i).warm
	switch {
	case m.Relay == "" || m.Day != w.day:
	case failed:
		w.known = false
		w.since++ // perhaps
	default:
		w.marked++
		w.since++
	}
}

// relayFailed notes a failure of a relay that is not the recipient's. While its breaker
// is open nothing is offered over it; after that one connection probes.
func (o *Outbox) relayFailed(r *relay, reply drip.Reply, class drip.Class) {
	if class == drip.ClassThrottled {
		r.slow.hit(o.now.Machine, r.pace.interval)
	}
	if !r.failed(o.now.Machine, reply, class) {
		return
	}
	o.do(Health{Relay: r.no, Until: r.downUntil, Reply: reply})
	for _, i := range r.conns {
		c := &o.conns[i]
		if c.state == connReady {
			o.close(i, true)
		}
		c.older = c.state != connClosed
	}
}

// relayWell notes a success.
func (o *Outbox) relayWell(r *relay) {
	if r.succeeded(o.now.Machine) {
		o.do(Health{Relay: r.no, Up: true})
	}
}
