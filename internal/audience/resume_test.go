package audience_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// longList has rows that are rejected and repeated among the others.
func longList() string {
	var list strings.Builder
	list.WriteString("email,timezone\n")
	for i := range 200 {
		fmt.Fprintf(&list, "reader%d@example.org,%s\n", i, []string{"", "Asia/Tokyo", "Mars"}[i%3])
		if i%25 == 7 {
			fmt.Fprintf(&list, "bad%d@,\nreader%d@example.org,\n", i, i/2)
		}
	}
	return list.String()
}

// chopped is a world that takes lists in by small chunks.
func chopped(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.CutSmall(50)
	return w
}

// cutShort imports until the second chunk is in.
func (w *world) cutShort(t testing.TB, list string, opts audience.ImportOptions) *audience.Interrupted {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	chunks := 0
	opts.Progress = func(int64, int) {
		if chunks++; chunks == 2 {
			cancel()
		}
	}
	_, err := w.Import(ctx, strings.NewReader(list), opts)
	var cut *audience.Interrupted
	if !errors.As(err, &cut) || !errors.Is(err, context.Canceled) || cut.Rows == 0 {
		t.Fatalf("the import ended with %v", err)
	}
	return cut
}

// kept returns what imports leave behind.
func (w *world) kept(t testing.TB) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var out strings.Builder
	for _, columns := range []string{
		"concat_ws(',', email, timezone, (SELECT c.statement || c.given_at FROM consents c WHERE c.id = consent_id), batch_id, created_at, revision, attributes) FROM subscribers",
		"concat_ws(',', s.email, e.state, e.floor, e.consent_id IS s.consent_id, e.batch_id) FROM enrollments e JOIN subscribers s ON s.id = e.subscriber_id",
		"concat_ws(',', id, file, who, report, position, added, enrolled, pending, finished_at) FROM batches",
		"concat_ws(',', s.email, t.name) FROM subscriber_tags x JOIN tags t ON t.id = x.tag_id JOIN subscribers s ON s.id = x.subscriber_id",
		"concat_ws(',', hex(hash), reason, suppressed_at) FROM suppressions", "concat_ws(',', source, statement, given_at, stated_id) FROM consents",
		"concat_ws(',', batch_id, line, reason, cells) FROM rejects", "concat_ws(',', id, at, who, what, batch_id, people) FROM audit",
		"concat_ws(',', subscriber_id, batch_id) FROM mentions", "concat_ws(',', id, batch_id, statement) FROM consents WHERE stated_id IS NULL",
	} {
		fmt.Fprintln(&out, strings.Join(column(t, db, "SELECT "+columns+" ORDER BY 1"), "\n"))
	}
	return out.String()
}

// A list that is read again goes on where it was cut short, and comes to the same.
func TestImportGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	list := longList()
	whole, w := newWorld(t), chopped(t)
	opts := func(w *world) audience.ImportOptions {
		return audience.ImportOptions{
			File: "list.csv", FileHash: [32]byte{1}, Consent: "paper forms", Campaign: w.target(), Who: "ada",
		}
	}
	want := whole.imported(t, list, opts(whole))
	cut := w.cutShort(t, list, opts(w))
	if cut.Batch != 1 || cut.Rows >= want.Rows {
		t.Fatalf("cut short at %+v of %d rows", cut, want.Rows)
	}
	dry := opts(w)
	dry.DryRun = true
	foreseen, got := w.imported(t, list, dry), w.imported(t, list, opts(w))
	if got.Resumed != cut.Rows || got.Batch != 1 {
		t.Errorf("it went on after %d rows as batch %d, want %d rows and batch 1", got.Resumed, got.Batch, cut.Rows)
	}
	foreseen.Batch = got.Batch
	if diff := cmp.Diff(foreseen, got); diff != "" {
		t.Errorf("(-foreseen +came):\n%s", diff)
	}
	got.Resumed = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-in one go +in two):\n%s", diff)
	}
	// The reports that were stored differ in how the import came about.
	dump := strings.Replace(w.kept(t), fmt.Sprintf(`,"resumed":%d`, cut.Rows), "", 1)
	if diff := cmp.Diff(whole.kept(t), dump); diff != "" {
		t.Errorf("the databases differ (-in one go +in two):\n%s", diff)
	}
}

// A packed list with tags, a mapping and people who must not be mailed goes on as well,
// spread over days.
func TestImportGoesOnWithAllThatWasAsked(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	list.WriteString("Wer,tags,status,consent_date,Alter\n")
	for i := range 200 {
		state := []string{"active", "active", "unsubscribed", "bounced", "unconfirmed"}[i%5]
		fmt.Fprintf(&list, "reader%d@example.org,\"a,t%d\",%s,2025-01-0%d,%d\n", i, i%4, state, i%9+1, i)
		if i%40 == 7 {
			fmt.Fprintf(&list, "reader%d@example.org,,unsubscribed,,\nreader%d@,x,,,\n", i/2, i)
		}
	}
	packed := string(gzipped(t, []byte(list.String())))
	whole, w := newWorld(t), chopped(t)
	opts := func(w *world) audience.ImportOptions {
		return audience.ImportOptions{
			File: "list.csv.gz", FileHash: [32]byte{1}, Consent: "paper forms", Campaign: w.target(), Who: "ada", Spread: 7 * 24 * time.Hour,
			Map: []audience.Mapping{mapping(t, "Wer=email"), mapping(t, "Alter=attribute:age:number")},
		}
	}
	want := whole.imported(t, packed, opts(whole))
	if want.Withdrawn[drip.SuppressedByReader] < 40 || len(want.Starts) < 20 || want.Pending == 0 || want.Rejected == 0 {
		t.Fatalf("the list is not worth it: %+v", want)
	}
	cut := w.cutShort(t, packed, opts(w))
	other := opts(w)
	other.DryRun, other.Spread = true, 0
	if r := w.imported(t, packed, other); r.Resumed != 0 {
		t.Errorf("it goes on without being spread: %+v", r)
	}
	turned := opts(w)
	turned.Map[0], turned.Map[1] = turned.Map[1], turned.Map[0]
	got := w.imported(t, packed, turned)
	if got.Resumed != cut.Rows || got.Batch != 1 {
		t.Errorf("it went on after %d rows as batch %d, want %d rows and batch 1", got.Resumed, got.Batch, cut.Rows)
	}
	got.Resumed = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-in one go +in two):\n%s", diff)
	}
	dump := strings.Replace(w.kept(t), fmt.Sprintf(`,"resumed":%d`, cut.Rows), "", 1)
	if diff := cmp.Diff(whole.kept(t), dump); diff != "" {
		t.Errorf("the databases differ (-in one go +in two):\n%s", diff)
	}
}

