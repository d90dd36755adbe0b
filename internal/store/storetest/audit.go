package storetest

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

func auditLaws() []law {
	return []law{
		{"Note/LinesComeInTheirOrder", func(w *world) {
			lines := []store.AuditLine{
				{At: w.now, Who: "ada", Act: store.ActPause, Campaign: w.campaign.No},
				{At: w.now.Add(time.Hour), Who: "bo", Act: store.ActExport, People: 12, Detail: "csv"},
				{At: w.now.Add(time.Hour), Who: "bo", Act: store.ActErase, Subscriber: 7},
			}
			for i, line := range lines {
				kept, err := w.store.Note(w.ctx, line)
				w.must(err)
				lines[i].No = kept.No
				same(w, "the line", kept, lines[i])
			}
			all, err := w.store.AuditLines(w.ctx, store.AuditFilter{})
			w.must(err)
			same(w, "the number of lines", len(all), 3)
			for i := range all {
				same(w, "a line", all[i], lines[i])
			}
			late, err := w.store.AuditLines(w.ctx, store.AuditFilter{Since: w.now.Add(time.Hour), After: lines[1].No, Limit: 5})
			w.must(err)
			if len(late) != 1 || late[0] != lines[2] {
				w.Errorf("the late ones are %+v", late)
			}
		}},
		{"FinishImport/IsNotedIfItIsOfAFile", func(w *world) {
			batch := w.list()
			w.imported(store.ImportChunk{Batch: batch.Batch, To: 2}, w.row("a@example.org", "", ""), w.row("b@example.org", "", ""))
			w.must(w.store.FinishImport(w.ctx, batch.Batch, []byte(`{}`), w.now))
			typed, err := w.store.StartImport(w.ctx, store.ImportStart{At: w.now})
			w.must(err)
			w.must(w.store.FinishImport(w.ctx, typed.Batch, []byte(`{}`), w.now))
			lines, err := w.store.AuditLines(w.ctx, store.AuditFilter{})
			w.must(err)
			want := store.AuditLine{No: 1, At: w.now, Who: "ada", Act: store.ActImport, Batch: batch.Batch, People: 2}
			if len(lines) != 1 || lines[0] != want {
				w.Errorf("the audit log has %+v, want %+v", lines, want)
			}
		}},
		{"Erase/NothingOfThePersonStaysInTheAuditLog", func(w *world) {
			p, other := w.person(), w.person()
			for _, person := range []drip.Subscriber{p, other} {
				_, err := w.store.Note(w.ctx, store.AuditLine{
					At: w.now, Who: "ada", Act: store.ActLift, People: 1, Hash: hash(person.Email), Reason: "asked on the phone",
				})
				w.must(err)
			}
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			lines, err := w.store.AuditLines(w.ctx, store.AuditFilter{})
			w.must(err)
			same(w, "the number of lines", len(lines), 2)
			same(w, "the erased one's hash", lines[0].Hash, mailaddr.Hash{})
			same(w, "the erased one's reason", lines[0].Reason, "")
			same(w, "the other's reason", lines[1].Reason, "asked on the phone")
		}},
	}
}
