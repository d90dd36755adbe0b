package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/timing"
)

// sizeIssues is how many issues everybody is sent.
const sizeIssues = 50

// sizePin is what the mark of an issue pins, for a reader whom the letter calls by name.
func sizePin(issue int, now time.Time) string {
	pin := compose.Pin{Date: now.Unix(), Name: "Anna Example", Values: compose.Values{
		Number: issue + 1, Count: sizeIssues, Fields: compose.Fields{{Path: "Subscriber.Name", Value: "Anna Example"}},
	}}
	return string(pin.AppendText(nil))
}

// BenchmarkSize sends 50 issues to some readers by way of the store and tells how
// large the file is for each reader and each delivery; 1,000,000 readers are
// extrapolated from that in a straight line. With PARTWORK_BENCH_LONG there are
// 1,000,000 deliveries, else 100,000.
func BenchmarkSize(b *testing.B) {
	readers := 2000
	if os.Getenv("PARTWORK_BENCH_LONG") != "" {
		readers = 20_000
	}
	for b.Loop() {
		file := filepath.Join(b.TempDir(), "partwork.db")
		w := newBenchAt(b, file, issueNames(sizeIssues))
		for range readers / 1000 {
			w.load(w.rows(1000, true), true)
		}
		before := w.fileSize(file)
		for issue := range sizeIssues {
			name := issueName(issue)
			content, err := w.store.SaveContent(w.Context(), [32]byte{2, byte(issue)}, []byte("x"), w.now)
			w.check(err)
			w.content = content
			for page := w.claimIssue(name, 1000); len(page) > 0; page = w.claimIssue(name, 1000) {
				w.sendAll(page, sizePin(issue, w.now))
			}
			w.now = w.now.Add(7 * 24 * time.Hour)
		}
		after := w.fileSize(file)
		reader := before / float64(readers)
		delivery := (after - before) / float64(readers*sizeIssues)
		b.ReportMetric(reader, "B/reader")
		b.ReportMetric(delivery, "B/delivery")
		b.ReportMetric(float64(readers*sizeIssues), "deliveries")
		b.ReportMetric((reader+sizeIssues*delivery)/1000, "GB/1M×50")
	}
	b.ReportMetric(0, "ns/op")
}

func issueName(i int) string { return fmt.Sprintf("issue-%02d", i) }

func issueNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = issueName(i)
	}
	return names
}

// sendAll marks claims and settles them as sent.
func (w *bench) sendAll(claims []store.Decision, merge string) {
	w.Helper()
	marks := store.Round{Calendar: w.now, Machine: w.now}
	sent := marks
	for _, d := range claims {
		fence := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: d.Enrollment, Issue: d.Issue}, Attempt: 1}
		marks.Marks = append(marks.Marks, store.Mark{
			Fence: fence, Lease: w.now.Add(time.Hour), LocalDate: timing.DateAt(w.now), Merge: merge,
		})
		sent.Outcomes = append(sent.Outcomes, store.Outcome{
			Fence: fence, State: drip.DeliverySent, Class: drip.ClassAccepted,
			Reply: drip.Reply{Phase: drip.PhaseFinal, Code: 250, Enhanced: "2.0.0", Text: "Ok: queued as 4F1A2B3C"},
		})
	}
	for _, round := range []store.Round{marks, sent} {
		result, err := w.store.CommitRound(w.Context(), round)
		w.check(err)
		for _, done := range append(result.Marked, result.Settled...) {
			if !done {
				w.Fatal("a message was not marked or not settled")
			}
		}
	}
}

// fileSize closes the database, which leaves one file, and opens it again.
func (w *bench) fileSize(file string) float64 {
	w.Helper()
	w.check(w.store.Close())
	info, err := os.Stat(file)
	w.check(err)
	w.store, err = sqlite.Open(w.Context(), file, sqlite.Options{})
	w.check(err)
	w.Cleanup(func() { _ = w.store.Close() })
	return float64(info.Size())
}
