package outbox_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
	"partwork/internal/timing"
)

var errStore = errors.New("disk full")

// world carries out effects the way the program does, one at a time and in the
// order in which they were asked for, and holds the machine to its promises.
type world struct {
	t   testing.TB
	box *outbox.Outbox
	now outbox.Now

	claims  []store.Claimed // not loaded yet
	pending []outbox.Effect
	trace   []string
	items   map[int]store.Claimed // of open transactions, by connection
	open    map[int]bool
	marked  map[store.Fence]bool
	marks   []store.Mark
	results map[store.Fence]drip.DeliveryState
	sent    map[store.Fence]int
	rounds  int

	// The script. Nil means that everything goes well.
	dial     func(conn int) *outbox.Failure
	offer    func(store.Claimed) *outbox.Failure
	transfer func(store.Claimed) (drip.Class, bool)
	mark     func(store.Fence) bool
	commit   func(round int) error

	released, withdrawn, planner int
	paused                       []drip.CampaignNo
	health                       []outbox.Health
	wakeAt                       time.Time
	stopped                      bool
}

func newWorld(t testing.TB, cfg outbox.Config, claims int) *world {
	w := &world{
		t: t, box: outbox.New(cfg),
		now:     outbox.Now{Calendar: time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC), Machine: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)},
		items:   map[int]store.Claimed{},
		open:    map[int]bool{},
		marked:  map[store.Fence]bool{},
		results: map[store.Fence]drip.DeliveryState{},
		sent:    map[store.Fence]int{},
	}
	for i := 1; i <= claims; i++ {
		w.claims = append(w.claims, w.claim(i))
	}
	return w
}

func (w *world) claim(n int) store.Claimed {
	return store.Claimed{
		Delivery: drip.Delivery{
			DeliveryKey: drip.DeliveryKey{Enrollment: drip.EnrollmentID(n), Issue: 1},
			State:       drip.DeliveryClaimed, Attempt: 1,
			Slot:   timing.Slot{Zone: "Pacific/Auckland", At: w.now.Calendar},
			WakeAt: w.now.Machine.Add(5 * time.Minute),
		},
		Campaign: 7,
	}
}

func fence(c store.Claimed) store.Fence {
	return store.Fence{DeliveryKey: c.Delivery.DeliveryKey, Attempt: c.Delivery.Attempt}
}

// send lets the machine take an event and queues what it wants done.
func (w *world) send(ev outbox.Event) {
	w.pending = append(w.pending, w.box.Step(w.now, ev)...)
}

// run carries out effects until there are none.
func (w *world) run() {
	w.t.Helper()
	for n := 0; len(w.pending) > 0; n++ {
		if n > 100_000 {
			w.t.Fatal("the outbox never comes to rest")
		}
		w.one(0)
	}
}

// one carries out the pending effect at index i.
func (w *world) one(i int) {
	w.t.Helper()
	effect := w.pending[i]
	w.pending = append(w.pending[:i:i], w.pending[i+1:]...)
	w.trace = append(w.trace, fmt.Sprintf("%T", effect))
	switch e := effect.(type) {
	case outbox.Load:
		n := min(e.Limit, len(w.claims))
		items := w.claims[:n]
		w.claims = w.claims[n:]
		w.send(outbox.Loaded{Items: items})
	case outbox.Dial:
		w.dialed(e)
	case outbox.Offer:
		w.offered(e)
	case outbox.Commit:
		w.committed(e)
	case outbox.Transfer:
		w.transferred(e)
	case outbox.Withdraw:
		w.withdrawn++
		delete(w.items, e.Conn)
		w.send(outbox.Withdrawn{Conn: e.Conn, Usable: true})
	case outbox.Close:
		w.must(w.open[e.Conn], "close of a closed connection")
		w.open[e.Conn] = false
		delete(w.items, e.Conn)
	case outbox.Release:
		w.released += len(e.Fences)
	case outbox.WakeAt:
		if w.wakeAt.IsZero() || e.At.Before(w.wakeAt) {
			w.wakeAt = e.At
		}
	case outbox.Planner:
		w.planner++
	case outbox.PauseCampaign:
		w.paused = append(w.paused, e.Campaign)
	case outbox.Health:
		w.health = append(w.health, e)
	case outbox.Stopped:
		w.stopped = true
	}
}

func (w *world) dialed(e outbox.Dial) {
	w.must(!w.open[e.Conn], "dial of an open connection")
	if w.dial != nil {
		if f := w.dial(e.Conn); f != nil {
			w.send(outbox.Dialed{Conn: e.Conn, Failure: f})
			return
		}
	}
	w.open[e.Conn] = true
	w.send(outbox.Dialed{Conn: e.Conn})
}

func (w *world) offered(e outbox.Offer) {
	w.must(w.open[e.Conn], "offer over a closed connection")
	_, busy := w.items[e.Conn]
	w.must(!busy, "two transactions on one connection")
	w.items[e.Conn] = e.Item
	if w.offer != nil {
		if f := w.offer(e.Item); f != nil {
			delete(w.items, e.Conn)
			w.send(outbox.Offered{Conn: e.Conn, Failure: f})
			return
		}
	}
	w.send(outbox.Offered{Conn: e.Conn, Merge: `{"date":1}`})
}

func (w *world) committed(e outbox.Commit) {
	w.rounds++
	if w.commit != nil {
		if err := w.commit(w.rounds); err != nil {
			w.send(outbox.Committed{Err: err})
			return
		}
	}
	result := store.RoundResult{Marked: make([]bool, len(e.Round.Marks))}
	for _, out := range e.Round.Outcomes {
		_, twice := w.results[out.Fence]
		w.must(!twice, "two outcomes for one attempt")
		w.results[out.Fence] = out.State
	}
	w.marks = append(w.marks, e.Round.Marks...)
	for i, m := range e.Round.Marks {
		result.Marked[i] = w.mark == nil || w.mark(m.Fence)
		w.marked[m.Fence] = result.Marked[i]
	}
	w.send(outbox.Committed{Result: result})
}

func (w *world) transferred(e outbox.Transfer) {
	item := w.items[e.Conn]
	w.must(w.marked[fence(item)], "DATA without a mark")
	w.sent[fence(item)]++
	w.must(w.sent[fence(item)] == 1, "DATA twice for one attempt")
	delete(w.items, e.Conn)
	class, usable := drip.ClassAccepted, true
	if w.transfer != nil {
		class, usable = w.transfer(item)
	}
	w.send(outbox.Transferred{Conn: e.Conn, Class: class, Usable: usable, Reply: drip.Reply{Phase: drip.PhaseFinal, Code: 250}})
}

func (w *world) must(ok bool, broken string) {
	w.t.Helper()
	if !ok {
		w.t.Fatalf("%s; so far: %v", broken, w.trace)
	}
}

// sleep lets machine time pass and wakes the machine.
func (w *world) sleep(d time.Duration) {
	w.now.Machine = w.now.Machine.Add(d)
	w.wakeAt = time.Time{}
	w.send(outbox.Wake{})
	w.run()
}

// count returns how many attempts ended in a state.
func (w *world) count(state drip.DeliveryState) int {
	n := 0
	for _, s := range w.results {
		if s == state {
			n++
		}
	}
	return n
}
