package storetest

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// hadAre compares what counts as had.
func (w *world) hadAre(what string, got []drip.IssueNo, issues ...string) {
	w.Helper()
	var want []drip.IssueNo
	for _, id := range issues {
		want = append(want, w.issue(id))
	}
	got = slices.Clone(got)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		w.Errorf("%s: had are %v, want %v", what, got, want)
	}
}

// passed skips an issue for a reason.
func (w *world) passed(id drip.EnrollmentID, issue string, reason drip.DeliveryReason) {
	w.Helper()
	d := w.decision(store.DecideSkip, id, issue)
	d.Reason, d.NextAt = reason, w.now
	w.commit(d)
}

// heritageLaws are about enrollments that follow others.
func heritageLaws() []law {
	return []law{
		{"StartOver/EndsOneAndOpensAnother", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			_, err := w.store.SetPace(w.ctx, e.ID, 2, w.now)
			w.must(err)
			f := w.claim(e.ID, "b")
			w.pass(time.Hour)
			next := w.restart(e.ID)
			old := w.enrollment(e.ID)
			same(w, "the old state", old.State, drip.EnrollmentLeft)
			same(w, "why it ended", old.LeftReason, drip.LeftToRestart)
			w.stateIs(f, drip.DeliverySkipped)
			if w.mark(f) {
				w.Error("the old enrollment was sent something")
			}
			same(w, "the new one", next, drip.Enrollment{
				ID: next.ID, Subscriber: e.Subscriber, Campaign: e.Campaign, State: drip.EnrollmentActive,
				Start: drip.StartAtSlot, JoinedAt: w.now, Floor: w.now, NextAt: w.now, Pace: 2,
				Follows: e.ID, ConsentID: e.ConsentID, Revision: 1,
			})
			due := w.history(next.ID)
			w.hadAre("the new one", due.Had)
			same(w, "the issue that keeps its distance", due.Last.Issue, w.issue("a"))
			w.send(next.ID, "a")
		}},
		{"StartOver/AfterTheEndOfTheSeries", func(w *world) {
			e := w.finished()
			next := w.restart(e.ID)
			same(w, "the state", next.State, drip.EnrollmentActive)
			same(w, "what it follows", next.Follows, e.ID)
		}},
		{"StartOver/APauseGoesOn", func(w *world) {
			e := w.reader()
			until := w.now.Add(week)
			_, err := w.store.PauseUntil(w.ctx, e.ID, until, w.now)
			w.must(err)
			next := w.restart(e.ID)
			same(w, "the pause", next.PausedUntil, until)
			w.pass(2 * week)
			same(w, "a pause that is over", w.restart(next.ID).PausedUntil, time.Time{})
		}},
		{"StartOver/AgainLaterReturnsTheSame", func(w *world) {
			e := w.reader()
			next := w.restart(e.ID)
			left := w.leave(next.ID)
			same(w, "the enrollment", w.restart(e.ID), left)
			same(w, "the number of enrollments", len(w.enrollmentsOf(e.Subscriber)), 2)
		}},
		{"StartOver/ItsDistanceIsKeptAlongTheLine", func(w *world) {
			e := w.reader()
			slot := w.slot()
			w.send(e.ID, "a")
			sent := w.now
			w.pass(time.Minute)
			third := w.restart(w.restart(e.ID).ID)
			due := w.history(third.ID)
			w.hadAre("the third", due.Had)
			same(w, "the last", due.Last, store.Last{Slot: slot.Wall, HasSlot: true, AcceptedAt: sent, Issue: w.issue("a"), Earlier: true})
		}},
		{"StartOver/WhatCameBeforeIsToldFromWhatComesAfter", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			same(w, "earlier, at first", w.history(e.ID).Last.Earlier, false)
			w.pass(week)
			next := w.restart(e.ID)
			same(w, "earlier, after starting over", w.history(next.ID).Last.Earlier, true)
			w.passed(next.ID, "b", drip.ReasonBehind) // had no slot
			same(w, "earlier, after one was passed over", w.history(next.ID).Last.Earlier, true)
			w.send(next.ID, "a")
			same(w, "earlier, after the first issue", w.history(next.ID).Last.Earlier, false)
			left := w.leave(next.ID)
			w.pass(week)
			same(w, "earlier, for who may come back", w.resumable(left).Last.Earlier, false)
			back := w.comeBack(left, next.ID)
			same(w, "earlier, for who goes on", w.history(back.ID).Last.Earlier, false)
		}},
		{"StartOver/WhatIsStillBeingSentKeepsItsDistance", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			marked := w.now
			w.pass(time.Minute)
			next := w.restart(e.ID)
			same(w, "the possible acceptance", w.history(next.ID).Last.AcceptedAt, marked)
			w.mustSettle(f, drip.DeliverySent)
			same(w, "the acceptance", w.history(next.ID).Last.AcceptedAt, w.now)
		}},
		{"Confirm/WhoComesBackGoesOn", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			left := w.leave(e.ID)
			w.pass(week)
			back := w.comeBack(left, e.ID)
			same(w, "the start", back.Start, drip.StartAtSlot)
			same(w, "what it follows", back.Follows, e.ID)
			same(w, "continuing", back.Continues, true)
			same(w, "the joining", back.JoinedAt, w.now)
			same(w, "the floor", back.Floor, w.now)
			w.hadAre("who goes on", w.history(back.ID).Had, "a")
			w.send(back.ID, "b")
		}},
		{"Confirm/WhoComesBackMayBeginAnew", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			left := w.leave(e.ID)
			w.pass(week)
			back := w.comeBack(left, 0)
			same(w, "the start", back.Start, drip.StartOnJoin)
			same(w, "what it follows", back.Follows, 0)
			due := w.history(back.ID)
			w.hadAre("who begins anew", due.Had)
			same(w, "the last", due.Last, store.Last{})
			w.send(back.ID, "a")
		}},
		{"Confirm/OnlyTheirOwnInTheSameCampaignCanBeContinued", func(w *world) {
			mine, other := w.reader(), w.leave(w.reader().ID)
			elsewhere := w.leave(w.another(mine).ID)
			left := w.leave(mine.ID)
			again, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: left.Subscriber, Campaign: left.Campaign, Start: drip.StartOnJoin, Invite: true, Now: w.now,
			})
			w.must(err)
			for name, id := range map[string]drip.EnrollmentID{
				"somebody else's": other.ID, "another campaign's": elsewhere.ID, "itself": again.ID, "unknown": 99,
			} {
				yes := w.consent()
				yes.Continue = id
				if _, err := w.store.Confirm(w.ctx, again.ID, yes); err == nil {
					w.Errorf("%s was continued", name)
				} else {
					w.fails(err, drip.ErrNotFound)
				}
			}
			same(w, "the enrollment", w.enrollment(again.ID), again)
		}},
		{"Due/HadGoesAlongTheLineOfThoseWhoContinue", func(w *world) {
			first := w.reader()
			w.send(first.ID, "a")
			w.pass(week)
			second := w.comeBack(w.leave(first.ID), first.ID)
			w.send(second.ID, "b")
			w.pass(week)
			third := w.comeBack(w.leave(second.ID), second.ID)
			w.hadAre("the third", w.history(third.ID).Had, "a", "b")
			over := w.restart(third.ID)
			w.hadAre("who started over", w.history(over.ID).Had)
			w.pass(week)
			w.send(over.ID, "a")
			last := w.comeBack(w.leave(over.ID), over.ID)
			w.hadAre("who goes on after starting over", w.history(last.ID).Had, "a")
			due := w.dueNow()
			if len(due) != 1 {
				w.Fatalf("due are %+v", due)
			}
			w.hadAre("who is due", due[0].Had, "a")
			same(w, "the last", due[0].Last.AcceptedAt, w.now)
		}},
		{"Due/WhatWasSkippedBecauseTheyLeftIsStillToCome", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			f := w.claim(e.ID, "b")
			left := w.leave(e.ID)
			w.stateIs(f, drip.DeliverySkipped)
			w.pass(week)
			back := w.comeBack(left, e.ID)
			w.hadAre("who goes on", w.history(back.ID).Had, "a")
			w.send(back.ID, "b")
		}},
		{"Due/OtherDeliveriesThatAreDoneCountAsHad", func(w *world) {
			e := w.reader()
			unknown := w.claim(e.ID, "a")
			w.mustMark(unknown)
			w.mustSettle(unknown, drip.DeliveryUnknown)
			w.passed(e.ID, "b", drip.ReasonBehind)
			w.mustSettle(w.claim(e.ID, "c"), drip.DeliveryRefused)
			_, err := w.store.Leave(w.ctx, e.ID, drip.LeftByReader, w.now)
			w.must(err)
			list := w.enrollmentsOf(e.Subscriber)
			w.hadAre("who left", w.resumable(list[0]).Had, "a", "b", "c")
		}},
		{"Due/ConfirmationsAreNotHandedDown", func(w *world) {
			e := w.pending()
			w.send(e.ID, drip.ConfirmationID)
			w.confirm(e.ID)
			w.send(e.ID, "a")
			left := w.leave(e.ID)
			again, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: left.Subscriber, Campaign: left.Campaign, Start: drip.StartOnJoin, Invite: true, Now: w.now,
			})
			w.must(err)
			same(w, "the confirmation", w.history(again.ID).Confirmation, drip.DeliveryState(""))
			yes := w.consent()
			yes.Continue = e.ID
			_, err = w.store.Confirm(w.ctx, again.ID, yes)
			w.must(err)
			due := w.history(again.ID)
			same(w, "the confirmation", due.Confirmation, drip.DeliveryState(""))
			w.hadAre("who goes on", due.Had, "a")
		}},
		{"Resumable/IsTheLatestThatGotSomething", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			first := w.leave(e.ID)
			w.pass(week)
			second := w.leave(w.comeBack(first, e.ID).ID) // got nothing
			got := w.resumable(second)
			same(w, "the enrollment", got.Enrollment, first.ID)
			w.hadAre("who left", got.Had, "a")
			third := w.comeBack(second, first.ID)
			w.send(third.ID, "b")
			got = w.resumable(w.leave(third.ID))
			same(w, "the enrollment", got.Enrollment, third.ID)
			w.hadAre("who left again", got.Had, "a", "b")
			same(w, "the last issue", got.Last.Issue, w.issue("b"))
		}},
		{"Resumable/NothingWithoutAnIssue", func(w *world) {
			asked := w.pending()
			w.send(asked.ID, drip.ConfirmationID)
			skipped := w.reader()
			w.passed(skipped.ID, "a", drip.ReasonBehind)
			in := w.reader()
			w.send(in.ID, "a")
			for _, e := range []drip.Enrollment{w.leave(asked.ID), w.leave(skipped.ID), in} {
				_, err := w.store.Resumable(w.ctx, e.Subscriber, e.Campaign)
				w.fails(err, drip.ErrNotFound)
			}
		}},
	}
}

// resumable reads what somebody can go on from.
func (w *world) resumable(e drip.Enrollment) store.Resumable {
	w.Helper()
	past, err := w.store.Resumable(w.ctx, e.Subscriber, e.Campaign)
	w.must(err)
	return past
}
