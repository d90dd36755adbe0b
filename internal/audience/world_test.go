package audience_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/timing"
	"partwork/internal/token"
)

// statement is what a page says that its button agrees to.
const statement = "I asked for it."

// start is when the tests begin.
var start = time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC)

// world is an audience on a real database, with a campaign.
type world struct {
	*audience.Audience
	store    *sqlite.Store
	path     string
	keys     *token.Keyring
	hasher   mailaddr.Hasher
	campaign drip.CampaignNo
	now      time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{path: filepath.Join(t.TempDir(), "partwork.db"), now: start}
	var err error
	if w.store, err = sqlite.Open(t.Context(), w.path, sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	if w.keys, err = token.NewKeyring(token.Key{ID: 1, Secret: [32]byte{1, 2, 3}}); err != nil {
		t.Fatal(err)
	}
	w.hasher = mailaddr.NewHasher([]byte(strings.Repeat("k", 32)))
	w.Audience = audience.New(audience.Options{
		Stores: w.store, Hasher: w.hasher, Keyring: w.keys, Zones: timing.NewZones(),
		Calendar: func() time.Time { return w.now },
	})
	w.campaign = w.newCampaign(t, "tulips")
	return w
}

func (w *world) newCampaign(t testing.TB, id string) drip.CampaignNo {
	t.Helper()
	record, err := w.store.SyncCampaign(t.Context(), store.CampaignSync{
		ID: id, Key: "k-" + id, Timetable: "t", Outline: "o", Issues: []string{"one", "two"}, Now: start,
	})
	if err != nil {
		t.Fatal(err)
	}
	return record.No
}

func (w *world) verb(t testing.TB, verb store.CampaignVerb) {
	t.Helper()
	if _, err := w.store.ChangeCampaign(t.Context(), store.CampaignChange{Campaign: w.campaign, Verb: verb, Now: w.now}); err != nil {
		t.Fatal(err)
	}
}

// imported imports a list that must work.
func (w *world) imported(t testing.TB, list string, opts audience.ImportOptions) audience.ImportReport {
	t.Helper()
	report, err := w.Import(t.Context(), strings.NewReader(list), opts)
	if err != nil {
		t.Fatal(err)
	}
	addUp(t, report)
	return report
}

// addUp is the law of the report.
func addUp(t testing.TB, r audience.ImportReport) {
	t.Helper()
	if sum := r.New + r.Updated + r.Unchanged + r.Duplicates + r.Suppressed + r.Rejected; sum != r.Rows {
		t.Errorf("the counts add up to %d, rows are %d: %+v", sum, r.Rows, r)
	}
}

// target is the world's campaign.
func (w *world) target() *audience.CampaignTarget {
	return &audience.CampaignTarget{No: w.campaign}
}

// invited adds a person who is pending, and returns their enrollment.
func (w *world) invited(t testing.TB, address string) drip.Enrollment {
	t.Helper()
	added, err := w.Add(t.Context(), audience.NewPerson{Email: parse(t, address), Campaign: w.target(), Invite: true})
	if err != nil {
		t.Fatal(err)
	}
	return w.enrollmentOf(t, added.Subscriber)
}

func (w *world) enrollmentOf(t testing.TB, id drip.SubscriberID) drip.Enrollment {
	t.Helper()
	list, err := w.store.EnrollmentsOf(t.Context(), id)
	if err != nil || len(list) == 0 {
		t.Fatalf("enrollments of %d: %v, %v", id, list, err)
	}
	return list[len(list)-1]
}

func (w *world) state(t testing.TB, id drip.EnrollmentID) drip.EnrollmentState {
	t.Helper()
	e, err := w.store.Enrollment(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e.State
}

func parse(t testing.TB, s string) mailaddr.Address {
	t.Helper()
	a, err := mailaddr.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// dump returns every row of every table.
func (w *world) dump(t testing.TB) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var out strings.Builder
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`) {
		var parts []string
		for _, c := range column(t, db, fmt.Sprintf(`SELECT name FROM pragma_table_info('%s')`, table)) {
			parts = append(parts, "quote("+c+")")
		}
		row := strings.Join(parts, " || ',' || ")
		fmt.Fprintln(&out, table, column(t, db, "SELECT "+row+" FROM "+table+" ORDER BY 1"))
	}
	return out.String()
}

func column(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}
