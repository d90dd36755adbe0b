package storetest

import (
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// keeping is what keeps somebody whom a batch added and enrolled.
var keeping = map[store.KeptReason]func(*world, drip.Enrollment){
	store.KeptSuppressed: func(w *world, e drip.Enrollment) {
		p, err := w.store.Subscriber(w.ctx, e.Subscriber)
		w.must(err)
		w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByReader), p.Email))
	},
	store.KeptLeft:    func(w *world, e drip.Enrollment) { w.leave(e.ID) },
	store.KeptSent:    func(w *world, e drip.Enrollment) { w.mustMark(w.claim(e.ID, "a")) },
	store.KeptChanged: func(w *world, e drip.Enrollment) { w.mustDo(w.store.SetPace(w.ctx, e.ID, 2, w.now)) },
	store.KeptLater: func(w *world, e drip.Enrollment) {
		p, err := w.store.Subscriber(w.ctx, e.Subscriber)
		w.must(err)
		w.imported(store.ImportChunk{Batch: w.list().Batch}, w.row(p.Email.String(), "", "")) // it tells nothing new
	},
}

// changing is what somebody whom a batch added and enrolled may change.
var changing = map[string]func(*world, drip.Enrollment){
	"Zone": func(w *world, e drip.Enrollment) {
		_, err := w.store.SetTimezone(w.ctx, e.Subscriber, "Asia/Tokyo", w.now)
		w.must(err)
	},
	"Pause":   func(w *world, e drip.Enrollment) { w.mustDo(w.store.PauseUntil(w.ctx, e.ID, w.now.Add(week), w.now)) },
	"Next":    func(w *world, e drip.Enrollment) { w.mustDo(w.store.SendNext(w.ctx, e.ID, w.now)) },
	"OwnPage": func(w *world, e drip.Enrollment) { w.askedNotice(e, "") },
	"Address": func(w *world, e drip.Enrollment) { w.moved(e, "new@example.net") },
}

// mustDo drops what a wish returns.
func (w *world) mustDo(_ drip.Enrollment, err error) {
	w.Helper()
	w.must(err)
}

