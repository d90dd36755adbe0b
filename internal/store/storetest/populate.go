package storetest

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// populated is when Populate's history ends.
var populated = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

// Populate gives an empty store a history: rows in every table, every state and
// reason, made by the store's own methods. It is what an upgrade must carry over;
// GoOn goes on from there.
func Populate(t *testing.T, s store.Store) {
	t.Helper()
	w := newWorld(t, s)
	w.populateCatalog()
	w.populateFence()
	w.populateWishes()
	w.populateLedger()
	w.populateLeaving()
	w.populateSignUps()
	w.populateDepartures()
	w.populateBatches()
	w.populateKept()
	w.populateScopes()
	w.now, w.machine = populated, populated.AddDate(5, 0, 0)
	w.populateOpen() // at the very end, so that nothing of it is over
	w.populateHeld()
	w.invariantsHold()
}

// GoOn sends the next issue to everybody who is due in a populated store, as a
// later version of the program would, and fails the test if a rule is broken
// before or after. A history that is fenced was made by a Populate that had a fence.
func GoOn(t *testing.T, s store.Store, fenced bool) {
	t.Helper()
	w := &world{T: t, ctx: t.Context(), store: s, now: populated.Add(time.Hour), machine: populated.AddDate(5, 2, 0)} // no lease or retry lasts as long
	w.invariantsHold()
	records, err := s.Campaigns(w.ctx)
	w.must(err)
	for _, record := range records {
		if record.ID == "letters" {
			w.campaign = record
		}
	}
	content, err := s.SaveContent(w.ctx, [32]byte{99}, []byte("another"), w.now)
	w.must(err)
	w.content, w.people = content, 1000 // newcomers are none of those who are there
	if fenced {
		w.fenceIsCarriedOver()
	}
	w.fenceGoesOn()
	sent := 0
	for _, due := range w.dueNow() {
		e := &due.Enrollment
		if e.State != drip.EnrollmentActive || e.Campaign != w.campaign.No || e.PausedUntil.After(w.now) {
			continue
		}
		if issue := w.nextOf(due); issue != "" {
			w.send(e.ID, issue)
			sent++
		}
	}
	if sent == 0 {
		t.Error("nobody was due")
	}
	w.commit(w.passOver(w.reader().ID, "a", "tag:vip"))
	w.invariantsHold()
}

// nextOf returns the issue that an enrollment can be sent; empty if there is none.
func (w *world) nextOf(due store.Due) string {
	had := make(map[drip.IssueNo]bool)
	for _, no := range due.Had {
		had[no] = true
	}
	if due.Open != nil && (due.Open.State == drip.DeliverySending || due.Open.State == drip.DeliveryUnknown) {
		return ""
	}
	for _, id := range []string{"a", "b", "c"} {
		no := w.campaign.Issues[id]
		if due.Open != nil && due.Open.Issue != no || had[no] {
			continue
		}
		return id
	}
	return ""
}

func (w *world) populateCatalog() {
	w.Helper()
	other := w.files()
	other.ID, other.Key, other.Definition = "other", "k2", []byte(`{"title":"Other"}`)
	record := w.sync(other)
	w.must(w.store.SaveImages(w.ctx, []store.Image{{Name: "1f.png", Type: "image/png", Data: []byte("\x89PNG")}}, w.now))
	w.must(w.store.Approve(w.ctx, store.Approval{Issue: record.Issues["a"], Content: w.content, By: "ada", At: w.now}))
	for _, change := range []store.CampaignChange{{Verb: store.PauseCampaign, Reason: populatedPause}, {Verb: store.CloseCampaign}} {
		change.Campaign, change.Now = record.No, w.now
		_, err := w.store.ChangeCampaign(w.ctx, change)
		w.must(err)
	}
	stopped := w.files()
	stopped.ID, stopped.Key = "stopped", "k3"
	record = w.sync(stopped)
	e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
		Subscriber: w.person().ID, Campaign: record.No, Start: drip.StartAtSlot, Consent: w.batch().Consent, Now: w.now,
	})
	w.must(err)
	_, err = w.store.ChangeCampaign(w.ctx, store.CampaignChange{Campaign: record.No, Verb: store.StopCampaign, Now: w.now.Add(time.Hour)})
	w.must(err)
	same(w, "the enrollment in a stopped campaign", w.enrollment(e.ID).LeftReason, drip.LeftByStop)
	batch := w.batch()
	rule := &store.EnrollRule{Campaign: w.campaign.No, Start: drip.StartAtSlot}
	w.imported(store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent, Enroll: rule},
		store.Person{Email: w.address("ola@example.org"), Hash: hash(w.address("ola@example.org")), Name: "Ola Ö.",
			Timezone: "Pacific/Apia", Attributes: map[string]string{"city": "Leeds"}},
		w.carrying("una@example.org", store.Carried{Tags: []drip.Tag{"donor"}, ConsentAt: w.now.AddDate(-1, 0, 0), ConsentNote: " (fair)"}))
	w.must(w.store.FinishImport(w.ctx, batch.Batch, []byte(`{"rows":1}`), w.now))
}

