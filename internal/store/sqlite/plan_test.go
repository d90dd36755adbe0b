package sqlite

import (
	"database/sql"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// What runs all day must not read more than it returns.
func TestHotQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "partwork.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	in := list(8)
	for name, query := range map[string]string{
		"dueByHint": dueByHint, "dueByWake": dueByWake(drip.DeliverySending), "dueEnrollments": dueEnrollments + in,
		"dueOpen": dueOpen + in, "dueHistory": dueHistory + in, "standingRows": standingRows + in,
		"earliestHint": earliestHint, "earliestWake": earliestWake(drip.DeliverySending), "countClaims": countClaims,
		"censusRows": censusRows, "censusOpen": censusOpen,
		"courseDone": courseDone, "courseLeft": courseLeft, "courseReaders": courseReaders, "courseOwn": courseOwn, "hintOfFew": hintOfFew, "hintOfMany": hintOfMany, "courseSpan": courseSpan,
		"stuckUnplanned": stuckRows[store.StuckUnplanned], "stuckWaiting": stuckRows[store.StuckWaiting], "stuckUnknown": stuckRows[store.StuckUnknown],
		"oneDelivery": oneDelivery, "claimsPage": claimsPage, "markMany": markMany(valuesTable(8, 8)),
		"sentMany": sentMany(valuesTable(8, 5)), "settledMany": settledMany + in, "claimMany": claimMany(valuesTable(8, 10)), "awaitMany": awaitMany(valuesTable(8, 2)), "waiting": waiting,
		"suppressionsPage": suppressionsPage, "unansweredRequests": unansweredRequests, "byNetwork": moreSince(byNetwork), "byAddress": moreSince(byAddress),
		"byDomain": moreSince(byDomain), "byNothing": moreSince(byNothing),
		"settle": settleUpdate + whenMarked, "leave": `
			UPDATE deliveries SET state = 'skipped' WHERE state ` + openStates + ` AND state <> 'sending' AND enrollment_id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := s.readers.db.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, make([]any, strings.Count(query, "$")+strings.Count(query, "?"))...)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			steps := 0
			for rows.Next() {
				var id, parent, unused int
				var detail string
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					t.Fatal(err)
				}
				steps++
				if strings.HasPrefix(detail, "SCAN") && detail != "SCAN c" && detail != "SCAN CONSTANT ROW" && !strings.HasSuffix(detail, "VALUES CLAUSE") || strings.Contains(detail, "TEMP B-TREE") {
					t.Error(detail)
				}
				if strings.Contains(detail, "AUTOMATIC") {
					t.Error(detail)
				}
			}
			if err := rows.Err(); err != nil || steps == 0 {
				t.Errorf("%d steps, %v", steps, err)
			}
		})
	}
}

// A million people are in a campaign, and the few who left or began anew in a week are
// not looked for among them.
func TestCoursesLookAtWhatTheyCount(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "partwork.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for query, indexes := range map[string][]string{
		courseSpan: {"COVERING INDEX enrollments_joined ", "INDEX enrollments_left ", "COVERING INDEX enrollments_finished "},
		courseLeft: {"COVERING INDEX departures_by_issue "}, courseReaders: {"PRIMARY KEY (campaign_id=?)"}, courseDone: {"t USING PRIMARY KEY (issue_id=?)"},
		hintOfFew: {"enrollments_by_campaign "}, hintOfMany: {"enrollments_due"},
		courseOpen: {"INDEX deliveries_open"}, courseUnknown: {"INDEX deliveries_unknown"},
		stuckRows[store.StuckUnplanned]: {"INDEX enrollments_due "}, stuckRows[store.StuckWaiting]: {"INDEX deliveries_awake "},
		stuckRows[store.StuckUnknown]: {"INDEX deliveries_unknown "},
	} {
		var plan strings.Builder
		err := s.read(t.Context(), func(r *snapshot) error {
			return r.each(func(rows *sql.Rows) error {
				var id, parent, unused int
				var detail string
				err := rows.Scan(&id, &parent, &unused, &detail)
				plan.WriteString(detail + "\n")
				return err
			}, `EXPLAIN QUERY PLAN `+query, make([]any, strings.Count(query, "$"))...)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, index := range indexes {
			if !strings.Contains(plan.String(), index) {
				t.Errorf("%s\nis not by the %s, but:\n%s", query, index, plan.String())
			}
		}
	}
}

// The pragmas are not remembered by the file, so each connection must have them.
func TestWriterPragmas(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "partwork.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1",
		"busy_timeout": strconv.Itoa(lockWait), "cache_size": "-32768", "journal_size_limit": "67108864",
	} {
		var got string
		if err := s.writer.conn.QueryRowContext(t.Context(), `PRAGMA `+name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", name, got, want, err)
		}
	}
	if _, err := s.readers.db.ExecContext(t.Context(), `DELETE FROM instance`); err == nil {
		t.Error("a reader can write")
	}
}

func TestUUIDIsVersion4(t *testing.T) {
	t.Parallel()
	a, b := newUUID(), newUUID()
	if a == b || len(a) != 36 || a[14] != '4' || !strings.ContainsRune("89ab", rune(a[19])) {
		t.Errorf("uuids are %s and %s", a, b)
	}
}
