package smtpsend

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// However slowly or endlessly a relay talks, an offer ends within the time for a
// command, and what was said is no reply.
func TestOffersEndInTimeWhateverIsSaid(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]testkit.Step{
		"trickle": testkit.Trickle("250 2.1.0 "+strings.Repeat("fine ", 200)+"\r\n", 20*time.Second),
		"endless": testkit.Endless("250-and more"),
		"huge":    testkit.Huge("250 ", 64<<20),
	} {
		for at, phase := range map[testkit.Moment]drip.Phase{testkit.AtMail: drip.PhaseMail, testkit.AtRcpt: drip.PhaseRcpt} {
			t.Run(name+"/"+string(at), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := testkit.Pipe(t, testkit.Script{Rules: []testkit.Rule{{At: at, Do: []testkit.Step{step}}}})
					relay := to(r)
					relay.Timeouts = soon
					c := dial(t, relay)
					start := time.Now()
					reply := c.Offer(t.Context(), ann)
					if reply.Phase != phase || reply.Code != 0 || Classify(reply) != transport {
						t.Errorf("reply is %+v (%q)", reply, Classify(reply))
					}
					if took := time.Since(start); took > soon.Command+soon.Tidy {
						t.Errorf("it took %v", took)
					}
					if c.Usable() {
						t.Error("the connection is usable")
					}
					c.Abort()
					r.ExactlyOnce(t)
				})
			})
		}
	}
}

// A relay that says goodbye before, between and after the commands of an offer is
// understood, and costs that offer only.
func TestFarewellAtEveryMoment(t *testing.T) {
	t.Parallel()
	for _, at := range []testkit.Moment{testkit.AtMail, testkit.AtRcpt, testkit.AtData} {
		for _, after := range []testkit.Step{testkit.Drop(), testkit.HalfClose(), testkit.Reset()} {
			c, r := dialed(t, testkit.Script{Rules: []testkit.Rule{
				{At: at, Message: 2, Do: []testkit.Step{testkit.Say("421 4.3.2 closing"), after}},
			}})
			check(t, deliver(t, c, letter), drip.PhaseFinal, 250, "2.0.0", accepted)
			reply := c.Offer(t.Context(), ann)
			if reply.Code == 250 {
				reply = c.Data(t.Context(), []byte(strings.ReplaceAll(letter, "<1@", "<2@")))
			}
			// A reset may overtake the word before it.
			if class := Classify(reply); class != throttled && class != transport || c.Usable() {
				t.Errorf("at %s: %+v (%q), usable %t", at, reply, class, c.Usable())
			}
			c.Abort()
			r.AwaitEnded(t, 1)
			r.ExactlyOnce(t, "<1@example.org>")
		}
	}
}
