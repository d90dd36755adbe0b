package smtpsend

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// What may happen at DATA and after the final dot (RFC 5321 §4.2.5, RFC 1047):
// {accept, reject} × {reply, none, garbage, hang}.
func TestDataOutcomes(t *testing.T) {
	t.Parallel()
	do := func(steps ...testkit.Step) []testkit.Step { return steps }
	tests := []struct {
		name     string
		at       testkit.Moment
		do       []testkit.Step
		phase    drip.Phase
		code     int
		class    drip.Class
		accepted bool
		usable   bool
	}{
		{"Data451", testkit.AtData, do(testkit.Say("451 4.3.0 later")), drip.PhaseData, 451, deferred, false, true},
		{"Data554", testkit.AtData, do(testkit.Say("554 5.6.0 no")), drip.PhaseData, 554, message, false, true},
		{"Data421", testkit.AtData, do(testkit.Say("421 4.3.2 bye")), drip.PhaseData, 421, throttled, false, false},
		{"Data421Drop", testkit.AtData, do(testkit.Say("421 4.3.2 bye"), testkit.Drop()), drip.PhaseData, 421, throttled, false, false},
		{"Data250", testkit.AtData, do(testkit.Say("250 ok")), drip.PhaseData, 0, transport, false, false},
		{"Data334", testkit.AtData, do(testkit.Say("334 ok")), drip.PhaseData, 0, transport, false, false},
		{"DataDrop", testkit.AtData, do(testkit.Drop()), drip.PhaseData, 0, transport, false, false},
		{"DataGarbage", testkit.AtData, do(testkit.Bytes("\x00\xff\r\n")), drip.PhaseData, 0, transport, false, false},
		{"Data354And250", testkit.AtData, do(testkit.Bytes("354 go\r\n250 queued\r\n")), drip.PhaseBody, 0, transport, false, false},

		{"Accept250", testkit.AtFinal, do(testkit.Say("250 2.0.0 queued as 7")), drip.PhaseFinal, 250, accepted, true, true},
		{"Accept251", testkit.AtFinal, do(testkit.Say("251 forwarded")), drip.PhaseFinal, 251, accepted, true, true},
		{"Accept250Drop", testkit.AtFinal, do(testkit.Say("250 ok"), testkit.Drop()), drip.PhaseFinal, 250, accepted, true, true},
		{"Accept250Reset", testkit.AtFinal, do(testkit.Say("250 ok"), testkit.HalfClose()), drip.PhaseFinal, 250, accepted, true, true},
		{"AcceptDrop", testkit.AtFinal, do(testkit.Accept(), testkit.Drop()), drip.PhaseFinal, 0, unknown, true, false},
		{"AcceptReset", testkit.AtFinal, do(testkit.Accept(), testkit.Reset()), drip.PhaseFinal, 0, unknown, true, false},
		{"AcceptGarbage", testkit.AtFinal, do(testkit.Accept(), testkit.Bytes("fine\r\n")), drip.PhaseFinal, 0, unknown, true, false},
		{"Accept354", testkit.AtFinal, do(testkit.Accept(), testkit.Bytes("354 more\r\n")), drip.PhaseFinal, 0, unknown, true, false},
		{"AcceptEndless", testkit.AtFinal, do(testkit.Accept(), testkit.Endless("250-and")), drip.PhaseFinal, 0, unknown, true, false},
		{"AcceptHuge", testkit.AtFinal, do(testkit.Accept(), testkit.Huge("250 ", 64<<20)), drip.PhaseFinal, 0, unknown, true, false},
		{"AcceptHalfClose", testkit.AtFinal, do(testkit.Accept(), testkit.HalfClose()), drip.PhaseFinal, 0, unknown, true, false},
		{"AcceptCutOff", testkit.AtFinal, do(testkit.Accept(), testkit.Bytes("250 2.0"), testkit.Drop()), drip.PhaseFinal, 0, unknown, true, false},
		{"RejectDrop", testkit.AtFinal, do(testkit.Drop()), drip.PhaseFinal, 0, unknown, false, false},
		{"Reject451", testkit.AtFinal, do(testkit.Say("451 4.3.0 later")), drip.PhaseFinal, 451, deferred, false, true},
		{"Reject554", testkit.AtFinal, do(testkit.Say("554 5.6.0 no")), drip.PhaseFinal, 554, message, false, true},
		{"Reject550Person", testkit.AtFinal, do(testkit.Say("550 5.1.1 unknown")), drip.PhaseFinal, 550, recipient, false, true},
		{"Reject421", testkit.AtFinal, do(testkit.Say("421 4.7.0 slow down")), drip.PhaseFinal, 421, throttled, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, on(tt.at, tt.do...))
			reply := deliver(t, c, letter)
			if reply.Phase != tt.phase || reply.Code != tt.code || Classify(reply) != tt.class {
				t.Errorf("reply is %+v (%q)", reply, Classify(reply))
			}
			if c.Usable() != tt.usable {
				t.Errorf("usable is %t", c.Usable())
			}
			c.Abort()
			r.AwaitEnded(t, 1)
			if got := len(r.Accepted()) == 1; got != tt.accepted {
				t.Errorf("accepted is %t", got)
			}
			if tx := r.Transactions()[0]; !tx.Complete && len(tx.Raw) > 0 && !strings.HasPrefix(letter, string(tx.Raw)) {
				t.Errorf("after DATA the relay read %q", tx.Raw)
			}
		})
	}
}

