package outbox

import (
	"partwork/internal/store"
)

// transfer asks to send the composed message of a marked item, and lets the offer
// of another one ride on its final dot: that saves a round trip, and the outcome of
// the one and the mark of the other come to the same group commit.
func (o *Outbox) transfer(i int) {
	c := &o.conns[i]
	c.state = connSending
	c.next = o.rider(i)
	o.do(Transfer{Conn: i, Next: c.next})
}

// rider takes the next claim from the queue, if its offer may ride with c's
// message: whatever forbids an offer now, or would have the connection closed after
// this message, forbids it.
func (o *Outbox) rider(i int) *store.Claimed {
	c, r := &o.conns[i], o.relayOf(i)
	if !c.pipelining || !r.well() || o.worn(i) {
		return nil
	}
	o.dropStale()
	if len(o.queue) <= o.idleHands(r) {
		return nil
	}
	if ok, _ := o.admits(r); !ok {
		return nil
	}
	item, ok := o.take(r)
	if !ok {
		return nil
	}
	c.used++
	return &item
}

// idleHands counts the connections to a relay that will soon look for claims: riders
// must not leave them without.
func (o *Outbox) idleHands(r *relay) int {
	n := 0
	for _, i := range r.conns {
		if s := o.conns[i].state; s == connDialing || s == connReady {
			n++
		}
	}
	return n
}

// rode goes on with the item that rode, whose answer is here or to come.
func (o *Outbox) rode(i int, answer *Offered) {
	c := &o.conns[i]
	c.item, c.next = *c.next, nil
	c.state = connOffering
	if answer != nil {
		o.offered(*answer)
	}
}

// putBack has an item offered anew: nothing of it was submitted, and nothing was
// said against it.
func (o *Outbox) putBack(item store.Claimed) {
	if o.stopping {
		o.release([]store.Claimed{item})
		return
	}
	o.queue = append([]store.Claimed{item}, o.queue...)
}
