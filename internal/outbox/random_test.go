package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// TestRandomTroubleBreaksNoPromise drives the outbox through random failures,
// carrying out effects in random order; the world checks the promises.
func TestRandomTroubleBreaksNoPromise(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		claims := rapid.IntRange(0, 30).Draw(rt, "claims")
		w := newWorld(t, outbox.Config{
			Connections:   rapid.IntRange(1, 5).Draw(rt, "connections"),
			PerConnection: rapid.IntRange(1, 10).Draw(rt, "per connection"),
			Queue:         rapid.SampledFrom([]int{4, 16, 64}).Draw(rt, "queue"),
			Rate:          rapid.SampledFrom([]float64{0, 0, 2}).Draw(rt, "rate"),
			Relays:        relays(rt),
			Domains:       rapid.SampledFrom([]map[string]outbox.DomainLimit{nil, {"a.test": {Rate: 3}, outbox.AnyDomain: {Connections: 1}}}).Draw(rt, "domains"),
		}, claims)
		for i := range w.claims {
			w.to(i, rapid.SampledFrom([]string{"a.test", "b.test", "c.test"}).Draw(rt, "domain"))
		}
		w.pipelining = rapid.Bool().Draw(rt, "pipelining")
		lasting := rapid.Bool().Draw(rt, "lasting leases")
		for i := range w.claims {
			if lasting {
				w.claims[i].Delivery.WakeAt = w.now.Machine.Add(24 * time.Hour)
			}
		}
		trouble := rapid.IntRange(0, 60).Draw(rt, "percent of trouble")
		bad := func() bool { return rapid.IntRange(1, 100).Draw(rt, "dice") <= trouble }
		class := func() drip.Class { return rapid.SampledFrom(drip.Classes()).Draw(rt, "class") }
		enhanced := func() string { return rapid.SampledFrom([]string{"", "4.3.2", "4.7.28", "4.2.1"}).Draw(rt, "enhanced") }
		w.policies.reply = func(store.Claimed) drip.Reply {
			return drip.Reply{Phase: drip.PhaseFinal, Enhanced: enhanced()}
		}
		w.dial = func(int) *outbox.Failure {
			if bad() {
				return &outbox.Failure{Class: drip.ClassTransport, Reply: drip.Reply{Phase: drip.PhaseDial}}
			}
			return nil
		}
		w.offer = func(store.Claimed) *outbox.Failure {
			if c := class(); bad() && c != drip.ClassAccepted && c != drip.ClassUnknown {
				return &outbox.Failure{Class: c, Usable: !bad(), Reply: drip.Reply{
					Phase: rapid.SampledFrom([]drip.Phase{drip.PhaseMail, drip.PhaseRcpt}).Draw(rt, "phase"), Enhanced: enhanced(),
				}}
			}
			return nil
		}
		w.transfer = func(store.Claimed) (drip.Class, bool) {
			if bad() {
				return class(), !bad()
			}
			return drip.ClassAccepted, true
		}
		w.unsaid, w.apart = bad, func() bool { return rapid.Bool().Draw(rt, "apart") }
		w.mark = func(store.Fence) bool { return !bad() }
		w.commit = func(int) error {
			if bad() {
				return errStore
			}
			return nil
		}
		w.send(outbox.Wake{})
		w.shuffle(rt, rapid.IntRange(0, 400).Draw(rt, "steps"))

		trouble = 0 // heal
		for range 400 {
			w.sleep(time.Second)
		}
		w.send(outbox.Stop{})
		w.run()
		if !w.stopped {
			rt.Fatal("a graceful stop never completed")
		}
		for f := range w.sent {
			if _, ok := w.results[f]; !ok {
				rt.Fatalf("the outcome of %v was lost", f)
			}
		}
		for _, c := range w.loaded {
			if _, settled := w.results[fence(c)]; lasting && !settled && !w.returned[fence(c)] {
				rt.Fatalf("%v was lost", fence(c))
			}
		}
	})
}

// relays draws some relays, or none for one with the limits of the whole.
func relays(rt *rapid.T) []outbox.RelayConfig {
	var all []outbox.RelayConfig
	for i := range rapid.IntRange(0, 3).Draw(rt, "relays") {
		r := outbox.RelayConfig{
			Name: fmt.Sprintf("relay%d:25", i), Connections: rapid.IntRange(1, 3).Draw(rt, "connections"),
			PerConnection: rapid.IntRange(1, 10).Draw(rt, "per connection"),
			MaxAge:        rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(rt, "age"),
		}
		if rapid.Bool().Draw(rt, "warm-up") {
			r.Warmup = outbox.Warmup{Start: timing.NewDate(2026, time.November, 20), FirstDay: 4, Growth: 1.5, Until: 1000} // 9 today
		}
		all = append(all, r)
	}
	return all
}

// shuffle carries out pending effects in random order, as goroutines would:
// commands to one connection stay in order.
func (w *world) shuffle(rt *rapid.T, steps int) {
	for range steps {
		if len(w.pending) == 0 {
			w.sleep(time.Duration(rapid.IntRange(1, 20_000).Draw(rt, "pause")) * time.Millisecond)
			continue
		}
		i := rapid.IntRange(0, len(w.pending)-1).Draw(rt, "effect")
		if conn, ok := connOf(w.pending[i]); ok {
			for j := range i {
				if c, ok := connOf(w.pending[j]); ok && c == conn {
					i = j
					break
				}
			}
		}
		w.one(i)
	}
	w.run()
}

// connOf returns the connection that an effect is for.
func connOf(e any) (int, bool) {
	switch e := e.(type) {
	case later:
		return e.conn, true
	case outbox.Dial:
		return e.Conn, true
	case outbox.Offer:
		return e.Conn, true
	case outbox.Transfer:
		return e.Conn, true
	case outbox.Withdraw:
		return e.Conn, true
	case outbox.Close:
		return e.Conn, true
	}
	return 0, false
}
