package storetest

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// otherOwner is a process that is gone.
const otherOwner int64 = 8

func fencingLaws() []law {
	return []law{
		{"TakeOver/ClaimsOfOthersArePlannedAndDue", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.rest(e.ID)
			taken, err := w.store.TakeOver(w.ctx, otherOwner, w.now)
			w.must(err)
			same(w, "what was taken over", taken, store.TakenOver{Claims: 1})
			w.stateIs(f, drip.DeliveryPlanned)
			if !w.isDue(e.ID) {
				w.Error("the claim of a dead process is not due at once")
			}
			if w.mark(f) {
				w.Error("the dead process could mark its claim")
			}
		}},
		{"TakeOver/WhatOthersWereSendingIsUnknown", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.rest(e.ID)
			taken, err := w.store.TakeOver(w.ctx, otherOwner, w.now)
			w.must(err)
			same(w, "what was taken over", taken, store.TakenOver{Unknown: 1})
			w.stateIs(f, drip.DeliveryUnknown)
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			if len(attempts) != 1 || attempts[0].Class != drip.ClassUnknown || attempts[0].Attempt != f.Attempt {
				w.Errorf("the attempts kept are %v", attempts)
			}
			if !w.isDue(e.ID) {
				w.Error("the series does not go on")
			}
		}},
		{"TakeOver/OfOneWhoLeftAsWell", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.leave(e.ID)
			taken, err := w.store.TakeOver(w.ctx, otherOwner, w.now)
			w.must(err)
			same(w, "what was taken over", taken, store.TakenOver{Unknown: 1})
			w.stateIs(f, drip.DeliveryUnknown)
		}},
		{"TakeOver/OwnWorkStays", func(w *world) {
			claimed, sending := w.claim(w.reader().ID, "a"), w.claim(w.reader().ID, "a")
			w.mustMark(sending)
			for range 2 {
				taken, err := w.store.TakeOver(w.ctx, owner, w.now)
				w.must(err)
				same(w, "what was taken over", taken, store.TakenOver{})
			}
			w.stateIs(claimed, drip.DeliveryClaimed)
			w.stateIs(sending, drip.DeliverySending)
		}},
		{"TakeOver/RetriesKeepTheirTime", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			w.mustSettle(f, drip.DeliveryDeferred)
			_, err := w.store.TakeOver(w.ctx, otherOwner, w.now)
			w.must(err)
			w.stateIs(f, drip.DeliveryDeferred)
		}},
		{"Advance/TheEpochGrows", func(w *world) {
			before, err := w.store.FenceState(w.ctx)
			w.must(err)
			same(w, "the first epoch", before.Epoch, 0)
			f, err := w.store.Advance(w.ctx, 120, w.now)
			w.must(err)
			same(w, "the fence", f, store.FenceState{UUID: before.UUID, Epoch: 1, AdvancedAt: w.now, Journal: 120})
			read, err := w.store.FenceState(w.ctx)
			w.must(err)
			same(w, "the fence as it is read", read, f)
		}},
		{"Hold/NoMarkCommitsAfterIt", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			held, err := w.store.Hold(w.ctx, store.HeldBehind, w.now)
			w.must(err)
			same(w, "held", held.Held(), true)
			if w.mark(f) {
				w.Error("a mark was made while the database is held")
			}
			w.stateIs(f, drip.DeliveryPlanned)
			_, err = w.store.Unhold(w.ctx, 0, 0, w.now)
			w.must(err)
			w.mustMark(w.claim(e.ID, "a"))
		}},
		{"Hold/OutcomesStillCount", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			w.mustMark(f)
			_, err := w.store.Hold(w.ctx, store.HeldByOperator, w.now)
			w.must(err)
			w.mustSettle(f, drip.DeliverySent)
		}},
		{"Hold/KeepsTheFirstReasonAndDate", func(w *world) {
			first, err := w.store.Hold(w.ctx, store.HeldVanished, w.now)
			w.must(err)
			w.pass(time.Hour)
			second, err := w.store.Hold(w.ctx, store.HeldByOperator, w.now)
			w.must(err)
			same(w, "the fence", second, first)
		}},
		{"Hold/ACopyGivesNobodyANumberOfTheOriginals", func(w *world) {
			hold := func(reason store.HoldReason) {
				_, err := w.store.Hold(w.ctx, reason, w.now)
				w.must(err)
			}
			before := w.reader()
			notice := w.askedNotice(before, "")
			hold(store.HeldByOperator)
			same(w, "the next enrollment", w.reader().ID, before.ID+1)
			_, err := w.store.Unhold(w.ctx, 0, 0, w.now)
			w.must(err)
			hold(store.HeldBehind)
			hold(store.HeldVanished) // it is held already
			after := w.reader()
			same(w, "the next enrollment of a copy", after.ID, before.ID+2+store.CopyGap)
			same(w, "the next person of a copy", after.Subscriber, before.Subscriber+2+store.CopyGap)
			same(w, "the next notice of a copy", w.askedNotice(after, "").ID, notice.ID+1+store.CopyGap)
		}},
		{"Hold/ACopyWithoutPeopleLeavesNumbersToo", func(w *world) {
			_, err := w.store.Hold(w.ctx, store.HeldBehind, w.now)
			w.must(err)
			e := w.reader()
			same(w, "the first person of a copy", e.Subscriber, 1+store.CopyGap)
			same(w, "the first notice of a copy", w.askedNotice(e, "").ID, 1+store.CopyGap)
		}},
		{"Hold/TheEpochRests", func(w *world) {
			held, err := w.store.Hold(w.ctx, store.HeldBehind, w.now)
			w.must(err)
			after, err := w.store.Advance(w.ctx, 9, w.now)
			w.must(err)
			same(w, "the fence", after, held)
		}},
		{"Unhold/TheFloorIsNowAndEverybodyIsDue", func(w *world) {
			active, invited := w.reader(), w.pending()
			w.rest(active.ID)
			w.rest(invited.ID)
			_, err := w.store.Hold(w.ctx, store.HeldBehind, w.now)
			w.must(err)
			w.pass(week)
			f, err := w.store.Unhold(w.ctx, 41, 120, w.now)
			w.must(err)
			same(w, "the epoch", f.Epoch, 41)
			same(w, "the journal", f.Journal, 120)
			same(w, "held", f.Held(), false)
			records, err := w.store.Campaigns(w.ctx)
			w.must(err)
			same(w, "the floor", records[0].Floor, w.now)
			if !w.isDue(active.ID) || !w.isDue(invited.ID) {
				w.Error("not everybody is due")
			}
		}},
		{"Unhold/NeverMakesTheEpochSmaller", func(w *world) {
			for range 3 {
				_, err := w.store.Advance(w.ctx, 0, w.now)
				w.must(err)
			}
			_, err := w.store.Hold(w.ctx, store.HeldByOperator, w.now)
			w.must(err)
			f, err := w.store.Unhold(w.ctx, 2, 0, w.now)
			w.must(err)
			same(w, "the epoch", f.Epoch, 4)
		}},
		{"Unhold/WhatIsNotHeldStays", func(w *world) {
			e := w.reader()
			w.rest(e.ID)
			before, err := w.store.FenceState(w.ctx)
			w.must(err)
			after, err := w.store.Unhold(w.ctx, 9, 9, w.now)
			w.must(err)
			same(w, "the fence", after, before)
			if w.isDue(e.ID) {
				w.Error("a reader became due")
			}
		}},
		{"Server/NobodyIsNotFound", func(w *world) {
			_, err := w.store.Server(w.ctx)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Server/TheLatestToOccupyItIs", func(w *world) {
			first := store.Server{Owner: 7, PID: 42, Host: "one", Machine: "m1", StartedAt: w.machine}
			w.must(w.store.Occupy(w.ctx, first))
			w.must(w.store.Beat(w.ctx, 7))
			got, err := w.store.Server(w.ctx)
			w.must(err)
			first.Beat++
			same(w, "the server", got, first)
			second := store.Server{Owner: 8, PID: 43, Host: "two", Machine: "m2", StartedAt: w.machine.Add(time.Hour)}
			w.must(w.store.Occupy(w.ctx, second))
			w.fails(w.store.Beat(w.ctx, 7), drip.ErrConflict)
			w.must(w.store.Vacate(w.ctx, 7))
			got, err = w.store.Server(w.ctx)
			w.must(err)
			same(w, "the server", got, second)
			w.must(w.store.Vacate(w.ctx, 8))
			w.must(w.store.Vacate(w.ctx, 8))
			_, err = w.store.Server(w.ctx)
			w.fails(err, drip.ErrNotFound)
			w.fails(w.store.Beat(w.ctx, 8), drip.ErrConflict)
		}},
	}
}

