package sqlite

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
	"partwork/internal/timing"
)

// roundDue is how many people are due in a round, whoever else is enrolled.
const roundDue = 200

// rounds is a database with readers of whom a few are due.
type rounds struct {
	testing.TB
	*Store
	raw      *sql.DB
	campaign store.CampaignRecord
	content  drip.ContentID
	now      time.Time
	lease    time.Time
	finding  time.Duration // of all rounds, committing apart
}

// newRounds returns a database in which every so many-th person is due, from the
// first one on.
func newRounds(t testing.TB, enrolled, every int) *rounds {
	t.Helper()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r := &rounds{TB: t, Store: s, now: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}
	r.lease = r.now
	r.campaign, err = s.SyncCampaign(t.Context(), store.CampaignSync{ID: "letters", Key: "k1", Issues: []string{"a", "b"}, Now: r.now})
	r.must(err)
	r.content, err = s.SaveContent(t.Context(), [32]byte{1}, []byte("x"), r.now)
	r.must(err)
	r.raw, err = sql.Open("sqlite", "file:"+path+"?_busy_timeout=10000")
	r.must(err)
	t.Cleanup(func() { _ = r.raw.Close() })
	r.raw.SetMaxOpenConns(1)
	wall, err := timing.ParseWall("2026-11-17T09:00")
	r.must(err)
	testkit.Halfway{Campaign: int64(r.campaign.No), Issues: []string{"a"}, People: enrolled, Slot: wall, Rate: 100}.Fill(t, r.raw)
	r.exec(`CREATE TABLE temp.chosen AS SELECT id FROM enrollments WHERE id % $1 = 0 LIMIT $2`, every, roundDue)
	r.rewind()
	return r
}

func (r *rounds) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rounds) exec(query string, args ...any) {
	r.Helper()
	_, err := r.raw.ExecContext(r.Context(), query, args...)
	r.must(err)
}

// rewind makes the chosen people due, as before a round.
func (r *rounds) rewind() {
	r.Helper()
	r.exec(`DELETE FROM deliveries WHERE state = 'claimed'`)
	r.exec(`UPDATE enrollments SET next_at = $1 WHERE id IN (SELECT id FROM temp.chosen)`, r.now.UnixMilli())
}

// round does what a planner does to decide about everybody who is due, up to the
// look at which nobody is.
func (r *rounds) round() {
	r.Helper()
	for _, want := range []int{roundDue, 0} {
		began := time.Now()
		backlog, err := r.Backlog(r.Context(), 7, r.now, 1024)
		r.must(err)
		due, err := r.Due(r.Context(), store.DueQuery{Calendar: r.now, Machine: r.now, Limit: 256, Others: true})
		r.must(err)
		records, err := r.Campaigns(r.Context())
		r.must(err)
		_, err = r.Upcoming(r.Context())
		r.must(err)
		r.finding += time.Since(began)
		if len(due) != want || len(records) != 1 || backlog != roundDue-want {
			r.Fatalf("%d are due, %d claimed, of %d campaigns; want %d due", len(due), backlog, len(records), want)
		}
		if want > 0 {
			r.claim(due)
		}
	}
}

func (r *rounds) claim(due []store.Due) {
	r.Helper()
	r.lease = r.lease.Add(time.Hour)
	plan := store.PlanCommit{Owner: 7, Calendar: r.now, Machine: r.now}
	for i := range due {
		plan.Decisions = append(plan.Decisions, store.Decision{
			Kind: store.DecideClaim, Enrollment: due[i].Enrollment.ID, Revision: due[i].Enrollment.Revision,
			Issue: r.campaign.Issues["b"], Content: r.content, Lease: r.lease, SendBy: r.now.Add(time.Hour),
			Slot: timing.Slot{Wall: timing.WallAt(r.now), Zone: "Europe/London", At: r.now}, NextAt: r.now.Add(time.Hour),
		})
	}
	claimed, err := r.CommitPlan(r.Context(), plan)
	r.must(err)
	if claimed != len(due) {
		r.Fatalf("%d of %d were claimed", claimed, len(due))
	}
}

