package testkit

import (
	"sync"
	"testing"
	"time"
)

// Security says how a [Relay] offers TLS.
type Security int

// The ways to offer TLS.
const (
	// Plain offers none. It is the zero value.
	Plain Security = iota
	// StartTLS offers STARTTLS (RFC 3207) and nothing else is required.
	StartTLS
	// Implicit speaks TLS from the first byte (RFC 8314 §3.3).
	Implicit
)

// Script says how a [Relay] behaves. The zero value is a polite relay without
// TLS and without accounts that accepts everything.
type Script struct {
	// Extensions are the EHLO keywords to offer besides STARTTLS and AUTH;
	// nil offers PIPELINING, SIZE 10485760, 8BITMIME and
	// ENHANCEDSTATUSCODES. An empty slice offers none.
	Extensions []string
	// Security is how TLS is offered.
	Security Security
	// CertName is the DNS name in the certificate; empty means one that is
	// right for every address the relay is reached at.
	CertName string
	// CertExpired makes the certificate one of the past.
	CertExpired bool
	// Users maps names to passwords. When it is not empty, AUTH PLAIN and
	// LOGIN are offered and MAIL is refused before a login.
	Users map[string]string
	// Mechanisms replaces the offered list "PLAIN LOGIN".
	Mechanisms string
	// MaxMessages is how many MAIL commands one connection may give before
	// it gets a 421 and is closed; 0 means no limit.
	MaxMessages int
	// Rules are looked through in order; the first one that fits decides
	// what happens at a moment. Without one, the polite reply is given.
	Rules []Rule
}

// Moment is a point of the dialogue at which a [Rule] may act, before the
// relay replies.
type Moment string

// The moments of a connection, in order.
const (
	AtBanner   Moment = "banner"
	AtEhlo     Moment = "EHLO"
	AtHelo     Moment = "HELO"
	AtStartTLS Moment = "STARTTLS"
	AtAuth     Moment = "AUTH"
	AtMail     Moment = "MAIL"
	AtRcpt     Moment = "RCPT"
	AtData     Moment = "DATA"
	// AtBody is while the message is read, see Rule.After.
	AtBody Moment = "body"
	// AtFinal is when the final dot was read.
	AtFinal Moment = "final"
	AtRset  Moment = "RSET"
	AtNoop  Moment = "NOOP"
	AtQuit  Moment = "QUIT"
)

// Rule changes what happens at one moment.
type Rule struct {
	// At is the moment; required.
	At Moment
	// Conn is the connection, counted from 1; 0 means every one.
	Conn int
	// Message is the transaction of its connection, counted from 1 at each
	// MAIL; 0 means every one.
	Message int
	// Arg must be part of the command line; empty fits every command.
	Arg string
	// After is how many bytes of the message are read before a rule for
	// AtBody acts.
	After int
	// Times is how often the rule acts; 0 means always.
	Times int
	// Do is carried out in order. When no step of it answers, the polite
	// reply follows.
	Do []Step
}

// Step is one action of a [Rule].
type Step struct {
	do func(*session) error
	// answers says that the polite reply must not follow.
	answers bool
}

// Say replies with these lines, each a complete one without its CRLF, such as
// "450 4.7.1 later" or "250-first", "250 last". At AtFinal a line that starts
// with 2 accepts the message.
func Say(lines ...string) Step {
	return Step{answers: true, do: func(s *session) error { return s.say(lines...) }}
}

// Bytes sends raw as it is.
func Bytes(raw string) Step {
	return Step{answers: true, do: func(s *session) error { return s.send(raw) }}
}

// Hold waits until the gate is opened.
func Hold(g *Gate) Step {
	return Step{do: func(s *session) error { return g.wait(s.relay.done) }}
}

// Accept takes the message whatever is replied: what a relay does that accepts
// and then cannot say so (RFC 1047).
func Accept() Step {
	return Step{do: func(s *session) error { s.accept(); return nil }}
}

// Silence gives no reply and reads on.
func Silence() Step {
	return Step{answers: true, do: func(*session) error { return nil }}
}

// Drop closes the connection.
func Drop() Step {
	return Step{answers: true, do: func(*session) error { return errDropped }}
}

// Reset closes the connection with a TCP reset where there is TCP.
func Reset() Step {
	return Step{answers: true, do: func(s *session) error { s.linger(); return errDropped }}
}

// HalfClose ends the relay's side of the connection and reads on.
func HalfClose() Step {
	return Step{answers: true, do: func(s *session) error { return s.halfClose() }}
}

// Endless sends the line, with CRLF, until the client hangs up.
func Endless(line string) Step {
	return Step{answers: true, do: func(s *session) error { return s.endless(line) }}
}

// Huge sends start and then n bytes without a line end.
func Huge(start string, n int) Step {
	return Step{answers: true, do: func(s *session) error { return s.huge(start, n) }}
}

// Pause lets d pass. It is meant for tests in a testing/synctest bubble; with
// a real clock use [Hold].
func Pause(d time.Duration) Step {
	return Step{do: func(s *session) error { return s.pause(d) }}
}

// Trickle sends text one byte at a time, every so often. It is meant for
// tests in a testing/synctest bubble.
func Trickle(text string, every time.Duration) Step {
	return Step{answers: true, do: func(s *session) error {
		for i := range len(text) {
			if err := s.pause(every); err != nil {
				return err
			}
			if err := s.send(text[i : i+1]); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Gate holds a relay back until a test opens it. The zero value is not usable;
// use [NewGate].
type Gate struct {
	open, reached       chan struct{}
	openOnce, reachOnce sync.Once
}

// NewGate returns a closed gate.
func NewGate() *Gate {
	return &Gate{open: make(chan struct{}), reached: make(chan struct{})}
}

// Open lets everybody pass, now and later. It may be called more than once.
func (g *Gate) Open() { g.openOnce.Do(func() { close(g.open) }) }

// Await returns when a connection has come to the gate, and fails the test
// when none does.
func (g *Gate) Await(t testing.TB) {
	t.Helper()
	select {
	case <-g.reached:
	case <-time.After(patience):
		t.Fatal("nobody came to the gate")
	}
}

// wait is the relay's side of the gate.
func (g *Gate) wait(done <-chan struct{}) error {
	g.reachOnce.Do(func() { close(g.reached) })
	select {
	case <-g.open:
		return nil
	case <-done:
		return errDropped
	}
}