// withdrawn applies withdrawals and returns the counts.
func (w *world) withdrawn(list ...drip.Withdrawal) store.Withdrawn {
	w.Helper()
	done, err := w.store.Withdraw(w.ctx, list)
	w.must(err)
	return done
}

// leaving is that a person left the campaign now.
func (w *world) leaving(id drip.SubscriberID) drip.Withdrawal {
	return drip.Withdrawal{Hash: w.hashOf(id), At: w.now, Left: drip.LeftByReader, Campaign: w.campaign.Key}
}

func (w *world) hashOf(id drip.SubscriberID) mailaddr.Hash {
	w.Helper()
	p, err := w.store.Subscriber(w.ctx, id)
	w.must(err)
	return hash(p.Email)
}

// populateKept keeps leavings of people who are not known, of each kind.
func (w *world) populateKept() {
	w.Helper()
	for _, reason := range []drip.LeaveReason{drip.LeftByReader, drip.LeftByAdmin} {
		gone := w.address("kept-" + string(reason) + "@example.org")
		w.withdrawn(drip.Withdrawal{Hash: hash(gone), At: w.now, Left: reason, Campaign: w.campaign.Key})
	}
}

// withdraws expects that one withdrawal is known.
func (w *world) withdraws(when string, want drip.Withdrawal) {
	w.Helper()
	got, err := w.store.Withdrawals(w.ctx)
	w.must(err)
	if !slices.Equal(got, []drip.Withdrawal{want}) {
		w.Errorf("%s, the withdrawals are %v, want %v", when, got, want)
	}
}