func undoLaws() []law {
	laws := []law{
		{"UndoImport/WhomItAddedIsGone", func(w *world) {
			batch := w.list()
			out := w.imported(w.enrolling(batch), w.row("a@example.org", "", ""), w.row("b@example.org", "", ""), w.row("c@example.org", "", ""))
			w.claim(w.enrollmentsOf(out[0].Subscriber)[0].ID, "a") // claimed, and not marked
			foreseen := w.undoBatch(batch.Batch, true)
			same(w, "the people before", len(w.everybody()), 3)
			undone := w.undoBatch(batch.Batch, false)
			same(w, "foreseen", foreseen.People, 3)
			same(w, "removed", undone.People, 3)
			same(w, "the people after", len(w.everybody()), 0)
			same(w, "removed again", w.undoBatch(batch.Batch, false).People, 0)
			b, err := w.store.Batch(w.ctx, batch.Batch)
			w.must(err)
			same(w, "the date", b.UndoneAt, w.now)
		}},
		{"UndoImport/NoMarkCommitsAfterIt", func(w *world) {
			batch := w.list()
			out := w.imported(w.enrolling(batch), w.row("a@example.org", "", ""))
			f := w.claim(w.enrollmentsOf(out[0].Subscriber)[0].ID, "a")
			w.undoBatch(batch.Batch, false)
			same(w, "marked", w.mark(f), false)
		}},
		{"UndoImport/OfOthersOnlyWhatItAddedIsGone", func(w *world) {
			p := w.person()
			batch := w.list()
			w.imported(w.enrolling(batch), w.row(p.Email.String(), "Another", ""))
			other := w.reader() // enrolled by nobody's list
			undone := w.undoBatch(batch.Batch, false)
			same(w, "removed", undone.People, 0)
			same(w, "enrollments", undone.Enrollments, 1)
			same(w, "consents", undone.Consents, 1)
			after, err := w.store.Subscriber(w.ctx, p.ID)
			w.must(err)
			same(w, "the name that it told", after.Name, "Another")
			same(w, "the consent", after.ConsentID, 0)
			same(w, "their enrollments", len(w.enrollmentsOf(p.ID)), 0)
			same(w, "another's state", w.enrollment(other.ID).State, drip.EnrollmentActive)
		}},
		{"UndoImport/WhatItToldOfOthersIsGone", func(w *world) {
			p := w.imported(store.ImportChunk{}, w.tells("a@example.org", "", "", map[string]string{"city": "Ulm"}, "old"))[0].Subscriber
			batch := w.list()
			w.imported(w.enrolling(batch), w.tells("a@example.org", "Ann", "Asia/Tokyo", map[string]string{"city": "Bonn", "pets": "2"}, "old", "new"))
			w.enrollmentsOf(p)
			foreseen := w.undoBatch(batch.Batch, true)
			undone := w.undoBatch(batch.Batch, false)
			same(w, "told", undone.Told, 1)
			same(w, "tags", undone.Tags, 1)
			same(w, "foreseen", foreseen.Told+foreseen.Tags, 2)
			after, err := w.store.Subscriber(w.ctx, p)
			w.must(err)
			same(w, "the name", after.Name, "")
			same(w, "the zone", after.Timezone, "")
			same(w, "the attributes", fmt.Sprint(after.Attributes), "map[city:Bonn]") // it told that in the place of another
			tags, err := w.store.TagsOf(w.ctx, p)
			w.must(err)
			same(w, "the tags", fmt.Sprint(tags), "[old]")
			again := w.undoBatch(batch.Batch, false)
			same(w, "told again", again.Told+again.Tags, 0)
		}},
		{"UndoImport/WhatWasToldAndChangedSinceKeepsAll", func(w *world) {
			p := w.imported(store.ImportChunk{}, w.row("a@example.org", "", ""))[0].Subscriber
			batch := w.list()
			w.imported(w.enrolling(batch), w.tells("a@example.org", "", "", map[string]string{"city": "Bonn"}, "new"))
			w.imported(store.ImportChunk{}, w.tells("a@example.org", "", "", map[string]string{"city": "Ulm"}))
			undone := w.undoBatch(batch.Batch, false)
			same(w, "kept as changed", undone.Kept[store.KeptChanged], 1)
			same(w, "removed", undone.Told+undone.Tags+undone.Enrollments, 0)
			tags, err := w.store.TagsOf(w.ctx, p)
			w.must(err)
			same(w, "the tags", fmt.Sprint(tags), "[new]")
		}},
		{"UndoImport/ATagThatSomebodyGaveAsWellStays", func(w *world) {
			p := w.imported(store.ImportChunk{}, w.row("a@example.org", "", ""))[0].Subscriber
			batch := w.list()
			w.imported(w.enrolling(batch), w.tells("a@example.org", "", "", nil, "both", "its"))
			_, err := w.store.Tag(w.ctx, store.TagChange{People: []drip.SubscriberID{p}, Add: []drip.Tag{"both"}})
			w.must(err)
			same(w, "tags", w.undoBatch(batch.Batch, false).Tags, 1)
			tags, err := w.store.TagsOf(w.ctx, p)
			w.must(err)
			same(w, "the tags", fmt.Sprint(tags), "[both]")
		}},
		{"UndoImport/AZoneThatThePersonChoseAsWellStays", func(w *world) {
			p := w.imported(store.ImportChunk{}, w.row("a@example.org", "", ""))[0].Subscriber
			batch := w.list()
			w.imported(store.ImportChunk{Batch: batch.Batch}, w.row("a@example.org", "", "Asia/Tokyo"))
			_, err := w.store.SetTimezone(w.ctx, p, "Asia/Tokyo", w.now)
			w.must(err)
			same(w, "kept", w.undoBatch(batch.Batch, false).Kept[store.KeptChanged], 1)
		}},
		{"UndoImport/SuppressionsStay", func(w *world) {
			batch := w.list()
			gone := w.row("a@example.org", "", "")
			gone.Carried = &store.Carried{Withdrawn: drip.SuppressedByReader}
			w.imported(w.enrolling(batch), gone, w.row("b@example.org", "", ""))
			w.undoBatch(batch.Batch, false)
			_, err := w.store.Suppressed(w.ctx, gone.Hash)
			w.must(err)
		}},
		{"UndoImport/AConsentOfOnesOwnGoes", func(w *world) {
			p := w.person()
			batch := w.list()
			row := w.row(p.Email.String(), "", "")
			row.Carried = &store.Carried{ConsentAt: w.now.Add(-time.Hour), ConsentNote: " (their list)"}
			w.imported(w.enrolling(batch), row)
			same(w, "consents", w.undoBatch(batch.Batch, false).Consents, 1)
			after, err := w.store.Subscriber(w.ctx, p.ID)
			w.must(err)
			same(w, "the consent", after.ConsentID, 0)
		}},
		{"UndoImport/AConsentThatSomethingIsSentByStays", func(w *world) {
			p := w.person()
			batch := w.list()
			w.imported(store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent}, w.row(p.Email.String(), "", ""))
			w.mustDo(w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: p.ID, Campaign: w.campaign.No, Start: drip.StartAtSlot, Consent: batch.Consent, Now: w.now,
			}))
			same(w, "consents", w.undoBatch(batch.Batch, false).Consents, 0)
			after, err := w.store.Subscriber(w.ctx, p.ID)
			w.must(err)
			same(w, "the consent", after.ConsentID, batch.Consent)
		}},
		{"UndoImport/WhoConfirmedIsKept", func(w *world) {
			batch := w.list()
			chunk := w.enrolling(batch)
			chunk.Consent, chunk.Enroll = 0, w.rule(true)
			out := w.imported(chunk, w.row("a@example.org", "", ""))
			w.confirm(w.enrollmentsOf(out[0].Subscriber)[0].ID)
			same(w, "kept", w.undoBatch(batch.Batch, false).Kept[store.KeptConfirmed], 1)
			same(w, "the people", len(w.everybody()), 1)
		}},
		{"UndoImport/WhoAskedOnAPageIsKept", func(w *world) {
			batch := w.list()
			w.imported(store.ImportChunk{Batch: batch.Batch}, w.row("a@example.org", "", ""))
			w.signUp(w.requested("a@example.org"), store.SignUpAsked)
			same(w, "kept", w.undoBatch(batch.Batch, false).Kept[store.KeptConfirmed], 1)
		}},
		{"UndoImport/WhoWasEnrolledByHandIsKept", func(w *world) {
			batch := w.list()
			out := w.imported(store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent}, w.row("a@example.org", "", ""))
			w.mustDo(w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: out[0].Subscriber, Campaign: w.campaign.No, Start: drip.StartAtSlot, Consent: batch.Consent, Now: w.now,
			}))
			same(w, "kept", w.undoBatch(batch.Batch, false).Kept[store.KeptLater], 1)
		}},
		{"UndoImport/ALaterBatchThatWasUndoneKeepsNobody", func(w *world) {
			batch := w.list()
			w.imported(w.enrolling(batch), w.row("a@example.org", "", ""))
			later := w.list()
			w.imported(w.enrolling(later), w.row("a@example.org", "", ""))
			same(w, "kept by it", w.undoBatch(batch.Batch, true).Kept[store.KeptLater], 1)
			w.undoBatch(later.Batch, false)
			same(w, "removed", w.undoBatch(batch.Batch, false).People, 1)
		}},
		{"UndoImport/IsNotedBeforeAnythingIsGone", func(w *world) {
			batch := w.list()
			w.imported(w.enrolling(batch), w.row("a@example.org", "", ""))
			w.undoBatch(batch.Batch, true)
			w.undoBatch(batch.Batch, false)
			w.undoBatch(batch.Batch, false)
			lines, err := w.store.AuditLines(w.ctx, store.AuditFilter{})
			w.must(err)
			if len(lines) != 1 || lines[0].Act != store.ActUndo || lines[0].Batch != batch.Batch || lines[0].Who != "ada" {
				w.Errorf("the audit log has %+v", lines)
			}
		}},
		{"UndoImport/UnknownBatchIsNotFound", func(w *world) {
			_, err := w.store.UndoImport(w.ctx, store.Undoing{Batch: 99, Now: w.now})
			w.fails(err, drip.ErrNotFound)
		}},
	}
	for what, touch := range changing {
		laws = append(laws, law{"UndoImport/KeepsThoseWhoChanged/" + what, func(w *world) {
			batch := w.list()
			out := w.imported(w.enrolling(batch), w.row("a@example.org", "", ""), w.row("b@example.org", "", ""))
			w.pass(time.Hour)
			touch(w, w.enrollmentsOf(out[0].Subscriber)[0])
			undone := w.undoBatch(batch.Batch, false)
			same(w, "removed", undone.People, 1)
			same(w, "kept", undone.Kept[store.KeptChanged], 1)
		}})
	}
	for reason, touch := range keeping {
		laws = append(laws, law{"UndoImport/KeepsThoseWhoAre/" + string(reason), func(w *world) {
			batch := w.list()
			out := w.imported(w.enrolling(batch), w.row("a@example.org", "", ""), w.row("b@example.org", "", ""))
			w.pass(time.Hour)
			touch(w, w.enrollmentsOf(out[0].Subscriber)[0])
			undone := w.undoBatch(batch.Batch, false)
			same(w, "removed", undone.People, 1)
			same(w, "kept as "+string(reason), undone.Kept[reason], 1)
			if left := w.everybody(); len(left) != 1 || left[0].ID != out[0].Subscriber || len(w.enrollmentsOf(left[0].ID)) != 1 {
				w.Errorf("left are %+v", left)
			}
		}})
	}
	return laws
}

