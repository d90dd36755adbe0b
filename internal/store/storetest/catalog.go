package storetest

import (
	"bytes"
	"crypto/sha256"
	"reflect"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

func catalogLaws() []law {
	return []law{
		{"SyncCampaign/EveryIdGetsANumberForGood", func(w *world) {
			again := w.files()
			again.Issues, again.Outline = []string{"c", "new", "a"}, "c new a"
			record := w.sync(again)
			for _, id := range []string{"a", "b", "c", drip.ConfirmationID} {
				same(w, id+"'s number", record.Issues[id], w.campaign.Issues[id])
			}
			seen := make(map[drip.IssueNo]string)
			for id, no := range record.Issues {
				if seen[no] != "" || no == 0 {
					w.Errorf("%s and %q share the number %d", id, seen[no], no)
				}
				seen[no] = id
			}
			same(w, "the number of ids", len(seen), 5)
		}},
		{"SyncCampaign/NumbersAreNotSharedBetweenCampaigns", func(w *world) {
			other := w.files()
			other.ID, other.Key = "other", "k2"
			record := w.sync(other)
			if record.No == w.campaign.No || record.Issues["a"] == w.campaign.Issues["a"] {
				w.Error("two campaigns share a number")
			}
		}},
		{"SyncCampaign/NothingIsWrittenWhenNothingDiffers", func(w *world) {
			e := w.reader()
			w.rest(e.ID)
			before := w.enrollment(e.ID)
			w.pass(time.Hour)
			same(w, "the floor", w.sync(w.files()).Floor, w.campaign.Floor)
			if after := w.enrollment(e.ID); after != before {
				w.Errorf("the enrollment became %+v, was %+v", after, before)
			}
		}},
		{"SyncCampaign/NewDefinitionIsKeptWithoutConsequences", func(w *world) {
			e := w.reader()
			w.rest(e.ID)
			before := w.enrollment(e.ID)
			w.pass(time.Hour)
			files := w.files()
			files.Definition = []byte("what the files say now")
			after := w.sync(files)
			same(w, "the floor", after.Floor, w.campaign.Floor)
			same(w, "the definition", string(after.Definition), string(files.Definition))
			if after := w.enrollment(e.ID); after != before {
				w.Errorf("the enrollment became %+v, was %+v", after, before)
			}
		}},
		{"SyncCampaign/WhoeverReadAnOlderDefinitionChangesNothing", func(w *world) {
			mine, theirs := w.files(), w.files()
			theirs.Definition, theirs.From = []byte("theirs"), w.campaign.Definition
			mine.Definition, mine.From = []byte("mine"), w.campaign.Definition
			mine.Timetable, mine.Issues = "fridays", append(mine.Issues, "d")
			first, err := w.store.SyncCampaign(w.ctx, theirs)
			w.must(err)
			_, err = w.store.SyncCampaign(w.ctx, mine)
			w.fails(err, drip.ErrConflict)
			same(w, "the record", w.record("letters").Timetable, first.Timetable)
			same(w, "the definition", string(w.record("letters").Definition), "theirs")
			same(w, "the number of ids", len(w.record("letters").Issues), len(first.Issues))

			_, err = w.store.SyncCampaign(w.ctx, theirs) // who is of the same mind has not been overtaken
			w.must(err)
			mine.From = first.Definition
			second, err := w.store.SyncCampaign(w.ctx, mine)
			w.must(err)
			same(w, "the definition", string(second.Definition), "mine")
		}},
		{"SyncCampaign/NewTimetableMovesTheFloorAndWithdrawsClaims", func(w *world) {
			claimed, marked := w.reader(), w.reader()
			f, m := w.claim(claimed.ID, "a"), w.claim(marked.ID, "a")
			w.mustMark(m)
			w.pass(time.Hour)
			files := w.files()
			files.Timetable = "fridays"
			same(w, "the floor", w.sync(files).Floor, w.now)
			w.stateIs(f, drip.DeliveryPlanned)
			w.stateIs(m, drip.DeliverySending)
			if w.mark(f) {
				w.Error("a withdrawn claim was marked")
			}
			if !w.isDue(claimed.ID) || !w.isDue(marked.ID) {
				w.Error("somebody is not due for planning")
			}
			w.mustSettle(m, drip.DeliverySent)
		}},
		{"SyncCampaign/NewOutlineHasEveryActiveEnrollmentPlanned", func(w *world) {
			active, pending := w.reader(), w.pending()
			w.rest(active.ID)
			w.rest(pending.ID)
			stale := w.decision(store.DecideRest, active.ID, "")
			w.pass(time.Hour)
			files := w.files()
			files.Outline = "a b c d"
			same(w, "the floor", w.sync(files).Floor, w.campaign.Floor)
			same(w, "the hint", w.enrollment(active.ID).NextAt, w.now)
			same(w, "the pending one's hint", w.enrollment(pending.ID).NextAt, time.Time{})
			w.commit(stale)
			same(w, "the hint after a stale plan", w.enrollment(active.ID).NextAt, w.now)
		}},
		{"SyncCampaign/NewOutlineReopensWhoFinishedNotLongAgo", func(w *world) {
			early, late := w.reader(), w.reader()
			w.commit(w.decision(store.DecideFinish, early.ID, ""))
			w.pass(30 * 24 * time.Hour)
			w.commit(w.decision(store.DecideFinish, late.ID, ""))
			finished := w.now
			w.pass(160 * 24 * time.Hour)
			files := w.files()
			files.Outline = "a b c d"
			w.sync(files)
			same(w, "the early one's state", w.enrollment(early.ID).State, drip.EnrollmentFinished)
			e := w.enrollment(late.ID)
			same(w, "the late one's state", e.State, drip.EnrollmentActive)
			same(w, "the hint", e.NextAt, w.now)
			same(w, "the floor", e.Floor, w.now)
			w.commit(w.decision(store.DecideFinish, late.ID, "")) // it brought nothing new
			same(w, "the end", w.enrollment(late.ID).FinishedAt, finished)
		}},
		{"SyncCampaign/NewTimetableLeavesConfirmationsClaimed", func(w *world) {
			f := w.claim(w.pending().ID, drip.ConfirmationID)
			files := w.files()
			files.Timetable = "Wednesdays"
			w.sync(files)
			w.mustMark(f)
		}},
		{"SyncCampaign/KeyOfAnotherCampaignIsAConflict", func(w *world) {
			files := w.files()
			files.ID = "copy"
			_, err := w.store.SyncCampaign(w.ctx, files)
			w.fails(err, drip.ErrTaken)
			records, err := w.store.Campaigns(w.ctx)
			w.must(err)
			same(w, "the number of campaigns", len(records), 1)
		}},
		{"Campaigns/ComeByNumberWithTheirIssues", func(w *world) {
			other := w.files()
			other.ID, other.Key, other.Issues = "another", "k2", []string{"x"}
			want := []store.CampaignRecord{w.campaign, w.sync(other)}
			got, err := w.store.Campaigns(w.ctx)
			w.must(err)
			if !reflect.DeepEqual(got, want) {
				w.Errorf("got %+v, want %+v", got, want)
			}
		}},
		{"ChangeCampaign/EveryVerbTwiceIsOnce", func(w *world) {
			e := w.reader()
			for _, verb := range []store.CampaignVerb{
				store.PauseCampaign, store.ResumeCampaign, store.CloseCampaign, store.OpenCampaign, store.StopCampaign,
			} {
				once, person := w.change(verb), w.enrollment(e.ID)
				w.pass(time.Minute)
				if twice := w.change(verb); !reflect.DeepEqual(once, twice) {
					w.Errorf("%s twice gives %+v, once %+v", verb, twice, once)
				}
				if again := w.enrollment(e.ID); again != person {
					w.Errorf("%s twice makes of the reader %+v, once %+v", verb, again, person)
				}
			}
		}},
		{"ChangeCampaign/UnknownCampaignIsNotFound", func(w *world) {
			_, err := w.store.ChangeCampaign(w.ctx, store.CampaignChange{Campaign: 99, Verb: store.PauseCampaign, Now: w.now})
			w.fails(err, drip.ErrNotFound)
		}},
		{"ChangeCampaign/NoMarkCommitsWhilePaused", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			same(w, "the date of the pause", w.change(store.PauseCampaign).PausedAt, w.now)
			if w.mark(f) {
				w.Error("a mark was made")
			}
			w.stateIs(f, drip.DeliveryPlanned)
		}},
		{"ChangeCampaign/ResumeMovesTheFloorAndBringsHintsBack", func(w *world) {
			active, pending := w.reader(), w.pending()
			w.change(store.PauseCampaign)
			w.rest(active.ID)
			w.rest(pending.ID)
			stale := w.decision(store.DecideRest, active.ID, "")
			w.pass(time.Hour)
			record := w.change(store.ResumeCampaign)
			same(w, "the floor", record.Floor, w.now)
			same(w, "the pause", record.PausedAt, time.Time{})
			w.commit(stale)
			same(w, "the hint", w.enrollment(active.ID).NextAt, w.now)
			same(w, "the invited one's hint", w.enrollment(pending.ID).NextAt, w.now)
		}},
		{"ChangeCampaign/ResumeWithdrawsWhatWasClaimedBeforeThePause", func(w *world) {
			claimed, marked := w.reader(), w.reader()
			f, m := w.claim(claimed.ID, "a"), w.claim(marked.ID, "a")
			w.mustMark(m)
			w.change(store.PauseCampaign)
			w.pass(time.Minute)
			w.change(store.ResumeCampaign)
			w.stateIs(f, drip.DeliveryPlanned)
			w.stateIs(m, drip.DeliverySending)
			if w.mark(f) {
				w.Error("a claim for a slot before the pause was marked after it")
			}
			w.mustSettle(m, drip.DeliverySent)
		}},
		{"ChangeCampaign/CloseLetsNobodyNewIn", func(w *world) {
			p := w.person()
			w.change(store.CloseCampaign)
			enroll := store.NewEnrollment{Subscriber: p.ID, Campaign: w.campaign.No, Start: drip.StartOnJoin, Now: w.now}
			_, err := w.store.Enroll(w.ctx, enroll)
			w.fails(err, drip.ErrClosed)
			w.change(store.OpenCampaign)
			_, err = w.store.Enroll(w.ctx, enroll)
			w.must(err)
		}},
		{"ChangeCampaign/StopEndsEverythingForGood", func(w *world) {
			claimed, marked, pending := w.reader(), w.reader(), w.pending()
			f, m := w.claim(claimed.ID, "a"), w.claim(marked.ID, "a")
			w.mustMark(m)
			w.pass(time.Minute)
			record := w.change(store.StopCampaign)
			same(w, "the stop", record.StoppedAt, w.now)
			same(w, "the closing", record.ClosedAt, w.now)
			for _, id := range []drip.EnrollmentID{claimed.ID, marked.ID, pending.ID} {
				e := w.enrollment(id)
				same(w, "the state", e.State, drip.EnrollmentLeft)
				same(w, "the reason", e.LeftReason, drip.LeftByStop)
				same(w, "the hint", e.NextAt, time.Time{})
			}
			same(w, "why it was skipped", w.delivery(f).Reason, drip.ReasonLeft)
			w.mustSettle(m, drip.DeliverySent)
			_, err := w.store.ChangeCampaign(w.ctx, store.CampaignChange{Campaign: w.campaign.No, Verb: store.OpenCampaign, Now: w.now})
			w.fails(err, drip.ErrClosed)
		}},
		{"SavedAt/WhenItWasFirstStored", func(w *world) {
			body := []byte("saved")
			first := w.now
			id, err := w.store.SaveContent(w.ctx, sha256.Sum256(body), body, first)
			w.must(err)
			w.pass(time.Hour)
			_, err = w.store.SaveContent(w.ctx, sha256.Sum256(body), body, w.now)
			w.must(err)
			saved, err := w.store.SavedAt(w.ctx, []drip.ContentID{id, id + 1000})
			w.must(err)
			same(w, "what is known", len(saved), 1)
			same(w, "the time", saved[id], first)
			saved, err = w.store.SavedAt(w.ctx, nil)
			w.must(err)
			same(w, "what is known of nothing", len(saved), 0)
		}},
		{"SaveContent/SameHashSameNumber", func(w *world) {
			body := []byte("two")
			id, err := w.store.SaveContent(w.ctx, sha256.Sum256(body), body, w.now)
			w.must(err)
			again, err := w.store.SaveContent(w.ctx, sha256.Sum256(body), body, w.now.Add(time.Hour))
			w.must(err)
			same(w, "the number", again, id)
			if id == w.content {
				w.Error("two contents share a number")
			}
			got, err := w.store.Content(w.ctx, id)
			w.must(err)
			if !bytes.Equal(got, body) {
				w.Errorf("the content is %q", got)
			}
		}},
		{"Content/UnknownIsNotFound", func(w *world) {
			_, err := w.store.Content(w.ctx, 99)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Approve/TheLatestIsInForce", func(w *world) {
			hash := sha256.Sum256([]byte("two"))
			second, err := w.store.SaveContent(w.ctx, hash, []byte("two"), w.now)
			w.must(err)
			approve := func(id drip.ContentID, by string) {
				w.must(w.store.Approve(w.ctx, store.Approval{Issue: w.issue("a"), Content: id, By: by, At: w.now}))
			}
			approve(w.content, "Ada")
			approve(second, "Ben")
			approve(second, "Eve") // in force already
			got, err := w.store.Approvals(w.ctx, w.campaign.No)
			w.must(err)
			want := map[drip.IssueNo]store.Approval{
				w.issue("a"): {Issue: w.issue("a"), Content: second, Hash: hash, By: "Ben", At: w.now},
			}
			if !reflect.DeepEqual(got, want) {
				w.Errorf("got %+v, want %+v", got, want)
			}
		}},
		{"Approve/ActiveEnrollmentsAreDueForPlanning", func(w *world) {
			e := w.reader()
			w.rest(e.ID)
			w.pass(time.Hour)
			w.must(w.store.Approve(w.ctx, store.Approval{Issue: w.issue("a"), Content: w.content, By: "Ada", At: w.now}))
			same(w, "the hint", w.enrollment(e.ID).NextAt, w.now)
		}},
		{"Approve/MovesTheFloorOfThoseItReleases", func(w *world) {
			held, waiting := w.reader(), w.reader()
			w.rest(held.ID)
			later := w.decision(store.DecideRest, waiting.ID, "")
			later.NextAt = w.now.Add(48 * time.Hour)
			w.commit(later)
			before := w.enrollment(waiting.ID).Floor
			w.pass(time.Hour)
			w.must(w.store.Approve(w.ctx, store.Approval{Issue: w.issue("a"), Content: w.content, By: "Ada", At: w.now}))
			same(w, "the floor of who was held", w.enrollment(held.ID).Floor, w.now)
			same(w, "the floor of who was not", w.enrollment(waiting.ID).Floor, before)
		}},
		{"Approve/UnknownIssueOrContentIsNotFound", func(w *world) {
			w.fails(w.store.Approve(w.ctx, store.Approval{Issue: 99, Content: w.content, At: w.now}), drip.ErrNotFound)
			w.fails(w.store.Approve(w.ctx, store.Approval{Issue: w.issue("a"), Content: 99, At: w.now}), drip.ErrNotFound)
		}},
	}
}
