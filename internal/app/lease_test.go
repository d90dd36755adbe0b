package app_test

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// TestALargeLetterIsAnsweredForToItsEnd sends a letter with a large attachment, which a slow relay
// takes longer for than a small one. Until it is through, nobody may take its sender for
// dead, and the letter for one of unknown fate.
func TestALargeLetterIsAnsweredForToItsEnd(t *testing.T) {
	t.Parallel()
	gate := testkit.NewGate()
	relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtFinal, Do: []testkit.Step{testkit.Hold(gate)}},
	}})
	d := newDesk(t)
	d.sheet(pdf(strings.Repeat("0123456789abcdef", 500<<10/16)))
	d.step(newsday)
	d.served(relay, func(*running) {
		gate.Await(t)
		var until time.Time
		for _, e := range d.entries(t) {
			if e.State == drip.DeliverySending {
				until = e.WakeAt
			}
		}
		// The time-out of a block is three minutes.
		least := time.Duration(len(relay.Transactions()[0].Raw)>>16) * 3 * time.Minute
		if got := time.Until(until); got < least {
			t.Errorf("it is answered for during %v, and may take %v", got, least)
		}
		gate.Open()
		relay.Await(t, "the letter", func() bool { return len(relay.Accepted()) == 1 })
	})
	d.verify(t)
}
