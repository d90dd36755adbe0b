package smtpsend

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// bob is the envelope that rides on the message for ann.
var bob = Envelope{From: "b+2@example.org", To: "bob@example.net"}

// second is bob's message.
const second = "Message-ID: <2@example.org>\r\n\r\nHi\r\n"

// rides sends ann's message with bob's envelope, and returns what came of both.
func rides(t *testing.T, c *Conn, msg string) (dot, answer drip.Reply, ok bool) {
	t.Helper()
	if r := c.Offer(t.Context(), ann); r.Code/100 != 2 {
		t.Fatalf("Offer: %+v", r)
	}
	dot = c.DataThenOffer(t.Context(), []byte(msg), func() (Envelope, bool) { return bob, true })
	answer, ok = c.Answer(t.Context())
	return dot, answer, ok
}

// together is a relay that replies to nothing between the final dot of the first
// message and RCPT of the second, and then to all of it.
func together(do ...testkit.Step) testkit.Script {
	return testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtFinal, Message: 1, Do: []testkit.Step{testkit.Accept(), testkit.Silence()}},
		{At: testkit.AtMail, Message: 2, Do: []testkit.Step{testkit.Silence()}},
		{At: testkit.AtRcpt, Message: 2, Do: do},
	}}
}

const threeReplies = "250-2.0.0 queued\r\n250 2.0.0 as 7\r\n250 2.1.0 ok\r\n250-2.1.5 fine\r\n250 2.1.5 ok\r\n"

func TestMailAndRcptAreOneWriteWhereThatIsOffered(t *testing.T) {
	t.Parallel()
	c, _ := dialed(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtMail, Do: []testkit.Step{testkit.Silence()}},
		{At: testkit.AtRcpt, Do: []testkit.Step{testkit.Bytes("250 2.1.0 ok\r\n250 2.1.5 fine\r\n")}},
	}})
	check(t, c.Offer(t.Context(), ann), drip.PhaseRcpt, 250, "2.1.5", goOn)
	check(t, c.Data(t.Context(), []byte(letter)), drip.PhaseFinal, 250, "2.0.0", accepted)
}

func TestOneCommandAtATimeWhereNoMoreIsOffered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := testkit.Pipe(t, testkit.Script{Extensions: []string{"SIZE"},
			Rules: []testkit.Rule{{At: testkit.AtMail, Do: []testkit.Step{testkit.Silence()}}}})
		c := dial(t, to(r))
		if c.Pipelining() {
			t.Error("pipelining was not offered")
		}
		check(t, c.Offer(t.Context(), ann), drip.PhaseMail, 0, "", transport)
		if got := r.Verbs(1); !slices.Equal(got, []string{"EHLO", "MAIL"}) {
			t.Errorf("commands are %q", got)
		}
	})
}

// Dot, MAIL and RCPT need one round trip: the relay gets all of them before it
// has said anything.
func TestAnOfferRidesOnTheFinalDot(t *testing.T) {
	t.Parallel()
	c, r := dialed(t, together(testkit.Bytes(threeReplies)))
	if !c.Pipelining() {
		t.Error("pipelining was offered")
	}
	dot, answer, ok := rides(t, c, letter)
	check(t, dot, drip.PhaseFinal, 250, "2.0.0", accepted)
	check(t, answer, drip.PhaseRcpt, 250, "2.1.5", goOn)
	if !ok || dot.Text != "queued as 7" {
		t.Errorf("answered %t, the dot with %q", ok, dot.Text)
	}
	check(t, c.Data(t.Context(), []byte(second)), drip.PhaseFinal, 250, "2.0.0", accepted)
	r.ExactlyOnce(t, "<1@example.org>", "<2@example.org>")
	want := []string{"EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA"}
	if got := r.Verbs(1); !slices.Equal(got, want) {
		t.Errorf("commands are %q", got)
	}
	for _, tx := range r.Transactions() {
		if tx.Early {
			t.Error("something was written after DATA before its reply")
		}
	}
	if tx := r.Transactions()[1]; tx.From != bob.From || !slices.Equal(tx.To, []string{bob.To}) {
		t.Errorf("the second envelope is %q %q", tx.From, tx.To)
	}
}

