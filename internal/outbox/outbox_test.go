package outbox_test

import (
	"slices"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

func start(w *world) *world {
	w.send(outbox.Wake{})
	w.run()
	return w
}

func TestEverythingClaimedIsSentOnce(t *testing.T) {
	t.Parallel()
	w := start(newWorld(t, outbox.Config{Connections: 3, PerConnection: 7}, 100))
	if got := w.count(drip.DeliverySent); got != 100 {
		t.Fatalf("%d of 100 sent", got)
	}
	if !w.box.Quiet() {
		t.Error("the outbox should be quiet when all is sent")
	}
}

func TestMarkComesBeforeData(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 1)
	w.send(outbox.Wake{})
	for len(w.pending) > 0 {
		w.one(0)
	}
	mark := slices.Index(w.trace, "outbox.Commit")
	data := slices.Index(w.trace, "outbox.Transfer")
	if mark < 0 || data < mark {
		t.Fatalf("want the group commit before the transfer, got %v", w.trace)
	}
}

func TestMarksCarryTheDailyLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1, DailyLimit: 2}, 4)
	slot := w.now.Calendar
	w.claims[1].Enrollment.State = drip.EnrollmentPending // a confirmation
	w.claims[2].Enrollment = drip.Enrollment{State: drip.EnrollmentActive, Start: drip.StartOnJoin, JoinedAt: slot.Add(time.Second)}
	w.claims[3].Enrollment = drip.Enrollment{State: drip.EnrollmentActive, AskedAt: slot.Add(time.Second)}
	start(w)
	want := map[drip.EnrollmentID]int{1: 2, 2: 0, 3: 0, 4: 0}
	for _, m := range w.marks {
		if m.DailyLimit != want[m.Enrollment] {
			t.Errorf("the mark of enrollment %d has the limit %d, want %d", m.Enrollment, m.DailyLimit, want[m.Enrollment])
		}
	}
	if len(w.marks) != 4 {
		t.Errorf("%d marks", len(w.marks))
	}
}

func TestRefusedMarkIsWithdrawnAndItsNeighborsGoOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 2}, 10)
	w.mark = func(f store.Fence) bool { return f.Enrollment%2 == 0 }
	start(w)
	if w.withdrawn != 5 || w.count(drip.DeliverySent) != 5 {
		t.Fatalf("withdrawn %d, sent %d; want 5 and 5", w.withdrawn, w.count(drip.DeliverySent))
	}
}

func TestFailedCommitKeepsOutcomesAndSendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 2)
	// Round 1 marks the first message; round 2 carries its outcome and fails.
	w.commit = func(round int) error {
		if round == 2 || round == 3 {
			return errStore
		}
		return nil
	}
	start(w)
	if len(w.results) != 0 {
		t.Fatalf("an outcome was stored by a failed commit: %v", w.results)
	}
	for range 10 {
		w.sleep(2 * time.Second)
	}
	if w.count(drip.DeliverySent) != len(w.sent) || len(w.sent) == 0 {
		t.Fatalf("%d outcomes for %d sent messages after the store recovered", w.count(drip.DeliverySent), len(w.sent))
	}
	if len(w.sent) != 2 {
		t.Fatalf("%d sent and %d withdrawn, want both sent after the store recovered", len(w.sent), w.withdrawn)
	}
}

// A store that cannot take marks is asked with one message at a time, and what was
// withdrawn is sent when it can: nobody waits for the end of a lease.
func TestLostMarkIsNeverTransferredAndOfferedAgain(t *testing.T) {
	t.Parallel()
	const failures = 6
	w := newWorld(t, outbox.Config{Connections: 4}, 20)
	w.commit = func(round int) error {
		if round <= failures {
			return errStore
		}
		return nil
	}
	start(w)
	for range failures {
		w.sleep(2 * time.Second)
	}
	if w.withdrawn < failures || w.withdrawn > failures+4 {
		t.Errorf("%d transactions were withdrawn; want those of 4 connections, and one for each try after that", w.withdrawn)
	}
	for range 5 {
		w.sleep(2 * time.Second)
	}
	if len(w.sent) != 20 {
		t.Errorf("%d of 20 were sent", len(w.sent))
	}
}

func TestGracefulStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 2}, 50)
	w.send(outbox.Wake{})
	for len(w.sent) < 3 {
		w.one(0)
	}
	w.send(outbox.Stop{})
	w.run()
	if !w.stopped {
		t.Fatalf("never stopped: %v", w.trace)
	}
	marked := 0
	for _, m := range w.marked {
		if m {
			marked++
		}
	}
	if marked != len(w.sent) || len(w.sent) != w.count(drip.DeliverySent) {
		t.Errorf("%d marked, %d transferred, %d stored as sent: a stop finishes what is marked", marked, len(w.sent), w.count(drip.DeliverySent))
	}
	if w.released+len(w.sent)+len(w.claims) != 50 {
		t.Errorf("%d released + %d sent + %d never loaded, want 50", w.released, len(w.sent), len(w.claims))
	}
	for i, open := range w.open {
		if open {
			t.Errorf("connection %d was left open", i)
		}
	}
}

func TestStopWithoutWork(t *testing.T) {
	t.Parallel()
	w := start(newWorld(t, outbox.Config{}, 0))
	w.send(outbox.Stop{})
	w.run()
	if !w.stopped {
		t.Fatal("an idle outbox stops at once")
	}
}

func TestRateSpreadsOffers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 4, Rate: 10}, 20)
	w.send(outbox.Wake{})
	w.run()
	if len(w.sent) != 1 {
		t.Fatalf("%d messages in the first instant, want 1", len(w.sent))
	}
	for range 10 {
		w.sleep(100 * time.Millisecond)
	}
	if len(w.sent) != 11 {
		t.Fatalf("%d messages after a second at 10 a second, want 11", len(w.sent))
	}
}

func TestSilentIdleConnectionCostsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 2)
	died := false
	w.offer = func(c store.Claimed) *outbox.Failure {
		if c.Delivery.Enrollment == 2 && !died {
			died = true
			return &outbox.Failure{Class: drip.ClassTransport, Reply: drip.Reply{Phase: drip.PhaseMail}}
		}
		return nil
	}
	start(w)
	if w.count(drip.DeliverySent) != 2 || w.count(drip.DeliveryDeferred) != 0 {
		t.Fatalf("want both sent over a fresh connection, got %v", w.results)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		class      drip.Class
		uncomposed bool
		state      drip.DeliveryState
		down       bool
	}{
		{"accepted", drip.ClassAccepted, false, drip.DeliverySent, false},
		{"recipient", drip.ClassRecipient, false, drip.DeliveryRefused, false},
		{"message", drip.ClassMessage, false, drip.DeliveryRefused, false},
		{"sender", drip.ClassSender, false, drip.DeliveryDeferred, false},
		{"deferred", drip.ClassDeferred, false, drip.DeliveryDeferred, false},
		{"throttled", drip.ClassThrottled, false, drip.DeliveryDeferred, true},
		{"transport", drip.ClassTransport, false, drip.DeliveryDeferred, false},
		{"unknown", drip.ClassUnknown, false, drip.DeliveryUnknown, true},
		{"uncomposed", drip.ClassMessage, true, drip.DeliveryDeferred, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, outbox.Config{Connections: 1}, 1)
			if tc.uncomposed {
				w.offer = func(store.Claimed) *outbox.Failure {
					return &outbox.Failure{Class: tc.class, Uncomposed: true, Usable: true}
				}
			} else {
				w.transfer = func(store.Claimed) (drip.Class, bool) { return tc.class, true }
			}
			start(w)
			if w.count(tc.state) != 1 {
				t.Errorf("got %v, want %s", w.results, tc.state)
			}
			if down := len(w.health) > 0 && !w.health[0].Up; down != tc.down {
				t.Errorf("relay held to be down: %t, want %t", down, tc.down)
			}
		})
	}
}

func TestOnlyRefusedRecipientsAreSuppressed(t *testing.T) {
	t.Parallel()
	for _, class := range drip.Classes() {
		w := newWorld(t, outbox.Config{Connections: 1}, 1)
		w.transfer = func(store.Claimed) (drip.Class, bool) { return class, true }
		w.send(outbox.Wake{})
		suppressed := false
		for len(w.pending) > 0 {
			if c, ok := w.pending[0].(outbox.Commit); ok {
				for _, out := range c.Round.Outcomes {
					suppressed = suppressed || out.Suppress != ""
				}
			}
			w.one(0)
		}
		if suppressed != (class == drip.ClassRecipient) {
			t.Errorf("%s: suppressed %t", class, suppressed)
		}
	}
}

