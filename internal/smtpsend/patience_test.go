package smtpsend

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// However slowly a relay takes a message, it has replied or was given up within the
// time that was told beforehand: whoever answers for the message may rely on it.
func TestPatienceCoversTheSlowestRelay(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"plain": strings.Repeat(strings.Repeat("x", 510)+"\r\n", 6*blockSize/512), "dots": strings.Repeat(".\r\n", 2*blockSize/3),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				msg := letter + body
				var rules []testkit.Rule
				for after := 1; after < 2*len(msg); after += blockSize {
					rules = append(rules, testkit.Rule{At: testkit.AtBody, After: after, Do: []testkit.Step{testkit.Pause(soon.Block - time.Second)}})
				}
				rules = append(rules, testkit.Rule{At: testkit.AtData, Do: []testkit.Step{testkit.Pause(soon.Data - time.Second)}},
					testkit.Rule{At: testkit.AtFinal, Do: []testkit.Step{testkit.Pause(soon.Final - time.Second)}})
				r := testkit.Pipe(t, testkit.Script{Rules: rules})
				relay := to(r)
				relay.Timeouts = soon
				c := dial(t, relay)
				c.Offer(t.Context(), ann)
				start := time.Now()
				check(t, c.Data(t.Context(), []byte(msg)), drip.PhaseFinal, 250, "2.0.0", accepted)
				took, patience := time.Since(start), c.Patience(len(msg))
				if took > patience || took < patience/2 {
					t.Errorf("it took %v; told were %v", took, patience)
				}
			})
		})
	}
}
