package storetest

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// consent is what somebody says who begins the series.
func (w *world) consent() store.Confirmation {
	return store.Confirmation{Consent: drip.Consent{Source: drip.ConsentConfirmed, Text: "Yes, send it to me.", At: w.now}}
}

func (w *world) confirm(id drip.EnrollmentID) drip.Enrollment {
	w.Helper()
	e, err := w.store.Confirm(w.ctx, id, w.consent())
	w.must(err)
	return e
}

func enrollmentLaws() []law {
	return []law{
		{"Enroll/ConsentMakesActive", func(w *world) {
			e := w.reader()
			same(w, "the state", e.State, drip.EnrollmentActive)
			same(w, "the joining", e.JoinedAt, w.now)
			same(w, "the floor", e.Floor, w.now)
			same(w, "the hint", e.NextAt, w.now)
			same(w, "the pace", e.Pace, 1)
			if e.ConsentID == 0 || e.ID == 0 {
				w.Errorf("the enrollment is %+v", e)
			}
		}},
		{"Enroll/WithoutConsentIsPending", func(w *world) {
			e := w.pending()
			same(w, "the state", e.State, drip.EnrollmentPending)
			same(w, "the invitation", e.InvitedAt, w.now)
			same(w, "the hint", e.NextAt, w.now)
			same(w, "the joining", e.JoinedAt, time.Time{})
		}},
		{"Enroll/FloorCanLieAhead", func(w *world) {
			e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: w.person().ID, Campaign: w.campaign.No, Start: drip.StartAtSlot,
				Consent: w.batch().Consent, Floor: w.now.Add(week), Now: w.now,
			})
			w.must(err)
			same(w, "the floor", e.Floor, w.now.Add(week))
		}},
		{"Enroll/TwiceReturnsTheOpenOne", func(w *world) {
			e := w.reader()
			again, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: e.Subscriber, Campaign: e.Campaign, Start: drip.StartOnJoin, Now: w.now,
			})
			w.fails(err, drip.ErrEnrolled)
			same(w, "the enrollment", again, e)
		}},
		{"Enroll/SuppressedPeopleStayOut", func(w *world) {
			p := w.person()
			w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByReader), p.Email))
			_, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: p.ID, Campaign: w.campaign.No, Start: drip.StartOnJoin, Now: w.now,
			})
			w.fails(err, drip.ErrSuppressed)
		}},
		{"Enroll/WhoLeftCanComeBack", func(w *world) {
			e := w.reader()
			w.leave(e.ID)
			again, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: e.Subscriber, Campaign: e.Campaign, Start: drip.StartOnJoin, Invite: true, Now: w.now,
			})
			w.must(err)
			if again.ID == e.ID {
				w.Error("the old enrollment was opened")
			}
			list := w.enrollmentsOf(e.Subscriber)
			if len(list) != 2 || list[0].ID != e.ID || list[1].ID != again.ID {
				w.Errorf("the enrollments are %+v", list)
			}
		}},
		{"Enroll/UnknownPersonOrCampaignIsNotFound", func(w *world) {
			_, err := w.store.Enroll(w.ctx, store.NewEnrollment{Subscriber: 99, Campaign: w.campaign.No, Now: w.now})
			w.fails(err, drip.ErrNotFound)
			_, err = w.store.Enroll(w.ctx, store.NewEnrollment{Subscriber: w.person().ID, Campaign: 99, Now: w.now})
			w.fails(err, drip.ErrNotFound)
		}},
		{"Enrollment/UnknownIsNotFound", func(w *world) {
			_, err := w.store.Enrollment(w.ctx, 99)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Invite/IsDueAtOnceAndTwiceIsOnce", func(w *world) {
			e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: w.person().ID, Campaign: w.campaign.No, Start: drip.StartOnJoin, Now: w.now,
			})
			w.must(err)
			same(w, "the hint", e.NextAt, time.Time{})
			w.pass(time.Minute)
			w.must(w.store.Invite(w.ctx, e.ID, w.now))
			invited := w.enrollment(e.ID)
			same(w, "the invitation", invited.InvitedAt, w.now)
			same(w, "the hint", invited.NextAt, w.now)
			w.pass(time.Minute)
			w.must(w.store.Invite(w.ctx, e.ID, w.now))
			same(w, "the enrollment", w.enrollment(e.ID), invited)
			w.fails(w.store.Invite(w.ctx, 99, w.now), drip.ErrNotFound)
		}},
		{"Invite/ActiveIsLeftAlone", func(w *world) {
			e := w.reader()
			w.must(w.store.Invite(w.ctx, e.ID, w.now))
			same(w, "the enrollment", w.enrollment(e.ID), e)
		}},
		{"Confirm/PendingBecomesActive", func(w *world) {
			e := w.pending()
			w.rest(e.ID)
			w.pass(time.Hour)
			got := w.confirm(e.ID)
			same(w, "the state", got.State, drip.EnrollmentActive)
			same(w, "the joining", got.JoinedAt, w.now)
			same(w, "the floor", got.Floor, w.now)
			same(w, "the hint", got.NextAt, w.now)
			if got.ConsentID == 0 || got.Revision <= e.Revision {
				w.Errorf("the enrollment is %+v", got)
			}
		}},
		{"Confirm/TwiceIsOnce", func(w *world) {
			e := w.pending()
			once := w.confirm(e.ID)
			w.pass(time.Hour)
			same(w, "the enrollment", w.confirm(e.ID), once)
		}},
		{"Confirm/WhoLeftStaysOut", func(w *world) {
			e := w.pending()
			left := w.leave(e.ID)
			same(w, "the enrollment", w.confirm(e.ID), left)
		}},
		{"Confirm/UnmarkedConfirmationIsSkipped", func(w *world) {
			e := w.pending()
			f := w.claim(e.ID, drip.ConfirmationID)
			w.confirm(e.ID)
			w.stateIs(f, drip.DeliverySkipped)
			if w.mark(f) {
				w.Error("a confirmation was marked for somebody who confirmed")
			}
		}},
		{"Confirm/MarkedConfirmationMayFinish", func(w *world) {
			e := w.pending()
			f := w.claim(e.ID, drip.ConfirmationID)
			w.mustMark(f)
			w.confirm(e.ID)
			w.mustSettle(f, drip.DeliverySent)
			w.send(e.ID, "a")
		}},
		{"Confirm/UnknownIsNotFound", func(w *world) {
			_, err := w.store.Confirm(w.ctx, 99, w.consent())
			w.fails(err, drip.ErrNotFound)
		}},
		{"Leave/NoMarkCommitsAfterIt", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.pass(time.Second)
			left := w.leave(e.ID)
			same(w, "the state", left.State, drip.EnrollmentLeft)
			same(w, "the date", left.LeftAt, w.now)
			same(w, "the hint", left.NextAt, time.Time{})
			if w.mark(f) {
				w.Error("a mark was made")
			}
			d := w.delivery(f)
			same(w, "the state", d.State, drip.DeliverySkipped)
			same(w, "the reason", d.Reason, drip.ReasonLeft)
		}},
		{"Leave/PlannedAndDeferredAreSkippedToo", func(w *world) {
			planned, deferred := w.reader(), w.reader()
			p, d := w.claim(planned.ID, "a"), w.claim(deferred.ID, "a")
			w.must(w.store.Release(w.ctx, []store.Fence{p}, w.now))
			w.mustSettle(d, drip.DeliveryDeferred)
			w.leave(planned.ID)
			w.leave(deferred.ID)
			w.stateIs(p, drip.DeliverySkipped)
			w.stateIs(d, drip.DeliverySkipped)
		}},
		{"Leave/AMarkedTransactionMayFinish", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.leave(e.ID)
			w.stateIs(f, drip.DeliverySending)
			w.mustSettle(f, drip.DeliverySent)
			same(w, "the hint", w.enrollment(e.ID).NextAt, time.Time{})
		}},
		{"Leave/NothingIsTriedAgainAfterIt", func(w *world) {
			for _, state := range []drip.DeliveryState{drip.DeliveryDeferred, drip.DeliveryPlanned} {
				e := w.reader()
				f := w.claim(e.ID, "a")
				w.mustMark(f)
				w.leave(e.ID)
				w.mustSettle(f, state)
				same(w, "the reason", w.delivery(f).Reason, drip.ReasonLeft)
				w.stateIs(f, drip.DeliverySkipped)
			}
		}},
		{"Leave/FirstReasonAndDateStay", func(w *world) {
			e := w.reader()
			first := w.leave(e.ID)
			w.pass(time.Hour)
			second, err := w.store.Leave(w.ctx, e.ID, drip.LeftByAdmin, w.now)
			w.must(err)
			same(w, "the enrollment", second, first)
		}},
		{"Leave/IsNotDatedBeforeTheLatestMark", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			marked := w.now
			w.mustMark(f)
			w.now = w.now.Add(-time.Second) // another process, whose clock is late
			same(w, "the date", w.leave(e.ID).LeftAt, marked)
		}},
		{"Leave/AnEarlierEnrollmentNamesTheOpenOne", func(w *world) {
			for what, again := range w.secondPassages() {
				first := w.reader()
				w.send(first.ID, "a")
				w.pass(week)
				open := again(first)
				issue := "a"
				switch {
				case open.State == drip.EnrollmentPending:
					issue = drip.ConfirmationID
				case open.Continues:
					issue = "b"
				}
				f := w.claim(open.ID, issue)
				w.pass(time.Second)
				before := w.enrollment(first.ID)
				left, err := w.store.Leave(w.ctx, first.ID, drip.LeftByReader, w.now)
				w.must(err)
				same(w, what+": the enrollment that ended", left, w.enrollment(open.ID))
				same(w, what+": its number", left.ID, open.ID)
				same(w, what+": its state", left.State, drip.EnrollmentLeft)
				same(w, what+": its reason", left.LeftReason, drip.LeftByReader)
				same(w, what+": its date", left.LeftAt, w.now)
				same(w, what+": the earlier one", w.enrollment(first.ID), before)
				if w.mark(f) {
					w.Errorf("%s: a mark was made", what)
				}
				w.stateIs(f, drip.DeliverySkipped)
			}
		}},
		{"Leave/AnEarlierEnrollmentSaysNothingOfOthers", func(w *world) {
			first, bystander := w.reader(), w.reader()
			elsewhere := w.another(first)
			w.restart(first.ID)
			w.leave(first.ID)
			same(w, "the other campaign", w.enrollment(elsewhere.ID), elsewhere)
			same(w, "the other person", w.enrollment(bystander.ID), bystander)
		}},
		{"Leave/ALaterInvitationIsConfirmedAsEver", func(w *world) {
			left := w.leave(w.reader().ID)
			w.leave(left.ID)
			w.pass(week)
			back := w.comeBack(left, 0)
			same(w, "the state", back.State, drip.EnrollmentActive)
			w.send(back.ID, "a")
		}},
		{"Leave/UnknownIsNotFound", func(w *world) {
			_, err := w.store.Leave(w.ctx, 99, drip.LeftByReader, w.now)
			w.fails(err, drip.ErrNotFound)
		}},
	}
}