func TestRelayInTroubleIsProbedByOneConnectionAndLeftAloneInBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 4}, 40)
	dials := 0
	broken := true
	w.dial = func(int) *outbox.Failure {
		dials++
		if broken {
			return &outbox.Failure{Class: drip.ClassTransport, Reply: drip.Reply{Phase: drip.PhaseDial}}
		}
		return nil
	}
	start(w)
	first := dials
	for range 60 {
		w.sleep(time.Second)
	}
	if n := dials - first; n < 1 || n > 4 {
		t.Fatalf("%d dials in the first minute after the failure, want 1 to 4", n)
	}
	broken = false
	for range 120 {
		w.sleep(time.Second)
	}
	if w.count(drip.DeliverySent) != 40 {
		t.Fatalf("%d of 40 sent after the relay recovered", w.count(drip.DeliverySent))
	}
	if last := w.health[len(w.health)-1]; !last.Up {
		t.Error("the recovery was not reported")
	}
}

func TestRefusedSenderKeepsTheClaimAndStopsTheRelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 5)
	broken, offers := true, 0
	w.offer = func(store.Claimed) *outbox.Failure {
		offers++
		if broken {
			return &outbox.Failure{Class: drip.ClassSender, Usable: true, Reply: drip.Reply{Phase: drip.PhaseMail, Code: 530}}
		}
		return nil
	}
	start(w)
	if len(w.results) != 0 || offers != 1 || w.health[0].Up {
		t.Fatalf("got %v after %d offers, want every claim kept and the relay left alone", w.results, offers)
	}
	broken = false
	w.sleep(11 * time.Second)
	if w.count(drip.DeliverySent) != 5 {
		t.Fatalf("%d of 5 sent when the relay took mail again", w.count(drip.DeliverySent))
	}
}

func TestPolicyAgainstOneRecipientDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 30)
	w.offer = func(c store.Claimed) *outbox.Failure {
		if c.Delivery.Enrollment <= 10 {
			return &outbox.Failure{Class: drip.ClassSender, Usable: true, Reply: drip.Reply{Phase: drip.PhaseRcpt, Code: 550}}
		}
		return nil
	}
	start(w)
	if w.count(drip.DeliverySent) != 20 || w.count(drip.DeliveryDeferred) != 10 {
		t.Fatalf("got %d sent and %d deferred, want 20 and 10", w.count(drip.DeliverySent), w.count(drip.DeliveryDeferred))
	}
}

func TestFarewellBetweenMessagesFailsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 2}, 60)
	offers := map[int]int{}
	w.offer = func(store.Claimed) *outbox.Failure {
		for conn := range w.items {
			offers[conn]++
		}
		if n := offers[0]; n > 0 && n%5 == 0 {
			offers[0]++
			return &outbox.Failure{Class: drip.ClassThrottled, Reply: drip.Reply{Phase: drip.PhaseMail, Code: 421}}
		}
		return nil
	}
	start(w)
	if w.count(drip.DeliverySent) != 60 || len(w.health) > 0 {
		t.Fatalf("%d of 60 sent, health %v; 421 before a message is a farewell, not a failure", w.count(drip.DeliverySent), w.health)
	}
}

func TestOlderSuccessDoesNotEndAPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 2}, 40)
	w.transfer = func(c store.Claimed) (drip.Class, bool) {
		if c.Delivery.Enrollment%2 == 0 {
			return drip.ClassThrottled, true
		}
		return drip.ClassAccepted, true
	}
	start(w)
	if len(w.sent) > 4 {
		t.Fatalf("%d messages in the first instant although the relay asked to slow down", len(w.sent))
	}
}

func TestLocalRefusalsAreNoStorm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 60)
	w.offer = func(store.Claimed) *outbox.Failure {
		return &outbox.Failure{Class: drip.ClassMessage, Usable: true, Reply: drip.Reply{Phase: drip.PhaseMail, Code: 553, Local: true}}
	}
	start(w)
	if len(w.paused) > 0 {
		t.Fatal("the campaign was paused for what the relay never saw")
	}
}

