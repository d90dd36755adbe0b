package outbox_test

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// twoRelays have two connections each.
func twoRelays() outbox.Config {
	return outbox.Config{Relays: []outbox.RelayConfig{{Name: "first:25", Connections: 2}, {Name: "second:25", Connections: 2}}}
}

func TestRelayOfChoiceGetsEverything(t *testing.T) {
	t.Parallel()
	w := start(newWorld(t, twoRelays(), 100))
	if w.policies.offers[0] != 100 || w.policies.offers[1] != 0 {
		t.Errorf("offers are %v, want all of them over the first relay", w.policies.offers)
	}
}

func TestNextRelayTakesOverAndTheFirstComesBackAfterAProbe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, twoRelays(), 300).lasting()
	down := true
	w.dial = func(conn int) *outbox.Failure {
		if down && w.relayOf(conn) == 0 {
			return dialFails()
		}
		return nil
	}
	w.send(outbox.Wake{})
	for w.policies.offers[1] < 100 {
		w.one(0)
	}
	down = false
	if w.policies.offers[0] != 0 {
		t.Fatalf("offers are %v while the first relay is down", w.policies.offers)
	}
	w.now.Machine = w.now.Machine.Add(11 * time.Second) // half open
	w.send(outbox.Wake{})
	w.run()
	if w.count(drip.DeliverySent) != 300 || w.policies.offers[0] < 150 {
		t.Errorf("%d of 300 sent, offers %v; want most over the first relay once its probe succeeded", w.count(drip.DeliverySent), w.policies.offers)
	}
	if last := w.health[len(w.health)-1]; !last.Up || last.Relay != 0 {
		t.Errorf("health is %+v", w.health)
	}
}

func TestWhatARelayRefusesOfUsGoesOverTheNextAtOnce(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]*outbox.Failure{
		"throttled at MAIL": offerFails(drip.ClassThrottled, drip.PhaseMail, 421, "4.7.0"),
		"refused at MAIL":   offerFails(drip.ClassSender, drip.PhaseMail, 550, "5.7.1"),
		"closing at RCPT":   offerFails(drip.ClassThrottled, drip.PhaseRcpt, 421, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, twoRelays(), 20)
			w.policies.offerOn = func(relay int, _ store.Claimed) *outbox.Failure {
				if relay == 0 {
					return failure
				}
				return nil
			}
			start(w)
			if w.count(drip.DeliverySent) != 20 || len(w.results) != 20 {
				t.Errorf("results are %v, want all sent, and no try counted", w.results)
			}
		})
	}
}

// What the relay said of a recipient or a message, and what it left in doubt, is never
// offered to another.
func TestDecisionsAndDoubtAreNotTakenElsewhere(t *testing.T) {
	t.Parallel()
	for _, class := range drip.Classes() {
		w := newWorld(t, twoRelays(), 1)
		w.transfer = func(store.Claimed) (drip.Class, bool) { return class, false }
		start(w)
		w.pass(3 * time.Minute)
		if w.policies.offers[0] != 1 || w.policies.offers[1] != 0 {
			t.Errorf("%s after the final dot: offers are %v", class, w.policies.offers)
		}
	}
	for _, class := range []drip.Class{drip.ClassRecipient, drip.ClassMessage, drip.ClassSender, drip.ClassDeferred} {
		w := newWorld(t, twoRelays(), 1)
		w.policies.offerOn = func(int, store.Claimed) *outbox.Failure { return offerFails(class, drip.PhaseRcpt, 550, "") }
		start(w)
		w.pass(3 * time.Minute)
		if w.policies.offers[0] != 1 || w.policies.offers[1] != 0 {
			t.Errorf("%s at RCPT: offers are %v", class, w.policies.offers)
		}
	}
}

// A message that costs every connection its life is put off, and the others go.
func TestMessageThatKillsConnectionsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, twoRelays(), 30).lasting()
	w.offer = func(c store.Claimed) *outbox.Failure {
		if c.Delivery.Enrollment == 7 {
			return offerFails(drip.ClassTransport, drip.PhaseRcpt, 0, "")
		}
		return nil
	}
	start(w)
	w.pass(time.Minute)
	if w.count(drip.DeliverySent) != 29 || w.count(drip.DeliveryDeferred) != 1 {
		t.Errorf("%d sent and %d deferred, want 29 and 1", w.count(drip.DeliverySent), w.count(drip.DeliveryDeferred))
	}
}