// Only the same list with the same wishes goes on, and only unless somebody wants it
// from the start.
func TestImportGoesOnOnlyIfTheSameIsAsked(t *testing.T) {
	t.Parallel()
	list := longList()
	w := chopped(t)
	asked := audience.ImportOptions{File: "list.csv", FileHash: [32]byte{1}}
	w.cutShort(t, list, asked)
	for name, change := range map[string]func(*audience.ImportOptions){
		"another file": func(o *audience.ImportOptions) { o.FileHash = [32]byte{2} }, "no file": func(o *audience.ImportOptions) { o.FileHash = [32]byte{} },
		"a consent": func(o *audience.ImportOptions) { o.Consent = "c" }, "a campaign": func(o *audience.ImportOptions) { o.Campaign = w.target() },
		"from the start": func(o *audience.ImportOptions) { o.FromStart = true },
		"an encoding":    func(o *audience.ImportOptions) { o.Encoding = "utf-8" },
		"a mapping":      func(o *audience.ImportOptions) { o.Map = []audience.Mapping{mapping(t, "timezone=skip")} },
	} {
		opts := asked
		change(&opts)
		opts.DryRun = true
		if r := w.imported(t, list, opts); r.Resumed != 0 {
			t.Errorf("%s: it went on after %d rows", name, r.Resumed)
		}
	}
	if r := w.imported(t, list, asked); r.Resumed == 0 {
		t.Error("the same does not go on")
	}
	if r := w.imported(t, list, asked); r.Resumed != 0 || r.Batch == 1 || r.New != 0 {
		t.Errorf("what is done goes on: %+v", r)
	}
}

// Two processes that import the same list do not do it twice: one of them hears of it.
func TestTwoImportsOfOneListDoNotMix(t *testing.T) {
	t.Parallel()
	list := longList()
	w := chopped(t)
	asked := audience.ImportOptions{File: "list.csv", FileHash: [32]byte{1}}
	cut := w.cutShort(t, list, asked)
	first := asked
	first.Progress = func(int64, int) {
		first.Progress = nil
		if _, err := w.UndoImport(t.Context(), cut.Batch, audience.UndoOptions{Who: "bo"}); err != nil {
			t.Error(err)
		}
	}
	_, err := w.Import(t.Context(), strings.NewReader(list), first)
	if !errors.Is(err, drip.ErrConflict) || !strings.Contains(err.Error(), "another process goes on with import 1, or undid it") {
		t.Errorf("an import that was undone while it ran ended with %v", err)
	}
	people, err := w.store.Subscribers(t.Context(), store.SubscriberFilter{})
	if err != nil || len(people) != 0 {
		t.Errorf("%d people are there after the undo, %v", len(people), err)
	}
}

func TestRejectedRowsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opts := audience.ImportOptions{File: "list.csv", FileHash: [32]byte{1}}
	report := w.imported(t, "Email,City\nann@,Bonn\n\"torn,Köln\nbob@example.org,Ulm\nshort\n", opts)
	batch, err := w.ImportedBatch(t.Context(), report.Batch)
	if err != nil || batch.Rejects != 3 || strings.Join(batch.Columns, ",") != "Email,City" {
		t.Fatalf("%+v, %v", batch, err)
	}
	rows, err := w.store.Rejects(t.Context(), report.Batch, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []store.RejectedRow{
		{Line: 2, Reason: report.Rejects[0].Reason, Cells: []string{"ann@", "Bonn"}},
		{Line: 3, Reason: report.Rejects[1].Reason}, {Line: 5, Reason: report.Rejects[2].Reason, Cells: []string{"short"}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.now = start.Add(audience.RejectsKept)
	if n, err := w.SweepRejects(t.Context()); n != 0 || err != nil {
		t.Errorf("swept %d too early, %v", n, err)
	}
	w.now = w.now.Add(time.Second)
	if n, err := w.SweepRejects(t.Context()); n != 3 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	// The list of rejected rows that was put right has two columns that mean nothing.
	report = w.imported(t, "partwork_line,partwork_reason,email\n2,no host,ann@example.org\n", audience.ImportOptions{})
	if p, err := w.store.SubscriberByEmail(t.Context(), parse(t, "ann@example.org")); err != nil || len(p.Attributes) != 0 {
		t.Errorf("%+v, %v, %+v", p, err, report)
	}
}