// populateWishes is what readers wish: a pause, a pace, the next one now, to begin
// anew, to come back.
func (w *world) populateWishes() {
	w.Helper()
	_, err := w.store.PauseUntil(w.ctx, w.reader().ID, w.now.AddDate(1, 0, 0), w.now)
	w.must(err)
	_, err = w.store.SetPace(w.ctx, w.reader().ID, 4, w.now)
	w.must(err)
	_, err = w.store.SendNext(w.ctx, w.reader().ID, w.now)
	w.must(err)
	again := w.reader()
	w.send(again.ID, "a")
	w.pass(week)
	w.restart(again.ID)
	back := w.reader()
	w.send(back.ID, "a")
	w.pass(week)
	w.comeBack(w.leave(back.ID), back.ID)
	w.pass(time.Hour)
}

// populateLedger is every way in which a delivery ends.
func (w *world) populateLedger() {
	w.Helper()
	done := w.reader()
	for _, issue := range []string{"a", "b", "c"} {
		w.send(done.ID, issue)
		w.pass(week)
	}
	w.commit(w.decision(store.DecideFinish, done.ID, ""))
	for _, state := range []drip.DeliveryState{drip.DeliveryUnknown, drip.DeliveryDeferred} {
		f := w.claim(w.reader().ID, "a")
		w.mustMark(f)
		w.mustSettle(f, state)
	}
	w.populateRetry()
	for _, class := range drip.Classes() {
		if class == drip.ClassAccepted || class == drip.ClassUnknown {
			continue
		}
		o := w.outcome(w.claim(w.reader().ID, "a"), drip.DeliveryRefused)
		o.Class, o.Reason = class, drip.ReasonMessage
		w.round([]store.Outcome{o}, nil)
	}
	bounced := w.outcome(w.claim(w.reader().ID, "a"), drip.DeliveryRefused)
	bounced.Suppress = drip.SuppressedByBounce
	w.round([]store.Outcome{bounced}, nil)
	for _, reason := range []drip.DeliveryReason{drip.ReasonBehind, drip.ReasonRemoved, drip.ReasonNotForThem} {
		d := w.decision(store.DecideSkip, w.reader().ID, "a")
		d.Reason = reason
		w.commit(d)
	}
	d := w.decision(store.DecideRefuse, w.reader().ID, "a")
	d.Reason = drip.ReasonGaveUp
	w.commit(d)
	_, err := w.store.Confirm(w.ctx, w.pending().ID, w.consent())
	w.must(err)
	w.pass(time.Hour)
}

// populateRetry is a message with merge values that is sent at the second try.
func (w *world) populateRetry() {
	w.Helper()
	e := w.reader()
	f := w.claim(e.ID, "a")
	m := w.markOf(f)
	m.Merge = `{"number":2}`
	same(w, "marked", w.round(nil, []store.Mark{m}).Marked[0], true)
	w.mustSettle(f, drip.DeliveryDeferred)
	w.pass(time.Hour)
	w.send(e.ID, "a")
}

// populateLeaving is every way in which people leave, and every suppression.
func (w *world) populateLeaving() {
	w.Helper()
	for _, reason := range []drip.LeaveReason{drip.LeftByReader, drip.LeftByAdmin} {
		e := w.reader()
		w.claim(e.ID, "a")
		_, err := w.store.Leave(w.ctx, e.ID, reason, w.now)
		w.must(err)
	}
	for _, reason := range []drip.SuppressionReason{drip.SuppressedByReader, drip.SuppressedByAdmin, drip.SuppressedByComplaint} {
		e := w.reader()
		w.claim(e.ID, "a")
		p, err := w.store.Subscriber(w.ctx, e.Subscriber)
		w.must(err)
		w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, reason), p.Email))
	}
	p := w.person()
	w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
	start, err := w.store.StartImport(w.ctx, store.ImportStart{File: "-", Consent: "on the phone", Source: drip.ConsentAdmin, At: w.now})
	w.must(err)
	w.imported(store.ImportChunk{Batch: start.Batch, Consent: start.Consent}, w.row("phone@example.org", "", ""))
}

// populateOpen is what is on its way: claimed, sending, planned and pending, and
// some who wait for their next issue.
func (w *world) populateOpen() {
	w.Helper()
	w.pending()
	w.claim(w.reader().ID, "a")
	same(w, "marked", w.relayed(w.claim(w.reader().ID, "a")), true)
	planned := w.reader()
	w.claim(planned.ID, "a")
	d := w.decision(store.DecideWait, planned.ID, "a")
	d.NextAt, d.Moves = w.now, 1
	w.commit(d)
	held := w.reader()
	w.rest(held.ID)
	for n := range 3 {
		e := w.reader()
		w.send(e.ID, "a")
		d := w.decision(store.DecideRest, e.ID, "")
		d.NextAt = w.now.Add(time.Duration(n) * time.Minute)
		w.commit(d)
	}
}