func TestBreakerOpensOnFailuresInARow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		class drip.Class
		takes int
	}{{drip.ClassTransport, 3}, {drip.ClassUnknown, 1}, {drip.ClassThrottled, 1}} {
		w := newWorld(t, outbox.Config{Connections: 1}, 100)
		n := 0
		w.transfer = func(store.Claimed) (drip.Class, bool) {
			if n++; n%tc.takes == 0 && n < 20*tc.takes { // never enough in a row
				return drip.ClassAccepted, true
			}
			return tc.class, true
		}
		w.policies.reply = func(store.Claimed) drip.Reply { return drip.Reply{Phase: drip.PhaseFinal} }
		start(w)
		if want := 20 * tc.takes; tc.takes > 1 && len(w.sent) != want {
			t.Errorf("%s: the relay is left alone after %d messages, want %d", tc.class, len(w.sent), want)
		}
		if len(w.health) != 1 || w.health[0].Up {
			t.Errorf("%s: health is %+v", tc.class, w.health)
		}
	}
}

// A relay that is down for six hours with thousands due is tried about once in five
// minutes; nothing is counted against anybody, and all is sent afterwards.
func TestSixHoursDown(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func() *outbox.Failure{
		"nobody there": dialFails,
		"wrong login": func() *outbox.Failure {
			return offerFails(drip.ClassSender, drip.PhaseAuth, 535, "5.7.8")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, outbox.Config{Connections: 4}, 2000).lasting()
			down, dials := true, 0
			w.dial = func(int) *outbox.Failure {
				dials++
				if down {
					return fails()
				}
				return nil
			}
			start(w)
			w.pass(6 * time.Hour)
			if dials > 90 || len(w.results) > 0 {
				t.Errorf("%d connection attempts in six hours, %d outcomes; want at most 90 and none", dials, len(w.results))
			}
			holds := w.box.Holds(w.now)
			if len(holds) != 1 || holds[0].Kind != outbox.HeldByBreaker || !holds[0].Until.After(w.now.Machine) {
				t.Errorf("holds are %+v", holds)
			}
			down = false
			w.pass(6 * time.Minute)
			if w.count(drip.DeliverySent) != 2000 {
				t.Errorf("%d of 2000 sent after it came back", w.count(drip.DeliverySent))
			}
		})
	}
}

func TestOldConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	cfg := outbox.Config{Relays: []outbox.RelayConfig{{Connections: 1, Rate: 0.1, MaxAge: time.Minute}}}
	w := newWorld(t, cfg, 20).lasting()
	dials := 0
	w.dial = func(int) *outbox.Failure { dials++; return nil }
	start(w)
	w.pass(3 * time.Minute)
	if len(w.sent) < 18 || dials != 3 {
		t.Errorf("%d messages over %d connections in three minutes, want 3 connections", len(w.sent), dials)
	}
}

// A relay that wants a login after all is as good as none, at whichever command it says
// so: that is nobody's own policy.
func TestRelayThatWantsALoginStopsForEverybody(t *testing.T) {
	t.Parallel()
	for _, code := range []int{530, 534, 535, 538} {
		for _, phase := range []drip.Phase{drip.PhaseMail, drip.PhaseRcpt} {
			w := newWorld(t, outbox.Config{Connections: 1}, 300).lasting()
			broken := true
			w.offer = func(store.Claimed) *outbox.Failure {
				if broken {
					return offerFails(drip.ClassSender, phase, code, "5.7.0")
				}
				return nil
			}
			start(w)
			w.pass(15 * time.Second)
			if w.policies.offers[0] > 2 || len(w.paused) > 0 || len(w.results) > 0 {
				t.Errorf("%d at %s: %d offers, %d outcomes, paused %v; want the relay left alone and every claim kept",
					code, phase, w.policies.offers[0], len(w.results), w.paused)
			}
			broken = false
			w.pass(time.Minute)
			if w.count(drip.DeliverySent) != 300 {
				t.Errorf("%d at %s: %d of 300 sent once it took mail", code, phase, w.count(drip.DeliverySent))
			}
		}
	}
}
