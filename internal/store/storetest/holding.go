package storetest

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// holdingLaws are about sending that is held back: by limits of relays and domains,
// and by a campaign that was paused for a reason.
func holdingLaws() []law {
	return []law{
		{"CommitRound/CountsTheMarksOfARelaysDay", func(w *world) {
			day := timing.DateAt(w.machine)
			count := func(relay string, day timing.Date) int {
				n, err := w.store.RelayDay(w.ctx, relay, day)
				w.must(err)
				return n
			}
			var marks []store.Mark
			for range 5 {
				m := w.markOf(w.claim(w.reader().ID, "a"))
				m.Relay, m.Day = "relay:25", day
				marks = append(marks, m)
			}
			marks[3].Relay, marks[4].Relay = "", "other:25"
			marks[2].Attempt++ // will be refused
			w.round(nil, marks)
			same(w, "the relay's count", count("relay:25", day), 2)
			same(w, "the other relay's count", count("other:25", day), 1)
			same(w, "the next day's count", count("relay:25", day.AddDays(1)), 0)
			same(w, "an unnamed relay's count", count("", day), 0)
			m := w.markOf(w.claim(w.reader().ID, "a"))
			m.Relay, m.Day = "relay:25", day
			w.round(nil, []store.Mark{m})
			same(w, "the relay's count after another mark", count("relay:25", day), 3)
		}},
		{"CommitRound/PuttingAsideIsNoTry", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			retry := w.machine.Add(time.Hour)
			aside := store.Outcome{Fence: f, State: drip.DeliveryDeferred, RetryAt: retry, Reply: drip.Reply{Text: "waits", Local: true}}
			same(w, "settled", w.round([]store.Outcome{aside}, nil).Settled[0], true)
			d := w.delivery(f)
			same(w, "the state", d.State, drip.DeliveryDeferred)
			same(w, "the retry", d.WakeAt, retry)
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			same(w, "the number of attempts", len(attempts), 0)
			w.pass(2 * time.Hour)
			w.mustMark(w.claim(e.ID, "a"))
		}},
		{"Claims/TriesDoNotCountThrottledOnes", func(w *world) {
			e := w.reader()
			for _, class := range []drip.Class{drip.ClassThrottled, drip.ClassDeferred, drip.ClassThrottled} {
				o := w.outcome(w.claim(e.ID, "a"), drip.DeliveryDeferred)
				o.Class = class
				same(w, "settled", w.round([]store.Outcome{o}, nil).Settled[0], true)
				w.pass(24 * time.Hour)
			}
			w.claim(e.ID, "a")
			page, _, err := w.store.Claims(w.ctx, owner, store.Cursor{}, 10)
			w.must(err)
			same(w, "the number of claims", len(page), 1)
			same(w, "the tries", page[0].Tries, 1)
		}},
		{"ChangeCampaign/PauseKeepsItsReason", func(w *world) {
			pause := store.CampaignChange{Campaign: w.campaign.No, Verb: store.PauseCampaign, Now: w.now, Reason: "refused"}
			record, err := w.store.ChangeCampaign(w.ctx, pause)
			w.must(err)
			same(w, "the reason", record.PauseReason, "refused")
			pause.Reason = "another"
			record, err = w.store.ChangeCampaign(w.ctx, pause)
			w.must(err)
			same(w, "the reason after another pause", record.PauseReason, "refused")
			records, err := w.store.Campaigns(w.ctx)
			w.must(err)
			same(w, "the reason in the list", records[0].PauseReason, "refused")
			same(w, "the reason after resuming", w.change(store.ResumeCampaign).PauseReason, "")
			same(w, "the reason of a person's pause", w.change(store.PauseCampaign).PauseReason, "")
		}},
		{"Waiting/CountsWhatCouldHaveLeft", func(w *world) {
			waiting := func() int {
				n, err := w.store.Waiting(w.ctx, w.now)
				w.must(err)
				return n
			}
			before := waiting()
			due, claimed, deferred, sending := w.reader(), w.reader(), w.reader(), w.reader()
			w.rest(due.ID)
			same(w, "the number with a later hint", waiting(), before+3)
			for _, e := range []drip.Enrollment{claimed, deferred, sending} {
				d := w.decision(store.DecideClaim, e.ID, "a")
				d.NextAt = w.now.Add(week)
				same(w, "claimed", w.commit(d), 1)
			}
			f := func(e drip.Enrollment) store.Fence {
				return store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: w.issue("a")}, Attempt: 1}
			}
			w.mustSettle(f(deferred), drip.DeliveryDeferred)
			w.mustMark(f(sending))
			same(w, "the number with a claimed, a deferred and a marked one", waiting(), before+2)
			w.reader()
			same(w, "the number with one that is due", waiting(), before+3)
			w.change(store.PauseCampaign)
			same(w, "the number while paused", waiting(), before+2)
		}},
	}
}
