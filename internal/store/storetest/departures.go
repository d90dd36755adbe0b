package storetest

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// goBack asks for a leaving to be taken back.
func (w *world) goBack(left drip.Enrollment) store.Return {
	return store.Return{Enrollment: left.ID, LeftAt: left.LeftAt, Consent: w.consent().Consent, Now: w.now}
}

// undo takes a leaving back.
func (w *world) undo(back store.Return) drip.Enrollment {
	w.Helper()
	list, err := w.store.Undo(w.ctx, back)
	w.must(err)
	if len(list) != 1 {
		w.Fatalf("%d enrollments go on, want 1", len(list))
	}
	return list[0]
}

// refusesToUndo checks that there is nothing to take back.
func (w *world) refusesToUndo(back store.Return) {
	w.Helper()
	_, err := w.store.Undo(w.ctx, back)
	w.fails(err, drip.ErrNotFound)
}

// suppressed suppresses the person of an enrollment, and returns what would lift that.
func (w *world) suppressed(e drip.Enrollment, reason drip.SuppressionReason) store.Return {
	w.Helper()
	p, err := w.store.Subscriber(w.ctx, e.Subscriber)
	w.must(err)
	w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, reason), p.Email))
	return store.Return{Enrollment: e.ID, LeftAt: w.now, Everything: true, Consent: w.consent().Consent, Now: w.now.Add(time.Minute)}
}

