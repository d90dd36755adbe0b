package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// requested is what a form says that somebody sends in now.
func (w *world) requested(email string) store.NewSignUp {
	w.Helper()
	a := w.address(email)
	return store.NewSignUp{
		Campaign: w.campaign.No, Email: a, Hash: hash(a), Name: "Typed", Timezone: "Asia/Tokyo",
		Request: drip.Request{Form: drip.Form{Version: "1", Text: "Send me the letters."}, At: w.now, Network: "203.0.113.0/24"},
		Names:   store.SignUpNames{Network: "network", Address: "address of " + a.Key(), Domain: "domain"},
		Limits:  store.SignUpLimits{Address: store.SignUpLimit{Count: 3, Within: week}, Pause: 10 * time.Minute},
		Now:     w.now,
	}
}

// signUp sends a form in, and checks what becomes of it.
func (w *world) signUp(s store.NewSignUp, want store.SignUpResult) drip.EnrollmentID {
	w.Helper()
	out, err := w.store.SignUp(w.ctx, s)
	w.must(err)
	same(w, "the result", out.Result, want)
	if (out.Enrollment != 0) != (want == store.SignUpAsked) {
		w.Errorf("the outcome is %+v", out)
	}
	return out.Enrollment
}

// asked signs somebody up and has the confirmation mail sent.
func (w *world) asked(email string) drip.Enrollment {
	w.Helper()
	id := w.signUp(w.requested(email), store.SignUpAsked)
	w.send(id, drip.ConfirmationID)
	return w.enrollment(id)
}

// sweep removes what is over a week after it was asked for, and counts of a day ago.
func (w *world) sweep() store.SignUpsSwept {
	w.Helper()
	swept, err := w.store.SweepSignUps(w.ctx, store.SignUpSweep{Unanswered: w.now.Add(-week), Counted: w.now.Add(-24 * time.Hour)})
	w.must(err)
	return swept
}

func signUpLaws() []law {
	return append(append(requestLaws(), countingLaws()...), sweepLaws()...)
}

