package outbox_test

import (
	"slices"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// riding is a world whose relay takes riding offers.
func riding(t *testing.T, cfg outbox.Config, claims int) *world {
	w := newWorld(t, cfg, claims)
	w.pipelining = true
	return w
}

func TestOffersRideOnTheMessageBefore(t *testing.T) {
	t.Parallel()
	w := start(riding(t, outbox.Config{Connections: 1}, 20))
	if w.count(drip.DeliverySent) != 20 || w.rode != 19 {
		t.Fatalf("%d sent, %d offers rode; want 20 and all but the first", w.count(drip.DeliverySent), w.rode)
	}
	// The outcome of each and the mark of the next are one group commit.
	if w.rounds != 21 {
		t.Errorf("%d group commits for 20 messages over one connection, want 21", w.rounds)
	}
	if plain := start(newWorld(t, outbox.Config{Connections: 1}, 20)); plain.rode > 0 {
		t.Error("an offer rode although the relay does not take that")
	}
}

func TestAnswersThatComeLaterAreWaitedFor(t *testing.T) {
	t.Parallel()
	w := riding(t, outbox.Config{Connections: 2, PerConnection: 5}, 30)
	w.apart = func() bool { return true }
	start(w)
	if w.count(drip.DeliverySent) != 30 || w.rode == 0 {
		t.Fatalf("%d of 30 sent, %d offers rode", w.count(drip.DeliverySent), w.rode)
	}
}

func TestConnectionsWithoutWorkComeBeforeRiders(t *testing.T) {
	t.Parallel()
	w := riding(t, outbox.Config{Connections: 4}, 4)
	w.send(outbox.Wake{})
	for len(w.sent) == 0 { // over the first connection; the others take their time
		w.one(slices.IndexFunc(w.pending, func(e any) bool {
			d, dial := e.(outbox.Dial)
			return !dial || d.Conn == 0
		}))
	}
	w.run()
	if w.rode > 0 || w.count(drip.DeliverySent) != 4 {
		t.Fatalf("%d offers rode although every message had a connection of its own", w.rode)
	}
}

func TestNothingRidesWhileTheRelayRests(t *testing.T) {
	t.Parallel()
	w := riding(t, outbox.Config{Connections: 2}, 40)
	w.transfer = func(c store.Claimed) (drip.Class, bool) {
		if c.Delivery.Enrollment == 1 {
			return drip.ClassThrottled, true
		}
		return drip.ClassAccepted, true
	}
	start(w)
	if len(w.sent) != 2 || w.rode != 1 {
		t.Fatalf("%d messages and %d riders; want 2, and no rider after the relay asked to slow down", len(w.sent), w.rode)
	}
}

func TestNothingRidesWhoseLeaseEnds(t *testing.T) {
	t.Parallel()
	w := riding(t, outbox.Config{Connections: 1}, 3)
	w.commit = func(int) error {
		w.now.Machine = w.now.Machine.Add(4*time.Minute + time.Second)
		return nil
	}
	start(w)
	if len(w.sent) != 1 || w.rode > 0 {
		t.Fatalf("%d sent, %d rode; want the one whose lease held", len(w.sent), w.rode)
	}
}

// Whatever is said to the final dot, the rider's fate is its own.
func TestTheDotDoesNotDecideAboutTheRider(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		class  drip.Class
		usable bool
		state  drip.DeliveryState // of the first message
		rests  bool               // the relay is left alone for a while
	}{
		{"accepted", drip.ClassAccepted, true, drip.DeliverySent, false},
		{"refused", drip.ClassMessage, true, drip.DeliveryRefused, false},
		{"deferred", drip.ClassDeferred, true, drip.DeliveryDeferred, false},
		{"throttled", drip.ClassThrottled, true, drip.DeliveryDeferred, true},
		{"left", drip.ClassThrottled, false, drip.DeliveryDeferred, true},
		{"silent", drip.ClassUnknown, false, drip.DeliveryUnknown, true},
		{"dropped", drip.ClassTransport, false, drip.DeliveryDeferred, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := riding(t, outbox.Config{Connections: 1}, 3)
			w.transfer = func(c store.Claimed) (drip.Class, bool) {
				if c.Delivery.Enrollment == 1 {
					return tc.class, tc.usable
				}
				return drip.ClassAccepted, true
			}
			start(w)
			if rests := len(w.sent) == 1; rests != tc.rests {
				t.Errorf("%d messages in the first instant", len(w.sent))
			}
			w.pass(time.Minute)
			if w.count(tc.state) == 0 || w.count(drip.DeliverySent) < 2 || len(w.results) != 3 {
				t.Errorf("got %v, want the first %s and the others sent", w.results, tc.state)
			}
		})
	}
}

