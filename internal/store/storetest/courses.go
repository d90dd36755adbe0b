package storetest

import (
	"maps"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// course sums the campaign up with the weeks since a time.
func (w *world) course(from time.Time, weeks int) store.Course {
	w.Helper()
	c, err := w.store.Course(w.ctx, store.CourseQuery{
		Campaign: w.campaign.No, From: from, Span: week, Spans: weeks,
	})
	w.must(err)
	return c
}

// stuck lists whoever was due an hour ago.
func (w *world) stuck() ([]store.Stuck, int) {
	w.Helper()
	list, all, err := w.store.Stuck(w.ctx, store.StuckQuery{Campaign: w.campaign.No, Since: w.now.Add(-time.Hour)})
	w.must(err)
	return list, all
}

func courseLaws() []law {
	return []law{
		{"Course/CountsDeliveriesByIssueAndState", func(w *world) {
			a, b := w.reader(), w.reader()
			w.reader()
			w.send(a.ID, "a")
			w.send(b.ID, "a")
			w.pass(week)
			f := w.claim(a.ID, "b")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryUnknown)
			w.commit(w.decision(store.DecideSkip, b.ID, "b"))
			got := w.course(w.now, 0).Issues
			same(w, "the number of issues", len(got), 2)
			for issue, want := range map[string]map[drip.DeliveryState]int{
				"a": {drip.DeliverySent: 2}, "b": {drip.DeliveryUnknown: 1, drip.DeliverySkipped: 1},
			} {
				if states := got[w.issue(issue)].States; !maps.Equal(states, want) {
					w.Errorf("issue %s has %v, want %v", issue, states, want)
				}
			}
		}},
		{"Course/ConfirmationsAndOtherCampaignsDoNotCount", func(w *world) {
			e := w.pending()
			w.claim(e.ID, drip.ConfirmationID)
			other, err := w.store.SyncCampaign(w.ctx, store.CampaignSync{ID: "other", Key: "other", Issues: []string{"x"}, Now: w.now})
			w.must(err)
			w.claim(w.reader().ID, "a")
			same(w, "the number of issues", len(w.course(w.now, 0).Issues), 1)
			c, err := w.store.Course(w.ctx, store.CourseQuery{Campaign: other.No})
			w.must(err)
			same(w, "the number of issues of another campaign", len(c.Issues), 0)
		}},
		{"Course/LateIsWhatIsAcceptedLongAfterItsSlot", func(w *world) {
			for _, late := range []time.Duration{time.Minute, store.LateAfter, store.LateAfter + time.Millisecond} {
				f := w.claim(w.reader().ID, "a")
				w.pass(late)
				w.mustMark(f)
				w.mustSettle(f, drip.DeliverySent)
			}
			lost := w.claim(w.reader().ID, "a") // whose fate is known much later
			w.mustMark(lost)
			w.mustSettle(lost, drip.DeliveryUnknown)
			waits := w.claim(w.reader().ID, "a")
			w.pass(week)
			same(w, "those not sent yet", w.course(w.now, 0).Issues[w.issue("a")].Late, 1)
			w.mustSettle(lost, drip.DeliverySent)
			w.stateIs(waits, drip.DeliveryClaimed)
			same(w, "the late ones", w.course(w.now, 0).Issues[w.issue("a")].Late, 2)
		}},
		{"Course/LeavingCountsAfterTheLastIssueSent", func(w *world) {
			early, late, stays, moved := w.reader(), w.reader(), w.reader(), w.reader()
			for _, e := range []drip.Enrollment{late, stays, moved} {
				w.send(e.ID, "a")
			}
			w.leave(early.ID)
			w.pass(week)
			w.send(late.ID, "b")
			w.claim(stays.ID, "b")
			w.leave(late.ID)
			w.restart(moved.ID)
			_, err := w.store.Leave(w.ctx, stays.ID, drip.LeftByAdmin, w.now)
			w.must(err)
			got := w.course(w.now, 0).Issues
			for issue, want := range map[drip.IssueNo]int{0: 1, w.issue("a"): 0, w.issue("b"): 1} {
				if got[issue].LeftAfter != want {
					w.Errorf("after issue %d left %d, want %d", issue, got[issue].LeftAfter, want)
				}
			}
		}},
		{"Course/SuppressionsOfReadersAreLeavings", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByReader), p.Email))
			same(w, "who left after it", w.course(w.now, 0).Issues[w.issue("a")].LeftAfter, 1)
		}},
		{"Course/SpansHaveJoinedLeftAndFinished", func(w *world) {
			w.reader()
			gone := w.reader()
			w.pending()
			w.leave(gone.ID)
			w.pass(time.Minute)
			from := w.now
			first, second := w.reader(), w.reader()
			w.pass(week)
			w.leave(first.ID)
			w.commit(w.decision(store.DecideFinish, second.ID, ""))
			w.reader()
			w.pass(week)
			w.comeBack(gone, gone.ID)
			got := w.course(from, 3)
			same(w, "the readers before", got.Before, 1)
			for i, want := range []store.SpanCourse{{Joined: 2}, {Joined: 1, Left: 1, Finished: 1}, {Joined: 1}} {
				if got.Spans[i] != want {
					w.Errorf("week %d has %+v, want %+v", i, got.Spans[i], want)
				}
			}
		}},
		{"Course/StartingOverIsNeitherJoiningNorLeaving", func(w *world) {
			from := w.now
			w.restart(w.reader().ID)
			if got := w.course(from, 1).Spans[0]; got != (store.SpanCourse{Joined: 1}) {
				w.Errorf("the week has %+v", got)
			}
			w.pass(week)
			same(w, "the readers a week later", w.course(w.now, 1).Before, 1)
		}},
		{"Course/WhoStartsOverHavingFinishedJoinsAgain", func(w *world) {
			from := w.now
			e := w.reader()
			w.commit(w.decision(store.DecideFinish, e.ID, ""))
			w.pass(week)
			w.restart(e.ID)
			got := w.course(from, 2)
			same(w, "the readers before", got.Before, 0)
			for i, want := range []store.SpanCourse{{Joined: 1, Finished: 1}, {Joined: 1}} {
				if got.Spans[i] != want {
					w.Errorf("week %d has %+v, want %+v", i, got.Spans[i], want)
				}
			}
		}},
		{"Course/ForgetsWhoeverIsErased", func(w *world) {
			a, b := w.reader(), w.reader()
			w.send(a.ID, "a")
			w.send(b.ID, "a")
			w.commit(w.decision(store.DecideSkip, b.ID, "b"))
			p, err := w.store.Subscriber(w.ctx, b.Subscriber)
			w.must(err)
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			got := w.course(w.now, 1)
			if states := got.Issues[w.issue("a")].States; !maps.Equal(states, map[drip.DeliveryState]int{drip.DeliverySent: 1}) {
				w.Errorf("issue a has %v", states)
			}
			same(w, "the number of issues", len(got.Issues), 1)
			same(w, "those who joined", got.Spans[0].Joined, 1)
		}},
		{"Course/CountsReadersByState", func(w *world) {
			w.reader()
			w.pending()
			w.leave(w.reader().ID)
			w.restart(w.reader().ID)
			want := map[drip.EnrollmentState]int{drip.EnrollmentActive: 2, drip.EnrollmentPending: 1, drip.EnrollmentLeft: 1}
			if got := w.course(w.now, 0).Readers; !maps.Equal(got, want) {
				w.Errorf("the readers are %v, want %v", got, want)
			}
		}},
		{"Course/UnknownIsNotFound", func(w *world) {
			_, err := w.store.Course(w.ctx, store.CourseQuery{Campaign: 99})
			w.fails(err, drip.ErrNotFound)
		}},
		{"Stuck/ListsWhoeverIsNotGettingOn", func(w *world) {
			waits, unplanned, fine := w.reader(), w.reader(), w.reader()
			f := w.claim(waits.ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryDeferred)
			w.send(fine.ID, "a")
			w.rest(fine.ID)
			w.pass(2 * time.Hour)
			same(w, "those whose hint has come", w.isDue(unplanned.ID), true)
			unknown := w.reader()
			f = w.claim(unknown.ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryUnknown)
			w.rest(unknown.ID)
			w.pass(90 * time.Minute)
			list, all := w.stuck()
			same(w, "how many", all, 3)
			got := make(map[drip.EnrollmentID]store.StuckReason)
			for i, one := range list {
				got[one.Enrollment] = one.Why
				if i > 0 && one.Since.Before(list[i-1].Since) {
					w.Errorf("number %d has waited longer than the one before it", i)
				}
				if want := w.enrollment(one.Enrollment).Subscriber; one.Subscriber != want {
					w.Errorf("enrollment %d is subscriber %d, want %d", one.Enrollment, one.Subscriber, want)
				}
			}
			want := map[drip.EnrollmentID]store.StuckReason{
				waits.ID: store.StuckWaiting, unplanned.ID: store.StuckUnplanned, unknown.ID: store.StuckUnknown,
			}
			if !maps.Equal(got, want) {
				w.Errorf("stuck are %v, want %v", got, want)
			}
			list, all, err := w.store.Stuck(w.ctx, store.StuckQuery{Campaign: w.campaign.No, Since: w.now, Limit: 1})
			w.must(err)
			same(w, "those listed", len(list), 1)
			same(w, "those counted", all, 3)
		}},
		{"Stuck/NobodyIsWhileTheCampaignIsPaused", func(w *world) {
			w.reader()
			w.pass(week)
			_, before := w.stuck()
			w.change(store.PauseCampaign)
			_, paused := w.stuck()
			w.change(store.ResumeCampaign)
			w.change(store.StopCampaign)
			_, stopped := w.stuck()
			same(w, "before", before, 1)
			same(w, "while it is paused", paused, 0)
			same(w, "when it is stopped", stopped, 0)
		}},
		{"Stuck/UnknownIsNotFound", func(w *world) {
			_, _, err := w.store.Stuck(w.ctx, store.StuckQuery{Campaign: 99, Since: w.now})
			w.fails(err, drip.ErrNotFound)
		}},
	}
}
