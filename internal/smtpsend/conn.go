package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"partwork/internal/drip"
)

// Envelope says who a message is from and for.
type Envelope struct {
	// From and To are bare addr-specs that were validated before, domains as
	// A-labels. An empty From is the null reverse-path.
	From, To string
	// UTF8 says that an address needs SMTPUTF8 (RFC 6531 §3.4); without it
	// the extension is never asked for.
	UTF8 bool
	// Size is how many bytes the message has (RFC 1870); 0 means unknown.
	Size int
}

// Conn is one connection to a relay. A transaction is Offer, then Data or
// Withdraw; DataThenOffer and Answer are Data and the next Offer in one. Only Abort
// may be called from another goroutine.
type Conn struct {
	client   *smtp.Client
	wire     *wire
	timeouts Timeouts

	sizeOffered, utf8Offered, pipelining bool
	sizeLimit                            int // 0 means none

	// broken says that the connection is out of step with the relay.
	broken  bool
	aborted atomic.Bool
	// block is the memory for the bytes on their way, kept for the next message.
	block []byte
	ride  ride
}

// Usable says whether another message may be offered. When it is false the
// owner calls Abort and forgets the connection.
func (c *Conn) Usable() bool { return !c.broken && !c.aborted.Load() }

// Offer gives MAIL and RCPT, both at once if the relay takes that. It returns the 2yz reply to RCPT, after which
// Data or Withdraw must follow, or the reply or failure that ended the
// attempt, after which nothing is open at the relay. An envelope that this
// relay cannot take is refused here, in a reply like the relay's own, before
// MAIL. When ctx ends, the connection is aborted.
func (c *Conn) Offer(ctx context.Context, e Envelope) drip.Reply {
	if local, refused := c.refuse(e); refused {
		return local
	}
	defer c.watch(ctx)()
	if c.pipelining {
		if err := c.ask(c.timeouts.Command, c.commands(e)); err != nil {
			return c.fail(drip.PhaseMail, err)
		}
		return c.hear()
	}
	reply := c.exchange(drip.PhaseMail, c.timeouts.Command, want2yz, c.mailCommand(e))
	if reply.Code/100 == 2 {
		reply = c.exchange(drip.PhaseRcpt, c.timeouts.Command, want2yz, rcptCommand(e))
	}
	if reply.Code/100 != 2 {
		c.Withdraw()
	}
	return reply
}

// mailCommand is MAIL with the parameters that the relay offers and the
// envelope needs. The message has 7-bit bytes, so BODY is never one of them.
func (c *Conn) mailCommand(e Envelope) string {
	command := "MAIL FROM:<" + e.From + ">"
	if c.sizeOffered && e.Size > 0 {
		command += fmt.Sprintf(" SIZE=%d", e.Size) // RFC 1870 §6
	}
	if e.UTF8 {
		command += " SMTPUTF8" // RFC 6531 §3.4
	}
	return command
}

// rcptCommand is RCPT, which needs no parameters.
func rcptCommand(e Envelope) string { return "RCPT TO:<" + e.To + ">" }

// Withdraw takes an offer back with RSET. When the relay does not agree, the
// connection is no longer usable.
func (c *Conn) Withdraw() {
	if !c.Usable() {
		return
	}
	if reply := c.exchange("", c.timeouts.Tidy, want2yz, "RSET"); reply.Code/100 != 2 {
		c.broken = true
	}
}

// Quit says goodbye, waits a short while for the answer and closes the
// connection. Its error changes nothing about any message.
func (c *Conn) Quit() error {
	defer c.Abort()
	if !c.Usable() {
		return nil
	}
	if reply := c.exchange("", c.timeouts.Tidy, want2yz, "QUIT"); reply.Code/100 != 2 {
		return fmt.Errorf("quit: %d %s", reply.Code, reply.Text)
	}
	return nil
}

// Abort closes the socket at once and says nothing, which ends a Data or an
// Offer that is in progress in another goroutine. A message whose final dot
// was not sent is not delivered by it.
func (c *Conn) Abort() {
	c.aborted.Store(true)
	// The socket itself: closing TLS properly would write to it first.
	_ = c.wire.Close()
}

// watch aborts when ctx ends; the function it returns ends the watch.
func (c *Conn) watch(ctx context.Context) func() {
	stop := context.AfterFunc(ctx, c.Abort)
	return func() { stop() }
}

// The replies that let a transaction go on: any 2yz, and for DATA 354.
const (
	want2yz = 2
	want354 = 354
)

// exchange gives one command and reads the reply to it. A reply that is
// neither what is wanted nor 4yz nor 5yz is out of step and counts as none.
func (c *Conn) exchange(phase drip.Phase, limit time.Duration, want int, command string) drip.Reply {
	if err := c.ask(limit, command); err != nil {
		return c.fail(phase, err)
	}
	return c.receive(phase, want)
}

// ask gives commands whose replies have this much time to come.
func (c *Conn) ask(limit time.Duration, commands string) error {
	if !c.Usable() {
		return errUnusable
	}
	c.wire.allow(limit)
	return c.send(commands)
}

// send writes commands, unless the relay has spoken out of turn: then what
// it said is taken for its reply, which it is when a relay that shuts down
// says 421 (RFC 5321 §3.8).
func (c *Conn) send(commands string) error {
	if c.client.Text.R.Buffered() > 0 {
		c.broken = true
		return nil
	}
	_, err := io.WriteString(c.client.Text.W, commands+"\r\n")
	if err != nil {
		return err
	}
	err = c.client.Text.W.Flush()
	if err != nil && c.parting() {
		return nil
	}
	return err
}

// parting says whether the relay, which takes no more commands, left a word
// before it went: the 421 that explains why.
func (c *Conn) parting() bool {
	c.broken = true
	c.wire.allow(min(time.Second, c.timeouts.Tidy))
	_, err := c.client.Text.R.Peek(1)
	return err == nil
}

// receive reads one reply. On a connection that is out of step already only
// 421 is understood: anything else may be about another command.
func (c *Conn) receive(phase drip.Phase, want int) drip.Reply {
	code, text, err := readReply(c.client.Text.R)
	switch {
	case err != nil:
		return c.fail(phase, err)
	case code == 421:
		c.broken = true
	case c.broken || !inStep(code, want):
		return c.fail(phase, fmt.Errorf("%w: %d", errOutOfStep, code))
	}
	return understand(phase, code, text)
}

// inStep says whether a code may be the reply to a command that wants 2yz or
// 354.
func inStep(code, want int) bool {
	first := code / 100
	return first == 4 || first == 5 || code == want || first == want
}

// Reasons for a connection to end.
var (
	errUnusable  = errors.New("the connection was closed")
	errOutOfStep = errors.New("the relay replied out of step")
)

// fail makes a reply of a failure; the connection is out of step from then on.
func (c *Conn) fail(phase drip.Phase, err error) drip.Reply {
	c.broken = true
	return drip.Reply{Phase: phase, Text: scrub(err.Error())}
}
