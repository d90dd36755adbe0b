package storetest

import (
	"math/rand/v2"
	"sync/atomic"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// wishes are the calls that change one enrollment, each with something to change.
func (w *world) wishes() map[string]func(id drip.EnrollmentID) (drip.Enrollment, error) {
	return map[string]func(id drip.EnrollmentID) (drip.Enrollment, error){
		"pause": func(id drip.EnrollmentID) (drip.Enrollment, error) {
			return w.store.PauseUntil(w.ctx, id, w.now.Add(week), w.now)
		},
		"pace":  func(id drip.EnrollmentID) (drip.Enrollment, error) { return w.store.SetPace(w.ctx, id, 2, w.now) },
		"next":  func(id drip.EnrollmentID) (drip.Enrollment, error) { return w.store.SendNext(w.ctx, id, w.now) },
		"start": func(id drip.EnrollmentID) (drip.Enrollment, error) { return w.store.StartOver(w.ctx, id, w.now) },
	}
}

// move gives a reader another zone.
func (w *world) move(id drip.SubscriberID, zone string) drip.Subscriber {
	w.Helper()
	p, err := w.store.SetTimezone(w.ctx, id, zone, w.now)
	w.must(err)
	return p
}

// finished enrolls somebody new who is through.
func (w *world) finished() drip.Enrollment {
	w.Helper()
	e := w.reader()
	w.send(e.ID, "a")
	w.commit(w.decision(store.DecideFinish, e.ID, ""))
	return w.enrollment(e.ID)
}

// isPlannedAnew checks that an active enrollment is due, and that no plan made
// before can take that away.
func (w *world) isPlannedAnew(before, after drip.Enrollment) {
	w.Helper()
	same(w, "the hint", after.NextAt, w.now)
	if after.Revision <= before.Revision {
		w.Error("the revision did not grow")
	}
	if !w.isDue(after.ID) {
		w.Error("it is not due")
	}
}

// readerLaws are about wishes.
func readerLaws() []law {
	return []law{
		{"Halted/PausedOrStopped", func(w *world) {
			for _, step := range []struct {
				verb store.CampaignVerb
				want bool
			}{{"", false}, {store.PauseCampaign, true}, {store.ResumeCampaign, false}, {store.CloseCampaign, false}, {store.StopCampaign, true}} {
				if step.verb != "" {
					_, err := w.store.ChangeCampaign(w.ctx, store.CampaignChange{Campaign: w.campaign.No, Verb: step.verb, Now: w.now})
					w.must(err)
				}
				got, err := w.store.Halted(w.ctx, w.campaign.No)
				w.must(err)
				same(w, "halted after "+string(step.verb), got, step.want)
			}
			_, err := w.store.Halted(w.ctx, w.campaign.No+1000)
			w.fails(err, drip.ErrNotFound)
		}},
		{"PauseUntil/NoMarkBeforeThatTime", func(w *world) {
			e := w.reader()
			f, until := w.claim(e.ID, "a"), w.now.Add(week)
			paused, err := w.store.PauseUntil(w.ctx, e.ID, until, w.now)
			w.must(err)
			same(w, "the end of the pause", paused.PausedUntil, until)
			same(w, "the floor", paused.Floor, e.Floor)
			w.isPlannedAnew(e, paused)
			w.stateIs(f, drip.DeliveryPlanned)
			if w.mark(f) {
				w.Error("an old claim was marked")
			}
			f = w.claim(e.ID, "a") // whatever a planner thinks
			if w.mark(f) {
				w.Error("a new claim was marked")
			}
			w.pass(week - time.Millisecond)
			if w.mark(w.claim(e.ID, "a")) {
				w.Error("a claim was marked just before the end")
			}
			w.pass(time.Millisecond)
			w.mustMark(w.claim(e.ID, "a"))
		}},
		{"PauseUntil/AMarkedTransactionMayFinish", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			_, err := w.store.PauseUntil(w.ctx, e.ID, w.now.Add(week), w.now)
			w.must(err)
			w.stateIs(f, drip.DeliverySending)
			w.mustSettle(f, drip.DeliverySent)
		}},
		{"PauseUntil/EndingItMakesNowTheFloor", func(w *world) {
			for _, until := range []time.Duration{-week, 0} {
				e := w.reader()
				_, err := w.store.PauseUntil(w.ctx, e.ID, w.now.Add(week), w.now)
				w.must(err)
				w.rest(e.ID)
				w.pass(time.Hour)
				resumed, err := w.store.PauseUntil(w.ctx, e.ID, w.now.Add(until), w.now)
				w.must(err)
				same(w, "the pause", resumed.PausedUntil, time.Time{})
				same(w, "the floor", resumed.Floor, w.now)
				w.isPlannedAnew(e, resumed)
				w.mustMark(w.claim(e.ID, "a"))
			}
		}},
		{"PauseUntil/WhoDoesNotPauseCannotEndIt", func(w *world) {
			e := w.reader()
			w.pass(time.Hour)
			got, err := w.store.PauseUntil(w.ctx, e.ID, time.Time{}, w.now)
			w.must(err)
			same(w, "the enrollment", got, e)
			_, err = w.store.PauseUntil(w.ctx, e.ID, w.now.Add(time.Hour), w.now)
			w.must(err)
			w.pass(2 * time.Hour)
			before := w.enrollment(e.ID)
			got, err = w.store.PauseUntil(w.ctx, e.ID, time.Time{}, w.now)
			w.must(err)
			same(w, "the enrollment after the pause ended by itself", got, before)
		}},
		{"SetPace/NowIsTheFloorAndClaimsAreWithdrawn", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			e = w.enrollment(e.ID)
			f := w.claim(e.ID, "b")
			w.pass(time.Minute)
			slow, err := w.store.SetPace(w.ctx, e.ID, 4, w.now)
			w.must(err)
			same(w, "the pace", slow.Pace, 4)
			same(w, "the floor", slow.Floor, w.now)
			w.isPlannedAnew(e, slow)
			w.stateIs(f, drip.DeliveryPlanned)
			if w.mark(f) {
				w.Error("a claim by the old pace was marked")
			}
		}},
		{"SetPace/WhoJustJoinedStillGetsTheFirstIssueAtOnce", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.pass(time.Minute)
			slow, err := w.store.SetPace(w.ctx, e.ID, 4, w.now)
			w.must(err)
			same(w, "the floor", slow.Floor, e.JoinedAt)
			w.stateIs(f, drip.DeliveryPlanned)
			w.move(e.Subscriber, "Asia/Tokyo")
			same(w, "the floor after a change of zone", w.enrollment(e.ID).Floor, e.JoinedAt)
			w.isPlannedAnew(e, w.enrollment(e.ID))
			w.send(e.ID, "a")
			w.move(e.Subscriber, "Asia/Seoul")
			same(w, "the floor after the first issue", w.enrollment(e.ID).Floor, w.now)
		}},
		{"SetPace/MustBePositive", func(w *world) {
			e := w.reader()
			for _, pace := range []int{0, -1} {
				if _, err := w.store.SetPace(w.ctx, e.ID, pace, w.now); err == nil {
					w.Errorf("a pace of %d was taken", pace)
				}
			}
			same(w, "the enrollment", w.enrollment(e.ID), e)
		}},
		{"SendNext/IsNotedAndPlanned", func(w *world) {
			e := w.reader()
			w.rest(e.ID)
			w.pass(time.Hour)
			asked, err := w.store.SendNext(w.ctx, e.ID, w.now)
			w.must(err)
			same(w, "the asking", asked.AskedAt, w.now)
			same(w, "the floor", asked.Floor, e.Floor)
			w.isPlannedAnew(e, asked)
		}},
		{"SendNext/ClaimsStand", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			_, err := w.store.SendNext(w.ctx, e.ID, w.now)
			w.must(err)
			w.mustMark(f)
		}},
		{"SendNext/WhoIsThroughHasNothingToAskFor", func(w *world) {
			e := w.finished()
			got, err := w.store.SendNext(w.ctx, e.ID, w.now)
			w.must(err)
			same(w, "the enrollment", got, e)
		}},
		{"SetTimezone/NowIsTheFloorOfAllTheirSeries", func(w *world) {
			one := w.reader()
			two := w.another(one)
			w.send(one.ID, "a")
			w.send(two.ID, "p")
			one, two = w.enrollment(one.ID), w.enrollment(two.ID)
			f, g := w.claim(one.ID, "b"), w.claim(two.ID, "q")
			bystander := w.reader()
			w.pass(time.Minute)
			p := w.move(one.Subscriber, "Asia/Tokyo")
			same(w, "the zone", p.Timezone, "Asia/Tokyo")
			same(w, "the date", p.UpdatedAt, w.now)
			for _, e := range []drip.Enrollment{one, two} {
				after := w.enrollment(e.ID)
				same(w, "the floor", after.Floor, w.now)
				w.isPlannedAnew(e, after)
			}
			w.stateIs(f, drip.DeliveryPlanned)
			w.stateIs(g, drip.DeliveryPlanned)
			if w.mark(f) || w.mark(g) {
				w.Error("a claim by the old zone was marked")
			}
			same(w, "somebody else", w.enrollment(bystander.ID), bystander)
		}},
		{"SetTimezone/TheSameZoneChangesNothing", func(w *world) {
			e := w.reader()
			before, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.pass(time.Hour)
			after := w.move(e.Subscriber, before.Timezone)
			same(w, "the date", after.UpdatedAt, before.UpdatedAt)
			same(w, "the revision", after.Revision, before.Revision)
			same(w, "the enrollment", w.enrollment(e.ID), e)
		}},
		{"SetTimezone/PendingConfirmationsStayClaimed", func(w *world) {
			e := w.pending()
			f := w.claim(e.ID, drip.ConfirmationID)
			w.move(e.Subscriber, "Asia/Tokyo")
			w.mustMark(f)
		}},
		{"SetTimezone/UnknownIsNotFound", func(w *world) {
			_, err := w.store.SetTimezone(w.ctx, 99, "UTC", w.now)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Readers/FinishedEnrollmentsKeepWishesWithoutAHint", func(w *world) {
			for name, wish := range w.wishes() {
				if name == "next" || name == "start" {
					continue
				}
				e := w.finished()
				w.pass(time.Minute)
				got, err := wish(e.ID)
				w.must(err)
				same(w, name+": the state", got.State, drip.EnrollmentFinished)
				same(w, name+": the hint", got.NextAt, time.Time{})
				if got.Revision <= e.Revision {
					w.Errorf("%s: nothing changed", name)
				}
			}
			e := w.finished()
			w.pass(time.Minute)
			w.move(e.Subscriber, "Asia/Tokyo")
			same(w, "the floor after moving", w.enrollment(e.ID).Floor, w.now)
		}},
		{"Readers/TwiceIsOnce", func(w *world) {
			for name, wish := range w.wishes() {
				e := w.reader()
				once, err := wish(e.ID)
				w.must(err)
				twice, err := wish(e.ID)
				w.must(err)
				same(w, name, twice, once)
			}
		}},
		{"Readers/PendingAndLeftStayAsTheyAre", func(w *world) {
			for name, wish := range w.wishes() {
				for _, e := range []drip.Enrollment{w.pending(), w.leave(w.reader().ID)} {
					got, err := wish(e.ID)
					w.must(err)
					same(w, name, got, e)
				}
			}
		}},
		{"Readers/UnknownIsNotFound", func(w *world) {
			for name, wish := range w.wishes() {
				if _, err := wish(99); err == nil {
					w.Errorf("%s: there was no error", name)
				} else {
					w.fails(err, drip.ErrNotFound)
				}
			}
		}},
		{"Together/NoMarkCommitsAfterAPauseReturned", noMarkAfterPause},
	}
}

// noMarkAfterPause has a process claim and mark while readers pause.
func noMarkAfterPause(w *world) {
	const readers = 30
	ids := make([]drip.EnrollmentID, readers)
	for i := range ids {
		ids[i] = w.reader().ID
	}
	var paused [40]atomic.Bool // PauseUntil has returned
	w.atOnce(2, func(i int) error {
		random := rand.New(rand.NewPCG(3, uint64(i)))
		for n := range readers {
			if i == 0 {
				if err := w.work(owner, n, ids, &paused, random); err != nil {
					return err
				}
				continue
			}
			who := random.IntN(readers)
			if _, err := w.store.PauseUntil(w.ctx, ids[who], w.now.Add(week), w.now); err != nil {
				return err
			}
			paused[who].Store(true)
		}
		return nil
	})
}