func requestLaws() []law {
	return []law{
		{"SignUp/AStrangerIsAskedAndNothingTypedIsTheirs", func(w *world) {
			e := w.enrollment(w.signUp(w.requested("Ann@example.org"), store.SignUpAsked))
			same(w, "the state", e.State, drip.EnrollmentPending)
			same(w, "the invitation", e.InvitedAt, w.now)
			same(w, "the hint", e.NextAt, w.now)
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "the address", p.Email.String(), "Ann@example.org")
			same(w, "the name", p.Name, "")
			same(w, "the zone", p.Timezone, "")
			got, err := w.store.RequestOf(w.ctx, e.ID)
			w.must(err)
			same(w, "the request", got, w.requested("ann@example.org").Request)
		}},
		{"SignUp/ConfirmingTakesOverWhatWasTyped", func(w *world) {
			s := w.requested("ann@example.org")
			w.pass(time.Hour)
			e := w.confirm(w.signUp(s, store.SignUpAsked))
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "the name", p.Name, "Typed")
			same(w, "the zone", p.Timezone, "Asia/Tokyo")
			got, err := w.store.Consent(w.ctx, e.ConsentID)
			w.must(err)
			same(w, "the consent", got, drip.Consent{
				ID: e.ConsentID, Source: drip.ConsentConfirmed, Text: w.consent().Consent.Text, At: w.now, Request: s.Request,
			})
			_, err = w.store.RequestOf(w.ctx, e.ID)
			w.fails(err, drip.ErrNotFound)
		}},
		{"SignUp/WhoIsKnownKeepsTheirNameAndZone", func(w *world) {
			p := w.person()
			e := w.confirm(w.signUp(w.requested(p.Email.String()), store.SignUpAsked))
			same(w, "the person", e.Subscriber, p.ID)
			after, err := w.store.Subscriber(w.ctx, p.ID)
			w.must(err)
			same(w, "the name", after.Name, p.Name)
			same(w, "the zone", after.Timezone, p.Timezone)
			same(w, "the revision", after.Revision, p.Revision)
		}},
		{"SignUp/ANewZonePlansTheOtherSeriesAnew", func(w *world) {
			p := w.imported(store.ImportChunk{}, w.row("ann@example.org", "", ""))[0].Subscriber
			other := w.another(drip.Enrollment{Subscriber: p})
			w.rest(other.ID)
			w.pass(time.Hour)
			w.confirm(w.signUp(w.requested("ann@example.org"), store.SignUpAsked))
			same(w, "the hint of the other series", w.enrollment(other.ID).NextAt, w.now)
		}},
		{"SignUp/WhoIsEnrolledIsNotAsked", func(w *world) {
			for _, e := range []drip.Enrollment{w.reader(), w.finished(), w.pending()} {
				before := w.enrollment(e.ID)
				p, err := w.store.Subscriber(w.ctx, e.Subscriber)
				w.must(err)
				w.signUp(w.requested(p.Email.String()), store.SignUpNothing)
				same(w, "the enrollment", w.enrollment(e.ID), before)
				same(w, "the number of enrollments", len(w.enrollmentsOf(e.Subscriber)), 1)
			}
		}},
		{"SignUp/WhoLeftIsAsked", func(w *world) {
			e := w.reader()
			w.leave(e.ID)
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			again := w.enrollment(w.signUp(w.requested(p.Email.String()), store.SignUpAsked))
			same(w, "the person", again.Subscriber, e.Subscriber)
			same(w, "the state", again.State, drip.EnrollmentPending)
		}},
		{"SignUp/NothingIsSentToSuppressedOrUnfitAddresses", func(w *world) {
			p := w.person()
			w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByReader), p.Email))
			w.signUp(w.requested(p.Email.String()), store.SignUpNothing)
			gone := w.address("gone@example.org")
			w.must(w.store.Suppress(w.ctx, w.suppression(gone, drip.SuppressedByErasure), gone))
			w.signUp(w.requested("gone@example.org"), store.SignUpNothing)
			detail := w.requested("gone+1@example.org")
			detail.Others = []mailaddr.Hash{hash(gone)}
			w.signUp(detail, store.SignUpNothing)
			unfit := w.requested("info@example.org")
			unfit.Unfit = true
			w.signUp(unfit, store.SignUpNothing)
			for _, email := range []string{"gone@example.org", "gone+1@example.org", "info@example.org"} {
				_, err := w.store.SubscriberByEmail(w.ctx, w.address(email))
				w.fails(err, drip.ErrNotFound)
			}
			same(w, "the number of enrollments", len(w.enrollmentsOf(p.ID)), 0)
		}},
		{"SignUp/WhoDidNotAnswerIsAskedOnceMore", func(w *world) {
			first := w.asked("ann@example.org")
			w.pass(time.Hour)
			second := w.requested("ann@example.org")
			second.Name = "Typed better"
			again := w.enrollment(w.signUp(second, store.SignUpAsked))
			old := w.enrollment(first.ID)
			same(w, "the first state", old.State, drip.EnrollmentLeft)
			same(w, "why it ended", old.LeftReason, drip.LeftToRestart)
			same(w, "the second state", again.State, drip.EnrollmentPending)
			_, err := w.store.RequestOf(w.ctx, first.ID)
			w.fails(err, drip.ErrNotFound)
			w.confirm(again.ID)
			p, err := w.store.Subscriber(w.ctx, again.Subscriber)
			w.must(err)
			same(w, "the name", p.Name, "Typed better")
		}},
		{"SignUp/WhoseMailIsOnItsWayIsNotAskedAgain", func(w *world) {
			id := w.signUp(w.requested("ann@example.org"), store.SignUpAsked)
			w.pass(time.Hour)
			w.signUp(w.requested("ann@example.org"), store.SignUpNothing)
			f := w.claim(id, drip.ConfirmationID)
			w.signUp(w.requested("ann@example.org"), store.SignUpNothing)
			w.mustMark(f)
			w.signUp(w.requested("ann@example.org"), store.SignUpNothing)
			w.mustSettle(f, drip.DeliveryDeferred)
			w.signUp(w.requested("ann@example.org"), store.SignUpNothing)
			same(w, "the state", w.enrollment(id).State, drip.EnrollmentPending)
		}},
		{"SignUp/WhoWasImportedAndNeverInvitedIsAsked", func(w *world) {
			e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: w.person().ID, Campaign: w.campaign.No, Start: drip.StartAtSlot, Now: w.now,
			})
			w.must(err)
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.signUp(w.requested(p.Email.String()), store.SignUpAsked)
			same(w, "the first state", w.enrollment(e.ID).State, drip.EnrollmentLeft)
		}},
		{"SignUp/AClosedCampaignTakesNobody", func(w *world) {
			w.change(store.CloseCampaign)
			_, err := w.store.SignUp(w.ctx, w.requested("ann@example.org"))
			w.fails(err, drip.ErrClosed)
			unknown := w.requested("ann@example.org")
			unknown.Campaign = 99
			_, err = w.store.SignUp(w.ctx, unknown)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Erase/TakesTheRequestAlong", func(w *world) {
			e := w.asked("ann@example.org")
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			_, err = w.store.RequestOf(w.ctx, e.ID)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Consent/AnImportHasNoRequest", func(w *world) {
			no := w.batch().Consent
			got, err := w.store.Consent(w.ctx, no)
			w.must(err)
			same(w, "the consent", got, drip.Consent{ID: no, Source: drip.ConsentImport, Text: "they signed", At: w.now})
			_, err = w.store.Consent(w.ctx, 99)
			w.fails(err, drip.ErrNotFound)
		}},
	}
}

