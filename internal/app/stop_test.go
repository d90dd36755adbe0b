package app_test

import (
	"context"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// TestStopDoesNotWaitForARelayThatSaysNothing stops the program while it waits for the
// relay's greeting, for which it would wait for minutes.
func TestStopDoesNotWaitForARelayThatSaysNothing(t *testing.T) {
	t.Parallel()
	gate := testkit.NewGate()
	relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtBanner, Do: []testkit.Step{testkit.Hold(gate)}},
	}})
	in := newInstance(t, instanceOptions{connections: 2})
	importPeople(t, in, writePeople(t, 10), "letters")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	gate.Await(t)
	r.stop()
	select {
	case err := <-r.done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(15 * time.Second):
		gate.Open()
		r.wait()
		t.Fatal("the stop waits for the relay's greeting")
	}
	if got := in.ledger(t); got[drip.DeliveryPlanned] != 10 {
		t.Errorf("the ledger has %v, want every claim given back", got)
	}
}

// TestStopDuringTheCheckIsNoFailure stops the program while it checks the database at its
// start.
func TestStopDuringTheCheckIsNoFailure(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	in.OnCheck(cancel)
	if err := in.Serve(ctx, app.ServeOptions{Public: listen(t), Private: listen(t)}); err != nil {
		t.Errorf("the end is %v", err)
	}
}
