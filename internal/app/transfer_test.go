package app_test

import (
	"testing"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// The relay says nothing to a final dot before it has the next MAIL and RCPT, for
// which nobody waits who sends one command at a time.
func TestTheNextOfferRidesOnTheFinalDot(t *testing.T) {
	t.Parallel()
	rules := []testkit.Rule{{At: testkit.AtFinal, Message: 5}} // the last one is answered
	for message := 1; message < 5; message++ {
		rules = append(rules,
			testkit.Rule{At: testkit.AtFinal, Message: message, Do: []testkit.Step{testkit.Accept(), testkit.Silence()}},
			testkit.Rule{At: testkit.AtMail, Message: message + 1, Do: []testkit.Step{testkit.Silence()}},
			testkit.Rule{At: testkit.AtRcpt, Message: message + 1, Do: []testkit.Step{
				testkit.Bytes("250 2.0.0 queued\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n"),
			}})
	}
	relay := testkit.Start(t, testkit.Script{Rules: rules})
	in := newInstance(t, instanceOptions{connections: 1})
	importPeople(t, in, writePeople(t, 5), "letters")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	relay.Await(t, "five messages", func() bool { return len(relay.Accepted()) == 5 })
	r.stop()
	r.wait()
	if in.sent(t) != 5 {
		t.Errorf("the ledger says %v", in.ledger(t))
	}
	for _, tx := range relay.Transactions() {
		if tx.Early || !tx.Accepted {
			t.Errorf("transaction %+v", tx)
		}
	}
	in.verify(t)
}

// A connection that ends without a word about a message says nothing about the
// next one, whose offer it carried.
func TestTheRiderOfAnUnknownMessageIsSentOnce(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtFinal, Conn: 1, Message: 3, Do: []testkit.Step{testkit.Accept(), testkit.Drop()}},
	}})
	in := newInstance(t, instanceOptions{connections: 1})
	importPeople(t, in, writePeople(t, 6), "letters")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	await(t, "a message without a word about it", func() bool { return in.ledger(t)[drip.DeliveryUnknown] == 1 })
	r.stop() // without waiting until the relay may be tried again
	r.wait()
	if got := in.ledger(t); got[drip.DeliverySent] != 2 || got[drip.DeliveryUnknown] != 1 || got[drip.DeliveryDeferred] > 0 {
		t.Errorf("the ledger says %v, want 2 sent, 1 unknown and nothing deferred", got)
	}
	in.Close()
	in.open(t)
	r = in.serve(t, relay, app.ServeOptions{})
	relay.Await(t, "six messages", func() bool { return len(relay.Accepted()) == 6 })
	r.stop()
	r.wait()
	if got := in.ledger(t); got[drip.DeliverySent] != 5 || got[drip.DeliveryUnknown] != 1 {
		t.Errorf("the ledger says %v, want 5 sent and 1 unknown", got)
	}
	in.verify(t)
}
