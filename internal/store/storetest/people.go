package storetest

import (
	"context"
	"maps"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

func peopleLaws() []law {
	return []law{
		{"Subscriber/UnknownIsNotFound", func(w *world) {
			_, err := w.store.Subscriber(w.ctx, 99)
			w.fails(err, drip.ErrNotFound)
			_, err = w.store.SubscriberByEmail(w.ctx, w.address("nobody@example.org"))
			w.fails(err, drip.ErrNotFound)
		}},
		{"SubscriberByEmail/EverySpellingFindsThePerson", func(w *world) {
			p := w.person()
			got, err := w.store.SubscriberByEmail(w.ctx, w.address("READER1@EXAMPLE.org"))
			w.must(err)
			same(w, "the person", got.ID, p.ID)
			same(w, "the delivery form", got.Email.String(), "Reader1@example.org")
		}},
		{"Subscribers/ComeInPagesByNumber", func(w *world) {
			var all []drip.SubscriberID
			for range 5 {
				all = append(all, w.person().ID)
			}
			var got []drip.SubscriberID
			var after drip.SubscriberID
			for {
				page, err := w.store.Subscribers(w.ctx, store.SubscriberFilter{After: after, Limit: 2})
				w.must(err)
				if len(page) == 0 {
					break
				}
				for _, p := range page {
					got, after = append(got, p.ID), p.ID
				}
			}
			same(w, "the number of people", len(got), len(all))
			for i := range got {
				same(w, "a person", got[i], all[i])
			}
		}},
		{"Subscribers/CanBeThoseOfACampaign", func(w *world) {
			w.person()
			e := w.reader()
			list, err := w.store.Subscribers(w.ctx, store.SubscriberFilter{Campaign: w.campaign.No})
			w.must(err)
			if len(list) != 1 || list[0].ID != e.Subscriber {
				w.Errorf("the campaign's people are %+v", list)
			}
		}},
		{"Erase/NothingIsLeftButTheSuppression", func(w *world) {
			e := w.pending()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			e = w.restart(w.confirm(e.ID).ID) // one that refers to another
			f := w.claim(e.ID, "a")
			w.mustSettle(f, drip.DeliveryDeferred)
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			_, err = w.store.Subscriber(w.ctx, p.ID)
			w.fails(err, drip.ErrNotFound)
			_, err = w.store.Enrollment(w.ctx, e.ID)
			w.fails(err, drip.ErrNotFound)
			log, err := w.store.Log(w.ctx, store.LogFilter{})
			w.must(err)
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			if len(log)+len(attempts) != 0 {
				w.Errorf("left over: %+v %+v", log, attempts)
			}
			got, err := w.store.Suppressed(w.ctx, hash(p.Email))
			w.must(err)
			same(w, "the reason", got.Reason, drip.SuppressedByErasure)
		}},
		{"Erase/TakesThePlaceOfAnEarlierSuppression", func(w *world) {
			e := w.reader()
			old := w.hashOf(e.Subscriber)
			p := w.moved(e, "erased@example.net")
			for _, h := range []mailaddr.Hash{old, hash(p.Email)} {
				w.must(w.store.Suppress(w.ctx, drip.Suppression{Hash: h, Reason: drip.SuppressedByComplaint, At: w.now}, mailaddr.Address{}))
			}
			w.pass(time.Hour)
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			for _, h := range []mailaddr.Hash{old, hash(p.Email)} {
				got, err := w.store.Suppressed(w.ctx, h)
				w.must(err)
				same(w, "the entry", got, drip.Suppression{Hash: h, Reason: drip.SuppressedByErasure, At: w.now})
			}
			// What is known of withdrawals erases the person again in an older copy.
			list, err := w.store.Withdrawals(w.ctx)
			w.must(err)
			back := w.reader()
			list[0].Hash = w.hashOf(back.Subscriber)
			w.must(w.store.Suppress(w.ctx, drip.Suppression{Hash: list[0].Hash, Reason: drip.SuppressedByComplaint, At: w.now}, mailaddr.Address{}))
			w.withdrawn(list...)
			_, err = w.store.Subscriber(w.ctx, back.Subscriber)
			w.fails(err, drip.ErrNotFound)
			got, err := w.store.Suppressed(w.ctx, list[0].Hash)
			w.must(err)
			same(w, "the reason in the copy", got.Reason, drip.SuppressedByErasure)
		}},
		{"Erase/NoMarkCommitsAfterIt", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			f, other := w.claim(e.ID, "a"), w.claim(w.reader().ID, "a")
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			result := w.round([]store.Outcome{w.outcome(f, drip.DeliveryDeferred)}, []store.Mark{w.markOf(f), w.markOf(other)})
			if result.Marked[0] || result.Settled[0] || !result.Marked[1] {
				w.Errorf("the round gave %+v", result)
			}
		}},
		{"Erase/NumbersAreNeverGivenOutAgain", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			next := w.reader() // links of the erased person must not open this one
			if next.ID <= e.ID || next.Subscriber <= e.Subscriber {
				w.Errorf("after erasing enrollment %d of subscriber %d came enrollment %d of subscriber %d",
					e.ID, e.Subscriber, next.ID, next.Subscriber)
			}
		}},
		{"Erase/UnknownIsNotFoundAndStoresNothing", func(w *world) {
			a := w.address("nobody@example.org")
			w.fails(w.store.Erase(w.ctx, 99, w.suppression(a, drip.SuppressedByErasure)), drip.ErrNotFound)
			_, err := w.store.Suppressed(w.ctx, hash(a))
			w.fails(err, drip.ErrNotFound)
		}},
	}
}

