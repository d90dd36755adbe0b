package outbox_test

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// mixed makes claims of which every second is at gmail.com.
func mixed(t *testing.T, cfg outbox.Config, n int) *world {
	w := newWorld(t, cfg, n).lasting()
	for i := range w.claims {
		w.to(i, []string{"gmail.com", "reading-circle.org"}[i%2])
	}
	return w
}

func TestDomainsRateHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	w := start(mixed(t, outbox.Config{Connections: 4, Domains: map[string]outbox.DomainLimit{"gmail.com": {Rate: 2}}}, 100))
	if got := w.sentTo("reading-circle.org"); got != 50 {
		t.Errorf("%d of 50 sent to the domain without a limit", got)
	}
	if got := w.sentTo("gmail.com"); got != 1 {
		t.Errorf("%d sent to the limited domain in the first instant, want 1", got)
	}
	hold := w.box.Holds(w.now)
	if len(hold) != 1 || hold[0].Domain != "gmail.com" || hold[0].Waiting != 49 || !hold[0].Until.Equal(w.now.Machine.Add(time.Second/2)) {
		t.Errorf("holds are %+v", hold)
	}
	w.pass(10 * time.Second)
	if got := w.sentTo("gmail.com"); got != 21 {
		t.Errorf("%d sent to the limited domain after ten seconds at two a second, want 21", got)
	}
}

func TestEveryDomainHasTheLimitForAll(t *testing.T) {
	t.Parallel()
	w := start(mixed(t, outbox.Config{Connections: 4, Domains: map[string]outbox.DomainLimit{
		outbox.AnyDomain: {Rate: 1}, "reading-circle.org": {},
	}}, 100))
	if gmail, own := w.sentTo("gmail.com"), w.sentTo("reading-circle.org"); gmail != 1 || own != 50 {
		t.Errorf("%d and %d sent, want 1 and, for the domain with a limit of its own, 50", gmail, own)
	}
}

// The world counts the transactions with each domain.
func TestDomainsConnectionsAreLimited(t *testing.T) {
	t.Parallel()
	for _, pipelining := range []bool{false, true} {
		w := mixed(t, outbox.Config{Connections: 8, Domains: map[string]outbox.DomainLimit{"gmail.com": {Connections: 2}}}, 200)
		w.pipelining = pipelining
		start(w)
		if w.count(drip.DeliverySent) != 200 {
			t.Errorf("%d of 200 sent", w.count(drip.DeliverySent))
		}
	}
}

func TestDomainThatAsksForLessGetsLessForAWhile(t *testing.T) {
	t.Parallel()
	w := mixed(t, outbox.Config{Connections: 1}, 800)
	busy := true
	w.transfer = func(c store.Claimed) (drip.Class, bool) {
		if busy && c.Subscriber.Email.Domain() == "gmail.com" {
			return drip.ClassThrottled, true
		}
		return drip.ClassAccepted, true
	}
	w.policies.reply = func(store.Claimed) drip.Reply {
		return drip.Reply{Phase: drip.PhaseFinal, Code: 421, Enhanced: "4.7.28"}
	}
	start(w)
	if w.sentTo("reading-circle.org") != 400 || len(w.health) > 0 {
		t.Fatalf("%d of 400 sent to the other domain, health %+v: one domain's wish is not the relay's", w.sentTo("reading-circle.org"), w.health)
	}
	tries := func(d time.Duration) int {
		before := len(w.sent)
		w.pass(d)
		return len(w.sent) - before
	}
	if n := tries(10 * time.Minute); n < 3 || n > 20 {
		t.Errorf("%d tries in ten minutes at the domain that always asks for less", n)
	}
	busy = false
	w.pass(6 * time.Minute)
	early := tries(5 * time.Minute)
	for range 90 {
		w.pass(time.Minute)
		w.comeBack()
	}
	if w.sentTo("gmail.com") < 360 {
		t.Errorf("only %d sent to the domain when it took mail again", w.sentTo("gmail.com"))
	}
	if early > 200 {
		t.Errorf("%d in five minutes right after it asked for less: the rate must recover slowly", early)
	}
}

func TestThrottlingOfManyDomainsIsTheRelays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 3).lasting()
	for i, domain := range []string{"gmail.com", "yahoo.com", "reading-circle.org"} {
		w.to(i, domain)
	}
	w.transfer = func(store.Claimed) (drip.Class, bool) { return drip.ClassThrottled, true }
	w.policies.reply = func(store.Claimed) drip.Reply {
		return drip.Reply{Phase: drip.PhaseFinal, Code: 454, Enhanced: "4.7.0"}
	}
	start(w)
	if len(w.health) != 1 || w.health[0].Up {
		t.Errorf("health is %+v; three domains in a row do not all ask for less", w.health)
	}
}

