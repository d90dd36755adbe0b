package storetest

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

func markLaws() []law {
	return []law{
		{"Claims/ComeInTheOrderOfClaiming", func(w *world) {
			var want []store.Fence
			for range 5 {
				want = append(want, w.claim(w.reader().ID, "a"))
			}
			want[0], want[1] = want[1], want[0] // claim the first again, so it is the last
			w.must(w.store.Release(w.ctx, want[1:2], w.now))
			want = append(want, w.claim(want[1].Enrollment, "a"))
			want = append(want[:1], want[2:]...)
			var got []store.Fence
			var after store.Cursor
			for {
				page, next, err := w.store.Claims(w.ctx, owner, after, 2)
				w.must(err)
				if len(page) == 0 {
					same(w, "the cursor at the end", next, after)
					break
				}
				for _, c := range page {
					got = append(got, store.Fence{DeliveryKey: c.Delivery.DeliveryKey, Attempt: c.Delivery.Attempt})
				}
				after = next
			}
			same(w, "the number of claims", len(got), len(want))
			for i := range got {
				same(w, "a claim", got[i], want[i])
			}
			late := w.claim(w.reader().ID, "a")
			page, _, err := w.store.Claims(w.ctx, owner, after, 10)
			w.must(err)
			if len(page) != 1 || page[0].Delivery.DeliveryKey != late.DeliveryKey {
				w.Errorf("after the end come %+v", page)
			}
		}},
		{"Claims/PagesMayEndWithinAPlan", func(w *world) {
			plan := make(map[drip.EnrollmentID]bool)
			var decisions []store.Decision
			for range 5 {
				d := w.decision(store.DecideClaim, w.reader().ID, "a")
				plan[d.Enrollment] = true
				decisions = append(decisions, d)
			}
			for i := range decisions {
				decisions[i].Lease = w.lease // one plan, one lease
			}
			same(w, "the number of claims", w.commit(decisions...), 5)
			var after store.Cursor
			for len(plan) > 0 {
				page, next, err := w.store.Claims(w.ctx, owner, after, 2)
				w.must(err)
				if len(page) == 0 {
					w.Fatalf("%d claims were never returned", len(plan))
				}
				for _, c := range page {
					if !plan[c.Enrollment.ID] {
						w.Errorf("enrollment %d comes twice", c.Enrollment.ID)
					}
					delete(plan, c.Enrollment.ID)
				}
				after = next
			}
		}},
		{"Claims/CarryAllThatComposingNeeds", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			page, _, err := w.store.Claims(w.ctx, owner, store.Cursor{}, 10)
			w.must(err)
			if len(page) != 1 {
				w.Fatalf("the claims are %+v", page)
			}
			c := page[0]
			same(w, "the delivery", c.Delivery, w.delivery(f))
			same(w, "the enrollment", c.Enrollment, w.enrollment(e.ID))
			same(w, "the campaign", c.Campaign, w.campaign.No)
			same(w, "the address", c.Subscriber.Email.String(), "Reader1@example.org")
			same(w, "the name", c.Subscriber.Name, "Anna")
		}},
		{"Claims/AreTheOwnersUnmarkedOnes", func(w *world) {
			w.mustMark(w.claim(w.reader().ID, "a"))
			w.mustSettle(w.claim(w.reader().ID, "a"), drip.DeliveryDeferred)
			w.claim(w.reader().ID, "a")
			for who, want := range map[int64]int{owner: 1, owner + 1: 0} {
				page, _, err := w.store.Claims(w.ctx, who, store.Cursor{}, 10)
				w.must(err)
				same(w, "the number of claims", len(page), want)
			}
		}},
		{"CommitRound/MarkMovesClaimedToSending", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			m := w.markOf(f)
			m.Merge = `{"name":"Anna"}`
			same(w, "marked", w.round(nil, []store.Mark{m}).Marked[0], true)
			d := w.delivery(f)
			same(w, "the state", d.State, drip.DeliverySending)
			same(w, "the date of the mark", d.MarkedAt, w.now)
			same(w, "the local date", d.LocalDate, m.LocalDate)
			same(w, "the lease", d.WakeAt, m.Lease)
			same(w, "the merge values", d.Merge, m.Merge)
		}},
		{"CommitRound/MarkTwiceIsRefused", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			w.mustMark(f)
			if w.mark(f) {
				w.Error("it was marked again")
			}
			w.stateIs(f, drip.DeliverySending)
			w.mustSettle(f, drip.DeliverySent)
		}},
		{"CommitRound/FirstMarkPinsDateAndMergeValues", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			m := w.markOf(f)
			m.Merge = `{"n":"1"}`
			w.round(nil, []store.Mark{m})
			first := w.now
			w.mustSettle(f, drip.DeliveryDeferred)
			w.pass(12 * time.Hour)
			f = w.claim(e.ID, "a")
			m = w.markOf(f)
			m.Merge, m.LocalDate = `{"n":"2"}`, m.LocalDate.AddDays(1)
			same(w, "marked", w.round(nil, []store.Mark{m}).Marked[0], true)
			d := w.delivery(f)
			same(w, "the date", d.MarkedAt, first)
			same(w, "the merge values", d.Merge, `{"n":"1"}`)
			same(w, "the local date", d.LocalDate, m.LocalDate)
		}},
		{"CommitRound/RepliesAreKeptWordForWord", repliesAreKept},
		{"CommitRound/OldAttemptIsFenced", func(w *world) {
			e := w.reader()
			old := w.claim(e.ID, "a")
			w.pass(leaseTime)
			f := w.claim(e.ID, "a")
			if w.mark(old) {
				w.Error("an old claim was marked")
			}
			w.stateIs(f, drip.DeliveryClaimed)
			w.mustMark(f)
			if w.settle(old, drip.DeliverySent) || w.settle(old, drip.DeliveryDeferred) {
				w.Error("an old outcome counted")
			}
			w.stateIs(f, drip.DeliverySending)
			w.mustSettle(f, drip.DeliverySent)
		}},
		{"CommitRound/SendByIsTheLastInstant", func(w *world) {
			onTime, late, free := w.reader(), w.reader(), w.reader()
			a, b := w.claim(onTime.ID, "a"), w.claim(late.ID, "a")
			d := w.decision(store.DecideClaim, free.ID, "a")
			d.SendBy = time.Time{}
			w.commit(d)
			c := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: free.ID, Issue: d.Issue}, Attempt: 1}
			w.now = w.now.Add(24 * time.Hour)
			same(w, "marked at the last instant", w.mark(a), true)
			w.now = w.now.Add(time.Millisecond)
			same(w, "marked after it", w.mark(b), false)
			same(w, "marked without a limit", w.mark(c), true)
			w.stateIs(b, drip.DeliveryPlanned)
			if !w.isDue(late.ID) {
				w.Error("the late one is not due for planning")
			}
		}},
		{"CommitRound/RefusedMarkNeverFailsItsNeighbors", func(w *world) {
			var marks []store.Mark
			var readers []drip.Enrollment
			for range 3 {
				readers = append(readers, w.reader())
				marks = append(marks, w.markOf(w.claim(readers[len(readers)-1].ID, "a")))
			}
			w.leave(readers[1].ID)
			marks = append(marks, store.Mark{Fence: store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: 99, Issue: 99}, Attempt: 1}})
			for i, got := range w.round(nil, marks).Marked {
				same(w, "marked", got, i%2 == 0)
			}
		}},
		{"CommitRound/RefusedMarkIsDueForPlanning", func(w *world) {
			e := w.reader()
			d := w.decision(store.DecideClaim, e.ID, "a")
			d.NextAt = w.now.Add(week)
			w.commit(d)
			w.change(store.PauseCampaign)
			f := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: d.Issue}, Attempt: 1}
			same(w, "marked", w.mark(f), false)
			w.stateIs(f, drip.DeliveryPlanned)
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
		}},
		{"CommitRound/OnlyTheConfirmationBeforeJoining", func(w *world) {
			e := w.pending()
			f := w.claim(e.ID, "a")
			same(w, "an issue marked", w.mark(f), false)
			w.stateIs(f, drip.DeliveryPlanned)
			skip := w.decision(store.DecideSkip, e.ID, "a")
			skip.Reason = drip.ReasonRemoved
			w.commit(skip)
			w.mustMark(w.claim(e.ID, drip.ConfirmationID))
		}},
		{"CommitRound/NoMarkAfterFinishing", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.commit(w.decision(store.DecideFinish, e.ID, ""))
			same(w, "marked", w.mark(f), false)
		}},
		{"CommitRound/OutcomesComeFirst", func(w *world) {
			e := w.reader()
			f, next := w.claim(e.ID, "a"), w.claim(w.reader().ID, "a")
			o := w.outcome(f, drip.DeliveryDeferred)
			result := w.round([]store.Outcome{o}, []store.Mark{w.markOf(f), w.markOf(next)})
			if !result.Settled[0] || result.Marked[0] || !result.Marked[1] {
				w.Errorf("the round gave %+v", result)
			}
			w.stateIs(f, drip.DeliveryDeferred)
		}},
		{"CommitRound/ManyAreAnsweredOneByOne", func(w *world) {
			var marks []store.Mark
			for i := range 75 {
				m := w.markOf(w.claim(w.reader().ID, "a"))
				switch {
				case i%10 == 3:
					w.leave(m.Enrollment)
				case i%10 == 5:
					old := m // of the same delivery, and of another connection
					old.Attempt--
					marks = append(marks, m)
					m = old
				}
				marks = append(marks, m)
			}
			made := w.round(nil, marks).Marked
			var outcomes []store.Outcome
			for i, m := range marks {
				same(w, "made", made[i], m.Attempt == 1 && w.enrollment(m.Enrollment).State == drip.EnrollmentActive)
				state := drip.DeliverySent
				if i%7 == 0 {
					state = drip.DeliveryDeferred
				}
				outcomes = append(outcomes, w.outcome(m.Fence, state))
			}
			settled := w.round(append(outcomes, outcomes[1]), nil).Settled
			for i, o := range outcomes {
				same(w, "settled", settled[i], made[i])
				if made[i] {
					w.stateIs(o.Fence, o.State)
				}
			}
			same(w, "settled twice", settled[len(outcomes)], false)
		}},
		{"CommitRound/AnEmptyRoundIsNothing", func(w *world) {
			w.round(nil, nil)
		}},
		{"Release/GivesUnmarkedClaimsBack", func(w *world) {
			e, m := w.reader(), w.reader()
			f, marked := w.claim(e.ID, "a"), w.claim(m.ID, "a")
			w.mustMark(marked)
			old := f
			old.Attempt--
			w.pass(time.Second)
			w.must(w.store.Release(w.ctx, []store.Fence{old, marked}, w.now))
			w.stateIs(f, drip.DeliveryClaimed)
			w.stateIs(marked, drip.DeliverySending)
			w.must(w.store.Release(w.ctx, []store.Fence{f, f}, w.now))
			w.stateIs(f, drip.DeliveryPlanned)
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
			w.mustSettle(marked, drip.DeliverySent)
		}},
	}
}
