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
	pending []any           // effects, and events that are to come later
	cfg     outbox.Config
	trace   []string
	items   map[int]store.Claimed // of open transactions, by connection
	used    map[int]int           // offers, by connection, since it was dialed
	open    map[int]bool
	dead    map[int]bool // out of step with the relay
	marked  map[store.Fence]bool
	marks   []store.Mark
	results map[store.Fence]drip.DeliveryState
	sent    map[store.Fence]int
	rounds  int

	// pipelining says that connections take riding offers.
	pipelining bool
	takes      time.Duration // what transfers may take
	// The script. Nil means that everything goes well.
	dial     func(conn int) *outbox.Failure
	offer    func(store.Claimed) *outbox.Failure
	transfer func(store.Claimed) (drip.Class, bool)
	mark     func(store.Fence) bool
	commit   func(round int) error
	// unsaid says that the relay was not asked about an offer that was to ride;
	// apart that its answer comes after the outcome, and not with it.
	unsaid, apart func() bool

	released, withdrawn, planner int
	rode                         int // offers that rode, or were to
	loaded                       []store.Claimed
	tried, returned              map[store.Fence]bool // offered and refused, or transferred; withdrawn or given back
	nextTurn                     time.Time
	policies                     policies
	paused                       []drip.CampaignNo
	health                       []outbox.Health
	wakeAt                       time.Time
	stopped                      bool
}

func newWorld(t testing.TB, cfg outbox.Config, claims int) *world {
	w := &world{
		t: t, cfg: cfg, box: outbox.New(cfg), policies: newPolicies(),
		now:   outbox.Now{Calendar: time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC), Machine: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)},
		items: map[int]store.Claimed{},
		used:  map[int]int{},
		dead:  map[int]bool{},

		tried: map[store.Fence]bool{}, returned: map[store.Fence]bool{},
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
	for _, effect := range w.box.Step(w.now, ev) {
		w.asked(effect)
		w.pending = append(w.pending, effect)
	}
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
	case later:
		w.send(e.answer())
	case outbox.Load:
		n := min(e.Limit, len(w.claims))
		items := w.claims[:n]
		w.claims = w.claims[n:]
		w.loaded = append(w.loaded, items...)
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
		item, begun := w.items[e.Conn]
		w.must(begun, "nothing to withdraw")
		w.withdrawn++
		w.returned[fence(item)] = true
		delete(w.items, e.Conn)
		w.send(outbox.Withdrawn{Conn: e.Conn, Usable: true})
	case outbox.Close:
		w.must(w.open[e.Conn], "close of a closed connection")
		w.open[e.Conn] = false
		delete(w.items, e.Conn)
	case outbox.Release:
		w.released += len(e.Fences)
		for _, f := range e.Fences {
			w.must(!w.marked[f], "a marked claim was given back")
			w.returned[f] = true
		}
	case outbox.WakeAt:
		if w.wakeAt.IsZero() || e.At.Before(w.wakeAt) {
			w.wakeAt = e.At
		}
	case outbox.Planner:
		w.planner++
	case outbox.CountDay:
		w.countDay(e)
	case outbox.PauseCampaign:
		w.paused = append(w.paused, e.Campaign)
		w.policies.reasons = append(w.policies.reasons, e.Reason)
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
	w.open[e.Conn], w.dead[e.Conn] = true, false
	w.send(outbox.Dialed{Conn: e.Conn, Pipelining: w.pipelining})
}

func (w *world) offered(e outbox.Offer) {
	w.must(w.open[e.Conn], "offer over a closed connection")
	_, busy := w.items[e.Conn]
	w.must(!busy, "two transactions on one connection")
	w.send(w.answer(e.Conn, e.Item))
}

