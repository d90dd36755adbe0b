package storetest

import (
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// another enrolls a reader in another campaign as well, whose issues are p and q.
func (w *world) another(e drip.Enrollment) drip.Enrollment {
	w.Helper()
	w.people++
	id := fmt.Sprintf("other%d", w.people)
	record := w.sync(store.CampaignSync{ID: id, Key: id, Issues: []string{"p", "q"}, Now: w.now})
	w.campaign.Issues["p"], w.campaign.Issues["q"] = record.Issues["p"], record.Issues["q"]
	other, err := w.store.Enroll(w.ctx, store.NewEnrollment{
		Subscriber: e.Subscriber, Campaign: record.No, Start: drip.StartOnJoin, Consent: w.batch().Consent, Now: w.now,
	})
	w.must(err)
	return other
}

// limited marks a claim under a daily limit and reports whether that was allowed.
func (w *world) limited(f store.Fence, limit int) bool {
	w.Helper()
	m := w.markOf(f)
	m.DailyLimit = limit
	return w.round(nil, []store.Mark{m}).Marked[0]
}

// among returns what Due says of an enrollment when it is asked about others.
func (w *world) among(id drip.EnrollmentID) store.Due {
	w.Helper()
	list, err := w.store.Due(w.ctx, store.DueQuery{Calendar: w.now, Machine: w.machine, Limit: 100, Others: true})
	w.must(err)
	for i := range list {
		if list[i].Enrollment.ID == id {
			return list[i]
		}
	}
	w.Fatalf("enrollment %d is not due", id)
	return store.Due{}
}

// limitLaws are about what a person may get on one day.
func limitLaws() []law {
	return []law{
		{"CommitRound/NoMarkOnADayThatIsFull", func(w *world) {
			one := w.reader()
			two := w.another(one)
			first, second := w.claim(one.ID, "a"), w.claim(two.ID, "p")
			same(w, "the first mark", w.limited(first, 1), true)
			same(w, "the second mark", w.limited(second, 1), false)
			w.stateIs(second, drip.DeliveryPlanned)
			if !w.isDue(two.ID) {
				w.Error("the reader whose mark was refused is not planned again")
			}
			same(w, "somebody else's mark", w.limited(w.claim(w.reader().ID, "a"), 1), true)
			same(w, "a mark under a higher limit", w.limited(w.claim(two.ID, "p"), 2), true)
		}},
		{"CommitRound/DaysOfOneRoundAreCounted", func(w *world) {
			one := w.reader()
			two := w.another(one)
			marks := []store.Mark{w.markOf(w.claim(one.ID, "a")), w.markOf(w.claim(two.ID, "p"))}
			marks[0].DailyLimit, marks[1].DailyLimit = 1, 1
			result := w.round(nil, marks)
			if !result.Marked[0] || result.Marked[1] {
				w.Errorf("marked: %v", result.Marked)
			}
		}},
		{"CommitRound/DaysCountWhatMayHaveArrived", func(w *world) {
			one := w.reader()
			two := w.another(one)
			f := w.claim(one.ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryDeferred)
			g := w.claim(two.ID, "p")
			same(w, "a mark after one that was deferred", w.limited(g, 1), true)
			w.mustSettle(g, drip.DeliveryUnknown)
			w.pass(10 * time.Minute)
			same(w, "a mark after one of unknown fate", w.limited(w.claim(one.ID, "a"), 1), false)
			w.pass(24 * time.Hour)
			same(w, "a mark on the next day", w.limited(w.claim(one.ID, "a"), 1), true)
		}},
		{"CommitRound/ConfirmationsFillNoDay", func(w *world) {
			asked := w.pending()
			two := w.another(asked)
			w.send(asked.ID, drip.ConfirmationID)
			same(w, "the mark", w.limited(w.claim(two.ID, "p"), 1), true)
		}},
		{"Due/TellsOfOthersOnlyWhenAsked", func(w *world) {
			one := w.reader()
			w.another(one)
			for _, d := range w.dueNow() {
				if d.Others != nil || d.Dates != nil {
					w.Errorf("got %v and %v", d.Others, d.Dates)
				}
			}
		}},
		{"Due/TellsWhatElseAPersonGets", func(w *world) {
			one := w.reader()
			joined := w.now
			two := w.another(one)
			f := w.claim(two.ID, "p")
			three := w.another(one)
			w.reader() // somebody else
			w.rest(three.ID)
			d := w.among(one.ID)
			want := []store.Other{
				{Enrollment: two.ID, Campaign: two.Campaign, Waits: true, Since: joined},
				{Enrollment: three.ID, Campaign: three.Campaign, Since: joined},
			}
			same(w, "what others do", fmt.Sprint(d.Others), fmt.Sprint(want))
			same(w, "the days", len(d.Dates), 0)
			same(w, "since when it waits itself", d.Since.UTC(), joined)
			w.mustMark(f)
			w.pass(time.Minute)
			w.mustSettle(f, drip.DeliverySent)
			w.rest(two.ID)
			d = w.among(one.ID)
			want[0].Waits, want[0].Since = false, w.now
			same(w, "what others do", fmt.Sprint(d.Others), fmt.Sprint(want))
			same(w, "the days", fmt.Sprint(d.Dates), fmt.Sprint([]timing.Date{timing.DateAt(joined)}))
			_, err := w.store.Leave(w.ctx, three.ID, drip.LeftByReader, w.now)
			w.must(err)
			w.pass(4 * 24 * time.Hour)
			d = w.among(one.ID)
			same(w, "what others do after one left", fmt.Sprint(d.Others), fmt.Sprint(want[:1]))
			same(w, "the days after some have passed", len(d.Dates), 0)
		}},
	}
}