func TestStopGivesBackWhatWasNotLoadedYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1, Queue: 8}, 100)
	w.send(outbox.Wake{})
	for len(w.sent) < 3 {
		w.one(0)
	}
	w.send(outbox.Stop{})
	w.run()
	if !w.stopped || len(w.claims) > 0 || w.released+len(w.sent) != 100 {
		t.Fatalf("%d claims never loaded, %d released, %d sent, want all of 100 accounted for", len(w.claims), w.released, len(w.sent))
	}
}

func TestStaleClaimIsNotOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1, Rate: 0.001}, 3)
	start(w)
	w.sleep(10 * time.Minute) // leases of five minutes are over
	w.sleep(time.Hour)
	if len(w.sent) != 1 {
		t.Fatalf("%d sent, want only the one whose lease held", len(w.sent))
	}
}

func TestIdleConnectionIsClosed(t *testing.T) {
	t.Parallel()
	w := start(newWorld(t, outbox.Config{Connections: 1}, 1))
	if !w.open[0] {
		t.Fatal("the connection should be kept for a while")
	}
	w.sleep(31 * time.Second)
	if w.open[0] {
		t.Error("an idle connection was kept")
	}
}

func TestStopGivesBackWhatNobodyHadToldItOf(t *testing.T) {
	t.Parallel()
	w := start(newWorld(t, outbox.Config{Connections: 1}, 1))
	w.claims = append(w.claims, w.claim(2), w.claim(3))
	w.send(outbox.Stop{})
	w.run()
	if !w.stopped || w.released != 2 {
		t.Fatalf("%d released, want 2", w.released)
	}
}

func TestConnectionThatComesUpDuringAPauseIsNotUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 2}, 2)
	w.dial = func(conn int) *outbox.Failure {
		if conn == 0 {
			return &outbox.Failure{Class: drip.ClassTransport, Reply: drip.Reply{Phase: drip.PhaseDial}}
		}
		return nil
	}
	start(w)
	if len(w.sent) > 0 || w.open[1] {
		t.Fatalf("%d sent, second connection open %t; the relay was to be left alone", len(w.sent), w.open[1])
	}
}

// A mark is answered for until its transfer is over, however large the message is.
func TestMarksLastAsLongAsTheTransferMayTake(t *testing.T) {
	t.Parallel()
	for takes, want := range map[time.Duration]time.Duration{
		0: 20 * time.Minute, 3 * time.Minute: 20 * time.Minute, 2 * time.Hour: 2*time.Hour + 5*time.Minute,
	} {
		w := newWorld(t, outbox.Config{Connections: 1}, 1)
		w.takes = takes
		start(w)
		if len(w.marks) != 1 || w.marks[0].Lease.Sub(w.now.Machine) != want {
			t.Errorf("a transfer of %v has the marks %+v, want one for %v", takes, w.marks, want)
		}
	}
}

// What is given up because of a stop says nothing of the relay.
func TestDialThatAStopEndsIsNoTrouble(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 2}, 5)
	w.dial = func(int) *outbox.Failure { return dialFails() }
	w.send(outbox.Wake{})
	for !slices.Contains(w.trace, "outbox.Load") {
		w.one(0)
	}
	w.send(outbox.Stop{})
	w.run()
	if len(w.health) > 0 || !w.stopped || w.released != 5 {
		t.Errorf("health %+v, stopped %t, %d given back", w.health, w.stopped, w.released)
	}
}

// An acceptance that is stored late was no later for that: the next issue keeps its
// distance from it.
func TestLateStoringMakesNoLaterAcceptance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 1)
	w.commit = func(round int) error {
		if round == 2 || round == 3 { // 1 has the mark
			return errStore
		}
		return nil
	}
	accepted := w.now.Calendar
	start(w)
	for range 4 {
		w.now.Calendar = w.now.Calendar.Add(time.Hour)
		w.sleep(2 * time.Second)
	}
	if out := w.policies.outcomes; len(out) != 1 || !out[0].SentAt.Equal(accepted) {
		t.Errorf("the outcomes are %+v, want one of %v", out, accepted)
	}
}
