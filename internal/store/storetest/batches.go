package storetest

import (
	"errors"
	"maps"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// listHash stands for a file, and listAsked for what is asked of an import.
var listHash = [32]byte{1}

const listAsked = `{"map":["Mail=email"]}`

// list opens an import of a file.
func (w *world) list(columns ...string) store.ImportRecord {
	w.Helper()
	record, err := w.store.StartImport(w.ctx, store.ImportStart{
		File: "list.csv", FileHash: listHash, Consent: "they signed", Source: drip.ConsentImport, At: w.now,
		Who: "ada", Asked: listAsked, Columns: columns,
	})
	w.must(err)
	return record
}

// enrolling is a chunk of a batch that enrolls in the world's campaign.
func (w *world) enrolling(batch store.ImportRecord) store.ImportChunk {
	return store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent, Enroll: w.rule(false)}
}

// undoBatch takes a batch back, two subscribers at a time.
func (w *world) undoBatch(batch int64, dryRun bool) store.Undone {
	w.Helper()
	var undone, page store.Undone
	for {
		var err error
		page, err = w.store.UndoImport(w.ctx, store.Undoing{
			Batch: batch, After: page.Next, Limit: 2, DryRun: dryRun, Who: "ada", Now: w.now,
		})
		w.must(err)
		if undone.Add(page); page.Next == 0 {
			return undone
		}
	}
}

func batchLaws() []law {
	return slices.Concat(resumeLaws(), rejectLaws(), undoLaws())
}

func resumeLaws() []law {
	return []law{
		{"ImportRows/ThePositionIsNotedWithTheRows", func(w *world) {
			batch := w.list()
			chunk := w.enrolling(batch)
			chunk.To = 3
			w.imported(chunk, w.row("a@example.org", "", ""), w.row("b@example.org", "", ""))
			got, err := w.store.Unfinished(w.ctx, listHash, listAsked)
			w.must(err)
			same(w, "the batch", got.Batch, batch.Batch)
			same(w, "the consent", got.Consent, batch.Consent)
			same(w, "the position", got.Position, 3)
			same(w, "the counts", got.Counts, store.ImportCounts{New: 2, Enrolled: 2})
			chunk.From, chunk.To = 3, 4
			w.imported(chunk, w.row("a@example.org", "", ""))
			got, err = w.store.Unfinished(w.ctx, listHash, listAsked)
			w.must(err)
			same(w, "the counts", got.Counts, store.ImportCounts{New: 2, Unchanged: 1, Enrolled: 2})
		}},
		{"ImportRows/WithoutACampaignThoseArePendingWhoseConsentNobodyStates", func(w *world) {
			batch := w.list()
			unconfirmed := w.row("b@example.org", "", "")
			unconfirmed.Carried = &store.Carried{Unconfirmed: true}
			w.imported(store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent, To: 2}, w.row("a@example.org", "", ""), unconfirmed)
			got, err := w.store.Unfinished(w.ctx, listHash, listAsked)
			w.must(err)
			same(w, "the counts", got.Counts, store.ImportCounts{New: 2, Pending: 1})
		}},
		{"ImportRows/AChunkThatDoesNotFollowIsAConflict", func(w *world) {
			chunk := w.enrolling(w.list())
			chunk.To = 3
			w.imported(chunk, w.row("a@example.org", "", ""))
			chunk.Rows, chunk.Now = []store.Person{w.row("b@example.org", "", "")}, w.now
			_, err := w.store.ImportRows(w.ctx, chunk) // from 0 again
			w.fails(err, drip.ErrConflict)
			_, err = w.store.SubscriberByEmail(w.ctx, w.address("b@example.org"))
			w.fails(err, drip.ErrNotFound)
		}},
		{"ImportRows/AnUndoneBatchIsAConflict", func(w *world) {
			batch := w.list()
			chunk := w.enrolling(batch)
			chunk.To = 3
			w.imported(chunk, w.row("a@example.org", "", ""))
			w.undoBatch(batch.Batch, false)
			chunk.From, chunk.To, chunk.Now = 3, 6, w.now
			chunk.Rows = []store.Person{w.row("b@example.org", "", "")}
			_, err := w.store.ImportRows(w.ctx, chunk)
			w.fails(err, drip.ErrConflict)
			_, err = w.store.SubscriberByEmail(w.ctx, w.address("b@example.org"))
			w.fails(err, drip.ErrNotFound)
		}},
		{"Unfinished/IsOnlyTheSameFileAskedTheSame", func(w *world) {
			batch := w.list()
			for name, look := range map[string]struct {
				file  [32]byte
				asked string
			}{
				"another file": {[32]byte{9}, listAsked}, "other wishes": {listHash, `{}`}, "no wishes": {listHash, ""}, "no file": {[32]byte{}, listAsked},
			} {
				_, err := w.store.Unfinished(w.ctx, look.file, look.asked)
				if !errors.Is(err, drip.ErrNotFound) {
					w.Errorf("%s: %v", name, err)
				}
			}
			w.must(w.store.FinishImport(w.ctx, batch.Batch, []byte(`{}`), w.now))
			_, err := w.store.Unfinished(w.ctx, listHash, listAsked)
			w.fails(err, drip.ErrNotFound)
			w.undoBatch(w.list().Batch, false)
			_, err = w.store.Unfinished(w.ctx, listHash, listAsked)
			w.fails(err, drip.ErrNotFound)
		}},
		{"ImportList/NewestFirstWithoutWhatWasTyped", func(w *world) {
			first := w.list("email", "name")
			w.must(w.store.FinishImport(w.ctx, first.Batch, []byte(`{"rows":0}`), w.now.Add(time.Hour)))
			_, err := w.store.StartImport(w.ctx, store.ImportStart{Consent: "x", Source: drip.ConsentAdmin, At: w.now})
			w.must(err)
			second := w.list()
			list, err := w.store.ImportList(w.ctx, 0)
			w.must(err)
			if len(list) != 2 || list[0].No != second.Batch || list[1].No != first.Batch {
				w.Fatalf("the imports are %+v", list)
			}
			b, err := w.store.Batch(w.ctx, first.Batch)
			w.must(err)
			same(w, "the operator", b.Who, "ada")
			same(w, "the consent", b.Consent, "they signed")
			same(w, "the columns", slices.Equal(b.Columns, []string{"email", "name"}), true)
			same(w, "what was asked", b.Asked, listAsked)
			same(w, "the report", string(b.Report), `{"rows":0}`)
			same(w, "the beginning", b.StartedAt, w.now)
			same(w, "the end", b.FinishedAt, w.now.Add(time.Hour))
			_, err = w.store.Batch(w.ctx, 99)
			w.fails(err, drip.ErrNotFound)
		}},
		{"EnrolledStarts/AreThoseOfTheBatch", func(w *world) {
			w.imported(w.enrolling(w.list()), w.row("a@example.org", "", "Asia/Tokyo"))
			batch := w.list()
			chunk := w.enrolling(batch)
			w.imported(chunk, w.row("b@example.org", "", ""), w.row("c@example.org", "", "Asia/Tokyo"), w.row("d@example.org", "", ""))
			first := chunk.Enroll.Floor
			chunk.Enroll.Floor = first.Add(time.Hour)
			w.imported(chunk, w.row("e@example.org", "", ""))
			starts, err := w.store.EnrolledStarts(w.ctx, batch.Batch)
			w.must(err)
			want := map[store.EnrolledStart]int{{Floor: first}: 2, {Zone: "Asia/Tokyo", Floor: first}: 1, {Floor: first.Add(time.Hour)}: 1}
			if !maps.Equal(starts, want) {
				w.Errorf("the starts are %v, want %v", starts, want)
			}
		}},
	}
}

