package sqlite_test

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/timing"
)

// bench is a database with one campaign.
type bench struct {
	*testing.B
	store    *sqlite.Store
	campaign store.CampaignRecord
	content  drip.ContentID
	consent  drip.ConsentID
	now      time.Time
	lease    time.Time
	imported int
}

func newBench(b *testing.B) *bench {
	b.Helper()
	return newBenchAt(b, filepath.Join(b.TempDir(), "partwork.db"), []string{"a", "b"})
}

func newBenchAt(b *testing.B, file string, issues []string) *bench {
	b.Helper()
	w := &bench{B: b, now: time.UnixMilli(1.8e12), lease: time.UnixMilli(1.9e12)}
	var err error
	w.store, err = sqlite.Open(b.Context(), file, sqlite.Options{})
	w.check(err)
	b.Cleanup(func() { _ = w.store.Close() })
	w.campaign, err = w.store.SyncCampaign(b.Context(), store.CampaignSync{
		ID: "letters", Key: "k1", Issues: issues, Now: w.now,
	})
	w.check(err)
	w.content, err = w.store.SaveContent(b.Context(), [32]byte{1}, []byte("x"), w.now)
	w.check(err)
	start, err := w.store.StartImport(b.Context(), store.ImportStart{File: "x", Consent: "yes", Source: drip.ConsentImport, At: w.now})
	w.check(err)
	w.consent = start.Consent
	return w
}

func (w *bench) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// rows makes n people; sorted by address, or spread over the whole alphabet.
func (w *bench) rows(n int, sorted bool) []store.Person {
	w.Helper()
	rows := make([]store.Person, n)
	for i := range rows {
		no := uint64(w.imported + i)
		if !sorted {
			no = no * 0x9E3779B97F4A7C15 >> 20
		}
		a, err := mailaddr.Parse(fmt.Sprintf("reader%014d@example.org", no))
		w.check(err)
		rows[i] = store.Person{
			Email: a, Name: "Anna Example", Timezone: "Europe/London",
			Attributes: map[string]string{"city": "Leeds"},
		}
		binary.BigEndian.PutUint64(rows[i].Hash[:], no*0x9E3779B97F4A7C15)
	}
	w.imported += n
	return rows
}

func (w *bench) load(rows []store.Person, enroll bool) {
	w.Helper()
	chunk := store.ImportChunk{Batch: 1, Consent: w.consent, Rows: rows, Now: w.now}
	if enroll {
		chunk.Enroll = &store.EnrollRule{Campaign: w.campaign.No, Start: drip.StartAtSlot}
	}
	_, err := w.store.ImportRows(w.Context(), chunk)
	w.check(err)
}

func BenchmarkImportRows(b *testing.B) {
	const chunk = 2000
	for _, test := range []struct {
		name           string
		sorted, enroll bool
	}{{"sorted", true, false}, {"shuffled", false, false}, {"sorted, enrolled", true, true}} {
		b.Run(test.name, func(b *testing.B) {
			w := newBench(b)
			for b.Loop() {
				b.StopTimer()
				rows := w.rows(chunk, test.sorted)
				b.StartTimer()
				w.load(rows, test.enroll)
			}
			b.ReportMetric(float64(b.N*chunk)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	b.Run("known", func(b *testing.B) {
		w := newBench(b)
		rows := w.rows(chunk, true)
		w.load(rows, true)
		for b.Loop() {
			w.load(rows, true)
		}
		b.ReportMetric(float64(b.N*chunk)/b.Elapsed().Seconds(), "rows/s")
	})
}

// claim reads a page of what is due and claims the first issue.
func (w *bench) claim(n int) []store.Decision {
	w.Helper()
	return w.claimIssue("a", n)
}

// claimIssue claims an issue for a page of what is due.
func (w *bench) claimIssue(issue string, n int) []store.Decision {
	w.Helper()
	due, err := w.store.Due(w.Context(), store.DueQuery{Calendar: w.now, Machine: w.now, Limit: n})
	w.check(err)
	w.lease = w.lease.Add(time.Millisecond)
	plan := store.PlanCommit{Owner: 7, Calendar: w.now, Machine: w.now}
	for i := range due {
		plan.Decisions = append(plan.Decisions, store.Decision{
			Kind: store.DecideClaim, Enrollment: due[i].Enrollment.ID, Revision: due[i].Enrollment.Revision,
			Issue: w.campaign.Issues[issue], Content: w.content, Lease: w.lease, SendBy: w.now.Add(time.Hour),
			Slot:   timing.Slot{Wall: timing.WallAt(w.now.Add(time.Hour)), Zone: "Europe/London", At: w.now}, // summer time
			NextAt: w.now.Add(7 * 24 * time.Hour),
		})
	}
	_, err = w.store.CommitPlan(w.Context(), plan)
	w.check(err)
	return plan.Decisions
}

// The cost of a page must not depend on how many people are not due.
func BenchmarkDue(b *testing.B) {
	for _, people := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			w := newBench(b)
			for range people / 1000 {
				w.load(w.rows(1000, true), true)
			}
			for b.Loop() {
				due, err := w.store.Due(b.Context(), store.DueQuery{Calendar: w.now, Machine: w.now, Limit: 256})
				w.check(err)
				if len(due) != 256 {
					b.Fatal(len(due))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*256), "µs/row")
		})
	}
}

func BenchmarkCommitPlan(b *testing.B) {
	w := newBench(b)
	n := 0
	for b.Loop() {
		b.StopTimer()
		w.load(w.rows(256, true), true)
		b.StartTimer()
		n += len(w.claim(256)) // with finding what is due
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "claims/s")
}

// A round carries the outcomes of one group of messages and the marks of the
// next.
func BenchmarkCommitRound(b *testing.B) {
	for _, size := range []int{4, 64} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			w := newBench(b)
			var queue []store.Decision
			var before []store.Mark
			for b.Loop() {
				b.StopTimer()
				if len(queue) < size {
					w.load(w.rows(1024, true), true)
					queue = append(queue, w.claim(1024)...)
				}
				round := store.Round{Calendar: w.now, Machine: w.now}
				for _, m := range before {
					round.Outcomes = append(round.Outcomes, store.Outcome{
						Fence: m.Fence, State: drip.DeliverySent, Class: drip.ClassAccepted,
						Reply: drip.Reply{Phase: drip.PhaseFinal, Code: 250, Enhanced: "2.0.0", Text: "Ok: queued as 4F1A2B3C"},
					})
				}
				for _, d := range queue[:size] {
					round.Marks = append(round.Marks, store.Mark{
						Fence:     store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: d.Enrollment, Issue: d.Issue}, Attempt: 1},
						Lease:     w.now.Add(time.Hour),
						LocalDate: timing.DateAt(w.now), Merge: `{"name":"Anna Example","city":"Leeds"}`,
					})
				}
				queue, before = queue[size:], round.Marks
				b.StartTimer()
				result, err := w.store.CommitRound(b.Context(), round)
				w.check(err)
				if !result.Marked[size-1] || len(result.Settled) > 0 && !result.Settled[size-1] {
					b.Fatalf("%+v", result)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rounds/s")
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

func BenchmarkClaims(b *testing.B) {
	w := newBench(b)
	w.load(w.rows(1024, true), true)
	w.claim(1024)
	for b.Loop() {
		list, _, err := w.store.Claims(b.Context(), 7, store.Cursor{}, 64)
		w.check(err)
		if len(list) != 64 {
			b.Fatal(len(list))
		}
	}
	b.ReportMetric(float64(b.N*64)/b.Elapsed().Seconds(), "claims/s")
}