func countingLaws() []law {
	return []law{
		{"SignUp/AnAddressGetsSoManyMailsAndNoMore", func(w *world) {
			var last drip.Enrollment
			for n := range 6 {
				s := w.requested("ann@example.org")
				if n < 3 {
					last = w.enrollment(w.signUp(s, store.SignUpAsked))
					w.send(last.ID, drip.ConfirmationID)
				} else {
					w.signUp(s, store.SignUpLimited)
				}
				w.pass(time.Hour)
			}
			same(w, "the last one's state", w.enrollment(last.ID).State, drip.EnrollmentPending)
			w.pass(week - 6*time.Hour)
			w.signUp(w.requested("ann@example.org"), store.SignUpAsked) // the first of the three is a week ago
		}},
		{"SignUp/TwoMailsToAnAddressKeepApart", func(w *world) {
			w.asked("ann@example.org")
			w.pass(10*time.Minute - time.Millisecond)
			w.signUp(w.requested("ann@example.org"), store.SignUpLimited)
			w.pass(time.Millisecond)
			w.signUp(w.requested("ann@example.org"), store.SignUpAsked)
		}},
		{"SignUp/ADomainGetsSoManyMails", func(w *world) {
			for n := range 4 {
				s := w.requested(fmt.Sprintf("ann%d@example.org", n))
				s.Limits.Domain = store.SignUpLimit{Count: 2, Within: 24 * time.Hour}
				want := store.SignUpAsked
				if n >= 2 {
					want = store.SignUpLimited
				}
				w.signUp(s, want)
			}
			w.pass(25 * time.Hour)
			s := w.requested("ann4@example.org")
			s.Limits.Domain = store.SignUpLimit{Count: 2, Within: 24 * time.Hour}
			w.signUp(s, store.SignUpAsked)
		}},
		{"SignUp/ANetworkAndAllTogetherAskSoOften", func(w *world) {
			gone := w.address("gone@example.org")
			w.must(w.store.Suppress(w.ctx, w.suppression(gone, drip.SuppressedByReader), gone))
			hour := func(n int) store.SignUpLimit { return store.SignUpLimit{Count: n, Within: time.Hour} }
			from := func(network, email string) store.NewSignUp {
				s := w.requested(email)
				s.Names.Network, s.Limits.Network, s.Limits.Total = network, hour(2), hour(3)
				return s
			}
			w.signUp(from("one", "gone@example.org"), store.SignUpNothing) // counts like any other
			w.signUp(from("one", "ann@example.org"), store.SignUpAsked)
			w.signUp(from("one", "bob@example.org"), store.SignUpBusy)
			w.signUp(from("two", "cid@example.org"), store.SignUpAsked)
			w.signUp(from("two", "dan@example.org"), store.SignUpBusy) // the total is reached
			w.signUp(from("", "dan@example.org"), store.SignUpBusy)
			_, err := w.store.SubscriberByEmail(w.ctx, w.address("bob@example.org"))
			w.fails(err, drip.ErrNotFound)
			w.pass(time.Hour)
			w.signUp(from("one", "bob@example.org"), store.SignUpAsked) // who was turned away was not counted
		}},
		{"SignUp/ManyAtOnceGetNoMoreThanOneAfterTheOther", func(w *world) {
			var asked atomic.Int32
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					s := w.requested("ann@example.org")
					if out, err := w.store.SignUp(w.ctx, s); err != nil {
						w.Error(err)
					} else if out.Result == store.SignUpAsked {
						asked.Add(1)
					}
				})
			}
			all.Wait()
			same(w, "the number of mails", asked.Load(), 1)
		}},
	}
}

