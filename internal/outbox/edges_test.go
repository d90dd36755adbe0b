package outbox_test

import (
	"slices"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
	"partwork/internal/timing"
)

func TestRelayThatAsksForLessGetsLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 4}, 500).lasting()
	first := true
	w.offer = func(store.Claimed) *outbox.Failure {
		if first {
			first = false
			return offerFails(drip.ClassThrottled, drip.PhaseMail, 450, "4.7.0")
		}
		return nil
	}
	start(w)
	w.pass(30 * time.Second)
	if n := len(w.sent); n < 15 || n > 25 {
		t.Errorf("%d sent in 30 seconds, ten of them at rest; want about one a second", n)
	}
	if holds := w.box.Holds(w.now); len(holds) != 1 || holds[0].Kind != outbox.HeldByThrottle {
		t.Errorf("holds are %+v", holds)
	}
	w.pass(40 * time.Minute)
	if len(w.sent) != 500 {
		t.Errorf("%d of 500 sent when the rate had recovered", len(w.sent))
	}
}

func TestDayIsAskedForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, warm(), 20).lasting()
	asked := 0
	step := func(ev outbox.Event) { // without an answer
		for _, effect := range w.box.Step(w.now, ev) {
			if _, is := effect.(outbox.CountDay); is {
				asked++
			}
		}
	}
	step(outbox.Wake{})
	step(outbox.Loaded{Items: w.claims})
	for range 5 {
		step(outbox.Wake{})
	}
	step(outbox.Counted{Day: timing.NewDate(2026, time.November, 22), Marked: 50})
	step(outbox.Wake{})
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestFailedProbeOpensTheBreakerAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 20).lasting()
	w.transfer = func(store.Claimed) (drip.Class, bool) { return drip.ClassTransport, false }
	start(w)
	before := len(w.sent)
	w.sleep(11 * time.Second)
	if before != 3 || len(w.sent) != 4 {
		t.Errorf("%d messages cost three failures, and %d the probe; want 3 and 1", before, len(w.sent)-before)
	}
}

func TestAcceptanceFromBeforeTheTroubleProvesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 2}, 2).lasting()
	w.transfer = func(c store.Claimed) (drip.Class, bool) {
		if c.Delivery.Enrollment == 1 {
			return drip.ClassUnknown, false
		}
		return drip.ClassAccepted, true
	}
	start(w)
	if w.count(drip.DeliverySent) != 1 || len(w.health) != 1 || w.health[0].Up {
		t.Errorf("results %v, health %+v", w.results, w.health)
	}
}

func TestWhatCouldNotBeComposedIsNotOfferedAgainAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 1).lasting()
	w.offer = func(store.Claimed) *outbox.Failure {
		return &outbox.Failure{Class: drip.ClassTransport, Usable: true, Uncomposed: true, Reply: drip.Reply{Phase: drip.PhaseMail, Local: true}}
	}
	start(w)
	if w.count(drip.DeliveryDeferred) != 1 || w.policies.offers[0] != 1 {
		t.Errorf("%v after %v offers", w.results, w.policies.offers)
	}
}

func TestNoMoreConnectionsThanADomainsRateNeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 4, Domains: map[string]outbox.DomainLimit{"gmail.com": {Rate: 1}}}, 20).lasting()
	for i := range w.claims {
		w.to(i, "gmail.com")
	}
	dials := 0
	w.dial = func(int) *outbox.Failure { dials++; return nil }
	start(w)
	w.pass(5 * time.Second)
	if dials != 1 || len(w.sent) != 6 {
		t.Errorf("%d connections for %d messages at one a second", dials, len(w.sent))
	}
}

func TestDomainsThatAskForLessNowAndThenAreNotTheRelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 8).lasting()
	for i := range w.claims {
		w.to(i, []string{"a.test", "calm.test", "b.test", "calm.test", "c.test", "calm.test", "d.test", "calm.test"}[i])
	}
	w.transfer = func(c store.Claimed) (drip.Class, bool) {
		if c.Subscriber.Email.Domain() == "calm.test" {
			return drip.ClassAccepted, true
		}
		return drip.ClassThrottled, true
	}
	w.policies.reply = func(store.Claimed) drip.Reply {
		return drip.Reply{Phase: drip.PhaseFinal, Code: 451, Enhanced: "4.7.1"}
	}
	start(w)
	if len(w.health) > 0 || w.count(drip.DeliverySent) != 4 {
		t.Errorf("health %+v, results %v", w.health, w.results)
	}
}

func TestRateOfADomainRecoversSlowly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1, Queue: 2000}, 900).lasting()
	for i := range w.claims {
		w.to(i, "gmail.com")
	}
	first := true
	w.transfer = func(store.Claimed) (drip.Class, bool) {
		if first {
			first = false
			return drip.ClassThrottled, true
		}
		return drip.ClassAccepted, true
	}
	w.policies.reply = func(store.Claimed) drip.Reply {
		return drip.Reply{Phase: drip.PhaseFinal, Code: 451, Enhanced: "4.7.1"}
	}
	start(w)
	var minutes []int
	for range 5 {
		before := len(w.sent)
		w.pass(2 * time.Minute)
		minutes = append(minutes, len(w.sent)-before)
	}
	if minutes[0] > 121 || minutes[1] > 165 || minutes[1] <= minutes[0] {
		t.Errorf("%v messages in two minutes each; want about 110, and a third more each time", minutes)
	}
}

// What is taken back because the relay must rest goes over the next one only when the
// first has let go of it.
func TestClaimIsWithdrawnBeforeItIsOfferedElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, twoRelays(), 2).lasting()
	w.policies.offerOn = func(relay int, c store.Claimed) *outbox.Failure {
		if relay == 0 && c.Delivery.Enrollment == 2 {
			return offerFails(drip.ClassThrottled, drip.PhaseMail, 450, "4.7.0")
		}
		return nil
	}
	w.send(outbox.Wake{})
	for len(w.pending) > 0 {
		at := slices.IndexFunc(w.pending, func(e any) bool {
			offer, is := e.(outbox.Offer)
			return is && (offer.Item.Delivery.Enrollment == 2 || offer.Conn >= 2)
		})
		if at < 0 { // everything else, withdrawals last
			at = slices.IndexFunc(w.pending, func(e any) bool { _, is := e.(outbox.Withdraw); return !is })
		}
		w.one(max(at, 0))
	}
	if w.count(drip.DeliverySent) != 2 || w.withdrawn == 0 {
		t.Errorf("results %v, %d withdrawn", w.results, w.withdrawn)
	}
}
