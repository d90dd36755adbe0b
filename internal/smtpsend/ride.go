package smtpsend

import (
	"bytes"
	"context"

	"partwork/internal/drip"
)

// maxRide is how long the commands that ride on a final dot may be together, in
// bytes. With the dot they fit one TLS record, even the shortest that crypto/tls
// makes, so that the relay gets all of them or none. Longer ones do not ride.
const maxRide = 1000

// ride is the envelope that goes out with a final dot.
type ride struct {
	commands string      // what is written after the dot; empty for nothing
	local    *drip.Reply // why the envelope was refused here
	said     bool        // the commands were written
}

// Pipelining says whether the relay takes commands before it has replied to the
// ones before them (RFC 2920). Only then may DataThenOffer be used.
func (c *Conn) Pipelining() bool { return c.pipelining }

// DataThenOffer is Data, with the offer of the next message riding on the final
// dot: dot, MAIL and RCPT are one write, and one round trip. The next envelope is
// asked for while the relay makes up its mind about DATA; false means that there is
// none after all. Answer must follow.
func (c *Conn) DataThenOffer(ctx context.Context, msg []byte, next func() (Envelope, bool)) drip.Reply {
	c.ride = ride{}
	return c.data(ctx, msg, func() { c.prepare(next) })
}

// prepare asks for the next envelope.
func (c *Conn) prepare(next func() (Envelope, bool)) {
	e, ok := next()
	if !ok {
		return
	}
	if local, refused := c.refuse(e); refused {
		c.ride.local = &local
		return
	}
	if commands := c.commands(e) + "\r\n"; len(commands) <= maxRide {
		c.ride.commands = commands
	}
}

// Answered says whether Answer would return at once: what it has to say is here, and no
// refusal, after which the relay is asked to forget the offer.
func (c *Conn) Answered() bool {
	if !c.ride.said || !c.Usable() {
		return true
	}
	r := c.client.Text.R
	heard, _ := r.Peek(r.Buffered())
	return replies(heard) >= 2 && !refuses(heard)
}

// refuses reports whether a line of what a relay has sent is not 2yz.
func refuses(heard []byte) bool {
	for line := range bytes.Lines(heard) {
		if line[0] != '2' {
			return true
		}
	}
	return false
}

// replies counts the whole replies in what a relay has sent (RFC 5321 §4.2.1).
func replies(heard []byte) int {
	n := 0
	for line := range bytes.Lines(heard) {
		if line[len(line)-1] == '\n' && (len(line) < 4 || line[3] != '-') {
			n++
		}
	}
	return n
}

// Answer returns what Offer would have returned for the envelope that rode on the
// last final dot. It reports false if the relay was not asked, or was gone before
// it could answer: then nothing is open there, and nothing was said against the
// message.
func (c *Conn) Answer(ctx context.Context) (drip.Reply, bool) {
	r := c.ride
	c.ride = ride{}
	switch {
	case r.local != nil:
		return *r.local, true
	case !r.said || !c.Usable():
		return drip.Reply{}, false
	}
	defer c.watch(ctx)()
	return c.hear(), true
}

// commands are MAIL and RCPT for an envelope, without the last line end.
func (c *Conn) commands(e Envelope) string {
	return c.mailCommand(e) + "\r\n" + rcptCommand(e)
}

// hear reads the replies to MAIL and RCPT that were written together. Whatever
// becomes of MAIL, RCPT is replied to, too (RFC 2920 §3.1), unless the relay leaves.
func (c *Conn) hear() drip.Reply {
	c.wire.allow(c.timeouts.Command)
	reply := c.receive(drip.PhaseMail, want2yz)
	if c.broken {
		return reply
	}
	if reply.Code/100 == 2 {
		c.wire.allow(c.timeouts.Command)
		reply = c.receive(drip.PhaseRcpt, want2yz)
	} else {
		c.wire.allow(c.timeouts.Tidy) // nothing depends on it
		c.receive(drip.PhaseRcpt, want2yz)
	}
	if reply.Code/100 != 2 {
		c.Withdraw()
	}
	return reply
}
