package storetest

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

func dossierLaws() []law {
	return []law{
		{"Dossier/HasAllOfAPersonAndNothingOfOthers", func(w *world) {
			other := w.reader()
			w.send(other.ID, "a")
			e := w.reader()
			f := w.send(e.ID, "a")
			w.pass(week)
			b := w.claim(e.ID, "b")
			w.mustMark(b)
			w.mustSettle(b, drip.DeliveryDeferred)
			p := w.moved(e, "dossier@example.net")
			left := w.leave(e.ID)
			w.must(w.store.NoteWhy(w.ctx, e.ID, drip.WhyElsewhere))
			next := w.undo(w.goBack(left))
			d, err := w.store.Dossier(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "the person", d.Subscriber.Email, p.Email)
			same(w, "moved", d.MovedAt, w.now)
			same(w, "no list", d.Import, nil)
			same(w, "former addresses", d.Former, 1)
			same(w, "enrollments", len(d.Enrollments), 2)
			same(w, "the second", d.Enrollments[1], next)
			same(w, "the campaign", d.Campaigns[e.Campaign], "letters")
			same(w, "why", d.Whys[e.ID], drip.WhyElsewhere)
			same(w, "the first consent", d.Consents[e.ConsentID].Text, "they signed")
			same(w, "the second consent", d.Consents[next.ConsentID].Source, drip.ConsentConfirmed)
			same(w, "deliveries", len(d.Deliveries), 2)
			same(w, "the first", d.Deliveries[0].DeliveryKey, f.DeliveryKey)
			same(w, "its issue", d.Deliveries[0].IssueID, "a")
			same(w, "its state", d.Deliveries[0].State, drip.DeliverySent)
			same(w, "attempts", len(d.Attempts), 1)
			same(w, "notices", len(d.Notices), 1)
			same(w, "not suppressed", d.Suppression, nil)
			w.pass(time.Hour)
			w.suppressed(next, drip.SuppressedByReader)
			d, err = w.store.Dossier(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "the suppression", *d.Suppression, drip.Suppression{Hash: hash(p.Email), Reason: drip.SuppressedByReader, At: w.now})
			_, err = w.store.Dossier(w.ctx, 9999)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Dossier/HasTheListThatAPersonCameFrom", func(w *world) {
			batch := w.batch()
			came := w.now
			p := w.imported(store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent}, w.row("listed@example.org", "", ""))[0].Subscriber
			w.pass(time.Hour)
			d, err := w.store.Dossier(w.ctx, p)
			w.must(err)
			if d.Import == nil {
				w.Fatal("no list")
			}
			same(w, "the list", *d.Import, store.DossierImport{File: "list.csv", At: came})
		}},
		{"Dossier/HasAFormThatWaitsAndThenTheConsentItBecame", func(w *world) {
			w.asked("other@example.org")
			form := w.requested("signs@example.org")
			e := w.asked("signs@example.org")
			d, err := w.store.Dossier(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "requests", len(d.Requests), 1)
			same(w, "the request", d.Requests[e.ID], store.DossierRequest{Request: form.Request, Name: form.Name, Timezone: form.Timezone})
			same(w, "consents", len(d.Consents), 0)
			w.confirm(e.ID)
			d, err = w.store.Dossier(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "requests afterwards", len(d.Requests), 0)
			same(w, "the name", d.Subscriber.Name, form.Name)
			same(w, "the request in the consent", d.Consents[d.Enrollments[0].ConsentID].Request, form.Request)
		}},
	}
}
