package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/testkit"
	"partwork/internal/web/private"
)

// ready asks the health page.
func (r *running) ready() private.Health {
	r.t.Helper()
	response, err := http.Get(r.private + "/readyz")
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	var h private.Health
	if err := json.NewDecoder(response.Body).Decode(&h); err != nil {
		r.t.Fatal(err)
	}
	return h
}

// TestDiskReserve takes the room away while messages are on their way: those are
// recorded, nothing more is marked or claimed, and all goes on when there is room
// again.
func TestDiskReserve(t *testing.T) {
	t.Parallel()
	const people = 40
	gate := testkit.NewGate()
	relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtFinal, Conn: 2, Message: 2, Do: []testkit.Step{testkit.Hold(gate)}},
	}})
	in := newInstance(t, instanceOptions{connections: 3})
	importPeople(t, in, writePeople(t, people), "letters")
	in.step(newsday)
	var free atomic.Int64
	free.Store(100 << 20)
	r := in.serve(t, relay, app.ServeOptions{FreeSpace: func(string) (int64, bool) { return free.Load(), true }})
	gate.Await(t) // a message is between its final dot and the reply
	free.Store(10 << 20)
	await(t, "nothing being offered", func() bool {
		counts := in.ledger(t)
		// At most the one is claimed that rides on the message without a reply.
		return counts[drip.DeliveryClaimed] <= 1 && counts[drip.DeliverySending] == 1
	})
	marked := in.sent(t) + 1
	gate.Open()
	await(t, "the outcome being stored", func() bool { return in.sent(t) == marked })
	h := r.ready()
	if len(h.Troubles) != 1 || !strings.Contains(h.Troubles[0], "nearly full: 10.5 MB are free") || !h.Ready {
		t.Errorf("the health is %+v", h)
	}
	if in.sent(t) == people || len(relay.Accepted()) != marked {
		t.Errorf("%d sent, the relay took %d, and %d were marked before", in.sent(t), len(relay.Accepted()), marked)
	}
	free.Store(100 << 20)
	await(t, "all being sent", func() bool { return in.sent(t) == people })
	if h := r.ready(); len(h.Troubles) > 0 {
		t.Errorf("the health is %+v", h)
	}
	r.stop()
	r.wait()
	if got := len(relay.Accepted()); got != people {
		t.Errorf("the relay took %d messages, want %d", got, people)
	}
	in.verify(t)
}