func sweepLaws() []law {
	return []law{
		{"SweepSignUps/WhoDidNotAnswerIsForgotten", func(w *world) {
			first := w.asked("ann@example.org")
			w.pass(time.Hour)
			second := w.asked("ann@example.org")
			w.pass(week - time.Millisecond)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{})
			w.pass(time.Millisecond)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{Enrollments: 2, People: 1})
			for _, e := range []drip.Enrollment{first, second} {
				_, err := w.store.Enrollment(w.ctx, e.ID)
				w.fails(err, drip.ErrNotFound)
			}
			_, err := w.store.SubscriberByEmail(w.ctx, w.address("ann@example.org"))
			w.fails(err, drip.ErrNotFound)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{})
		}},
		{"SweepSignUps/TheTimeBeginsWithTheMail", func(w *world) {
			id := w.signUp(w.requested("ann@example.org"), store.SignUpAsked)
			w.pass(2 * week)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{}) // such as while the campaign pauses
			w.send(id, drip.ConfirmationID)
			w.pass(week - time.Millisecond)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{})
			w.pass(time.Millisecond)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{Enrollments: 1, People: 1})
		}},
		{"SweepSignUps/OnlyWhatWasAskedForOnAPageIsRemoved", func(w *world) {
			invited, reader := w.pending(), w.reader()
			w.send(invited.ID, drip.ConfirmationID)
			confirmed := w.confirm(w.asked("ann@example.org").ID)
			left := w.asked("bob@example.org")
			w.leave(left.ID)
			w.pass(2 * week)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{})
			for _, e := range []drip.Enrollment{invited, reader, confirmed, left} {
				w.enrollment(e.ID)
			}
			_, err := w.store.RequestOf(w.ctx, left.ID)
			w.fails(err, drip.ErrNotFound)
		}},
		{"SweepSignUps/AnInvitationIsNotUndone", func(w *world) {
			invited := w.pending()
			w.send(invited.ID, drip.ConfirmationID)
			p, err := w.store.Subscriber(w.ctx, invited.Subscriber)
			w.must(err)
			w.pass(time.Hour)
			w.asked(p.Email.String())
			w.pass(time.Hour)
			last := w.asked(p.Email.String())
			w.pass(week)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{})
			same(w, "the state", w.enrollment(last.ID).State, drip.EnrollmentPending)
			_, err = w.store.RequestOf(w.ctx, last.ID)
			w.fails(err, drip.ErrNotFound)
			same(w, "the first one's end", w.enrollment(invited.ID).LeftReason, drip.LeftToRestart)
		}},
		{"SweepSignUps/WhoIsKnownStays", func(w *world) {
			p := w.person()
			reads := w.reader()
			w.leave(reads.ID)
			q, err := w.store.Subscriber(w.ctx, reads.Subscriber)
			w.must(err)
			w.asked(p.Email.String())
			again := w.asked(q.Email.String())
			batch := w.batch()
			bare := w.imported(store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent}, w.row("bare@example.org", "", ""))[0].Subscriber
			w.asked("bare@example.org")
			w.pass(week)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{Enrollments: 3})
			for _, id := range []drip.SubscriberID{p.ID, bare} {
				_, err = w.store.Subscriber(w.ctx, id)
				w.must(err)
			}
			same(w, "the earlier passage", w.enrollment(reads.ID).LeftReason, drip.LeftByReader)
			_, err = w.store.Enrollment(w.ctx, again.ID)
			w.fails(err, drip.ErrNotFound)
		}},
		{"SweepSignUps/WhoRefusedIsForgottenButTheHashStays", func(w *world) {
			first := w.asked("ann@example.org")
			w.pass(time.Hour)
			refused := w.asked("ann@example.org")
			known := w.person()
			other := w.asked(known.Email.String())
			began := w.confirm(w.asked("reads@example.org").ID)
			w.pass(time.Hour)
			for _, email := range []string{"ann@example.org", known.Email.String(), "reads@example.org"} {
				a := w.address(email)
				w.must(w.store.Suppress(w.ctx, drip.Suppression{Hash: hash(a), Reason: drip.SuppressedByReader, At: w.now}, a))
			}
			bounced := w.asked("gone@example.org")
			a := w.address("gone@example.org")
			w.must(w.store.Suppress(w.ctx, drip.Suppression{Hash: hash(a), Reason: drip.SuppressedByBounce, At: w.now}, a))
			sweep := store.SignUpSweep{Unanswered: w.now.Add(-week), Counted: w.now.Add(-week), Refused: w.now.Add(-time.Millisecond)}
			for _, want := range []store.SignUpsSwept{{}, {Enrollments: 3, People: 1}, {}} {
				swept, err := w.store.SweepSignUps(w.ctx, sweep)
				w.must(err)
				same(w, "what was removed", swept, want)
				sweep.Refused = w.now
			}
			for _, e := range []drip.Enrollment{first, refused, other} {
				_, err := w.store.Enrollment(w.ctx, e.ID)
				w.fails(err, drip.ErrNotFound)
			}
			for _, e := range []drip.Enrollment{began, bounced} {
				w.enrollment(e.ID)
			}
			_, err := w.store.RequestOf(w.ctx, bounced.ID)
			w.fails(err, drip.ErrNotFound)
			_, err = w.store.Subscriber(w.ctx, known.ID)
			w.must(err)
			_, err = w.store.Suppressed(w.ctx, hash(w.address("ann@example.org")))
			w.must(err)
			w.signUp(w.requested("ann@example.org"), store.SignUpNothing)
		}},
		{"SweepSignUps/RemovesNoMoreThanTheLimit", func(w *world) {
			for n := range 3 {
				w.asked(fmt.Sprintf("ann%d@example.org", n))
			}
			w.pass(week)
			for _, want := range []int{2, 1, 0} {
				swept, err := w.store.SweepSignUps(w.ctx, store.SignUpSweep{Unanswered: w.now.Add(-week), Counted: w.now, Limit: 2})
				w.must(err)
				same(w, "the number of people", swept.People, want)
			}
		}},
	}
}

// populateSignUps is a request that was confirmed, and one that waits.
func (w *world) populateSignUps() {
	w.Helper()
	w.confirm(w.asked("signed-up@example.org").ID)
	w.asked("waits@example.org")
}