// tells is a row with attributes and tags.
func (w *world) tells(email, name, zone string, attributes map[string]string, tags ...drip.Tag) store.Person {
	w.Helper()
	row := w.row(email, name, zone)
	row.Attributes, row.Carried = attributes, &store.Carried{Tags: tags}
	return row
}

// everybody lists the people.
func (w *world) everybody() []drip.Subscriber {
	w.Helper()
	list, err := w.store.Subscribers(w.ctx, store.SubscriberFilter{})
	w.must(err)
	return list
}

// populateBatches is an import of a list with a row that it could not take, one that
// mentions somebody again, and one that was taken back.
func (w *world) populateBatches() {
	w.Helper()
	first, second := w.list("email", "name"), w.list("email")
	w.imported(store.ImportChunk{Batch: first.Batch, To: 3, Rejects: []store.RejectedRow{
		{Line: 3, Reason: "there is no @", Cells: []string{"olga", "Olga Ö."}},
	}}, w.row("olga@example.org", "Olga", ""), w.row("otto@example.org", "", ""))
	w.imported(store.ImportChunk{Batch: second.Batch, To: 1}, w.row("olga@example.org", "", ""))
	w.must(w.store.FinishImport(w.ctx, first.Batch, []byte(`{"rows":3}`), w.now))
	third := w.row("otto@example.org", "Otto", "Asia/Tokyo")
	third.Carried = &store.Carried{Tags: []drip.Tag{"told"}}
	w.imported(store.ImportChunk{Batch: w.list().Batch}, third)
	w.undoBatch(second.Batch, false)
	_, err := w.store.Note(w.ctx, store.AuditLine{
		At: w.now, Who: "ada", Act: store.ActLift, Campaign: w.campaign.No, Subscriber: w.person().ID, People: 1,
		Detail: "everything", Hash: hash(w.address("oona@example.org")), Reason: "asked on the phone",
	})
	w.must(err)
}