func TestWhoAsksForLess(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		reply    drip.Reply
		relay    bool // is left alone
		slowed   bool // the domain is
		returned bool // the message is offered again at once
	}{
		{"the relay shuts down", drip.Reply{Phase: drip.PhaseRcpt, Code: 421}, true, false, true},
		{"the relay takes nothing", drip.Reply{Phase: drip.PhaseRcpt, Code: 450, Enhanced: "4.3.2"}, true, false, true},
		{"the relay's rate", drip.Reply{Phase: drip.PhaseMail, Code: 450, Enhanced: "4.7.0"}, true, false, true},
		{"the domain's rate", drip.Reply{Phase: drip.PhaseRcpt, Code: 421, Enhanced: "4.7.28"}, false, true, false},
		{"the domain's policy", drip.Reply{Phase: drip.PhaseRcpt, Code: 451, Enhanced: "4.7.500"}, false, true, false},
		{"one mailbox", drip.Reply{Phase: drip.PhaseRcpt, Code: 450, Enhanced: "4.2.1"}, false, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, outbox.Config{Connections: 1}, 3).lasting()
			for i := range w.claims {
				w.to(i, "gmail.com")
			}
			first := true
			w.offer = func(store.Claimed) *outbox.Failure {
				if first {
					first = false
					return &outbox.Failure{Class: drip.ClassThrottled, Usable: true, Reply: tc.reply}
				}
				return nil
			}
			start(w)
			if relay := len(w.health) > 0; relay != tc.relay {
				t.Errorf("the relay is left alone: %t", relay)
			}
			holds := w.box.Holds(w.now)
			if slowed := len(holds) == 1 && holds[0].Slowed; slowed != tc.slowed {
				t.Errorf("holds are %+v", holds)
			}
			if returned := w.count(drip.DeliveryDeferred) == 0; returned != tc.returned {
				t.Errorf("the message is offered again at once: %t; results %v", returned, w.results)
			}
		})
	}
}

// However many messages of a slow domain are due first, the others are found, and the
// slow domain gets its own in time.
func TestCrowdOfASlowDomainIsPutAside(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]outbox.DomainLimit{"rate": {Rate: 2}, "rate and connections": {Rate: 2, Connections: 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, outbox.Config{Connections: 4, Queue: 32, Domains: map[string]outbox.DomainLimit{"gmail.com": limit}}, 400).lasting()
			for i := range w.claims {
				domain := "gmail.com"
				if i >= 300 {
					domain = "reading-circle.org"
				}
				w.to(i, domain)
			}
			start(w)
			if got := w.sentTo("reading-circle.org"); got != 100 {
				t.Fatalf("%d of 100 sent to those behind the crowd", got)
			}
			if holds := w.box.Holds(w.now); len(holds) != 1 || holds[0].Waiting < 295 {
				t.Errorf("holds are %+v", holds)
			}
			for range 170 {
				w.pass(time.Second)
				if w.comeBack() > 0 {
					w.send(outbox.Wake{})
					w.run()
				}
			}
			if got := w.sentTo("gmail.com"); got < 290 {
				t.Errorf("%d of 300 sent in 170 seconds at two a second", got)
			}
			for _, out := range w.policies.outcomes {
				if out.State == drip.DeliveryDeferred && out.Class != "" {
					t.Fatalf("%+v counts as a try", out)
				}
			}
		})
	}
}

// A domain that asked for less, and has recovered since, waits for no crowd of another.
func TestRecoveredDomainIsNotPutAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1, Queue: 32, Domains: map[string]outbox.DomainLimit{"gmail.com": {Rate: 2}}}, 201).lasting()
	for i := range w.claims {
		w.to(i, []string{"yahoo.com", "gmail.com"}[i%2])
	}
	asksForLess := true
	w.offer = func(store.Claimed) *outbox.Failure {
		if !asksForLess {
			return nil
		}
		asksForLess = false
		return &outbox.Failure{Class: drip.ClassThrottled, Usable: true, Reply: drip.Reply{Phase: drip.PhaseRcpt, Code: 421, Enhanced: "4.7.28"}}
	}
	rest := w.claims[1:]
	w.claims = w.claims[:1]
	start(w)
	w.pass(time.Hour)
	w.claims = rest
	start(w)
	if got := w.sentTo("yahoo.com"); got != 100 {
		t.Errorf("%d of 100 sent to the domain that has recovered", got)
	}
	aside := 0
	for _, out := range w.policies.outcomes {
		if out.State == drip.DeliveryDeferred && out.Class == "" {
			aside++
		}
	}
	if aside == 0 || aside > 100 {
		t.Errorf("%d put aside, want some of the 100 of the slow domain and none else", aside)
	}
}

// While the relay is not to be reached, nobody is passed over, and so nothing is put
// aside: it would be claimed again every second.
func TestNothingIsPutAsideForADomainWhileTheRelayIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1, Queue: 4, Domains: map[string]outbox.DomainLimit{"gmail.com": {Rate: 2}}}, 4).lasting()
	for i := range w.claims {
		w.to(i, "gmail.com")
	}
	w.dial = func(int) *outbox.Failure {
		return &outbox.Failure{Class: drip.ClassTransport, Reply: drip.Reply{Text: "refused"}}
	}
	start(w)
	w.pass(time.Minute)
	if out := w.policies.outcomes; len(out) != 0 {
		t.Errorf("the outcomes are %+v, want none", out)
	}
}