func rejectLaws() []law {
	return []law{
		{"Rejects/AreKeptWithTheirChunkForAWhile", func(w *world) {
			batch := w.list("email", "name")
			rejected := []store.RejectedRow{{Line: 2, Reason: "no @", Cells: []string{"anna", "<A> & \"B\""}}, {Line: 5, Reason: "too long"}}
			w.imported(store.ImportChunk{Batch: batch.Batch, To: 2, Rejects: rejected})
			got, err := w.store.Rejects(w.ctx, batch.Batch, 0, 0)
			w.must(err)
			if len(got) != 2 || got[0].Line != 2 || !slices.Equal(got[0].Cells, rejected[0].Cells) || got[1].Reason != "too long" || got[1].Cells != nil {
				w.Errorf("the rejected rows are %+v", got)
			}
			got, err = w.store.Rejects(w.ctx, batch.Batch, 2, 0)
			w.must(err)
			same(w, "those beyond line 2", len(got), 1)
			w.imported(store.ImportChunk{Batch: batch.Batch, From: 2, To: 3, Columns: []string{"email", "name", "city"}})
			w.imported(store.ImportChunk{Batch: batch.Batch, From: 3, To: 4})
			b, err := w.store.Batch(w.ctx, batch.Batch)
			w.must(err)
			same(w, "the columns", slices.Equal(b.Columns, []string{"email", "name", "city"}), true)
			n, err := w.store.ForgetRejects(w.ctx, w.now)
			w.must(err)
			same(w, "forgotten at once", n, 0)
			n, err = w.store.ForgetRejects(w.ctx, w.now.Add(time.Millisecond))
			w.must(err)
			same(w, "forgotten later", n, 2)
		}},
		{"Erase/RejectedRowsThatNameThePersonGo", func(w *world) {
			batch := w.list("email", "name")
			p := w.imported(store.ImportChunk{Batch: batch.Batch, To: 6, Rejects: []store.RejectedRow{
				{Line: 2, Cells: []string{"<ANNA.B@example.org>", ""}}, {Line: 3, Cells: []string{"anna.b@@example", ""}},
				{Line: 4, Cells: []string{"?", "Anna  B"}}, {Line: 5, Cells: []string{"?", "about Anna B."}},
				{Line: 6, Cells: []string{"joanna.b@", "Anna Bo"}}, {Line: 7},
			}}, w.row("anna.b@example.org", "Anna B", ""))[0].Subscriber
			person, err := w.store.Subscriber(w.ctx, p)
			w.must(err)
			w.must(w.store.Erase(w.ctx, p, w.suppression(person.Email, drip.SuppressedByErasure)))
			left, err := w.store.Rejects(w.ctx, batch.Batch, 0, 0)
			w.must(err)
			var lines []int
			for _, r := range left {
				lines = append(lines, r.Line)
			}
			if !slices.Equal(lines, []int{4, 6, 7}) {
				w.Errorf("the lines %v are left", lines)
			}
		}},
	}
}