func departureLaws() []law {
	return []law{
		{"Undo/ASeriesGoesOnWhereItWas", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			_, err := w.store.SetPace(w.ctx, e.ID, 2, w.now)
			w.must(err)
			f := w.claim(e.ID, "b")
			left := w.leave(e.ID)
			w.pass(time.Minute)
			back := w.goBack(left)
			next := w.undo(back)
			same(w, "the one that goes on", next, drip.Enrollment{
				ID: next.ID, Subscriber: e.Subscriber, Campaign: e.Campaign, State: drip.EnrollmentActive, Start: drip.StartAtSlot,
				JoinedAt: w.now, Floor: w.now, NextAt: w.now, Pace: 2, Follows: e.ID, Continues: true, ConsentID: next.ConsentID, Revision: 1,
			})
			if next.ConsentID == 0 || next.ConsentID == e.ConsentID {
				w.Errorf("the consent is %d, want one of its own", next.ConsentID)
			}
			w.hadAre("what was had", w.history(next.ID).Had, "a")
			if w.mark(f) {
				w.Error("a claim of before was marked")
			}
			same(w, "done again", w.undo(back), next)
			w.send(next.ID, "b")
		}},
		{"Undo/TheJournalDoesNotEndItAgain", func(w *world) {
			left := w.leave(w.reader().ID)
			next := w.undo(w.goBack(left)) // in the same millisecond
			same(w, "what was applied", w.withdrawn(w.leaving(left.Subscriber)), store.Withdrawn{})
			same(w, "the state", w.enrollment(next.ID).State, drip.EnrollmentActive)
		}},
		{"Undo/OnlyThatLeavingAndOnlyTheReaders", func(w *world) {
			left := w.leave(w.reader().ID)
			other := w.goBack(left)
			other.LeftAt = other.LeftAt.Add(time.Millisecond)
			w.refusesToUndo(other)
			byAdmin, err := w.store.Leave(w.ctx, w.reader().ID, drip.LeftByAdmin, w.now)
			w.must(err)
			w.refusesToUndo(w.goBack(byAdmin))
			w.refusesToUndo(w.goBack(w.reader()))
			never, err := w.store.Leave(w.ctx, w.pending().ID, drip.LeftByReader, w.now)
			w.must(err)
			w.refusesToUndo(w.goBack(never))
			w.refusesToUndo(store.Return{Enrollment: 9999})
		}},
		{"Undo/WhoBeganAgainOrLeftAgainIsLeftAlone", func(w *world) {
			left := w.leave(w.reader().ID)
			w.inviteAgain(left)
			w.refusesToUndo(w.goBack(left))
			left = w.leave(w.reader().ID)
			back := w.goBack(left)
			w.leave(w.undo(back).ID)
			w.refusesToUndo(back)
		}},
		{"Undo/NotInAStoppedCampaign", func(w *world) {
			left := w.leave(w.reader().ID)
			w.change(store.StopCampaign)
			w.refusesToUndo(w.goBack(left))
		}},
		{"Undo/ASuppressedAddressStaysOut", func(w *world) {
			left := w.leave(w.reader().ID)
			everything := w.suppressed(left, drip.SuppressedByReader)
			w.refusesToUndo(w.goBack(left))
			w.refusesToUndo(func() store.Return { b := everything; b.LeftAt = b.LeftAt.Add(1e6); return b }())
			for _, reason := range []drip.SuppressionReason{drip.SuppressedByAdmin, drip.SuppressedByBounce, drip.SuppressedByComplaint, drip.SuppressedByErasure} {
				w.refusesToUndo(w.suppressed(w.reader(), reason))
			}
		}},
		{"Undo/NotAfterAComplaint", func(w *world) {
			for _, reason := range []drip.SuppressionReason{drip.SuppressedByAdmin, drip.SuppressedByBounce, drip.SuppressedByComplaint} {
				e := w.reader()
				back := w.suppressed(e, drip.SuppressedByReader)
				w.pass(time.Minute)
				w.suppressed(e, reason)
				w.refusesToUndo(back)
				entry, err := w.store.Suppressed(w.ctx, w.hashOf(e.Subscriber))
				w.must(err)
				same(w, "the reason", entry, drip.Suppression{Hash: entry.Hash, Reason: reason, At: w.now})
				w.pass(time.Minute)
				w.suppressed(e, drip.SuppressedByReader)
				entry, err = w.store.Suppressed(w.ctx, w.hashOf(e.Subscriber))
				w.must(err)
				same(w, "the reason that stays", entry.Reason, reason)
			}
		}},
		{"Undo/EverythingLiftsTheReadersOwnSuppression", func(w *world) {
			before := w.leave(w.reader().ID)
			w.pass(time.Second)
			e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: before.Subscriber, Campaign: w.campaign.No, Start: drip.StartAtSlot, Consent: w.batch().Consent, Now: w.now,
			})
			w.must(err)
			w.send(e.ID, "a")
			back := w.suppressed(e, drip.SuppressedByReader)
			next := w.undo(back)
			same(w, "what goes on", next.Follows, e.ID)
			_, err = w.store.Suppressed(w.ctx, w.hashOf(e.Subscriber))
			w.fails(err, drip.ErrNotFound)
			same(w, "done again", w.undo(back), next)
			w.now = back.Now.Add(time.Second)
			w.send(next.ID, "b")
			w.leave(next.ID)
			list, err := w.store.Undo(w.ctx, back)
			w.must(err)
			same(w, "how many go on after they left again", len(list), 0)
		}},
		{"NoteWhy/TheLastWordCountsAndOnlyOfReaders", func(w *world) {
			left := w.leave(w.reader().ID)
			w.must(w.store.NoteWhy(w.ctx, left.ID, drip.WhyTooOften))
			w.must(w.store.NoteWhy(w.ctx, left.ID, drip.WhyHadEnough))
			why, err := w.store.Why(w.ctx, left.ID)
			w.must(err)
			same(w, "why", why, drip.WhyHadEnough)
			stays := w.reader()
			w.must(w.store.NoteWhy(w.ctx, stays.ID, drip.WhyTooOften))
			why, err = w.store.Why(w.ctx, stays.ID)
			w.must(err)
			same(w, "why somebody left who did not", why, "")
			w.fails(w.store.NoteWhy(w.ctx, 9999, drip.WhyTooOften), drip.ErrNotFound)
			_, err = w.store.Why(w.ctx, 9999)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Whys/AreCountedByTheLastIssue", func(w *world) {
			for range 2 {
				e := w.reader()
				w.send(e.ID, "a")
				w.pass(week)
				w.send(e.ID, "b")
				w.must(w.store.NoteWhy(w.ctx, w.leave(e.ID).ID, drip.WhyTooOften))
			}
			w.must(w.store.NoteWhy(w.ctx, w.leave(w.reader().ID).ID, drip.WhyNeverAsked))
			w.leave(w.reader().ID)
			got, err := w.store.Whys(w.ctx, w.campaign.No)
			w.must(err)
			want := []store.WhyCount{{Why: drip.WhyNeverAsked, Readers: 1}, {Issue: w.issue("b"), Why: drip.WhyTooOften, Readers: 2}}
			if !slices.Equal(got, want) {
				w.Errorf("the counts are %v, want %v", got, want)
			}
		}},
		{"Withdraw/WhatWasLiftedIsLiftedAgain", func(w *world) {
			e := w.reader()
			h := w.hashOf(e.Subscriber)
			at := func(lifted bool, after time.Duration) drip.Withdrawal {
				return drip.Withdrawal{Hash: h, At: w.now.Add(after), Suppressed: drip.SuppressedByReader, Lifted: lifted}
			}
			same(w, "both at once", w.withdrawn(at(false, 0), at(true, time.Minute)), store.Withdrawn{})
			same(w, "what went on", w.enrollment(e.ID).State, drip.EnrollmentActive)
			w.withdrawn(at(false, 0))
			same(w, "one after the other", w.withdrawn(at(true, time.Minute)), store.Withdrawn{Lifted: 1})
			_, err := w.store.Suppressed(w.ctx, h)
			w.fails(err, drip.ErrNotFound)
			same(w, "what it ended", w.enrollment(e.ID).State, drip.EnrollmentLeft)
			w.withdrawn(at(false, time.Hour))
			same(w, "an earlier lifting", w.withdrawn(at(true, time.Minute)), store.Withdrawn{})
			_, err = w.store.Suppressed(w.ctx, h)
			w.must(err)
		}},
	}
}

// populateDepartures is who came back at once, said why, has another address, or asked
// for what is private.
func (w *world) populateDepartures() {
	w.Helper()
	w.undo(w.goBack(w.leave(w.reader().ID)))
	for _, why := range drip.LeaveWhys() {
		w.must(w.store.NoteWhy(w.ctx, w.leave(w.reader().ID).ID, why))
	}
	w.moved(w.reader(), "populated@example.net")
	w.askedNotice(w.reader(), "")
	w.pass(time.Hour)
}
