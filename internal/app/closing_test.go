package app_test

import (
	"fmt"
	"testing"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// A relay that ends every connection after some messages, or loses every second one
// before the mark, costs nobody a try, and nobody gets a letter twice.
func TestRelayThatClosesConnectionsCostsNobodyATry(t *testing.T) {
	t.Parallel()
	scripts := map[string]testkit.Script{}
	for n := 1; n <= 30; n += 7 {
		scripts[fmt.Sprintf("after %d", n)] = testkit.Script{MaxMessages: n}
	}
	for _, at := range []testkit.Moment{testkit.AtMail, testkit.AtRcpt} {
		scripts["lost at "+string(at)] = testkit.Script{Rules: []testkit.Rule{{At: at, Message: 2, Do: []testkit.Step{testkit.Drop()}}}}
		scripts["farewell at "+string(at)] = testkit.Script{Rules: []testkit.Rule{
			{At: at, Message: 4, Times: 2, Do: []testkit.Step{testkit.Say("421 4.3.2 closing"), testkit.Drop()}},
		}}
	}
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			relay := testkit.Start(t, script)
			in := newInstance(t, instanceOptions{connections: 2})
			importPeople(t, in, writePeople(t, 24), "letters")
			in.step(newsday)
			r := in.serve(t, relay, app.ServeOptions{})
			relay.Await(t, "every letter", func() bool { return len(relay.Accepted()) >= 24 })
			r.stop()
			r.wait()
			if in.sent(t) != 24 || len(relay.Accepted()) != 24 {
				t.Errorf("%d taken, the ledger says %v", len(relay.Accepted()), in.ledger(t))
			}
			for _, entry := range in.entries(t) {
				if entry.State == drip.DeliverySent && entry.Tries > 0 {
					t.Errorf("%d tries count against %v", entry.Tries, entry.DeliveryKey)
				}
			}
			in.verify(t)
		})
	}
}