// rule enrolls people in the world's campaign.
func (w *world) rule(invite bool) *store.EnrollRule {
	return &store.EnrollRule{
		Campaign: w.campaign.No, Start: drip.StartAtSlot, Invite: invite, Floor: w.now.Add(time.Hour),
	}
}

// enrollmentsOf reads a person's enrollments.
func (w *world) enrollmentsOf(id drip.SubscriberID) []drip.Enrollment {
	w.Helper()
	list, err := w.store.EnrollmentsOf(w.ctx, id)
	w.must(err)
	return list
}

func importLaws() []law {
	return []law{
		{"StartImport/ConsentIsStoredOnlyIfStated", func(w *world) {
			first, second := w.batch(), w.batch()
			if first.Batch == 0 || first.Consent == 0 || first == second {
				w.Errorf("the batches are %+v and %+v", first, second)
			}
			third, err := w.store.StartImport(w.ctx, store.ImportStart{File: "x.csv", At: w.now})
			w.must(err)
			same(w, "the consent", third.Consent, 0)
		}},
		{"ImportRows/OutcomesAreInTheOrderOfTheRows", func(w *world) {
			w.must(w.store.Suppress(w.ctx, w.suppression(w.address("m@example.org"), drip.SuppressedByReader), w.address("m@example.org")))
			w.imported(store.ImportChunk{}, w.row("b@example.org", "Ben", ""), w.row("y@example.org", "", ""))
			rows := []store.Person{
				w.row("z@example.org", "", ""), w.row("m@example.org", "", ""), w.row("y@example.org", "Yve", ""),
				w.row("a@example.org", "", ""), w.row("B@example.org", "Ben", ""),
			}
			want := []store.RowResult{store.RowNew, store.RowSuppressed, store.RowUpdated, store.RowNew, store.RowUnchanged}
			for i, out := range w.imported(store.ImportChunk{}, rows...) {
				same(w, rows[i].Email.String(), out.Result, want[i])
				if want[i] == store.RowSuppressed {
					same(w, "the suppressed subscriber", out.Subscriber, 0)
					continue
				}
				p, err := w.store.SubscriberByEmail(w.ctx, rows[i].Email)
				w.must(err)
				same(w, "the subscriber of "+rows[i].Email.String(), out.Subscriber, p.ID)
			}
		}},
		{"ImportRows/LargeChunksKeepTheirOrder", func(w *world) {
			var rows []store.Person
			for i := range 317 {
				rows = append(rows, w.row(string(rune('a'+i*7%26))+time.Duration(i).String()+"@example.org", "", ""))
			}
			for i, out := range w.imported(store.ImportChunk{Enroll: w.rule(true)}, rows...) {
				p, err := w.store.Subscriber(w.ctx, out.Subscriber)
				w.must(err)
				same(w, "a row's person", p.Email.String(), rows[i].Email.String())
				same(w, "a row's enrolling", out.Enroll, store.EnrollPending)
			}
			for i, out := range w.imported(store.ImportChunk{Enroll: w.rule(true)}, rows...) {
				same(w, "row "+rows[i].Email.String(), out.Result, store.RowUnchanged)
				same(w, "its enrolling", out.Enroll, store.EnrollAlready)
			}
		}},
		{"ImportRows/BlankCellsNeverErase", func(w *world) {
			full := w.row("a@example.org", "Anna", "Europe/London")
			full.Attributes = map[string]string{"city": "Leeds", "plan": "basic", "blank": ""}
			w.imported(store.ImportChunk{}, full)
			blank := w.row("a@example.org", "", "")
			blank.Attributes = map[string]string{"city": "", "plan": "pro", "since": "2020"}
			same(w, "the result", w.imported(store.ImportChunk{}, blank)[0].Result, store.RowUpdated)
			p, err := w.store.SubscriberByEmail(w.ctx, full.Email)
			w.must(err)
			same(w, "the name", p.Name, "Anna")
			same(w, "the zone", p.Timezone, "Europe/London")
			if want := map[string]string{"city": "Leeds", "plan": "pro", "since": "2020"}; !maps.Equal(p.Attributes, want) {
				w.Errorf("the attributes are %v, want %v", p.Attributes, want)
			}
		}},
		{"ImportRows/TwiceIsOnce", func(w *world) {
			chunk := store.ImportChunk{Batch: w.batch().Batch, Enroll: w.rule(false)}
			row := w.row("a@example.org", "Anna", "Europe/London")
			row.Attributes = map[string]string{"city": "Leeds"}
			w.imported(chunk, row)
			p, err := w.store.SubscriberByEmail(w.ctx, row.Email)
			w.must(err)
			w.pass(time.Hour)
			chunk.Now = w.now
			out := w.imported(chunk, row)[0]
			same(w, "the result", out.Result, store.RowUnchanged)
			same(w, "the enrolling", out.Enroll, store.EnrollAlready)
			again, err := w.store.Subscriber(w.ctx, p.ID)
			w.must(err)
			same(w, "the revision", again.Revision, p.Revision)
			same(w, "the date of change", again.UpdatedAt, p.UpdatedAt)
		}},
		{"ImportRows/SuppressedAddressesAreNotTouched", func(w *world) {
			p := w.person()
			w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByReader), p.Email))
			before, err := w.store.Subscriber(w.ctx, p.ID)
			w.must(err)
			out := w.imported(store.ImportChunk{Consent: w.batch().Consent, Enroll: w.rule(true)},
				w.row(p.Email.String(), "Other", "Asia/Tokyo"))[0]
			same(w, "the result", out.Result, store.RowSuppressed)
			same(w, "the enrolling", out.Enroll, store.EnrollNone)
			after, err := w.store.Subscriber(w.ctx, p.ID)
			w.must(err)
			same(w, "the name", after.Name, before.Name)
			same(w, "the revision", after.Revision, before.Revision)
		}},
		{"ImportRows/ConsentMakesActiveOthersPending", func(w *world) {
			out := w.imported(store.ImportChunk{Consent: w.batch().Consent, Enroll: w.rule(true)}, w.row("a@example.org", "", ""))[0]
			same(w, "the enrolling", out.Enroll, store.EnrollActive)
			e := w.enrollmentsOf(out.Subscriber)[0]
			same(w, "the state", e.State, drip.EnrollmentActive)
			same(w, "the start", e.Start, drip.StartAtSlot)
			same(w, "the joining", e.JoinedAt, w.now)
			same(w, "the floor", e.Floor, w.now.Add(time.Hour))
			same(w, "the hint", e.NextAt, w.now)
			out = w.imported(store.ImportChunk{Enroll: w.rule(true)}, w.row("b@example.org", "", ""))[0]
			same(w, "the enrolling without consent", out.Enroll, store.EnrollPending)
			e = w.enrollmentsOf(out.Subscriber)[0]
			same(w, "the state without consent", e.State, drip.EnrollmentPending)
			same(w, "the invitation", e.InvitedAt, w.now)
			same(w, "the joining without consent", e.JoinedAt, time.Time{})
			out = w.imported(store.ImportChunk{Enroll: w.rule(false)}, w.row("c@example.org", "", ""))[0]
			e = w.enrollmentsOf(out.Subscriber)[0]
			same(w, "the invitation that was not asked for", e.InvitedAt, time.Time{})
			same(w, "its hint", e.NextAt, time.Time{})
		}},
		{"ImportRows/FirstConsentIsKept", func(w *world) {
			first, second := w.batch().Consent, w.batch().Consent
			w.imported(store.ImportChunk{}, w.row("a@example.org", "", ""))
			for _, consent := range []drip.ConsentID{first, second, 0} {
				w.imported(store.ImportChunk{Consent: consent}, w.row("a@example.org", "", ""))
				p, err := w.store.SubscriberByEmail(w.ctx, w.address("a@example.org"))
				w.must(err)
				same(w, "the consent", p.ConsentID, first)
			}
			out := w.imported(store.ImportChunk{Enroll: w.rule(false)}, w.row("a@example.org", "", ""))[0]
			same(w, "the enrolling", out.Enroll, store.EnrollActive)
		}},
		{"ImportRows/PendingAndNeverAskedAreAskedOnce", func(w *world) {
			row := w.row("anna@example.org", "Anna", "")
			rule := &store.EnrollRule{Campaign: w.campaign.No, Start: drip.StartAtSlot}
			first := w.imported(store.ImportChunk{Enroll: rule}, row)
			asking := *rule
			asking.Invite = true
			second := w.imported(store.ImportChunk{Enroll: &asking}, row)
			same(w, "the second result", second[0].Enroll, store.EnrollPending)
			list, err := w.store.EnrollmentsOf(w.ctx, first[0].Subscriber)
			w.must(err)
			same(w, "the asking", list[0].InvitedAt, w.now)
			w.isDue(list[0].ID)
			asked := w.now
			w.pass(time.Hour)
			third := w.imported(store.ImportChunk{Enroll: &asking}, row)
			same(w, "the third result", third[0].Enroll, store.EnrollAlready)
			same(w, "the asking", w.enrollment(list[0].ID).InvitedAt, asked)
		}},
		{"ImportRows/NobodyWhoLeftIsEnrolledAgain", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			chunk := store.ImportChunk{Consent: w.batch().Consent, Enroll: w.rule(true)}
			same(w, "the enrolling", w.imported(chunk, w.row(p.Email.String(), "", ""))[0].Enroll, store.EnrollAlready)
			w.leave(e.ID)
			same(w, "the enrolling", w.imported(chunk, w.row(p.Email.String(), "", ""))[0].Enroll, store.EnrollLeft)
			same(w, "the number of enrollments", len(w.enrollmentsOf(p.ID)), 1)
		}},
		{"ImportRows/OtherCampaignsDoNotCount", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			other := w.files()
			other.ID, other.Key = "other", "k2"
			rule := w.rule(false)
			rule.Campaign = w.sync(other).No
			out := w.imported(store.ImportChunk{Enroll: rule}, w.row(p.Email.String(), "", ""))[0]
			same(w, "the enrolling", out.Enroll, store.EnrollPending)
			same(w, "the number of enrollments", len(w.enrollmentsOf(p.ID)), 2)
		}},
		{"ImportRows/NewZoneIsPlannedAgain", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.send(e.ID, "a")
			e = w.enrollment(e.ID)
			f := w.claim(e.ID, "b")
			w.pass(time.Minute)
			w.imported(store.ImportChunk{}, w.row(p.Email.String(), "", "Asia/Tokyo"))
			after := w.enrollment(e.ID)
			same(w, "the floor", after.Floor, w.now)
			same(w, "the hint", after.NextAt, w.now)
			if after.Revision <= e.Revision {
				w.Error("the revision did not grow")
			}
			w.stateIs(f, drip.DeliveryPlanned)
			if w.mark(f) {
				w.Error("a claim by the old zone was marked")
			}
		}},
		{"ImportRows/AChunkIsAllOrNothing", func(w *world) {
			w.change(store.CloseCampaign)
			_, err := w.store.ImportRows(w.ctx, store.ImportChunk{
				Rows: []store.Person{w.row("a@example.org", "", "")}, Enroll: w.rule(true), Now: w.now,
			})
			w.fails(err, drip.ErrClosed)
			_, err = w.store.SubscriberByEmail(w.ctx, w.address("a@example.org"))
			w.fails(err, drip.ErrNotFound)
		}},
		{"RehearseRows/NothingStays", func(w *world) {
			e := w.reader()
			known, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			gone := w.row("gone@example.org", "", "")
			gone.Carried = &store.Carried{Withdrawn: drip.SuppressedByComplaint}
			start := store.ImportStart{File: "list.csv", FileHash: [32]byte{7}, Consent: "they signed", Source: drip.ConsentImport, At: w.now, Asked: "all"}
			out, err := w.store.RehearseRows(w.ctx, start, store.ImportChunk{
				Rows:   []store.Person{gone, w.row("new@example.org", "", ""), w.row(known.Email.String(), "", "Asia/Tokyo")},
				Enroll: w.rule(false), To: 3, Now: w.now,
			})
			w.must(err)
			same(w, "the first", out[0], store.RowOutcome{Result: store.RowSuppressed, Withdrawn: true})
			same(w, "the enrolling of the second", out[1].Enroll, store.EnrollActive)
			same(w, "the third", out[2], store.RowOutcome{Result: store.RowUpdated, Enroll: store.EnrollAlready, Subscriber: known.ID})
			_, err = w.store.Suppressed(w.ctx, gone.Hash)
			w.fails(err, drip.ErrNotFound)
			_, err = w.store.SubscriberByEmail(w.ctx, w.address("new@example.org"))
			w.fails(err, drip.ErrNotFound)
			_, err = w.store.Unfinished(w.ctx, start.FileHash, "all")
			w.fails(err, drip.ErrNotFound)
			after, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "the zone", after.Timezone, known.Timezone)
			same(w, "the revision", after.Revision, known.Revision)
		}},
		{"Room/IsForSomeRowsAndNoMoreThanAsked", func(w *world) {
			for _, most := range []int{1, 10, 1_000_000} {
				room, err := w.store.Room(w.ctx, most)
				w.must(err)
				if room < 1 || room > most {
					w.Errorf("room for %d rows of %d", room, most)
				}
			}
			ended, cancel := context.WithCancel(w.ctx)
			cancel()
			_, err := w.store.Room(ended, 10)
			w.fails(err, context.Canceled)
		}},
		{"ImportRows/UnknownCampaignIsNotFound", func(w *world) {
			_, err := w.store.ImportRows(w.ctx, store.ImportChunk{Enroll: &store.EnrollRule{Campaign: 99}, Now: w.now})
			w.fails(err, drip.ErrNotFound)
		}},
		{"FinishImport/UnknownBatchIsNotFound", func(w *world) {
			w.must(w.store.FinishImport(w.ctx, w.batch().Batch, []byte(`{"rows":0}`), w.now))
			w.fails(w.store.FinishImport(w.ctx, 99, nil, w.now), drip.ErrNotFound)
		}},
	}
}
