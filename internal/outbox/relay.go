package outbox

import (
	"time"

	"partwork/internal/drip"
)

// Pauses after failures of the relay as a whole, doubled with each one in a
// row.
const (
	firstRelayPause = 10 * time.Second
	maxRelayPause   = 5 * time.Minute
)

// relay is what is known of the relay's health.
type relay struct {
	failures  int       // in a row; 0 = well
	downUntil time.Time // machine; no dial before
}

// resting reports whether the relay is to be left alone now.
func (o *Outbox) resting() bool { return o.now.Machine.Before(o.relay.downUntil) }

// relayFailed notes a failure that is not the recipient's. While the pause
// runs nothing is offered; after it one connection probes.
func (o *Outbox) relayFailed(reply drip.Reply) {
	if o.resting() {
		return // another connection met the same trouble
	}
	pause := firstRelayPause
	for n := 0; n < o.relay.failures && pause < maxRelayPause; n++ {
		pause *= 2
	}
	o.relay.failures++
	o.relay.downUntil = o.now.Machine.Add(min(pause, maxRelayPause))
	o.do(Health{Until: o.relay.downUntil, Reply: reply})
	for i := range o.conns {
		if o.conns[i].state == connReady {
			o.close(i, true)
		}
	}
}

// relayWell notes a success. One that began before the trouble did proves
// nothing: the pause runs to its end.
func (o *Outbox) relayWell() {
	if o.relay.failures == 0 || o.resting() {
		return
	}
	o.relay = relay{}
	o.do(Health{Up: true})
}
