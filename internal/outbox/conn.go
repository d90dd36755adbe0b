package outbox

import (
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// connState is what a connection is doing.
type connState int

const (
	connClosed    connState = iota
	connDialing             // Dial was asked for
	connReady               // open, no transaction
	connOffering            // Offer was asked for
	connMarking             // recipient accepted; its mark waits for a group commit
	connSending             // marked; Transfer was asked for
	connResetting           // Withdraw was asked for
)

func (s connState) busy() bool { return s >= connOffering }

// conn is a connection as the outbox sees it.
type conn struct {
	state   connState
	item    store.Claimed
	next    *store.Claimed // its offer rides on item's final dot; nil if none does
	used    int            // transactions begun
	takes   time.Duration  // the transfer of item at most; 0 if it is not known
	lastUse time.Time      // machine
	opened  time.Time      // machine
	// back says that item is to be offered anew once it is withdrawn.
	back bool
	// pipelining says that offers may ride.
	pipelining bool
	// older says that it is from before the latest trouble of its relay: it is no
	// probe, and may hang for as long as a final dot may take.
	older bool
}

// assign gives queued claims to ready connections and dials more if needed.
func (o *Outbox) assign() {
	o.dropStale()
	if len(o.queue) == 0 {
		o.askForClaims()
		return
	}
	if o.now.Machine.Before(o.retryAt) {
		o.do(WakeAt{At: o.retryAt}) // the store cannot take outcomes now
		return
	}
	for _, r := range o.relays {
		o.engage(r)
	}
	if len(o.queue) < o.cfg.Queue/4 {
		o.askForClaims()
	}
}

// engage gives queued claims to the ready connections of a relay, and dials more if
// needed.
func (o *Outbox) engage(r *relay) {
	if ok, at := o.admits(r); !ok {
		if !at.IsZero() {
			o.do(WakeAt{At: at})
		}
		return
	}
	for _, i := range r.conns {
		if len(o.queue) == 0 || o.probing() {
			return
		}
		if o.conns[i].state == connReady && !o.offer(i) {
			return // a limit says wait
		}
	}
	o.dial(r)
}

// askForClaims asks the scheduler for more, once until some have come.
func (o *Outbox) askForClaims() {
	if !o.loading && !o.asked {
		o.asked = true
		o.do(Planner{})
	}
}

// dropStale forgets claims whose lease is about to end; the scheduler finds
// them again.
func (o *Outbox) dropStale() {
	limit := o.now.Machine.Add(o.cfg.LeaseMargin)
	for len(o.queue) > 0 && o.queue[0].Delivery.WakeAt.Before(limit) {
		o.queue = o.queue[1:]
	}
}

// dial opens connections while there is more work than hands, or one single
// connection as a probe while the relay is not known to be well.
func (o *Outbox) dial(r *relay) {
	var closed []int
	dialing, probes := 0, 0
	for _, i := range r.conns {
		c := &o.conns[i]
		switch c.state {
		case connClosed:
			closed = append(closed, i)
			continue
		case connDialing:
			dialing++
		}
		if !c.older {
			probes++
		}
	}
	if len(closed) == 0 || !r.well() && probes > 0 {
		return // all are busy, or the probe is on its way
	}
	if !r.well() {
		closed, dialing = closed[:1], 0
	}
	want := o.offerable(len(closed)+dialing) - dialing
	for _, i := range closed[:min(len(closed), max(want, 0))] {
		o.conns[i] = conn{state: connDialing}
		o.do(Dial{Conn: i})
	}
}

func (o *Outbox) dialed(ev Dialed) {
	c := &o.conns[ev.Conn]
	if ev.Failure != nil {
		*c = conn{}
		if !o.stopping { // else it may be us who gave up
			o.relayFailed(o.relayOf(ev.Conn), ev.Failure.Reply, ev.Failure.Class)
		}
		return
	}
	c.state = connReady
	c.pipelining = ev.Pipelining
	c.lastUse, c.opened = o.now.Machine, o.now.Machine
	if o.sidelined(ev.Conn) {
		o.close(ev.Conn, true) // trouble came up while it was dialed
	}
}

// offer begins a transaction; it reports false if some limit forbids it.
func (o *Outbox) offer(i int) bool {
	r := o.relayOf(i)
	if ok, at := o.admits(r); !ok {
		if !at.IsZero() {
			o.do(WakeAt{At: at})
		}
		return false
	}
	item, ok := o.take(r)
	if !ok {
		return false
	}
	c := &o.conns[i]
	c.item = item
	c.state = connOffering
	c.used++
	o.do(Offer{Conn: i, Item: item})
	return true
}

func (o *Outbox) offered(ev Offered) {
	c := &o.conns[ev.Conn]
	if ev.Failure != nil {
		o.offerFailed(ev.Conn, *ev.Failure)
		return
	}
	if o.stopping || o.sidelined(ev.Conn) || o.weather.halt(c.item.Campaign, o.now.Machine) {
		c.back = true
		o.withdraw(ev.Conn)
		return
	}
	c.state, c.takes = connMarking, ev.Takes
	o.marks = append(o.marks, store.Mark{Fence: fenceOf(&c.item), Merge: ev.Merge, DailyLimit: o.dailyLimit(&c.item)})
	o.markConns = append(o.markConns, ev.Conn)
}

func (o *Outbox) offerFailed(i int, f Failure) {
	c := &o.conns[i]
	item := c.item
	if f.Unsaid {
		c.used--
		o.putBack(item)
		o.free(i, f.Usable)
		return
	}
	if c.used > 1 && endedBefore(f) {
		// The relay had enough of this connection: the claim is simply offered
		// again over a fresh one.
		o.putBack(item)
		o.close(i, false)
		return
	}
	if !o.returns(&item, f) {
		o.outcomes = append(o.outcomes, o.outcomeOf(&item, f.Reply, f.Class, f.Uncomposed))
	}
	o.judge(i, &item, f.Reply, f.Class, f.Uncomposed)
	o.free(i, f.Usable)
}

// endedBefore reports whether a connection came to its end while a message was offered:
// it was found closed, or the relay shut it with 421 (RFC 5321 §3.8).
func endedBefore(f Failure) bool {
	gone := f.Class == drip.ClassTransport || f.Reply.Code == 421 && throttledBy(f.Reply) == byRelay
	return gone && (f.Reply.Phase == drip.PhaseMail || f.Reply.Phase == drip.PhaseRcpt) && !f.Uncomposed
}

func (o *Outbox) transferred(ev Transferred) {
	c := &o.conns[ev.Conn]
	item := c.item
	o.outcomes = append(o.outcomes, o.outcomeOf(&item, ev.Reply, ev.Class, false))
	o.judge(ev.Conn, &item, ev.Reply, ev.Class, false)
	if c.next != nil {
		o.rode(ev.Conn, ev.Next)
		return
	}
	o.free(ev.Conn, ev.Usable)
}

func (o *Outbox) withdraw(i int) {
	o.conns[i].state = connResetting
	o.do(Withdraw{Conn: i})
}

func (o *Outbox) withdrawn(ev Withdrawn) {
	if c := &o.conns[ev.Conn]; c.back {
		c.back = false
		o.putBack(c.item)
	}
	o.free(ev.Conn, ev.Usable)
}

// free makes a connection ready for the next message, or closes it.
func (o *Outbox) free(i int, usable bool) {
	c := &o.conns[i]
	c.item = store.Claimed{}
	c.lastUse = o.now.Machine
	c.state = connReady
	if !usable || o.worn(i) || o.sidelined(i) {
		o.close(i, usable)
	}
}

// worn reports whether a connection has had enough messages, or is too old, for
// another one.
func (o *Outbox) worn(i int) bool {
	c, cfg := &o.conns[i], &o.relayOf(i).cfg
	return c.used >= cfg.PerConnection || cfg.MaxAge > 0 && o.now.Machine.Sub(c.opened) >= cfg.MaxAge
}

func (o *Outbox) close(i int, polite bool) {
	o.conns[i] = conn{}
	o.do(Close{Conn: i, Polite: polite})
}

func (o *Outbox) closeIdle() {
	var next time.Time
	for i := range o.conns {
		c := &o.conns[i]
		if c.state != connReady {
			continue
		}
		end := c.lastUse.Add(o.cfg.Idle)
		if !o.now.Machine.Before(end) {
			o.close(i, true)
		} else if next.IsZero() || end.Before(next) {
			next = end
		}
	}
	if !next.IsZero() {
		o.do(WakeAt{At: next})
	}
}

func (o *Outbox) localDate(item *store.Claimed) timing.Date {
	loc, err := o.cfg.Zones.Load(item.Delivery.Slot.Zone)
	if err != nil {
		loc = time.UTC
	}
	return timing.WallAt(o.now.Calendar.In(loc)).Date()
}

// dailyLimit returns the limit to be checked at the item's mark. Confirmations,
// and issues that leave at once because the reader just joined or asked, have
// none.
func (o *Outbox) dailyLimit(item *store.Claimed) int {
	e := &item.Enrollment
	if e.State == drip.EnrollmentPending || calendar.AtOnce(e, item.Delivery.Slot) {
		return 0
	}
	return o.cfg.DailyLimit
}