// isOut expects that all that is known of a person is that they left.
func (w *world) isOut(id drip.SubscriberID, at time.Time) {
	w.Helper()
	list := w.enrollmentsOf(id)
	if len(list) != 1 || list[0].State != drip.EnrollmentLeft || list[0].LeftReason != drip.LeftByReader || !list[0].LeftAt.Equal(at) {
		w.Errorf("the enrollments are %v, want one that was left at %v", list, at)
	}
}

func withdrawalLaws() []law {
	return []law{
		{"Withdraw/EndsWhatBeganNoLater", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.pass(time.Hour)
			same(w, "what was applied", w.withdrawn(w.leaving(e.Subscriber)), store.Withdrawn{Left: 1})
			got := w.enrollment(e.ID)
			same(w, "the state", got.State, drip.EnrollmentLeft)
			same(w, "the reason", got.LeftReason, drip.LeftByReader)
			same(w, "the date", got.LeftAt, w.now)
			w.stateIs(f, drip.DeliverySkipped)
		}},
		{"Withdraw/WhoCameBackStays", func(w *world) {
			e := w.reader()
			old := w.leaving(e.Subscriber)
			w.leave(e.ID)
			w.pass(time.Hour)
			back := w.comeBack(e, 0)
			same(w, "what was applied", w.withdrawn(old), store.Withdrawn{})
			same(w, "the state", w.enrollment(back.ID).State, drip.EnrollmentActive)
		}},
		{"Withdraw/OtherSeriesStay", func(w *world) {
			e := w.reader()
			other := w.leaving(e.Subscriber)
			other.Campaign = "another"
			same(w, "what was applied", w.withdrawn(other), store.Withdrawn{})
			same(w, "the state", w.enrollment(e.ID).State, drip.EnrollmentActive)
		}},
		{"Withdraw/HoldsForWhoIsNotKnownYet", func(w *world) {
			row := w.row("gone@example.org", "Anna", "")
			gone := drip.Withdrawal{Hash: row.Hash, At: w.now, Left: drip.LeftByReader, Campaign: w.campaign.Key}
			older := gone
			older.At = w.now.Add(-time.Hour)
			same(w, "what was applied", w.withdrawn(gone, older), store.Withdrawn{})
			w.withdraws("before they are known", gone)
			w.pass(time.Hour)
			out := w.imported(w.enrolling(w.batch()), w.row("other@example.org", "Bo", ""), row)
			same(w, "the other", out[0].Enroll, store.EnrollActive)
			same(w, "who left", out[1].Enroll, store.EnrollLeft)
			w.isOut(out[1].Subscriber, gone.At)
			w.withdraws("when they are known", gone)
		}},
		{"Withdraw/HoldsForWhoSignsUp", func(w *world) {
			p := w.address("gone@example.org")
			gone := drip.Withdrawal{Hash: hash(p), At: w.now, Left: drip.LeftByReader, Campaign: w.campaign.Key}
			w.withdrawn(gone)
			w.pass(time.Hour)
			_, err := w.store.SignUp(w.ctx, w.requested("gone@example.org"))
			w.must(err)
			person, err := w.store.SubscriberByEmail(w.ctx, p)
			w.must(err)
			list := w.enrollmentsOf(person.ID)
			if len(list) != 2 || list[0].State != drip.EnrollmentLeft || list[1].State != drip.EnrollmentPending {
				w.Errorf("the enrollments are %v, want one that was left, and one that waits", list)
			}
		}},
		{"Withdraw/HoldsForWhoNeverWasIn", func(w *world) {
			p := w.person()
			gone := w.leaving(p.ID)
			same(w, "what was applied", w.withdrawn(gone), store.Withdrawn{})
			w.isOut(p.ID, gone.At)
			w.pass(time.Hour)
			out := w.imported(w.enrolling(w.batch()), store.Person{Email: p.Email, Hash: hash(p.Email)})
			same(w, "who left", out[0].Enroll, store.EnrollLeft)
			w.withdrawn(gone)
			w.withdraws("applied twice", gone)
		}},
		{"Withdraw/HoldsForASeriesThatIsNotKnownYet", func(w *world) {
			e := w.reader()
			elsewhere := w.leaving(e.Subscriber)
			elsewhere.Campaign = "k2"
			w.withdrawn(elsewhere)
			w.withdraws("before it is known", elsewhere)
			files := w.files()
			files.ID, files.Key, files.Issues = "another", "k2", []string{"x"}
			record := w.sync(files)
			w.withdraws("when it is known", elsewhere)
			rule := w.rule(false)
			rule.Campaign = record.No
			person, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			out := w.imported(store.ImportChunk{Enroll: rule}, store.Person{Email: person.Email, Hash: hash(person.Email)})
			same(w, "who left", out[0].Enroll, store.EnrollLeft)
			same(w, "the other series", w.enrollment(e.ID).State, drip.EnrollmentActive)
		}},
		{"Withdraw/HoldsForASeriesThatHadAnotherKey", func(w *world) {
			e := w.reader()
			w.pass(time.Hour)
			gone := w.leaving(e.Subscriber)
			gone.Campaign = "k2"
			same(w, "what was applied", w.withdrawn(gone), store.Withdrawn{})
			w.pass(time.Hour)
			later := w.reader()
			back := w.leaving(later.Subscriber)
			back.Campaign, back.At = "k2", gone.At
			w.withdrawn(back)
			files := w.files()
			files.Key = "k2"
			w.sync(files)
			same(w, "who left", w.enrollment(e.ID).State, drip.EnrollmentLeft)
			same(w, "who came in afterwards", w.enrollment(later.ID).State, drip.EnrollmentActive)
			w.withdraws("by the new key", gone)
		}},
		{"Withdraw/EndsWhatNobodyWasAskedAbout", func(w *world) {
			e, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: w.person().ID, Campaign: w.campaign.No, Start: drip.StartAtSlot, Now: w.now,
			})
			w.must(err)
			same(w, "what was applied", w.withdrawn(w.leaving(e.Subscriber)), store.Withdrawn{Left: 1})
			same(w, "the state", w.enrollment(e.ID).State, drip.EnrollmentLeft)
		}},
		{"Withdraw/KeepsOfTheErasedOnlyThat", func(w *world) {
			p := w.address("gone@example.org")
			left := drip.Withdrawal{Hash: hash(p), At: w.now, Left: drip.LeftByReader, Campaign: w.campaign.Key}
			erased := drip.Withdrawal{Hash: hash(p), At: w.now, Suppressed: drip.SuppressedByErasure}
			for _, list := range [][]drip.Withdrawal{{left, erased}, {left}, {erased, left}} {
				w.withdrawn(list...)
				w.withdraws("of somebody who was erased", erased)
			}
		}},
		{"Erase/ForgetsWhatWasLeft", func(w *world) {
			e := w.reader()
			person, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			old := w.leaving(e.Subscriber)
			moved := w.moved(e, "moved@example.net")
			now := w.leaving(e.Subscriber)
			old.Campaign, now.Campaign = "k2", "k2"
			w.withdrawn(old, now)
			erased := w.suppression(moved.Email, drip.SuppressedByErasure)
			w.must(w.store.Erase(w.ctx, e.Subscriber, erased))
			got, err := w.store.Withdrawals(w.ctx)
			w.must(err)
			slices.SortFunc(got, func(a, b drip.Withdrawal) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
			want := []drip.Withdrawal{
				{Hash: hash(moved.Email), At: erased.At, Suppressed: drip.SuppressedByErasure},
				{Hash: hash(person.Email), At: erased.At, Suppressed: drip.SuppressedByErasure},
			}
			slices.SortFunc(want, func(a, b drip.Withdrawal) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
			if !slices.Equal(got, want) {
				w.Errorf("kept are %v, want %v", got, want)
			}
		}},
		{"Withdraw/TwiceIsOnce", func(w *world) {
			e, f := w.reader(), w.reader()
			list := []drip.Withdrawal{
				w.leaving(e.Subscriber), {Hash: w.hashOf(f.Subscriber), At: w.now, Suppressed: drip.SuppressedByBounce},
			}
			same(w, "what was applied", w.withdrawn(list...), store.Withdrawn{Left: 1, Suppressed: 1})
			same(w, "what was applied again", w.withdrawn(list...), store.Withdrawn{})
		}},
		{"Withdraw/SuppressionEndsEverything", func(w *world) {
			e := w.reader()
			h := w.hashOf(e.Subscriber)
			w.pass(time.Hour)
			w.withdrawn(drip.Withdrawal{Hash: h, At: w.now, Suppressed: drip.SuppressedByReader})
			got, err := w.store.Suppressed(w.ctx, h)
			w.must(err)
			same(w, "the suppression", got, drip.Suppression{Hash: h, Reason: drip.SuppressedByReader, At: w.now})
			same(w, "the state", w.enrollment(e.ID).State, drip.EnrollmentLeft)
		}},
		{"Withdraw/ErasureErases", func(w *world) {
			e := w.reader()
			h := w.hashOf(e.Subscriber)
			gone := drip.Withdrawal{Hash: h, At: w.now, Suppressed: drip.SuppressedByErasure}
			same(w, "what was applied", w.withdrawn(gone), store.Withdrawn{Suppressed: 1, Erased: 1})
			_, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.fails(err, drip.ErrNotFound)
			_, err = w.store.Suppressed(w.ctx, h)
			w.must(err)
		}},
		{"Withdrawals/AreSuppressionsAndLeavings", func(w *world) {
			left, bounced, stays := w.reader(), w.reader(), w.reader()
			w.leave(left.ID)
			p, err := w.store.Subscriber(w.ctx, bounced.Subscriber)
			w.must(err)
			w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByBounce), p.Email))
			w.restart(stays.ID)
			got, err := w.store.Withdrawals(w.ctx)
			w.must(err)
			want := []drip.Withdrawal{{Hash: hash(p.Email), At: w.now, Suppressed: drip.SuppressedByBounce}, w.leaving(left.Subscriber)}
			if !slices.Equal(got, want) {
				w.Errorf("the withdrawals are %v, want %v", got, want)
			}
		}},
	}
}