func TestDataTimeouts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		at    testkit.Moment
		pause time.Duration
		phase drip.Phase
		class drip.Class
		after time.Duration
	}{
		{"Rcpt", testkit.AtRcpt, soon.Command - time.Second, drip.PhaseFinal, accepted, soon.Command - time.Second},
		{"RcptTooLate", testkit.AtRcpt, soon.Command + time.Second, drip.PhaseRcpt, transport, soon.Command},
		{"Data", testkit.AtData, soon.Data - time.Second, drip.PhaseFinal, accepted, soon.Data - time.Second},
		{"DataTooLate", testkit.AtData, soon.Data + time.Second, drip.PhaseData, transport, soon.Data},
		{"Block", testkit.AtBody, soon.Block - time.Second, drip.PhaseFinal, accepted, soon.Block - time.Second},
		{"BlockTooLate", testkit.AtBody, soon.Block + time.Second, drip.PhaseBody, transport, soon.Block},
		{"Final599s", testkit.AtFinal, 599 * time.Second, drip.PhaseFinal, accepted, 599 * time.Second},
		{"Final601s", testkit.AtFinal, 601 * time.Second, drip.PhaseFinal, unknown, 600 * time.Second},
	}
	big := letter + strings.Repeat("0123456789\r\n", 2000)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := testkit.Pipe(t, testkit.Script{Rules: []testkit.Rule{{At: tt.at, After: 1, Do: []testkit.Step{testkit.Pause(tt.pause)}}}})
				relay := to(r)
				relay.Timeouts = soon
				c := dial(t, relay)
				start := time.Now()
				reply := c.Offer(t.Context(), ann)
				if reply.Code == 250 {
					reply = c.Data(t.Context(), []byte(big))
				}
				if reply.Phase != tt.phase || Classify(reply) != tt.class {
					t.Errorf("reply is %+v (%q)", reply, Classify(reply))
				}
				if got := time.Since(start); got != tt.after {
					t.Errorf("it took %v, want %v", got, tt.after)
				}
			})
		})
	}
}

// However far a message has got, an abort delivers nothing of it: the relay
// sees the end of the connection before the dot (RFC 5321 §4.1.1.4).
func TestAbortDeliversNothing(t *testing.T) {
	t.Parallel()
	big := letter + strings.Repeat("A line of sixty-four bytes, with its end, and no dot in front.\r\n", 2000)
	for _, security := range []testkit.Security{testkit.Plain, testkit.Implicit} {
		for after := 1; after < len(big); after += 9001 {
			for _, how := range []string{"Abort", "Context"} {
				t.Run(fmt.Sprintf("%d/%s/%d", security, how, after), func(t *testing.T) {
					t.Parallel()
					gate := testkit.NewGate()
					r := testkit.Pipe(t, testkit.Script{Security: security,
						Rules: []testkit.Rule{{At: testkit.AtBody, After: after, Do: []testkit.Step{testkit.Hold(gate)}}}})
					relay := to(r)
					if security == testkit.Implicit {
						relay.TLS = ImplicitTLS
					}
					c := dial(t, relay)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					c.Offer(ctx, ann)
					go func() {
						gate.Await(t)
						if how == "Abort" {
							c.Abort()
						} else {
							cancel()
						}
					}()
					reply := c.Data(ctx, []byte(big))
					if reply.Code != 0 || reply.Phase != drip.PhaseBody {
						t.Errorf("reply is %+v", reply)
					}
					if c.Usable() {
						t.Error("the connection is usable")
					}
					gate.Open()
					r.AwaitEnded(t, 1)
					r.ExactlyOnce(t)
					if tx := r.Transactions()[0]; tx.Complete || bytes.HasSuffix(tx.Raw, []byte("\r\n.\r\n")) {
						t.Error("the relay saw a final dot")
					}
				})
			}
		}
	}
}

// An abort while the relay thinks about a whole message leaves it unknown.
func TestAbortAfterTheDotIsUnknown(t *testing.T) {
	t.Parallel()
	gate := testkit.NewGate()
	c, r := dialed(t, on(testkit.AtFinal, testkit.Hold(gate)))
	go func() {
		gate.Await(t)
		c.Abort()
	}()
	check(t, deliver(t, c, letter), drip.PhaseFinal, 0, "", unknown)
	gate.Open()
	r.AwaitEnded(t, 1)
	r.ExactlyOnce(t, "<1@example.org>")
}