// However the replies are cut into pieces, they mean the same.
func TestRepliesMayComeInPieces(t *testing.T) {
	t.Parallel()
	for every := range 3 {
		synctest.Test(t, func(t *testing.T) {
			c, r := piped(t, together(testkit.Trickle(threeReplies, time.Duration(every)*time.Second)))
			dot, answer, ok := rides(t, c, letter)
			check(t, dot, drip.PhaseFinal, 250, "2.0.0", accepted)
			check(t, answer, drip.PhaseRcpt, 250, "2.1.5", goOn)
			check(t, c.Data(t.Context(), []byte(second)), drip.PhaseFinal, 250, "2.0.0", accepted)
			if !ok {
				t.Error("not answered")
			}
			r.ExactlyOnce(t, "<1@example.org>", "<2@example.org>")
		})
	}
}

// Wherever a relay falls silent, what it has said counts, and no more.
func TestTheRelayMayLeaveAfterEveryByte(t *testing.T) {
	t.Parallel()
	const dotEnd = len("250-2.0.0 queued\r\n250 2.0.0 as 7\r\n")
	const mailEnd = dotEnd + len("250 2.1.0 ok\r\n")
	for said := range len(threeReplies) {
		t.Run(fmt.Sprint(said), func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, together(testkit.Bytes(threeReplies[:said]), testkit.Drop()))
			dot, answer, ok := rides(t, c, letter)
			switch {
			case said < dotEnd:
				check(t, dot, drip.PhaseFinal, 0, "", unknown)
				if ok {
					t.Errorf("answer is %+v", answer)
				}
			case said < mailEnd:
				check(t, dot, drip.PhaseFinal, 250, "2.0.0", accepted)
				check(t, answer, drip.PhaseMail, 0, "", transport)
			default:
				check(t, dot, drip.PhaseFinal, 250, "2.0.0", accepted)
				check(t, answer, drip.PhaseRcpt, 0, "", transport)
			}
			if c.Usable() {
				t.Error("the connection is usable")
			}
			r.ExactlyOnce(t, "<1@example.org>")
		})
	}
}

// Every reply is taken for its own command's, whatever the others are, and a
// refused offer leaves nothing open.
func TestRepliesToARideAreToldApart(t *testing.T) {
	t.Parallel()
	const gone = "421 4.3.2 bye"
	say := map[testkit.Moment][]string{
		testkit.AtFinal: {"250 2.0.0 queued", "451 4.3.0 later", "554 5.6.0 no", gone},
		testkit.AtMail:  {"250 2.1.0 ok", "452 4.3.1 full", "550 5.7.1 not you", gone},
		testkit.AtRcpt:  {"250 2.1.5 ok", "450 4.2.0 greylisted", "550 5.1.1 unknown", gone},
	}
	for _, final := range say[testkit.AtFinal] {
		for _, mail := range say[testkit.AtMail] {
			for _, rcpt := range say[testkit.AtRcpt] {
				t.Run(final[:3]+"/"+mail[:3]+"/"+rcpt[:3], func(t *testing.T) {
					t.Parallel()
					c, r := dialed(t, testkit.Script{Rules: []testkit.Rule{
						{At: testkit.AtFinal, Message: 1, Do: []testkit.Step{testkit.Say(final)}},
						{At: testkit.AtMail, Message: 2, Do: []testkit.Step{testkit.Say(mail)}},
						{At: testkit.AtRcpt, Message: 2, Do: []testkit.Step{testkit.Say(rcpt)}},
					}})
					dot, answer, ok := rides(t, c, letter)
					heard(t, dot, drip.PhaseFinal, final)
					switch {
					case final == gone:
						if ok || c.Usable() {
							t.Errorf("answered %t, usable %t after the relay left", ok, c.Usable())
						}
						return
					case mail[0] != '2':
						heard(t, answer, drip.PhaseMail, mail)
					default:
						heard(t, answer, drip.PhaseRcpt, rcpt)
					}
					verbs := r.Verbs(1)
					left := mail == gone || rcpt == gone
					open := mail[0] == '2' && rcpt[0] == '2'
					if reset := verbs[len(verbs)-1] == "RSET"; reset != (!left && !open) || c.Usable() != !left || !ok {
						t.Errorf("answered %t, usable %t, commands %q", ok, c.Usable(), verbs)
					}
					if !left && !open {
						check(t, c.Offer(t.Context(), ann), drip.PhaseRcpt, 250, "2.1.5", goOn)
					}
				})
			}
		}
	}
}

// heard compares a reply with the line that a relay said.
func heard(t *testing.T, r drip.Reply, phase drip.Phase, line string) {
	t.Helper()
	if got := fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text); r.Phase != phase || got != line {
		t.Errorf("reply is %s %q, want %s %q", r.Phase, got, phase, line)
	}
}

