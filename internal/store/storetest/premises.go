package storetest

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// premise is that a filter selects the person of a decision, or does not, with the
// campaign in view.
func (w *world) premise(filter string, selects bool) *store.Premise {
	w.Helper()
	return &store.Premise{
		Filter: w.where(filter), Selects: selects,
		View: segment.View{Now: w.now, Campaign: w.campaign.ID},
	}
}

// passOver decides that an issue is not for a reader.
func (w *world) passOver(id drip.EnrollmentID, issue, filter string) store.Decision {
	w.Helper()
	d := w.decision(store.DecideSkip, id, issue)
	d.Reason, d.NextAt, d.Premise = drip.ReasonNotForThem, w.now, w.premise(filter, false)
	return d
}

func premiseLaws() []law {
	return []law{
		{"Due/KnowsTheReadersOfTheCampaignsThatAreNamed", func(w *world) {
			e, other := w.reader(), w.reader()
			w.tagged(store.TagChange{People: []drip.SubscriberID{e.Subscriber}, Add: []drip.Tag{"vip"}})
			w.send(e.ID, "a")
			w.pass(week)
			query := store.DueQuery{Calendar: w.now, Machine: w.machine, Limit: 10}
			for _, sent := range []bool{false, true} {
				query.Who, query.Sent = []drip.CampaignNo{w.campaign.No}, sent
				for _, d := range []drip.EnrollmentID{e.ID, other.ID} {
					rest := w.decision(store.DecideRest, d, "")
					rest.NextAt = w.now
					w.commit(rest)
				}
				due, err := w.store.Due(w.ctx, query)
				w.must(err)
				if len(due) != 2 {
					w.Fatalf("%d are due", len(due))
				}
				for _, d := range due {
					facts, err := w.store.Facts(w.ctx, []drip.SubscriberID{d.Enrollment.Subscriber}, sent)
					w.must(err)
					if d.Who == nil || d.Who.Email != facts[0].Email || !slices.Equal(d.Who.Tags, facts[0].Tags) || len(d.Who.Sent) != len(facts[0].Sent) {
						w.Errorf("known are %+v, want %+v", d.Who, facts[0])
					}
				}
			}
			for _, none := range [][]drip.CampaignNo{nil, {w.campaign.No + 1}} {
				query.Who = none
				due, err := w.store.Due(w.ctx, query)
				w.must(err)
				if due[0].Who != nil || due[1].Who != nil {
					w.Errorf("facts are read for the campaigns %v", none)
				}
			}
		}},
		{"Due/AcquaintTellsAllOfOnePerson", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			due := w.history(e.ID)
			if due.Who != nil {
				w.Error("facts are read that nobody asked for")
			}
			w.must(store.Acquaint(w.ctx, w.store, &due))
			if len(due.Who.Sent) != 1 || due.Who.Sent[0].Issue != "a" || len(due.Who.Parts) != 1 {
				w.Errorf("known is %+v", due.Who)
			}
		}},
		{"CommitPlan/ADecisionWhosePremiseDoesNotHoldIsDropped", func(w *world) {
			for _, tagged := range []bool{false, true} {
				skipped, claimed := w.reader(), w.reader()
				skip := w.passOver(skipped.ID, "a", "tag:vip")
				claim := w.decision(store.DecideClaim, claimed.ID, "a")
				claim.Premise = w.premise("not tag:vip and joined < 1d ago", true)
				if tagged { // after it was decided
					w.tagged(store.TagChange{People: []drip.SubscriberID{skipped.Subscriber, claimed.Subscriber}, Add: []drip.Tag{"vip"}})
				}
				free := w.decision(store.DecideClaim, w.reader().ID, "a")
				claims := w.commit(skip, claim, free)
				_, err := w.store.Delivery(w.ctx, drip.DeliveryKey{Enrollment: skipped.ID, Issue: w.issue("a")})
				if tagged {
					w.fails(err, drip.ErrNotFound)
					same(w, "the claims", claims, 1)
					same(w, "the hint", w.isDue(skipped.ID), true)
					continue
				}
				w.must(err)
				same(w, "the claims", claims, 2)
			}
		}},
		{"CommitPlan/APremiseSeesWhatWasSent", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			d := w.decision(store.DecideClaim, e.ID, "b")
			d.Premise = w.premise("had = a", true)
			same(w, "the claims", w.commit(d), 1)
		}},
		{"CommitPlan/WhoeverErasedIsMeanwhileIsNoPremise", func(w *world) {
			e := w.reader()
			d := w.passOver(e.ID, "a", "tag:vip")
			w.must(w.store.Erase(w.ctx, e.Subscriber, w.suppression(w.address("reader@example.org"), drip.SuppressedByErasure)))
			w.commit(d)
		}},
		{"CommitPlan/ASkipWithAPremiseOutdatesOtherPlans", func(w *world) {
			e := w.reader()
			rest := w.decision(store.DecideRest, e.ID, "") // by somebody who took it to be for them
			rest.NextAt = w.now.Add(week)
			w.commit(w.passOver(e.ID, "a", "tag:vip"))
			w.commit(rest)
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
			got := w.delivery(store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: w.issue("a")}})
			same(w, "the state", got.State, drip.DeliverySkipped)
			same(w, "the reason", got.Reason, drip.ReasonNotForThem)
		}},
		{"CommitPlan/WhatWasPassedOverIsNotClaimedLater", func(w *world) {
			e := w.reader()
			w.commit(w.passOver(e.ID, "a", "tag:vip"))
			w.tagged(store.TagChange{People: []drip.SubscriberID{e.Subscriber}, Add: []drip.Tag{"vip"}})
			claim := w.decision(store.DecideClaim, e.ID, "a")
			claim.Premise = w.premise("tag:vip", true)
			same(w, "the claims", w.commit(claim), 0)
			if due := w.history(e.ID); !slices.Equal(due.Had, []drip.IssueNo{w.issue("a")}) || due.Last.HasSlot {
				w.Errorf("had are %v, the last is %+v", due.Had, due.Last)
			}
		}},
		{"SetPace/WhoeverWasOnlyPassedOverStillWaitsForTheFirst", func(w *world) {
			e, other := w.confirm(w.pending().ID), w.confirm(w.pending().ID)
			w.commit(w.passOver(e.ID, "a", "tag:vip"))
			behind := w.decision(store.DecideSkip, other.ID, "a")
			behind.Reason, behind.NextAt = drip.ReasonBehind, w.now
			w.commit(behind)
			w.pass(time.Minute)
			for id, want := range map[drip.EnrollmentID]time.Time{e.ID: e.Floor, other.ID: w.now} {
				got, err := w.store.SetPace(w.ctx, id, 2, w.now)
				w.must(err)
				same(w, "the floor", got.Floor, want)
			}
		}},
		{"CommitPlan/APassedOverDeliveryLosesItsClaim", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.pass(time.Hour)
			w.commit(w.passOver(e.ID, "a", "tag:vip"))
			if w.mark(f) {
				w.Error("it was marked")
			}
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
		}},
	}
}
