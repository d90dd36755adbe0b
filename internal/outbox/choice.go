package outbox

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// maxReturns is how often a claim whose transaction ended before its mark, for a reason
// that seems to lie with the relay, is offered again at once: over the same relay, or
// over the next one, if its breaker opened. After that the reason may lie with the
// message.
const maxReturns = 2

// blocked answers whether a claim has to wait although its relay could take it, and
// until when; a zero time says that something else has to happen first.
func (o *Outbox) blocked(item *store.Claimed) (at time.Time, blocked bool) {
	now := o.now.Machine
	if len(o.weather.halted) > 0 && o.weather.halt(item.Campaign, now) {
		return o.weather.halted[item.Campaign], true
	}
	if o.domains.free() {
		return time.Time{}, false
	}
	name := item.Subscriber.Email.Domain()
	d := o.domains.of(name, now)
	switch {
	case d == nil:
		return time.Time{}, false
	case d.limit.Connections > 0 && o.underWay(name) >= d.limit.Connections:
		return time.Time{}, true
	}
	at = d.next(now)
	return at, at.After(now)
}

// underWay counts the transactions with recipients of a domain.
func (o *Outbox) underWay(domain string) int {
	n := 0
	for i := range o.conns {
		c := &o.conns[i]
		if c.state.busy() && c.item.Subscriber.Email.Domain() == domain {
			n++
		}
		if c.next != nil && c.next.Subscriber.Email.Domain() == domain {
			n++
		}
	}
	return n
}

// take takes the first claim from the queue that may go now, so that those of a domain
// that takes little never hold up the others.
func (o *Outbox) take(r *relay) (store.Claimed, bool) {
	limit := o.now.Machine.Add(o.cfg.LeaseMargin)
	for n := 0; n < len(o.queue); {
		item := &o.queue[n]
		if item.Delivery.WakeAt.Before(limit) { // the scheduler finds it again
			o.forget(item)
			o.unqueue(n)
			continue
		}
		at, blocked := o.blocked(item)
		if blocked {
			o.waits(at)
			n++
			continue
		}
		taken := *item
		o.unqueue(n)
		r.spend(o.now.Machine)
		if d := o.domainOf(&taken); d != nil {
			d.spend(o.now.Machine)
		}
		return taken, true
	}
	return store.Claimed{}, false
}

// unqueue takes a claim out of the queue. The first one, which it nearly always is, is
// cut off.
func (o *Outbox) unqueue(n int) {
	if n == 0 {
		o.queue = o.queue[1:]
		return
	}
	o.queue = slices.Delete(o.queue, n, n+1)
}

// domainOf returns what limits the domain of a claim; nil if nothing does.
func (o *Outbox) domainOf(item *store.Claimed) *domain {
	if o.domains.free() {
		return nil
	}
	return o.domains.of(item.Subscriber.Email.Domain(), o.now.Machine)
}

// waits notes that a claim was passed over, until at if that is known.
func (o *Outbox) waits(at time.Time) {
	o.passed++
	if !at.IsZero() && (o.soonest.IsZero() || at.Before(o.soonest)) {
		o.soonest = at
	}
}

// offerable counts the claims that may go now, up to a limit. Of those whose domain has
// a rate one counts.
func (o *Outbox) offerable(limit int) int {
	n, paced := 0, map[string]bool(nil)
	for i := range o.queue {
		if n == limit {
			break
		}
		item := &o.queue[i]
		at, blocked := o.blocked(item)
		if blocked {
			o.waits(at)
			continue
		}
		if d := o.domainOf(item); d != nil && d.interval(o.now.Machine) > 0 {
			name := item.Subscriber.Email.Domain()
			if paced[name] {
				continue
			}
			if paced == nil {
				paced = make(map[string]bool)
			}
			paced[name] = true
		}
		n++
	}
	return n
}

// setAside makes room when claims that have to wait for their domain crowd the queue:
// all but a few of each domain are put aside, to come back in their turn. Others, which
// are due later, could not be loaded otherwise. It reports whether it did.
func (o *Outbox) setAside() bool {
	crowded := o.passed >= max(1, o.cfg.Queue/8) && len(o.queue) >= o.cfg.Queue/2
	o.passed = 0
	if !crowded || o.domains.free() {
		return false
	}
	keep, seen := max(1, o.cfg.Queue/16), make(map[string]int)
	kept := o.queue[:0:0]
	for i := range o.queue {
		item := &o.queue[i]
		d := o.domainOf(item)
		if d != nil && d.limited(o.now.Machine) {
			name := item.Subscriber.Email.Domain()
			if seen[name]++; seen[name] > keep {
				o.forget(item)
				o.outcomes = append(o.outcomes, store.Outcome{
					Fence: fenceOf(item), State: drip.DeliveryDeferred, RetryAt: d.aside(o.now.Machine, keep),
					Reply: drip.Reply{Text: "waits for its turn at the recipient's domain", Local: true},
				})
				continue
			}
		}
		kept = append(kept, *item)
	}
	aside := len(kept) < len(o.queue)
	o.queue = kept
	return aside
}

// returns puts a claim back whose transaction ended before its mark, if the reason
// seems to lie with the relay: it may be offered again at once, also over another one,
// and no try is counted. It reports false if that was done often enough.
func (o *Outbox) returns(item *store.Claimed, f Failure) bool {
	if !beforeTheRecipient(f) || o.returned[fenceOf(item)] >= maxReturns {
		return false
	}
	if o.returned == nil {
		o.returned = make(map[store.Fence]int)
	}
	o.returned[fenceOf(item)]++
	o.putBack(*item)
	return true
}

// beforeTheRecipient reports whether a failed offer says nothing of the message or its
// recipient: the relay could not be used or was lost, or it wanted nothing of us. After
// the mark this is never asked.
func beforeTheRecipient(f Failure) bool {
	switch {
	case f.Uncomposed || f.Reply.Local:
		return false
	case f.Class == drip.ClassTransport, f.Class == drip.ClassThrottled && throttledBy(f.Reply) == byRelay:
		return true
	case f.Class == drip.ClassSender && refusesUs(f.Reply):
		return true
	}
	return f.Reply.Phase != drip.PhaseRcpt && (f.Class == drip.ClassSender || f.Class == drip.ClassThrottled || f.Class == drip.ClassDeferred)
}

// forget forgets how often a claim was put back.
func (o *Outbox) forget(item *store.Claimed) { delete(o.returned, fenceOf(item)) }