// Both answers are at hand at once if they came at once, and the first does not
// wait for the second.
func TestAnswered(t *testing.T) {
	t.Parallel()
	next := func() (Envelope, bool) { return bob, true }
	t.Run("Together", func(t *testing.T) {
		t.Parallel()
		c, _ := dialed(t, together(testkit.Bytes(threeReplies)))
		c.Offer(t.Context(), ann)
		c.DataThenOffer(t.Context(), []byte(letter), next)
		if !c.Answered() {
			t.Error("all replies came at once")
		}
	})
	t.Run("Apart", func(t *testing.T) {
		t.Parallel()
		gate := testkit.NewGate()
		c, _ := dialed(t, testkit.Script{Rules: []testkit.Rule{{At: testkit.AtRcpt, Message: 2, Do: []testkit.Step{testkit.Hold(gate)}}}})
		c.Offer(t.Context(), ann)
		check(t, c.DataThenOffer(t.Context(), []byte(letter), next), drip.PhaseFinal, 250, "2.0.0", accepted)
		if c.Answered() {
			t.Error("RCPT was not replied to yet")
		}
		gate.Open()
		if reply, ok := c.Answer(t.Context()); !ok || reply.Code != 250 {
			t.Errorf("answer is %+v, %t", reply, ok)
		}
		if !c.Answered() {
			t.Error("nothing is to come any more")
		}
	})
}

// A refusal has to be followed by RSET, whose reply may take its time: the message before
// does not wait for that.
func TestARefusedRiderIsNotAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	for _, replies := range []string{
		"250 2.0.0 queued\r\n550 5.7.1 no\r\n503 5.5.1 no\r\n", "250 2.0.0 queued\r\n250-2.1.0 so\r\n250 2.1.0 ok\r\n450-4.2.1 not\r\n450 4.2.1 now\r\n",
	} {
		gate := testkit.NewGate()
		script := together(testkit.Bytes(replies))
		script.Rules = append(script.Rules, testkit.Rule{At: testkit.AtRset, Do: []testkit.Step{testkit.Hold(gate)}})
		c, _ := dialed(t, script)
		c.Offer(t.Context(), ann)
		check(t, c.DataThenOffer(t.Context(), []byte(letter), func() (Envelope, bool) { return bob, true }), drip.PhaseFinal, 250, "2.0.0", accepted)
		if c.Answered() {
			t.Errorf("after %q: RSET was not replied to yet", replies)
		}
		gate.Open()
		if reply, ok := c.Answer(t.Context()); !ok || reply.Code/100 == 2 || !c.Usable() {
			t.Errorf("answer is %+v, %t; usable %t", reply, ok, c.Usable())
		}
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "250": 0, "250 ok": 0, "250 ok\r\n": 1, "250-ok\r\n": 0, "250-ok\r\n250 ok\r\n": 1,
		"250 ok\r\n250 ok\r\n": 2, "250 ok\r\n250-o\r\n25": 1, "250\r\n550\r\n": 2, "\n\n": 2,
	} {
		if got := replies([]byte(text)); got != want {
			t.Errorf("%q has %d whole replies, want %d", text, got, want)
		}
	}
}

// What keeps a message from going out keeps what rides on it from being said, and
// a relay that is still there takes both afterwards.
func TestNothingIsSaidOfARideWithoutADot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		at     testkit.Moment
		do     testkit.Step
		msg    string
		phase  drip.Phase
		code   int
		usable bool
	}{
		{"DataRefused", testkit.AtData, testkit.Say("451 4.3.0 later"), letter, drip.PhaseData, 451, true},
		{"DataLeft", testkit.AtData, testkit.Say("421 4.3.2 bye"), letter, drip.PhaseData, 421, false},
		{"DataDropped", testkit.AtData, testkit.Drop(), letter, drip.PhaseData, 0, false},
		{"RepliedEarly", testkit.AtData, testkit.Bytes("354 go\r\n250 2.0.0 queued\r\n"), letter, drip.PhaseBody, 0, false},
		{"LooseLineEnd", testkit.AtData, testkit.Say("354 go"), "a\n", drip.PhaseData, 554, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, testkit.Script{Rules: []testkit.Rule{{At: tt.at, Message: 1, Times: 1, Do: []testkit.Step{tt.do}}}})
			dot, answer, ok := rides(t, c, tt.msg)
			if dot.Phase != tt.phase || dot.Code != tt.code || ok || c.Usable() != tt.usable {
				t.Errorf("reply %+v, answer %+v %t, usable %t", dot, answer, ok, c.Usable())
			}
			if tt.usable {
				check(t, deliver(t, c, letter), drip.PhaseFinal, 250, "2.0.0", accepted)
			}
			c.Abort()
			r.AwaitEnded(t, 1)
			for _, tx := range r.Transactions() {
				if slices.Contains(tx.To, bob.To) || tx.Early {
					t.Errorf("the relay saw %+v", tx)
				}
			}
		})
	}
}