// answer opens a transaction, or does not.
func (w *world) answer(conn int, item store.Claimed) outbox.Offered {
	for other, open := range w.items {
		w.must(other == conn || fence(open) != fence(item), "a claim is offered twice")
	}
	w.must(!w.dead[conn], "an offer over a connection that is out of step")
	w.items[conn] = item
	if w.policies.offerOn != nil {
		w.offer = func(item store.Claimed) *outbox.Failure { return w.policies.offerOn(w.relayOf(conn), item) }
	}
	if w.offer != nil {
		if f := w.offer(item); f != nil {
			w.tried[fence(item)] = true
			w.dead[conn] = !f.Usable
			delete(w.items, conn)
			return outbox.Offered{Conn: conn, Failure: f}
		}
	}
	return outbox.Offered{Conn: conn, Merge: `{"date":1}`, Takes: w.takes}
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
		w.must(w.tried[out.Fence] || out.Class == "", "an outcome of what was never tried")
		w.results[out.Fence] = out.State
		w.policies.outcomes = append(w.policies.outcomes, out)
	}
	w.marks = append(w.marks, e.Round.Marks...)
	for i, m := range e.Round.Marks {
		result.Marked[i] = w.mark == nil || w.mark(m.Fence)
		w.marked[m.Fence] = result.Marked[i]
		if result.Marked[i] {
			w.countMark(m)
		}
	}
	w.must(w.sending() <= w.connections(), "more rows are sending than there are connections")
	w.send(outbox.Committed{Result: result})
}

func (w *world) transferred(e outbox.Transfer) {
	item, begun := w.items[e.Conn]
	w.must(begun && w.marked[fence(item)], "DATA without a mark")
	w.sent[fence(item)]++
	w.must(w.sent[fence(item)] == 1, "DATA twice for one attempt")
	w.tried[fence(item)] = true
	delete(w.items, e.Conn)
	class, usable := drip.ClassAccepted, true
	if w.transfer != nil {
		class, usable = w.transfer(item)
	}
	w.dead[e.Conn] = !usable
	ev := outbox.Transferred{Conn: e.Conn, Class: class, Usable: usable, Reply: w.final(item)}
	if e.Next == nil {
		w.send(ev)
		return
	}
	w.must(w.pipelining, "an offer rides although the relay does not take that")
	w.rode++
	answer := func() outbox.Event { return w.ridden(e.Conn, *e.Next, usable) }
	if w.apart != nil && w.apart() {
		w.pending = append(w.pending, later{e.Conn, answer})
		w.send(ev)
		return
	}
	next := answer().(outbox.Offered)
	ev.Next = &next
	w.send(ev)
}

// later is an answer that comes after other things have happened.
type later struct {
	conn   int
	answer func() outbox.Event
}

// ridden answers an offer that rode.
func (w *world) ridden(conn int, item store.Claimed, usable bool) outbox.Event {
	if !usable || w.unsaid != nil && w.unsaid() {
		w.used[conn]--
		return outbox.Offered{Conn: conn, Failure: &outbox.Failure{Unsaid: true, Usable: usable}}
	}
	return w.answer(conn, item)
}

// sending counts the rows whose messages may be on their way.
func (w *world) sending() int {
	n := 0
	for f, marked := range w.marked {
		if _, settled := w.results[f]; marked && !settled {
			n++
		}
	}
	return n
}

// asked holds what is asked for to the promises about when.
func (w *world) asked(effect outbox.Effect) {
	conn, offer := 0, false
	switch e := effect.(type) {
	case outbox.Health:
		w.policies.rests[e.Relay] = e.Until
	case outbox.Dial:
		w.used[e.Conn] = 0
	case outbox.Offer:
		conn, offer = e.Conn, true
	case outbox.Transfer:
		conn, offer = e.Conn, e.Next != nil
	case outbox.Commit:
		w.must(!w.box.Quiet(), "quiet while something is committed")
	}
	if !offer {
		return
	}
	w.begun(conn, effect)
	if w.cfg.Rate > 0 && len(w.cfg.Relays) == 0 {
		w.must(!w.now.Machine.Before(w.nextTurn), "an offer before its turn")
		w.nextTurn = w.now.Machine.Add(time.Duration(float64(time.Second) / w.cfg.Rate))
	}
	w.used[conn]++
	if limit := w.perConnection(conn); limit > 0 {
		w.must(w.used[conn] <= limit, "more messages over a connection than it may carry")
	}
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