func TestARefusedRiderIsRefusedAlone(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]outbox.Failure{
		"mail":       {Class: drip.ClassMessage, Usable: true, Reply: drip.Reply{Phase: drip.PhaseMail, Code: 552}},
		"rcpt":       {Class: drip.ClassRecipient, Usable: true, Reply: drip.Reply{Phase: drip.PhaseRcpt, Code: 550}},
		"uncomposed": {Class: drip.ClassMessage, Usable: true, Uncomposed: true},
		"locally":    {Class: drip.ClassMessage, Usable: true, Reply: drip.Reply{Phase: drip.PhaseMail, Code: 552, Local: true}},
	} {
		w := riding(t, outbox.Config{Connections: 1}, 10)
		w.offer = func(c store.Claimed) *outbox.Failure {
			if c.Delivery.Enrollment%2 == 0 {
				return &f
			}
			return nil
		}
		start(w)
		if w.count(drip.DeliverySent) != 5 || len(w.results) != 10 || w.rode == 0 {
			t.Errorf("%s: %v, %d rode", name, w.results, w.rode)
		}
	}
}

func TestFarewellToARiderFailsNobody(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]outbox.Failure{
		"421":  {Class: drip.ClassThrottled, Reply: drip.Reply{Phase: drip.PhaseMail, Code: 421}},
		"gone": {Class: drip.ClassTransport, Reply: drip.Reply{Phase: drip.PhaseMail}},
	} {
		w := riding(t, outbox.Config{Connections: 1}, 20)
		offers := 0
		w.offer = func(store.Claimed) *outbox.Failure {
			if offers++; offers%4 == 0 {
				return &f
			}
			return nil
		}
		start(w)
		if w.count(drip.DeliverySent) != 20 || len(w.health) > 0 || w.rode == 0 {
			t.Errorf("%s: %v, health %v, %d rode", name, w.results, w.health, w.rode)
		}
	}
}

func TestARiderThatWasNotSaidIsOfferedAgain(t *testing.T) {
	t.Parallel()
	w := riding(t, outbox.Config{Connections: 1, PerConnection: 4}, 12)
	w.unsaid = func() bool { return true }
	dials := 0
	w.dial = func(int) *outbox.Failure { dials++; return nil }
	start(w)
	if w.count(drip.DeliverySent) != 12 || w.rode == 0 || dials != 3 {
		t.Fatalf("%d of 12 sent, %d were to ride, %d connections; want 12, some and 3", w.count(drip.DeliverySent), w.rode, dials)
	}
	if !slices.IsSortedFunc(w.marks, func(a, b store.Mark) int { return int(a.Enrollment - b.Enrollment) }) {
		t.Error("what was put back lost its place")
	}
}

func TestRefusedMarkOfARiderIsWithdrawn(t *testing.T) {
	t.Parallel()
	w := riding(t, outbox.Config{Connections: 1}, 10)
	w.mark = func(f store.Fence) bool { return f.Enrollment%3 != 0 }
	start(w)
	if w.withdrawn != 3 || w.count(drip.DeliverySent) != 7 {
		t.Fatalf("withdrawn %d, sent %d; want 3 and 7", w.withdrawn, w.count(drip.DeliverySent))
	}
}

func TestStopGivesTheRiderBack(t *testing.T) {
	t.Parallel()
	for name, usable := range map[string]bool{"taken": true, "farewell": true, "not said": false} {
		w := riding(t, outbox.Config{Connections: 1}, 10)
		stopped := false
		w.transfer = func(store.Claimed) (drip.Class, bool) {
			if len(w.sent) == 3 {
				stopped = true
				w.send(outbox.Stop{})
				return drip.ClassAccepted, usable
			}
			return drip.ClassAccepted, true
		}
		w.offer = func(store.Claimed) *outbox.Failure {
			if stopped && name == "farewell" {
				return &outbox.Failure{Class: drip.ClassThrottled, Reply: drip.Reply{Phase: drip.PhaseMail, Code: 421}}
			}
			return nil
		}
		start(w)
		if !w.stopped || len(w.results) != 3 || w.count(drip.DeliverySent) != 3 || w.released != 7 {
			t.Errorf("%s: stopped %t, %v, %d given back; want 3 sent and 7 given back", name, w.stopped, w.results, w.released)
		}
	}
}

func TestNothingRidesBeforeItsTurn(t *testing.T) {
	t.Parallel()
	w := riding(t, outbox.Config{Connections: 2, Rate: 40}, 100)
	w.commit = func(int) error {
		w.now.Machine = w.now.Machine.Add(30 * time.Millisecond)
		return nil
	}
	start(w) // the world sees to the turns
	for range 100 {
		w.sleep(10 * time.Millisecond)
	}
	if w.count(drip.DeliverySent) != 100 || w.rode == 0 {
		t.Fatalf("%d of 100 sent, %d rode", w.count(drip.DeliverySent), w.rode)
	}
}
