package storetest

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

func outcomeLaws() []law {
	return []law{
		{"CommitRound/SentIsDated", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.pass(2 * time.Second)
			w.mustSettle(f, drip.DeliverySent)
			d := w.delivery(f)
			same(w, "the state", d.State, drip.DeliverySent)
			same(w, "the acceptance", d.SentAt, w.now)
			same(w, "the reply", d.Reply, "250 2.0.0 queued as 1A")
			same(w, "the wake time", d.WakeAt, time.Time{})
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			same(w, "the number of attempts kept", len(attempts), 0)
		}},
		{"CommitRound/OutcomeTwiceIsOnce", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliverySent)
			before := w.delivery(f)
			w.pass(time.Second)
			if w.settle(f, drip.DeliverySent) || w.settle(f, drip.DeliveryRefused) || w.settle(f, drip.DeliveryDeferred) {
				w.Error("a second outcome counted")
			}
			same(w, "the delivery", w.delivery(f), before)
		}},
		{"CommitRound/SentNeedsAMark", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			if w.settle(f, drip.DeliverySent) || w.settle(f, drip.DeliveryUnknown) {
				w.Error("something was sent that was not marked")
			}
			w.stateIs(f, drip.DeliveryClaimed)
		}},
		{"CommitRound/UnmarkedCanBeRefusedDeferredOrReleased", func(w *world) {
			for _, state := range []drip.DeliveryState{drip.DeliveryRefused, drip.DeliveryDeferred, drip.DeliveryPlanned} {
				f := w.claim(w.reader().ID, "a")
				w.mustSettle(f, state)
				w.stateIs(f, state)
			}
		}},
		{"CommitRound/WhatWasNotAcceptedIsKept", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			o := w.outcome(f, drip.DeliveryDeferred)
			w.round([]store.Outcome{o}, nil)
			same(w, "the retry", w.delivery(f).WakeAt, o.RetryAt)
			same(w, "the reply", w.delivery(f).Reply, "451 4.7.1 greylisted")
			w.pass(time.Hour)
			second := w.claim(e.ID, "a")
			w.mustSettle(second, drip.DeliveryRefused)
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			if len(attempts) != 2 {
				w.Fatalf("the attempts are %+v", attempts)
			}
			same(w, "the first", attempts[0], store.Attempt{
				DeliveryKey: f.DeliveryKey, Attempt: 1, At: w.now.Add(-time.Hour), Class: o.Class, Reply: o.Reply,
			})
			same(w, "the second's class", attempts[1].Class, drip.ClassRecipient)
			same(w, "the reason", w.delivery(second).Reason, drip.ReasonRecipient)
		}},
		{"CommitRound/DoneWithoutAHintIsDueForPlanning", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a") // leaves no hint
			w.mustMark(f)
			w.pass(time.Second)
			w.mustSettle(f, drip.DeliverySent)
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
			d := w.decision(store.DecideClaim, e.ID, "b")
			d.NextAt = w.now.Add(week)
			w.commit(d)
			f = store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: d.Issue}, Attempt: 1}
			w.mustMark(f)
			w.mustSettle(f, drip.DeliverySent)
			same(w, "the hint that was there", w.enrollment(e.ID).NextAt, d.NextAt)
		}},
		{"CommitRound/PlannedIsDueForPlanning", func(w *world) {
			e := w.reader()
			d := w.decision(store.DecideClaim, e.ID, "a")
			d.NextAt = w.now.Add(week)
			w.commit(d)
			f := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: d.Issue}, Attempt: 1}
			w.mustMark(f)
			w.pass(time.Second)
			w.mustSettle(f, drip.DeliveryPlanned)
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
			w.mustMark(w.claim(e.ID, "a"))
		}},
		{"CommitRound/LateReplyTurnsUnknownIntoSent", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryUnknown)
			w.pass(week)
			w.send(e.ID, "b") // the series went on
			w.mustSettle(f, drip.DeliverySent)
			w.stateIs(f, drip.DeliverySent)
		}},
		{"CommitRound/LateRefusalTurnsUnknownIntoRefused", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryUnknown)
			w.mustSettle(f, drip.DeliveryRefused)
			w.stateIs(f, drip.DeliveryRefused)
		}},
		{"CommitRound/WhatIsNoReplyKeepsNoAttempt", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryUnknown)
			accepted := w.now
			w.pass(week)
			out := store.Outcome{Fence: f, State: drip.DeliverySent, SentAt: accepted, Reply: drip.Reply{Text: "by hand"}}
			if !w.round([]store.Outcome{out}, nil).Settled[0] {
				w.Fatal("a person could not say that it was sent")
			}
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			same(w, "the attempts kept", len(attempts), 1) // the one without a reply
			entries, err := w.store.Log(w.ctx, store.LogFilter{})
			w.must(err)
			same(w, "the acceptance", entries[0].SentAt, accepted)
		}},
		{"CommitRound/UnknownIsTriedAgainOnlyWhileItIsTheLast", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryUnknown)
			w.mustSettle(f, drip.DeliveryPlanned) // a person decided so
			f = w.claim(e.ID, "a")
			w.mustMark(f)
			w.mustSettle(f, drip.DeliveryUnknown)
			next := w.claim(e.ID, "b")
			if w.settle(f, drip.DeliveryPlanned) || w.settle(f, drip.DeliveryDeferred) {
				w.Error("the series went back while the next issue was claimed")
			}
			w.pass(time.Minute)
			w.mustMark(next)
			w.mustSettle(next, drip.DeliverySent)
			if w.settle(f, drip.DeliveryPlanned) {
				w.Error("the series went back")
			}
			w.stateIs(f, drip.DeliveryUnknown)
		}},
		{"CommitRound/UnknownThatIsTriedAgainReopens", func(w *world) {
			for _, state := range []drip.DeliveryState{drip.DeliveryPlanned, drip.DeliveryDeferred} {
				e := w.reader()
				f := w.claim(e.ID, "a")
				w.mustMark(f)
				w.mustSettle(f, drip.DeliveryUnknown)
				w.commit(w.decision(store.DecideFinish, e.ID, ""))
				w.mustSettle(f, state)
				got := w.enrollment(e.ID)
				same(w, "the state", got.State, drip.EnrollmentActive)
				same(w, "the end", got.FinishedAt, time.Time{})
				w.stateIs(f, state)
			}
		}},
		{"CommitRound/ConfirmationIsNotTriedAgainAfterJoining", func(w *world) {
			e := w.pending()
			f := w.claim(e.ID, drip.ConfirmationID)
			w.mustMark(f)
			w.confirm(e.ID)
			w.mustSettle(f, drip.DeliveryDeferred)
			w.stateIs(f, drip.DeliverySkipped)
		}},
		{"CommitRound/RefusedRecipientIsSuppressed", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			other := w.files()
			other.ID, other.Key = "other", "k2"
			second, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: p.ID, Campaign: w.sync(other).No, Start: drip.StartOnJoin,
				Consent: w.batch().Consent, Now: w.now,
			})
			w.must(err)
			f := w.claim(e.ID, "a")
			o := w.outcome(f, drip.DeliveryRefused)
			o.Suppress = drip.SuppressedByBounce
			w.round([]store.Outcome{o}, nil)
			w.stateIs(f, drip.DeliveryRefused)
			for _, id := range []drip.EnrollmentID{e.ID, second.ID} {
				same(w, "why it ended", w.enrollment(id).LeftReason, drip.LeftSuppressed)
			}
			got, err := w.store.Suppressed(w.ctx, hash(p.Email))
			w.must(err)
			same(w, "the reason", got.Reason, drip.SuppressedByBounce)
		}},
		{"CommitRound/AnOutcomeThatDoesNotCountSuppressesNobody", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			o := w.outcome(f, drip.DeliveryRefused)
			o.Suppress = drip.SuppressedByBounce
			o.Attempt++
			same(w, "settled", w.round([]store.Outcome{o}, nil).Settled[0], false)
			same(w, "suppressed", w.history(e.ID).Suppressed, false)
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			same(w, "the number of attempts kept", len(attempts), 0)
		}},
		{"CommitRound/AnImpossibleOutcomeIsAnErrorAndNothingHappens", func(w *world) {
			f, next := w.claim(w.reader().ID, "a"), w.claim(w.reader().ID, "a")
			o := w.outcome(f, drip.DeliveryRefused)
			o.State = drip.DeliveryClaimed
			_, err := w.store.CommitRound(w.ctx, store.Round{
				Calendar: w.now, Machine: w.machine,
				Outcomes: []store.Outcome{w.outcome(next, drip.DeliveryRefused), o},
			})
			if err == nil {
				w.Error("there was no error")
			}
			w.stateIs(next, drip.DeliveryClaimed)
		}},
		{"CommitRound/BlanksInOutcomesHaveDefaults", func(w *world) {
			a, b := w.claim(w.reader().ID, "a"), w.claim(w.reader().ID, "a")
			refused, deferred := w.outcome(a, drip.DeliveryRefused), w.outcome(b, drip.DeliveryDeferred)
			refused.Reason, deferred.RetryAt = "", time.Time{}
			w.round([]store.Outcome{refused, deferred}, nil)
			same(w, "the reason", w.delivery(a).Reason, drip.ReasonMessage)
			same(w, "the retry", w.delivery(b).WakeAt, w.machine)
		}},
		{"CommitRound/LocalDateIsTheReaders", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			m := w.markOf(f)
			m.LocalDate = timing.NewDate(2026, time.December, 24)
			w.round(nil, []store.Mark{m})
			same(w, "the date", w.delivery(f).LocalDate, m.LocalDate)
		}},
	}
}