// measured runs a round and returns what SQLite counted of each statement.
func (r *rounds) measured() map[string]work {
	r.Helper()
	m := &meter{}
	reading, err := r.readers.take(r.Context()) // the one that is used first
	r.must(err)
	m.attach(r.TB, reading.conn)
	r.readers.give(reading, true)
	m.attach(r.TB, r.writer.conn)
	m.by = make(map[string]work)
	r.round()
	return m.by
}

// TestARoundReadsWhatIsDue is the law that finding and planning what is due costs
// what is due, and not what is enrolled: SQLite's own counters are the same with
// a hundred times as many readers.
func TestARoundReadsWhatIsDue(t *testing.T) {
	t.Parallel()
	few, many := newRounds(t, 1000, 1000/roundDue), newRounds(t, roundMany, roundMany/roundDue)
	counts, more := few.measured(), many.measured()
	if len(counts) != len(more) || len(counts) < 12 {
		t.Errorf("%d statements in a small round and %d in a big one", len(counts), len(more))
	}
	steps := 0
	for text, w := range counts {
		steps += w.steps
		if w != more[text] {
			t.Errorf("of 1,000 enrolled: %+v, of %d: %+v\n%s", w, roundMany, more[text], text)
		}
		if strings.HasPrefix(strings.TrimSpace(text), "SELECT") && w.steps == 0 {
			t.Errorf("nothing was counted of\n%s", text)
		}
		many.explained(text)
	}
	t.Logf("%d statements, %d steps", len(counts), steps)
	if steps < 10*roundDue {
		t.Errorf("only %d steps were counted", steps)
	}
}

// explained fails the test if a statement reads a whole table of people. There
// are few campaigns and issues.
func (r *rounds) explained(text string) {
	r.Helper()
	switch verb, _, _ := strings.Cut(strings.TrimSpace(text), " "); verb {
	case "BEGIN", "COMMIT", "ROLLBACK":
		return
	}
	rows, err := r.raw.QueryContext(r.Context(), `EXPLAIN QUERY PLAN `+text, make([]any, parameters(text))...)
	if err != nil {
		r.Fatalf("%v\n%s", err, text)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		r.must(rows.Scan(&id, &parent, &unused, &detail))
		if strings.HasPrefix(detail, "SCAN") && detail != "SCAN c" && !strings.HasSuffix(detail, "VALUES CLAUSE") && detail != "SCAN CONSTANT ROW" {
			r.Errorf("%s\n%s", detail, text)
		}
	}
	r.must(rows.Err())
}

// parameters counts the parameters of a text: numbered ones by the highest.
func parameters(text string) int {
	most := 0
	for i, c := range text {
		n := 0
		for _, digit := range text[min(i+1, len(text)):] {
			if c != '$' || digit < '0' || digit > '9' {
				break
			}
			n = 10*n + int(digit-'0')
		}
		most = max(most, n)
	}
	return most + strings.Count(text, "?")
}

// BenchmarkRound is a planner's round with as many due out of a thousand or of a
// million: neighbors in the tables, or spread over all of them, so that each is
// on pages of their own.
func BenchmarkRound(b *testing.B) {
	for _, test := range []struct {
		name            string
		enrolled, every int
	}{
		{"1000/neighbors", 1000, 1}, {"1000000/neighbors", 1_000_000, 1},
		{"1000/spread", 1000, 5}, {"1000000/spread", 1_000_000, 5000},
	} {
		b.Run(test.name, func(b *testing.B) {
			r := newRounds(b, test.enrolled, test.every)
			for b.Loop() {
				r.round()
				b.StopTimer()
				r.rewind()
				b.StartTimer()
			}
			b.ReportMetric(float64(r.finding.Microseconds())/1000/float64(b.N), "finding-ms/op")
		})
	}
}
