package sqlite

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// everyState has the log read the ledger: only what is asked for without a state is looked
// for by blocks.
var everyState = []drip.DeliveryState{
	drip.DeliveryPlanned, drip.DeliveryClaimed, drip.DeliverySending, drip.DeliverySent,
	drip.DeliveryDeferred, drip.DeliveryRefused, drip.DeliverySkipped, drip.DeliveryUnknown,
}

// ledgerOf makes a ledger of two series with so many readers each, in which most was sent, at
// times from a range, and the rest is in every other state. Some of it changes afterwards,
// and some goes.
func ledgerOf(t *testing.T, readers, times int, random *rand.Rand) (*Store, []store.CampaignRecord) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var records []store.CampaignRecord
	for _, id := range []string{"letters", "notes"} {
		record, err := s.SyncCampaign(t.Context(), store.CampaignSync{ID: id, Key: id, Issues: []string{"a", "b", "c"}, Now: time.UnixMilli(1000)})
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, record)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_busy_timeout=10000&_pragma=ignore_check_constraints(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
	}
	exec(`BEGIN`)
	for i := 1; i <= readers; i++ {
		exec(`INSERT INTO subscribers (id, email, email_key, email_hash, created_at, updated_at) VALUES ($1, $2, $2, randomblob(16), 0, 0)`, i, fmt.Sprint("reader", i))
		for c, record := range records {
			e := 2*i + c - 1
			exec(`INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, joined_at) VALUES ($1, $2, $3, 'active', 'on-join', 0)`, e, i, int64(record.No))
			for _, issue := range []string{"a", "b", "c"} {
				state := drip.DeliverySent
				if random.IntN(10) == 0 {
					state = everyState[random.IntN(len(everyState))]
				}
				if isOpen(state) && issue != "c" {
					continue // at most one is
				}
				var at any
				if random.IntN(20) > 0 || state == drip.DeliverySent {
					at = random.IntN(times) * 1000
				}
				exec(`INSERT INTO deliveries (enrollment_id, issue_id, state, slot_wall, slot_offset, sent_at)
				      VALUES ($1, $2, $3, $4 / 1000, 0, CASE WHEN $3 = 'sent' THEN $4 + 7 + $1 % 2 * 7200000 END)`, e, int64(record.Issues[issue]), string(state), at)
			}
		}
	}
	exec(`UPDATE deliveries SET state = 'sent', sent_at = slot_wall * 1000 + 9 WHERE state = 'unknown' AND enrollment_id % 3 = 0 AND slot_wall IS NOT NULL`)
	exec(`UPDATE deliveries SET state = 'planned', sent_at = NULL WHERE state = 'refused' AND enrollment_id % 3 = 0 AND NOT EXISTS (
	        SELECT 1 FROM deliveries o WHERE o.enrollment_id = deliveries.enrollment_id AND o.state IN ('planned', 'claimed', 'sending', 'deferred'))
	      AND issue_id % 4 = 0`)
	exec(`UPDATE deliveries SET state = 'refused', sent_at = NULL WHERE state = 'sent' AND enrollment_id % 13 = 0`)
	exec(`DELETE FROM deliveries WHERE enrollment_id % 11 = 0`)
	exec(`COMMIT`)
	return s, records
}

func isOpen(state drip.DeliveryState) bool {
	return slices.Contains([]drip.DeliveryState{drip.DeliveryPlanned, drip.DeliveryClaimed, drip.DeliverySending, drip.DeliveryDeferred}, state)
}

// TestTheLatestAreFoundByBlocks compares the log with what the whole ledger has, for times
// that are all alike, that are many, and that are few.
func TestTheLatestAreFoundByBlocks(t *testing.T) {
	t.Parallel()
	for _, times := range []int{1, 40, 1 << 30} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			t.Parallel()
			s, records := ledgerOf(t, 700, times, rand.New(rand.NewPCG(7, uint64(times))))
			tallied(t, s)
			for _, filter := range []store.LogFilter{
				{}, {Campaign: records[1].No}, {Issue: records[0].Issues["b"]}, {Issue: records[0].Issues["b"], Campaign: records[1].No},
			} {
				for _, filter.Limit = range []int{1, 7, 100, mostLatest} {
					compareLogs(t, s, filter)
				}
			}
		})
	}
}

// tallied fails the test unless what was counted is what there is.
func tallied(t *testing.T, s *Store) {
	t.Helper()
	invariants, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, v := range invariants {
		if strings.Contains(v.Name, "are counted as") {
			held++
			if v.Rows != 0 {
				t.Errorf("%s: %d rows break it", v.Name, v.Rows)
			}
		}
	}
	if held != 2 {
		t.Errorf("%d invariants are about tallies, want 2", held)
	}
}

func compareLogs(t *testing.T, s *Store, filter store.LogFilter) {
	t.Helper()
	got, err := s.Log(t.Context(), filter)
	if err != nil || !byBlocks(filter) {
		t.Fatal(err)
	}
	all := filter
	all.States = everyState
	want, err := s.Log(t.Context(), all)
	if err != nil || byBlocks(all) {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("of %+v the log has %d, the ledger %d, and they differ", filter, len(got), len(want))
	}
}

// TestTheLatestAreFoundInFewBlocks lets SQLite count: the latest ten of many are found
// without reading all that there is.
func TestTheLatestAreFoundInFewBlocks(t *testing.T) {
	t.Parallel()
	s, _ := ledgerOf(t, 700, 1<<30, rand.New(rand.NewPCG(1, 1)))
	m := &meter{}
	reading, err := s.readers.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.attach(t, reading.conn)
	s.readers.give(reading, true)
	m.by = make(map[string]work)
	if log, err := s.Log(t.Context(), store.LogFilter{Limit: 3}); err != nil || len(log) != 3 {
		t.Fatal(len(log), err)
	}
	runs, scanned := m.by[latestOfBlock].runs, 0
	for _, w := range m.by {
		scanned += w.scanned
	}
	if runs < 1 || runs > 6 || scanned > 200 {
		t.Errorf("%d blocks of 36 were looked into, and %d rows read without an index", runs, scanned)
	}
}
