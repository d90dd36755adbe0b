package outbox_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// warm is a relay on a ramp that begins on the world's first day, 2026-11-22.
func warm() outbox.Config {
	return outbox.Config{Relays: []outbox.RelayConfig{{Name: "relay:25", Connections: 4, Warmup: outbox.Warmup{
		Start: timing.NewDate(2026, time.November, 22), FirstDay: 50, Growth: 1.5, Until: 100,
	}}}}
}

// The world holds every mark to the day's allowance.
func TestRampIsKeptDayByDay(t *testing.T) {
	t.Parallel()
	for _, pipelining := range []bool{false, true} {
		w := newWorld(t, warm(), 400).lasting()
		w.pipelining = pipelining
		start(w)
		if len(w.sent) != 50 {
			t.Fatalf("%d sent on the first day, want 50", len(w.sent))
		}
		hold := w.box.Holds(w.now)
		if len(hold) != 1 || hold[0].Kind != outbox.HeldByWarmup || hold[0].Allowance != 50 ||
			!hold[0].Until.Equal(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)) {
			t.Fatalf("holds are %+v", hold)
		}
		w.pass(11*time.Hour + 59*time.Minute)
		if len(w.sent) != 50 {
			t.Fatalf("%d sent before midnight", len(w.sent))
		}
		w.pass(2 * time.Minute)
		if len(w.sent) != 50+75 {
			t.Fatalf("%d sent by the second day, want 125", len(w.sent))
		}
		w.pass(24 * time.Hour) // 112 are more than until: no limit
		if len(w.sent) != 400 || len(w.box.Holds(w.now)) != 0 {
			t.Fatalf("%d sent by the third day, want all 400; holds %+v", len(w.sent), w.box.Holds(w.now))
		}
	}
}

func TestRampGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, warm(), 400).lasting()
	w.policies.days[dayKey("relay:25", timing.NewDate(2026, time.November, 22))] = 47 // another process
	start(w)
	if len(w.sent) != 3 || w.policies.counts != 1 {
		t.Errorf("%d sent, want the 3 that are left; asked %d times", len(w.sent), w.policies.counts)
	}
}

// Without knowing what was sent today, nothing is.
func TestNothingLeavesWhileTheCountIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, warm(), 100).lasting()
	w.policies.countErr = errStore
	start(w)
	w.pass(5 * time.Second)
	if len(w.sent) != 0 || w.policies.counts < 3 {
		t.Fatalf("%d sent, asked %d times", len(w.sent), w.policies.counts)
	}
	w.policies.countErr = nil
	w.pass(5 * time.Second)
	if len(w.sent) != 50 {
		t.Errorf("%d sent when the store answered, want 50", len(w.sent))
	}
}

// A commit that failed may have counted its marks: the store is asked again.
func TestFailedCommitHasTheDayCountedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, warm(), 100).lasting()
	w.commit = func(round int) error {
		if round == 1 {
			w.policies.days[dayKey("relay:25", timing.NewDate(2026, time.November, 22))] = 4 // it did happen
			return errStore
		}
		return nil
	}
	start(w)
	w.pass(10 * time.Second)
	if len(w.sent) != 46 {
		t.Errorf("%d sent, want the 46 that are left", len(w.sent))
	}
}

// What was offered and not marked does not count.
func TestRefusedOffersDoNotUseUpTheAllowance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, warm(), 100).lasting()
	w.offer = func(c store.Claimed) *outbox.Failure {
		if c.Delivery.Enrollment%2 == 0 {
			return offerFails(drip.ClassDeferred, drip.PhaseRcpt, 450, "4.7.1")
		}
		return nil
	}
	start(w)
	if len(w.sent) != 50 {
		t.Errorf("%d sent, want 50", len(w.sent))
	}
}

// At midnight messages of the day before are on their way to their marks, which count
// for the new day. A count that is read meanwhile may have those marks, or lack them.
func TestMarksThatOvertakeTheCountAreCounted(t *testing.T) {
	t.Parallel()
	for name, within := range map[string]bool{"read before them and told after them": false, "read after them and told before them": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, warm(), 400).lasting()
			w.now.Machine = w.now.Machine.Add(12*time.Hour - time.Second)
			w.send(outbox.Wake{})
			for fmt.Sprintf("%T", w.pending[0]) != "outbox.Offer" {
				w.one(0)
			}
			w.now.Machine = w.now.Machine.Add(2 * time.Second)
			w.send(outbox.Wake{}) // asks for the count
			w.first(outbox.Offer{})
			w.overtake(within)
			w.run() // the world holds every mark to the ramp
			if len(w.sent) != 75 {
				t.Errorf("%d sent on the second day, want 75", len(w.sent))
			}
		})
	}
}

// overtake has the pending count of the day read before the pending commit and told
// after it, or, within it, read when it is made and told before it is.
func (w *world) overtake(within bool) {
	w.t.Helper()
	e := w.take(outbox.CountDay{}).(outbox.CountDay)
	counted := outbox.Counted{Relay: e.Relay, Day: e.Day, Marked: w.policies.days[dayKey(e.Name, e.Day)]}
	if within {
		commit := w.take(outbox.Commit{}).(outbox.Commit)
		counted.Marked += len(commit.Round.Marks)
		w.send(counted)
		w.pending = append(w.pending, commit)
	}
	w.first(outbox.Commit{})
	if !within {
		w.send(counted)
	}
}

// first carries out the first pending effect of a kind.
func (w *world) first(kind outbox.Effect) {
	w.t.Helper()
	w.pending = slices.Insert(w.pending, 0, w.take(kind))
	w.one(0)
}

// take takes the first effect of a kind from those that are pending.
func (w *world) take(kind outbox.Effect) any {
	w.t.Helper()
	i := slices.IndexFunc(w.pending, func(e any) bool { return fmt.Sprintf("%T", e) == fmt.Sprintf("%T", kind) })
	w.must(i >= 0, fmt.Sprintf("no %T is pending", kind))
	e := w.pending[i]
	w.pending = slices.Delete(w.pending, i, i+1)
	return e
}