// A relay that hangs up in the middle of a message has not accepted it.
func TestHangUpInTheBody(t *testing.T) {
	t.Parallel()
	big := letter + strings.Repeat("0123456789\r\n", 20000)
	for name, step := range map[string]testkit.Step{"Drop": testkit.Drop(), "Reply": testkit.Say("421 4.3.2 bye")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, r := piped(t, testkit.Script{Rules: []testkit.Rule{
					{At: testkit.AtBody, After: 5000, Do: []testkit.Step{step, testkit.Drop()}}}})
				check(t, deliver(t, c, big), drip.PhaseBody, 0, "", transport)
				r.ExactlyOnce(t)
			})
		})
	}
}

// The message arrives byte for byte, whatever is in it, on one connection.
func TestBytesArriveAsTheyAre(t *testing.T) {
	t.Parallel()
	c, r := dialed(t, testkit.Script{})
	rng := rand.New(rand.NewPCG(1, 2))
	messages := []string{
		"", ".\r\n", "..\r\n", "a\r\n.\r\n\r\n", "no line end", ".no line end", "\r\n", "\r\n.",
		strings.Repeat(".\r\n", blockSize/2),            // every line is stuffed, over several blocks
		strings.Repeat("x", 3*blockSize) + "\r\n.\r\ny", // one line longer than a block
	}
	for range 30 {
		var b strings.Builder
		for range rng.IntN(20000) {
			b.WriteString([]string{".", "a", "\r\n", "=\r\n."}[rng.IntN(4)])
		}
		messages = append(messages, b.String())
	}
	for i, msg := range messages {
		check(t, deliver(t, c, msg), drip.PhaseFinal, 250, "2.0.0", accepted)
		want := msg
		if want != "" && !strings.HasSuffix(want, "\r\n") {
			want += "\r\n"
		}
		if got := string(r.Transactions()[i].Body); got != want {
			t.Fatalf("message %d of %d bytes arrived with %d", i, len(want), len(got))
		}
	}
	if opened, _ := r.Connections(); opened != 1 {
		t.Errorf("%d connections", opened)
	}
}

// A line end other than CRLF never reaches a relay (SMTP smuggling).
func TestLooseLineEndsAreRefused(t *testing.T) {
	t.Parallel()
	c, r := dialed(t, testkit.Script{})
	for _, msg := range []string{"a\n", "a\rb\r\n", "\n.\n", "a\r\r\n", "a\r\n.\rx\r\n", "a\r"} {
		reply := deliver(t, c, msg)
		check(t, reply, drip.PhaseData, 554, "5.6.0", message)
		if !c.Usable() {
			t.Fatal("the connection is not usable")
		}
	}
	check(t, deliver(t, c, letter), drip.PhaseFinal, 250, "2.0.0", accepted)
	r.ExactlyOnce(t, "<1@example.org>")
}

// A connection closed by the relay after n messages costs nothing but a
// deferral, whichever n it is.
func TestRelayLimitsMessagesPerConnection(t *testing.T) {
	t.Parallel()
	for limit := 1; limit <= 5; limit++ {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, testkit.Script{MaxMessages: limit})
			for range limit {
				check(t, deliver(t, c, letter), drip.PhaseFinal, 250, "2.0.0", accepted)
			}
			check(t, c.Offer(t.Context(), ann), drip.PhaseMail, 421, "4.7.0", throttled)
			if c.Usable() || len(r.Accepted()) != limit {
				t.Errorf("usable %t, %d accepted", c.Usable(), len(r.Accepted()))
			}
		})
	}
}

// A relay that refuses in the middle of a message, and hangs up, has said why: it is not
// a network that fails.
func TestRefusalInTheBody(t *testing.T) {
	t.Parallel()
	// More than any socket holds back, so that the end is met while writing.
	big := letter + strings.Repeat(strings.Repeat("x", 1022)+"\r\n", 16<<10)
	for _, security := range []testkit.Security{testkit.Plain, testkit.Implicit} {
		for _, tt := range []struct {
			says     string
			code     int
			enhanced string
			class    drip.Class
		}{
			{"552 5.3.4 too big", 552, "5.3.4", message},
			{"451 4.3.0 queue file write error", 451, "4.3.0", deferred},
			{"421 4.3.2 bye", 421, "4.3.2", throttled},
			{"250 2.0.0 queued", 0, "", transport}, // it is not, and says so of nothing
			{"354 go on", 0, "", transport},
			{"no", 0, "", transport},
		} {
			t.Run(fmt.Sprintf("%d/%s", security, tt.says), func(t *testing.T) {
				t.Parallel()
				r := testkit.Start(t, testkit.Script{Security: security, Extensions: []string{}, Rules: []testkit.Rule{
					{At: testkit.AtBody, After: 5000, Do: []testkit.Step{testkit.Say(tt.says), testkit.Drop()}}}})
				relay := to(r)
				if security == testkit.Implicit {
					relay.TLS = ImplicitTLS
				}
				c := dial(t, relay)
				check(t, deliver(t, c, big), drip.PhaseBody, tt.code, tt.enhanced, tt.class)
				if c.Usable() {
					t.Error("the connection is usable")
				}
				r.AwaitEnded(t, 1)
				r.ExactlyOnce(t)
			})
		}
	}
}
