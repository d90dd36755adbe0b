package storetest

import (
	"maps"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// tagged changes the tags of people and returns how many it changed.
func (w *world) tagged(change store.TagChange) int {
	w.Helper()
	n, err := w.store.Tag(w.ctx, change)
	w.must(err)
	return n
}

// tagsAre compares a person's tags.
func (w *world) tagsAre(id drip.SubscriberID, want ...drip.Tag) {
	w.Helper()
	got, err := w.store.TagsOf(w.ctx, id)
	w.must(err)
	if !slices.Equal(got, want) {
		w.Errorf("the tags of %d are %q, want %q", id, got, want)
	}
}

func tagLaws() []law {
	return []law{
		{"Tag/TwiceIsOnceAndBothWays", func(w *world) {
			a, b, c := w.person().ID, w.person().ID, w.person().ID
			give := store.TagChange{People: []drip.SubscriberID{a, b, 9999}, Add: []drip.Tag{"vip", "donor"}}
			same(w, "changed", w.tagged(give), 2)
			same(w, "changed by the same", w.tagged(give), 0)
			w.tagsAre(a, "donor", "vip")
			w.tagsAre(c)
			take := store.TagChange{People: []drip.SubscriberID{a, c}, Remove: []drip.Tag{"vip", "never"}}
			same(w, "taken", w.tagged(take), 1)
			same(w, "taken by the same", w.tagged(take), 0)
			w.tagsAre(a, "donor")
			w.tagsAre(b, "donor", "vip")
			all, err := w.store.AllTags(w.ctx)
			w.must(err)
			if want := []store.TagCount{{Tag: "donor", People: 2}, {Tag: "vip", People: 1}}; !slices.Equal(all, want) {
				w.Errorf("all tags are %+v", all)
			}
			_, err = w.store.TagsOf(w.ctx, 9999)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Tag/AddedAndRemovedIsRemoved", func(w *world) {
			id := w.person().ID
			same(w, "changed", w.tagged(store.TagChange{People: []drip.SubscriberID{id}, Add: []drip.Tag{"vip"}, Remove: []drip.Tag{"vip"}}), 0)
			w.tagsAre(id)
		}},
		{"Tag/ManyPeopleAtOnce", func(w *world) {
			var people []drip.SubscriberID
			for range 117 {
				people = append(people, w.person().ID)
			}
			same(w, "changed", w.tagged(store.TagChange{People: people, Add: []drip.Tag{"all"}}), 117)
			same(w, "changed back", w.tagged(store.TagChange{People: people[1:], Remove: []drip.Tag{"all"}}), 116)
			w.tagsAre(people[0], "all")
			w.tagsAre(people[116])
		}},
		{"Tag/ATagThatNobodyHasIsForgotten", func(w *world) {
			p := w.person()
			w.tagged(store.TagChange{People: []drip.SubscriberID{p.ID}, Add: []drip.Tag{"gone", "erased"}})
			w.tagged(store.TagChange{People: []drip.SubscriberID{p.ID}, Remove: []drip.Tag{"gone"}})
			w.tagsAre(p.ID, "erased")
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			all, err := w.store.AllTags(w.ctx)
			w.must(err)
			same(w, "the tags that are left", len(all), 0)
		}},
		{"Dossier/HasTheTags", func(w *world) {
			p := w.person()
			w.tagged(store.TagChange{People: []drip.SubscriberID{p.ID}, Add: []drip.Tag{"vip", "donor"}})
			d, err := w.store.Dossier(w.ctx, p.ID)
			w.must(err)
			if !slices.Equal(d.Tags, []drip.Tag{"donor", "vip"}) {
				w.Errorf("the tags are %q", d.Tags)
			}
		}},
	}
}

// carrying is a row with what another program's list says besides.
func (w *world) carrying(email string, c store.Carried) store.Person {
	w.Helper()
	row := w.row(email, "", "")
	row.Carried = &c
	return row
}

// byEmail finds a person.
func (w *world) byEmail(email string) drip.Subscriber {
	w.Helper()
	p, err := w.store.SubscriberByEmail(w.ctx, w.address(email))
	w.must(err)
	return p
}

func carriedLaws() []law {
	return []law{
		{"ImportRows/TagsAreAddedAndNeverTakenAway", func(w *world) {
			chunk := store.ImportChunk{}
			row := w.carrying("a@example.org", store.Carried{Tags: []drip.Tag{"vip", "donor"}})
			same(w, "the first", w.imported(chunk, row)[0].Result, store.RowNew)
			same(w, "the same again", w.imported(chunk, row)[0].Result, store.RowUnchanged)
			row = w.carrying("a@example.org", store.Carried{Tags: []drip.Tag{"donor", "press"}})
			same(w, "another tag", w.imported(chunk, row, w.row("b@example.org", "", ""))[0].Result, store.RowUpdated)
			w.tagsAre(w.byEmail("a@example.org").ID, "donor", "press", "vip")
			w.tagsAre(w.byEmail("b@example.org").ID)
		}},
		{"ImportRows/TypedAttributesKeepTheirTypes", func(w *world) {
			row := w.carrying("a@example.org", store.Carried{Types: map[string]drip.AttributeType{
				"age": drip.NumberAttribute, "member": drip.BoolAttribute, "since": drip.DateAttribute,
			}})
			row.Attributes = map[string]string{"age": "42", "member": "true", "since": "2026-11-29", "code": "007"}
			w.imported(store.ImportChunk{}, row)
			p := w.byEmail("a@example.org")
			if !maps.Equal(p.Attributes, row.Attributes) ||
				!maps.Equal(p.Types, map[string]drip.AttributeType{"age": drip.NumberAttribute, "member": drip.BoolAttribute}) {
				w.Errorf("the attributes are %v of types %v", p.Attributes, p.Types)
			}
			same(w, "the same again", w.imported(store.ImportChunk{}, row)[0].Result, store.RowUnchanged)
			plain := w.row("a@example.org", "", "")
			plain.Attributes = map[string]string{"age": "43", "member": "perhaps"}
			w.imported(store.ImportChunk{}, plain)
			p = w.byEmail("a@example.org")
			same(w, "a value that reads as the type", p.Types["age"], drip.NumberAttribute)
			same(w, "one that does not", p.Types["member"], drip.TextAttribute)
			same(w, "its text", p.Attributes["member"], "perhaps")
			same(w, "one that was not told", p.Attributes["code"], "007")
		}},
		{"ImportRows/WhatAPersonChoseWins", func(w *world) {
			e := w.reader()
			_, err := w.store.SetTimezone(w.ctx, e.Subscriber, "Asia/Tokyo", w.now)
			w.must(err)
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "the choice", p.Chosen, drip.ChoseTimezone)
			out := w.imported(store.ImportChunk{}, w.row(p.Email.String(), "Other", "Europe/Paris"))[0]
			same(w, "the result", out.Result, store.RowUpdated)
			after, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "the zone", after.Timezone, "Asia/Tokyo")
			same(w, "the name that was not theirs", after.Name, "Other")
			form := w.requested("signs@example.org")
			w.confirm(w.asked("signs@example.org").ID)
			w.imported(store.ImportChunk{}, w.row("signs@example.org", "Other", "Europe/Paris"))
			p = w.byEmail("signs@example.org")
			same(w, "what they signed up with", [2]string{p.Name, p.Timezone}, [2]string{form.Name, form.Timezone})
		}},
		{"ImportRows/AConsentOfOnesOwnHasItsDateAndTheStatement", func(w *world) {
			given := w.now.AddDate(-2, 0, 0)
			batch := w.batch()
			chunk := store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent, Enroll: w.rule(false)}
			w.imported(store.ImportChunk{}, w.row("known@example.org", "", ""))
			own := store.Carried{ConsentAt: given, ConsentNote: " (landing page)"}
			w.imported(chunk, w.carrying("new@example.org", own), w.carrying("known@example.org", own), w.row("plain@example.org", "", ""))
			shared, err := w.store.Consent(w.ctx, batch.Consent)
			w.must(err)
			for _, email := range []string{"new@example.org", "known@example.org"} {
				p := w.byEmail(email)
				c, err := w.store.Consent(w.ctx, p.ConsentID)
				w.must(err)
				same(w, "the date", c.At, given)
				same(w, "the statement", c.Text, shared.Text+" (landing page)")
				same(w, "the source", c.Source, shared.Source)
				e := w.enrollmentsOf(p.ID)[0]
				same(w, "the enrollment's", e.ConsentID, p.ConsentID)
				same(w, "the state", e.State, drip.EnrollmentActive)
			}
			same(w, "the consent of the others", w.byEmail("plain@example.org").ConsentID, batch.Consent)
			p := w.byEmail("new@example.org")
			w.imported(chunk, w.carrying("new@example.org", store.Carried{ConsentAt: w.now}))
			same(w, "the consent after the next list", w.byEmail("new@example.org").ConsentID, p.ConsentID)
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			_, err = w.store.Consent(w.ctx, p.ConsentID)
			w.fails(err, drip.ErrNotFound)
			_, err = w.store.Consent(w.ctx, batch.Consent)
			w.must(err)
		}},
		{"ImportRows/NoStatementIsAboutTheUnconfirmed", func(w *world) {
			batch := w.batch()
			chunk := store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent, Enroll: w.rule(false)}
			out := w.imported(chunk, w.carrying("a@example.org", store.Carried{Unconfirmed: true, ConsentAt: w.now}))[0]
			same(w, "the enrolling", out.Enroll, store.EnrollPending)
			same(w, "the consent", w.byEmail("a@example.org").ConsentID, 0)
			w.imported(chunk, w.row("b@example.org", "", ""))
			w.imported(chunk, w.carrying("b@example.org", store.Carried{Unconfirmed: true}))
			same(w, "the consent of somebody known", w.byEmail("b@example.org").ConsentID, batch.Consent)
		}},
		{"ImportRows/WhoWithdrewThereIsSuppressedAndNeverComesIn", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			f := w.claim(e.ID, "a")
			batch := w.batch()
			chunk := store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent, Enroll: w.rule(true)}
			gone := store.Carried{Withdrawn: drip.SuppressedByBounce}
			rows := []store.Person{
				w.row("twice@example.org", "Anna", ""), w.carrying(p.Email.String(), store.Carried{Withdrawn: drip.SuppressedByReader}),
				w.carrying("new@example.org", gone), w.carrying("twice@example.org", gone), w.row("stays@example.org", "", ""),
			}
			out := w.imported(chunk, rows...)
			for i, want := range []store.RowOutcome{
				{Result: store.RowSuppressed}, {Result: store.RowSuppressed, Withdrawn: true}, {Result: store.RowSuppressed, Withdrawn: true},
				{Result: store.RowSuppressed, Withdrawn: true}, {Result: store.RowNew, Enroll: store.EnrollActive, Subscriber: out[4].Subscriber},
			} {
				same(w, "the outcome of "+rows[i].Email.String(), out[i], want)
			}
			for i, reason := range map[int]drip.SuppressionReason{1: drip.SuppressedByReader, 2: drip.SuppressedByBounce, 3: drip.SuppressedByBounce} {
				got, err := w.store.Suppressed(w.ctx, rows[i].Hash)
				w.must(err)
				same(w, "the reason", got.Reason, reason)
			}
			for _, email := range []string{"new@example.org", "twice@example.org"} {
				_, err := w.store.SubscriberByEmail(w.ctx, w.address(email))
				w.fails(err, drip.ErrNotFound)
			}
			same(w, "the reader's enrollment", w.enrollment(e.ID).LeftReason, drip.LeftSuppressed)
			if w.mark(f) {
				w.Error("an issue was marked for somebody who had withdrawn")
			}
			again := w.imported(chunk, rows...)
			same(w, "the second time", again[2], store.RowOutcome{Result: store.RowSuppressed})
			w.pass(time.Hour)
		}},
	}
}
