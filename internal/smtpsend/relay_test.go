package smtpsend

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// to is the relay as the sender knows it.
func to(r *testkit.Relay) Relay {
	relay := Relay{Host: r.Host(), Port: r.Port(), TLS: NoTLS, HELO: "letters.example.org", Dial: r.Dial}
	if r.Roots() != nil {
		relay.TLSConfig = &tls.Config{RootCAs: r.Roots()}
	}
	return relay
}

// dialed is a connection to a relay over TCP with this script.
func dialed(t *testing.T, s testkit.Script) (*Conn, *testkit.Relay) {
	t.Helper()
	r := testkit.Start(t, s)
	return dial(t, to(r)), r
}

// piped is a connection to a relay over a pipe, for a bubble.
func piped(t *testing.T, s testkit.Script) (*Conn, *testkit.Relay) {
	t.Helper()
	r := testkit.Pipe(t, s)
	return dial(t, to(r)), r
}

// dial must succeed.
func dial(t *testing.T, r Relay) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), r)
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	t.Cleanup(c.Abort)
	return c
}

// refused dials a relay that cannot be used.
func refused(t *testing.T, ctx context.Context, r Relay) *Error {
	t.Helper()
	c, err := Dial(ctx, r)
	if err == nil {
		c.Abort()
		t.Fatal("Dial succeeded")
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("Dial: %T is not *Error", err)
	}
	return e
}

// check compares a reply by its phase, code, enhanced code and class.
func check(t *testing.T, r drip.Reply, phase drip.Phase, code int, enhanced string, class drip.Class) {
	t.Helper()
	if r.Phase != phase || r.Code != code || r.Enhanced != enhanced || Classify(r) != class {
		t.Errorf("reply is %+v (%q), want %s %d %s (%q)", r, Classify(r), phase, code, enhanced, class)
	}
}

// on is a rule for one moment.
func on(at testkit.Moment, do ...testkit.Step) testkit.Script {
	return testkit.Script{Rules: []testkit.Rule{{At: at, Do: do}}}
}

// ann is an envelope, letter a message for it.
var ann = Envelope{From: "b+1@example.org", To: "ann@example.net"}

const letter = "Message-ID: <1@example.org>\r\nSubject: Hi\r\n\r\n.\r\n..two dots\r\nlast\r\n"

// deliver offers and hands over one message.
func deliver(t *testing.T, c *Conn, msg string) drip.Reply {
	t.Helper()
	if r := c.Offer(t.Context(), ann); r.Code/100 != 2 {
		t.Fatalf("Offer: %+v", r)
	}
	return c.Data(t.Context(), []byte(msg))
}

// soon are timeouts for a bubble that are easy to tell apart.
var soon = Timeouts{
	Connect: time.Minute, Greeting: 2 * time.Minute, Command: 3 * time.Minute, Data: 4 * time.Minute,
	Block: 5 * time.Minute, Final: 10 * time.Minute, Tidy: 10 * time.Second,
}
