package scheduler_test

import (
	"fmt"
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// zones are where people live and move to.
var zones = [...]string{"Europe/London", "America/Los_Angeles", "Pacific/Auckland", "Africa/Cairo", "Australia/Lord_Howe", "UTC"}

// disturb lets something happen now and then.
func (w *town) disturb() {
	w.Helper()
	i := w.rnd.IntN(len(w.readers))
	id, now := w.readers[i], w.now.Calendar
	var err error
	switch w.rnd.IntN(22) {
	case 0:
		until := now.Add(time.Duration(w.rnd.IntN(1000)) * time.Hour)
		_, err = w.store.PauseUntil(w.Context(), id, until, now)
		w.note("reader %d pauses until %v", id, until)
	case 1:
		_, err = w.store.PauseUntil(w.Context(), id, now, now)
		w.note("reader %d goes on", id)
	case 2:
		pace := []int{1, 2, 4}[w.rnd.IntN(3)]
		_, err = w.store.SetPace(w.Context(), id, pace, now)
		w.note("reader %d has pace %d", id, pace)
	case 3, 4:
		_, err = w.store.SendNext(w.Context(), id, now)
		w.note("reader %d asks for the next issue", id)
	case 5, 6:
		zone := zones[w.rnd.IntN(len(zones))]
		_, err = w.store.SetTimezone(w.Context(), w.people[i], zone, now)
		w.note("reader %d moves to %s", id, zone)
	case 7:
		var e drip.Enrollment
		e, err = w.store.StartOver(w.Context(), id, now)
		w.readers[i] = e.ID
		w.note("reader %d starts over as %d", id, e.ID)
	case 8:
		w.verb(store.PauseCampaign)
	case 9, 10:
		w.verb(store.ResumeCampaign)
	case 11:
		w.restart()
	case 12:
		_, err = w.store.Leave(w.Context(), id, drip.LeftByReader, now)
		w.note("reader %d leaves", id)
	case 13, 14, 15:
		w.edit()
	default:
	}
	w.must(err)
}

func (w *town) verb(verb store.CampaignVerb) {
	w.Helper()
	record, err := w.store.ChangeCampaign(w.Context(), store.CampaignChange{
		Campaign: w.program.Record.No, Verb: verb, Now: w.now.Calendar,
	})
	w.must(err)
	w.program.Record = record
	w.note("%s", verb)
}

// edit changes the files.
func (w *town) edit() {
	w.Helper()
	c := *w.program.Campaign
	c.Issues = slices.Clone(c.Issues)
	at := w.rnd.IntN(len(c.Issues))
	what := "an edit"
	switch w.rnd.IntN(5) {
	case 0:
		late := drip.LatePolicy{Kind: []drip.LateKind{drip.LateSkip, drip.LateNextSlot, drip.LateWithin}[w.rnd.IntN(3)], Within: 100 * time.Hour}
		c.Issues = slices.Insert(c.Issues, at, drip.Issue{ID: fmt.Sprint("x", w.edits), Late: late, SkipSlots: w.rnd.IntN(3) / 2 * 2})
		what = "inserted, late " + string(late.Kind)
	case 1:
		if len(c.Issues) > 2 {
			c.Issues = slices.Delete(c.Issues, at, at+1)
		}
	case 2:
		c.Issues[at].Draft = !c.Issues[at].Draft
	case 3:
		c.Issues = append(c.Issues, drip.Issue{ID: fmt.Sprint("x", w.edits)})
	case 4:
		schedule, err := timing.ParseSchedule([]string{"0 9 * * TUE", "30 1 * * SUN", "0 9 * * *"}[w.rnd.IntN(3)])
		w.must(err)
		c.Schedule, c.MinGap, c.MaxLate = schedule, schedule.Interval()/2, schedule.Interval()/2
	}
	w.program.Campaign = &c
	w.sync(what)
}

// sleep lets time pass until the scheduler wants to be woken. Where there may be
// trouble it is sometimes much later, or something comes before, and the clock by
// which issues are due may be set.
func (w *town) sleep(trouble bool) {
	wait := 30 * 24 * time.Hour
	if at := w.next.Calendar; !at.IsZero() {
		wait = min(wait, at.Sub(w.now.Calendar))
	}
	if at := w.next.Machine; !at.IsZero() {
		wait = min(wait, at.Sub(w.now.Machine))
	}
	wait = max(wait, time.Millisecond)
	set := time.Duration(0)
	if trouble {
		switch w.rnd.IntN(8) {
		case 0:
			wait = time.Duration(w.rnd.Int64N(int64(wait)) + 1)
		case 1:
			wait += time.Duration(w.rnd.IntN(10*24*60)) * time.Minute
		case 2:
			wait += time.Duration(w.rnd.IntN(90*24*60)) * time.Minute
		case 3:
			set = time.Duration(w.rnd.IntN(4*24*60)) * time.Minute
			if w.back {
				set = -set
			}
			w.note("the clock is set by %v", set)
		}
	}
	w.now.Machine = w.now.Machine.Add(wait).Truncate(time.Millisecond)
	w.now.Calendar = w.now.Calendar.Add(wait + set).Truncate(time.Millisecond)
	if w.now.Calendar.After(w.latest) {
		w.latest = w.now.Calendar
	}
}

// deliver does an outbox's work: it marks the claims of its process and records
// what the relay says, which may be anything where there may be trouble.
func (w *town) deliver(trouble bool) {
	w.Helper()
	claims, _, err := w.store.Claims(w.Context(), w.cfg.Owner, store.Cursor{}, 100)
	w.must(err)
	for _, claim := range claims {
		d := claim.Delivery
		if d.WakeAt.Before(w.now.Machine) || trouble && w.rnd.IntN(10) == 0 {
			continue // nobody works on it until its lease ends
		}
		row := w.history(d.Enrollment)
		loc, err := w.cfg.Zones.Load(d.Slot.Zone)
		w.must(err)
		today := timing.DateAt(w.now.Calendar.In(loc))
		fence := store.Fence{DeliveryKey: d.DeliveryKey, Attempt: d.Attempt}
		result := w.commit(nil, []store.Mark{{Fence: fence, Lease: w.now.Machine.Add(20 * time.Minute), LocalDate: today}})
		if !result.Marked[0] {
			w.note("reader %d: no mark", d.Enrollment)
			continue
		}
		if w.forbidden(&row, &d, today) {
			w.Fatalf("reader %d: marked although it must not leave: %+v after %+v", d.Enrollment, d, row.Last)
		}
		w.answer(fence, trouble)
	}
}

// forbidden reports whether a delivery that was marked breaks a promise, by what
// the rows say.
func (w *town) forbidden(row *store.Due, d *drip.Delivery, today timing.Date) bool {
	now, e := w.now.Calendar, &row.Enrollment
	floor := max(e.Floor.UnixMilli(), w.program.Record.Floor.UnixMilli())
	switch {
	case now.Before(d.Slot.At), now.After(d.SendBy), now.Before(e.PausedUntil), w.program.Campaign.Quiet.Contains(today):
		return true
	case slices.Contains(row.Had, d.Issue), row.Last.HasSlot && d.Slot.Wall <= row.Last.Slot:
		return true
	default:
		return !calendar.AtOnce(e, d.Slot) && d.Slot.At.UnixMilli() <= floor
	}
}

// answer records what the relay said.
func (w *town) answer(fence store.Fence, trouble bool) {
	w.Helper()
	out := store.Outcome{
		Fence: fence, State: drip.DeliverySent, Class: drip.ClassAccepted, Reply: drip.Reply{Phase: drip.PhaseFinal, Code: 250, Text: "ok"},
	}
	if trouble {
		switch w.rnd.IntN(8) {
		case 0, 1:
			out.State, out.Class, out.Reply.Code = drip.DeliveryDeferred, drip.ClassDeferred, 451
			out.RetryAt = w.now.Machine.Add(time.Duration(5+w.rnd.IntN(600)) * time.Minute)
		case 2:
			out.State, out.Class, out.Reply.Code, out.Reason = drip.DeliveryRefused, drip.ClassMessage, 554, drip.ReasonMessage
		case 3:
			out.State, out.Class, out.Reply.Code = drip.DeliveryUnknown, drip.ClassUnknown, 0
		case 4:
			w.note("reader %d: a crash in the middle of it", fence.Enrollment)
			return // its lease will end
		}
	}
	w.note("reader %d: %s", fence.Enrollment, out.State)
	if !w.commit([]store.Outcome{out}, nil).Settled[0] {
		w.Fatalf("reader %d: %s did not count", fence.Enrollment, out.State)
	}
}

func (w *town) commit(outcomes []store.Outcome, marks []store.Mark) store.RoundResult {
	w.Helper()
	result, err := w.store.CommitRound(w.Context(), store.Round{
		Calendar: w.now.Calendar, Machine: w.now.Machine, Outcomes: outcomes, Marks: marks,
	})
	w.must(err)
	return result
}