// secondPassages are the ways in which somebody who had issue a is in the
// campaign a second time. Each returns the enrollment that is open then.
func (w *world) secondPassages() map[string]func(first drip.Enrollment) drip.Enrollment {
	return map[string]func(drip.Enrollment) drip.Enrollment{
		"started over":       func(first drip.Enrollment) drip.Enrollment { return w.restart(first.ID) },
		"started over twice": func(first drip.Enrollment) drip.Enrollment { return w.restart(w.restart(first.ID).ID) },
		"came back to go on": func(first drip.Enrollment) drip.Enrollment { return w.comeBack(w.leave(first.ID), first.ID) },
		"came back anew":     func(first drip.Enrollment) drip.Enrollment { return w.comeBack(w.leave(first.ID), 0) },
		"was invited again":  func(first drip.Enrollment) drip.Enrollment { return w.inviteAgain(w.leave(first.ID)) },
	}
}

func suppressionLaws() []law {
	suppress := func(w *world, e drip.Enrollment, address bool) {
		w.Helper()
		p, err := w.store.Subscriber(w.ctx, e.Subscriber)
		w.must(err)
		a := p.Email
		if !address {
			a = mailaddr.Address{}
		}
		w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByComplaint), a))
	}
	return []law{
		{"Suppress/NoMarkCommitsAfterIt", func(w *world) {
			for _, withAddress := range []bool{true, false} {
				e := w.reader()
				f := w.claim(e.ID, "a")
				w.pass(time.Second)
				suppress(w, e, withAddress)
				if w.mark(f) {
					w.Error("a mark was made")
				}
				d, left := w.delivery(f), w.enrollment(e.ID)
				same(w, "the delivery's state", d.State, drip.DeliverySkipped)
				same(w, "why it was skipped", d.Reason, drip.ReasonSuppressed)
				same(w, "the enrollment's state", left.State, drip.EnrollmentLeft)
				same(w, "why it ended", left.LeftReason, drip.LeftSuppressed)
				p, err := w.store.Subscriber(w.ctx, e.Subscriber)
				w.must(err)
				same(w, "the person's suppression", p.SuppressedAt, w.now)
			}
		}},
		{"Suppress/AMarkedTransactionMayFinish", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			suppress(w, e, true)
			w.mustSettle(f, drip.DeliveryDeferred)
			same(w, "why it was skipped", w.delivery(f).Reason, drip.ReasonSuppressed)
		}},
		{"Suppress/FirstReasonStays", func(w *world) {
			a := w.address("gone@example.org")
			w.must(w.store.Suppress(w.ctx, w.suppression(a, drip.SuppressedByBounce), a))
			first := w.now
			w.pass(time.Hour)
			w.must(w.store.Suppress(w.ctx, w.suppression(a, drip.SuppressedByAdmin), mailaddr.Address{}))
			got, err := w.store.Suppressed(w.ctx, hash(a))
			w.must(err)
			same(w, "the entry", got, drip.Suppression{Hash: hash(a), Reason: drip.SuppressedByBounce, At: first})
		}},
		{"Suppress/ADueEnrollmentSaysSo", func(w *world) {
			e := w.reader()
			same(w, "suppressed before", w.history(e.ID).Suppressed, false)
			suppress(w, e, true)
			same(w, "suppressed after", w.history(e.ID).Suppressed, true)
		}},
		{"Suppressed/UnknownIsNotFound", func(w *world) {
			_, err := w.store.Suppressed(w.ctx, mailaddr.Hash{1})
			w.fails(err, drip.ErrNotFound)
		}},
	}
}
