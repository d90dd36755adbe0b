package storetest

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

func planningLaws() []law {
	return []law{
		{"Due/HintsGoByTheCalendar", func(w *world) {
			e := w.reader()
			if !w.isDue(e.ID) {
				w.Error("a hint of now is not due")
			}
			d := w.decision(store.DecideRest, e.ID, "")
			d.NextAt = w.now.Add(time.Millisecond)
			w.commit(d)
			if w.isDue(e.ID) {
				w.Error("a hint ahead is due")
			}
			w.now = w.now.Add(time.Millisecond)
			if !w.isDue(e.ID) {
				w.Error("a hint of now is not due")
			}
		}},
		{"Due/ExpiredLeaseIsReclaimed", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			if w.isDue(e.ID) {
				w.Error("a claim in time is due")
			}
			w.machine = w.lease
			due := w.dueNow()
			if len(due) != 1 || due[0].Open == nil || due[0].Open.State != drip.DeliveryClaimed {
				w.Fatalf("due are %+v", due)
			}
			same(w, "the attempt", w.claim(e.ID, "a").Attempt, f.Attempt+1)
			if w.mark(f) {
				w.Error("the old claim was marked")
			}
		}},
		{"Due/RetriesGoByTheMachine", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustSettle(f, drip.DeliveryDeferred)
			w.now = w.now.Add(time.Hour)
			if w.isDue(e.ID) {
				w.Error("a retry ahead is due")
			}
			w.machine = w.machine.Add(6 * time.Minute)
			if !w.isDue(e.ID) {
				w.Error("a retry of now is not due")
			}
		}},
		{"Due/TheLongestWaitingComesFirst", func(w *world) {
			var want []drip.EnrollmentID
			for _, ahead := range []time.Duration{3, 1, 2} {
				e := w.reader()
				d := w.decision(store.DecideRest, e.ID, "")
				d.NextAt = w.now.Add(ahead * time.Hour)
				w.commit(d)
				want = append(want, e.ID)
			}
			retry := w.reader()
			w.mustSettle(w.claim(retry.ID, "a"), drip.DeliveryDeferred) // waits longest
			w.pass(4 * time.Hour)
			var got []drip.EnrollmentID
			for _, due := range w.dueNow() {
				got = append(got, due.Enrollment.ID)
			}
			if want = []drip.EnrollmentID{retry.ID, want[1], want[2], want[0]}; !slices.Equal(got, want) {
				w.Errorf("the order is %v, want %v", got, want)
			}
			due, err := w.store.Due(w.ctx, store.DueQuery{Calendar: w.now, Machine: w.machine, Limit: 2})
			w.must(err)
			if len(due) != 2 || due[0].Enrollment.ID != want[0] || due[1].Enrollment.ID != want[1] {
				w.Errorf("the first two are %+v", due)
			}
		}},
		{"Due/EachOnlyOnce", func(w *world) {
			e := w.reader()
			d := w.decision(store.DecideClaim, e.ID, "a")
			d.NextAt = w.now
			w.commit(d)
			w.pass(time.Hour)
			same(w, "the number of rows", len(w.dueNow()), 1)
		}},
		{"Due/CarriesAllThatADecisionNeeds", func(w *world) {
			e := w.pending()
			c := w.claim(e.ID, drip.ConfirmationID)
			w.mustMark(c)
			w.mustSettle(c, drip.DeliverySent)
			w.confirm(e.ID)
			w.pass(time.Minute)
			first := w.slot()
			w.send(e.ID, "a")
			accepted := w.now
			w.pass(week)
			skip := w.decision(store.DecideSkip, e.ID, "b")
			skip.Slot, skip.Reason, skip.NextAt = timing.Slot{}, drip.ReasonBehind, w.now
			w.commit(skip)
			f := w.claim(e.ID, "c")
			w.machine = w.machine.Add(time.Hour)
			due := w.dueNow()
			if len(due) != 1 {
				w.Fatalf("due are %+v", due)
			}
			d := due[0]
			same(w, "the enrollment", d.Enrollment, w.enrollment(e.ID))
			same(w, "the zone", d.Timezone, "Europe/London")
			same(w, "the confirmation", d.Confirmation, drip.DeliverySent)
			slices.Sort(d.Had)
			if want := []drip.IssueNo{w.issue("a"), w.issue("b")}; !slices.Equal(d.Had, want) {
				w.Errorf("had are %v, want %v", d.Had, want)
			}
			same(w, "the last", d.Last, store.Last{Slot: first.Wall, HasSlot: true, AcceptedAt: accepted, Issue: w.issue("a")})
			if d.Open == nil {
				w.Fatal("there is no open delivery")
			}
			same(w, "the open delivery", *d.Open, w.delivery(f))
		}},
		{"Due/PossibleAcceptanceCounts", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			marked := w.now
			w.mustMark(f)
			w.pass(time.Minute)
			w.mustSettle(f, drip.DeliveryUnknown)
			due := w.history(e.ID)
			same(w, "the acceptance", due.Last.AcceptedAt, marked)
			same(w, "the issue", due.Last.Issue, w.issue("a"))
		}},
		{"Due/AMarkedDeliveryOfOneWhoLeftIsStillDue", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.leave(e.ID)
			w.pass(time.Hour)
			if !w.isDue(e.ID) {
				w.Fatal("it is not due")
			}
			w.commit(w.decision(store.DecideUnknown, e.ID, "a"))
			w.stateIs(f, drip.DeliveryUnknown)
			if w.isDue(e.ID) {
				w.Error("it is still due")
			}
		}},
		{"History/UnknownIsNotFound", func(w *world) {
			_, err := w.store.History(w.ctx, 99)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Upcoming/IsTheEarliestOfEachClock", func(w *world) {
			up, err := w.store.Upcoming(w.ctx)
			w.must(err)
			same(w, "nothing", up, store.Upcoming{})
			a, b := w.reader(), w.reader()
			d := w.decision(store.DecideClaim, a.ID, "a")
			d.NextAt = w.now.Add(time.Hour)
			w.commit(d)
			lease := w.lease
			f := w.claim(b.ID, "a")
			w.mustSettle(f, drip.DeliveryDeferred)
			up, err = w.store.Upcoming(w.ctx)
			w.must(err)
			same(w, "the two", up, store.Upcoming{Calendar: w.now.Add(time.Hour), Machine: lease})
		}},
		{"Backlog/CountsTheOwnersUnmarkedClaims", func(w *world) {
			var fences []store.Fence
			for range 4 {
				fences = append(fences, w.claim(w.reader().ID, "a"))
			}
			w.mustMark(fences[0])
			for limit, want := range map[int]int{2: 2, 3: 3, 100: 3} {
				got, err := w.store.Backlog(w.ctx, owner, w.machine, limit)
				w.must(err)
				same(w, "the backlog", got, want)
			}
			got, err := w.store.Backlog(w.ctx, owner+1, w.machine, 100)
			w.must(err)
			same(w, "another owner's backlog", got, 0)
		}},
		{"Due/SkippedSlotsDoNotCount", func(w *world) {
			e := w.reader()
			d := w.decision(store.DecideSkip, e.ID, "a")
			d.Reason, d.Slot = drip.ReasonRemoved, w.slot()
			w.commit(d)
			same(w, "the last slot", w.history(e.ID).Last.HasSlot, false)
		}},
		{"Backlog/LapsedClaimsAreNoWorkInHand", func(w *world) {
			w.claim(w.reader().ID, "a")
			got, err := w.store.Backlog(w.ctx, owner, w.machine.Add(24*time.Hour), 100)
			w.must(err)
			same(w, "the backlog", got, 0)
		}},
	}
}
