package storetest

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

func decisionLaws() []law {
	return []law{
		{"CommitPlan/ClaimInsertsTheRow", func(w *world) {
			e := w.reader()
			d := w.decision(store.DecideClaim, e.ID, "a")
			d.NextAt, d.Moves = w.now.Add(week), 2
			same(w, "the number of claims", w.commit(d), 1)
			got := w.delivery(store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: d.Issue}})
			same(w, "the row", got, drip.Delivery{
				DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: d.Issue}, State: drip.DeliveryClaimed,
				Slot: d.Slot, Moves: 2, SendBy: d.SendBy, Attempt: 1, WakeAt: d.Lease, Content: d.Content,
			})
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now.Add(week))
		}},
		{"CommitPlan/StaleRevisionIsDropped", func(w *world) {
			stale, fresh := w.pending(), w.reader()
			d := w.decision(store.DecideClaim, stale.ID, "a")
			w.confirm(stale.ID)
			same(w, "the number of claims", w.commit(d, w.decision(store.DecideClaim, fresh.ID, "a")), 1)
			if open := w.history(stale.ID).Open; open != nil {
				w.Errorf("the stale decision claimed %+v", open)
			}
		}},
		{"CommitPlan/StaleAttemptIsDropped", func(w *world) {
			e := w.reader()
			twice := w.decision(store.DecideClaim, e.ID, "a")
			same(w, "the first", w.commit(twice, twice), 1)
			same(w, "the second", w.commit(twice), 0)
			same(w, "the attempt", w.history(e.ID).Open.Attempt, 1)
			w.pass(leaseTime)
			wait := w.decision(store.DecideWait, e.ID, "a")
			f := w.claim(e.ID, "a") // by another process
			w.commit(wait)
			w.stateIs(f, drip.DeliveryClaimed)
		}},
		{"CommitPlan/ErasedIsDropped", func(w *world) {
			e := w.reader()
			d := w.decision(store.DecideClaim, e.ID, "a")
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			same(w, "the number of claims", w.commit(d), 0)
		}},
		{"CommitPlan/AFailedPlanLeavesNothing", func(w *world) {
			e := w.reader()
			good := w.decision(store.DecideClaim, e.ID, "a")
			good.Slot.Zone = "Pacific/Auckland" // seen for the first time
			bad := w.decision("guess", w.reader().ID, "")
			_, err := w.store.CommitPlan(w.ctx, store.PlanCommit{
				Owner: owner, Calendar: w.now, Machine: w.machine, Decisions: []store.Decision{good, bad},
			})
			if err == nil {
				w.Error("there was no error")
			}
			if open := w.history(e.ID).Open; open != nil {
				w.Errorf("a failed plan claimed %+v", open)
			}
			same(w, "the number of claims", w.commit(good), 1)
			same(w, "the slot", w.history(e.ID).Open.Slot, good.Slot)
		}},
		{"CommitPlan/ALivingClaimIsNotTakenOver", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			same(w, "the number of claims", w.commit(w.decision(store.DecideClaim, e.ID, "a")), 0)
			w.mustMark(f)
			w.pass(time.Hour)
			same(w, "the number of claims", w.commit(w.decision(store.DecideClaim, e.ID, "a")), 0)
			w.stateIs(f, drip.DeliverySending)
		}},
		{"CommitPlan/ARetryIsNotClaimedEarly", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustSettle(f, drip.DeliveryDeferred)
			same(w, "the number of claims", w.commit(w.decision(store.DecideClaim, e.ID, "a")), 0)
			w.pass(6 * time.Minute)
			same(w, "the number of claims", w.commit(w.decision(store.DecideClaim, e.ID, "a")), 1)
		}},
		{"CommitPlan/NoSecondDeliveryIsOpened", func(w *world) {
			e := w.reader()
			w.claim(e.ID, "a")
			w.pass(time.Hour)
			same(w, "the number of claims", w.commit(w.decision(store.DecideClaim, e.ID, "b")), 0)
		}},
		{"CommitPlan/NoIssueIsClaimedTwice", func(w *world) {
			e := w.reader()
			f := w.send(e.ID, "a")
			same(w, "the number of claims", w.commit(w.decision(store.DecideClaim, e.ID, "a")), 0)
			w.stateIs(f, drip.DeliverySent)
		}},
		{"CommitPlan/ContentIsPinnedByTheFirstMark", func(w *world) {
			e := w.reader()
			other, err := w.store.SaveContent(w.ctx, [32]byte{1}, []byte("edited"), w.now)
			w.must(err)
			w.claim(e.ID, "a")
			w.pass(time.Hour)
			w.content = other
			f := w.claim(e.ID, "a") // not marked yet, so the edit counts
			same(w, "the content", w.delivery(f).Content, other)
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryDeferred)
			w.pass(time.Hour)
			w.content--
			f = w.claim(e.ID, "a")
			same(w, "the content after a mark", w.delivery(f).Content, other)
		}},
		{"CommitPlan/RestTouchesNoDelivery", func(w *world) {
			e := w.reader()
			stale := w.decision(store.DecideRest, e.ID, "")
			f := w.claim(e.ID, "a")
			d := w.decision(store.DecideRest, e.ID, "")
			d.NextAt, stale.NextAt = w.now.Add(time.Hour), w.now.Add(time.Minute)
			w.commit(d)
			w.commit(stale)
			w.stateIs(f, drip.DeliveryClaimed)
			same(w, "the hint", w.enrollment(e.ID).NextAt, d.NextAt)
		}},
		{"CommitPlan/WaitPlansForALaterSlot", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.pass(time.Hour)
			d := w.decision(store.DecideWait, e.ID, "a")
			d.Moves, d.NextAt = 1, w.now.Add(week)
			d.Slot.At = d.Slot.At.Add(week)
			w.commit(d)
			got := w.delivery(f)
			same(w, "the state", got.State, drip.DeliveryPlanned)
			same(w, "the slot", got.Slot, d.Slot)
			same(w, "the moves", got.Moves, 1)
			same(w, "the wake time", got.WakeAt, time.Time{})
			same(w, "the hint", w.enrollment(e.ID).NextAt, d.NextAt)
			d = w.decision(store.DecideWait, e.ID, "a")
			slot := d.Slot
			d.Slot, d.Moves = timing.Slot{}, 1
			w.commit(d)
			if got = w.delivery(f); got.Slot.IsZero() || got.Slot == slot {
				w.Errorf("the slot was not kept: %+v", got.Slot)
			}
			same(w, "the hint", w.enrollment(e.ID).NextAt, time.Time{})
		}},
		{"CommitPlan/WaitLeavesAMarkedDeliveryAlone", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			d := w.decision(store.DecideWait, e.ID, "a")
			w.mustMark(f)
			w.commit(d)
			w.stateIs(f, drip.DeliverySending)
			w.mustSettle(f, drip.DeliverySent)
		}},
		{"CommitPlan/SkipAndRefuseInsertOrEnd", func(w *world) {
			for _, test := range []struct {
				kind   store.DecisionKind
				reason drip.DeliveryReason
				state  drip.DeliveryState
			}{
				{store.DecideSkip, drip.ReasonBehind, drip.DeliverySkipped},
				{store.DecideRefuse, drip.ReasonGaveUp, drip.DeliveryRefused},
			} {
				e := w.reader()
				f := w.claim(e.ID, "b")
				for _, issue := range []string{"a", "b"} {
					d := w.decision(test.kind, e.ID, issue)
					d.Reason, d.NextAt = test.reason, w.now
					w.commit(d)
					got := w.delivery(store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: d.Issue}})
					same(w, "the state", got.State, test.state)
					same(w, "the reason", got.Reason, test.reason)
				}
				if w.mark(f) {
					w.Error("a delivery that was passed over was marked")
				}
				same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
			}
		}},
		{"CommitPlan/SkipsOfOneEnrollmentFollowEachOther", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			first, second := w.decision(store.DecideSkip, e.ID, "a"), w.decision(store.DecideSkip, e.ID, "b")
			first.Reason, second.Reason = drip.ReasonBehind, drip.ReasonBehind
			first.NextAt, second.NextAt = w.now, w.now.Add(time.Hour)
			second.Attempt = 0 // nothing is open any more
			second.Note = "counts as had"
			w.commit(first, second)
			for _, issue := range []string{"a", "b"} {
				same(w, "the state of "+issue, w.delivery(store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: w.issue(issue)}}).State, drip.DeliverySkipped)
			}
			same(w, "the note", w.delivery(store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: second.Issue}}).Reply, second.Note)
			same(w, "the hint", w.enrollment(e.ID).NextAt, second.NextAt)
			if w.mark(f) {
				w.Error("a delivery that was passed over was marked")
			}
		}},
		{"CommitPlan/NothingButASkipFollowsASkip", func(w *world) {
			e := w.reader()
			skip, claim := w.decision(store.DecideSkip, e.ID, "a"), w.decision(store.DecideClaim, e.ID, "b")
			skip.Reason, skip.NextAt = drip.ReasonBehind, w.now
			w.commit(skip, claim, w.decision(store.DecideFinish, e.ID, ""))
			if open := w.history(e.ID).Open; open != nil {
				w.Errorf("%v is open", open.DeliveryKey)
			}
			same(w, "the state", w.enrollment(e.ID).State, drip.EnrollmentActive)
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
		}},
		{"CommitPlan/SkipNeverTouchesWhatIsMarkedOrDone", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			d := w.decision(store.DecideSkip, e.ID, "a")
			d.Reason = drip.ReasonRemoved
			w.commit(d)
			w.stateIs(f, drip.DeliverySending)
			w.mustSettle(f, drip.DeliverySent)
			d = w.decision(store.DecideSkip, e.ID, "a")
			d.Reason = drip.ReasonRemoved
			w.commit(d)
			w.stateIs(f, drip.DeliverySent)
		}},
		{"CommitPlan/FinishEndsTheEnrollment", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.pass(time.Hour)
			w.commit(w.decision(store.DecideFinish, e.ID, ""))
			got := w.enrollment(e.ID)
			same(w, "the state", got.State, drip.EnrollmentFinished)
			same(w, "the date", got.FinishedAt, w.now)
			same(w, "the hint", got.NextAt, time.Time{})
			same(w, "the reason", w.delivery(f).Reason, drip.ReasonRemoved)
		}},
		{"CommitPlan/FinishWaitsForAMarkedDelivery", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.commit(w.decision(store.DecideFinish, e.ID, ""))
			same(w, "the state", w.enrollment(e.ID).State, drip.EnrollmentActive)
			w.mustSettle(f, drip.DeliverySent)
		}},
		{"CommitPlan/UnknownNeedsAMarkWhoseLeaseEnded", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.commit(w.decision(store.DecideUnknown, e.ID, "a"))
			w.stateIs(f, drip.DeliveryClaimed)
			w.mustMark(f)
			w.commit(w.decision(store.DecideUnknown, e.ID, "a"))
			w.stateIs(f, drip.DeliverySending)
			w.pass(20 * time.Minute)
			w.commit(w.decision(store.DecideUnknown, e.ID, "a"))
			w.stateIs(f, drip.DeliveryUnknown)
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			if len(attempts) != 1 || attempts[0].Class != drip.ClassUnknown || attempts[0].Attempt != f.Attempt {
				w.Errorf("the attempts are %+v", attempts)
			}
		}},
		{"CommitPlan/UnknownKeepsTheHint", func(w *world) {
			e := w.reader()
			d := w.decision(store.DecideClaim, e.ID, "a")
			d.NextAt = w.now.Add(week)
			w.commit(d)
			w.mustMark(store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: d.Issue}, Attempt: 1})
			w.pass(time.Hour)
			w.commit(w.decision(store.DecideUnknown, e.ID, "a"))
			same(w, "the hint", w.enrollment(e.ID).NextAt, d.NextAt)
		}},
		{"CommitPlan/NoStalePlanClearsAHintThatJustCame", func(w *world) {
			for _, settle := range []func(store.Fence){
				func(f store.Fence) { w.mustMark(f); w.mustSettle(f, drip.DeliverySent) },
				func(f store.Fence) { w.mustSettle(f, drip.DeliveryPlanned) },
				func(f store.Fence) { w.must(w.store.Release(w.ctx, []store.Fence{f}, w.now)) },
			} {
				e := w.reader()
				older := w.decision(store.DecideRest, e.ID, "") // there was nothing to do yet
				d := w.decision(store.DecideClaim, e.ID, "a")
				d.NextAt = w.now // the hint is due while the delivery is in flight
				w.commit(d)
				stale := w.decision(store.DecideRest, e.ID, "") // its outcome will bring the hint back
				settle(store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: d.Issue}, Attempt: 1})
				w.commit(stale)
				w.commit(older)
				if !w.isDue(e.ID) {
					w.Error("the enrollment is lost")
				}
			}
		}},
	}
}