// Nobody composes a message for a relay that has left.
func TestNothingIsAskedForOnceTheRelayHasLeft(t *testing.T) {
	t.Parallel()
	c, _ := dialed(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtMail, Do: []testkit.Step{testkit.Silence()}},
		{At: testkit.AtRcpt, Do: []testkit.Step{testkit.Bytes("250 2.1.0 ok\r\n250 2.1.5 ok\r\n421 4.3.2 bye\r\n")}},
	}})
	c.Offer(t.Context(), ann)
	reply := c.DataThenOffer(t.Context(), []byte(letter), func() (Envelope, bool) {
		t.Error("the next envelope was asked for")
		return bob, true
	})
	check(t, reply, drip.PhaseData, 421, "4.3.2", throttled)
	if _, ok := c.Answer(t.Context()); ok || c.Usable() {
		t.Error("the relay has left")
	}
}

// An envelope that cannot ride does not keep the message from going out.
func TestEnvelopesThatDoNotRide(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		next Envelope
		some bool
		code int // of the answer; 0 for none
	}{
		{"NothingComposed", Envelope{}, false, 0},
		{"TooLargeForTheRelay", Envelope{From: bob.From, To: bob.To, Size: 11 << 20}, true, 552},
		{"TooLongForOneRecord", Envelope{From: bob.From, To: strings.Repeat("x", maxRide) + "@example.net"}, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, testkit.Script{})
			c.Offer(t.Context(), ann)
			dot := c.DataThenOffer(t.Context(), []byte(letter), func() (Envelope, bool) { return tt.next, tt.some })
			check(t, dot, drip.PhaseFinal, 250, "2.0.0", accepted)
			if !c.Answered() {
				t.Error("there is no answer to wait for")
			}
			if answer, ok := c.Answer(t.Context()); answer.Code != tt.code || ok != (tt.code != 0) || answer.Local != ok {
				t.Errorf("answer is %+v, %t", answer, ok)
			}
			check(t, deliver(t, c, second), drip.PhaseFinal, 250, "2.0.0", accepted)
			r.ExactlyOnce(t, "<1@example.org>", "<2@example.org>")
		})
	}
}

// Each reply has its own time to come.
func TestRideTimeouts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		at    testkit.Moment // of the first message for final, else of the second
		pause time.Duration
		phase drip.Phase // of the last reply
		class drip.Class
		after time.Duration
	}{
		{"Final", testkit.AtFinal, soon.Final - time.Second, drip.PhaseRcpt, goOn, soon.Final - time.Second},
		{"FinalTooLate", testkit.AtFinal, soon.Final + time.Second, drip.PhaseFinal, unknown, soon.Final},
		{"Mail", testkit.AtMail, soon.Command - time.Second, drip.PhaseRcpt, goOn, soon.Command - time.Second},
		{"MailAndRcpt", testkit.AtMail, soon.Command - time.Second, drip.PhaseRcpt, goOn, 2*soon.Command - 2*time.Second},
		{"MailTooLate", testkit.AtMail, soon.Command + time.Second, drip.PhaseMail, transport, soon.Command},
		{"Rcpt", testkit.AtRcpt, soon.Command - time.Second, drip.PhaseRcpt, goOn, soon.Command - time.Second},
		{"RcptTooLate", testkit.AtRcpt, soon.Command + time.Second, drip.PhaseRcpt, transport, soon.Command},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rules := []testkit.Rule{{At: tt.at, Message: 2, Do: []testkit.Step{testkit.Pause(tt.pause)}}}
				switch tt.name {
				case "MailAndRcpt":
					rules = append(rules, testkit.Rule{At: testkit.AtRcpt, Message: 2, Do: []testkit.Step{testkit.Pause(tt.after - tt.pause)}})
				case "Final", "FinalTooLate":
					rules[0].Message = 1
				}
				r := testkit.Pipe(t, testkit.Script{Rules: rules})
				relay := to(r)
				relay.Timeouts = soon
				c := dial(t, relay)
				start := time.Now()
				last, answer, ok := rides(t, c, letter)
				if ok {
					last = answer
				}
				if last.Phase != tt.phase || Classify(last) != tt.class || time.Since(start) != tt.after {
					t.Errorf("reply is %+v (%q) after %v", last, Classify(last), time.Since(start))
				}
			})
		})
	}
}
