package audience_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

func TestReportMarshalsToTheKeysOfTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	report := w.imported(t, "email\nann@\n", audience.ImportOptions{})
	report.Rejects[0].Reason = "…"
	text, err := json.Marshal(report)
	want := `{"batch":1,"rows":1,"new":0,"updated":0,"unchanged":0,"duplicates":0,"suppressed":0,"rejected":1,` +
		`"pending":0,"enrolled":0,"rules":{"malformed":1},"warnings":[],"rejects":[{"line":2,"reason":"…"}]}`
	if err != nil || string(text) != want {
		t.Errorf("got  %s (%v)\nwant %s", text, err, want)
	}
	text, _ = json.Marshal(w.imported(t, "email\n", audience.ImportOptions{}))
	if !strings.HasSuffix(string(text), `"warnings":[],"rejects":[]}`) {
		t.Errorf("an empty report is %s", text)
	}
}

// peopled is a world with people of every kind.
func peopled(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.imported(t, "email,name,timezone,city\n"+
		"known@example.org,Known,UTC,Bonn\nchanged@example.org,Old,UTC,\n"+
		"Case@example.org,Case,,\nleft@example.org,,,\nin@example.org,,,\nstopped@example.org,,,\n",
		audience.ImportOptions{Consent: "paper forms"})
	w.imported(t, "email\nnoconsent@example.org\n", audience.ImportOptions{})
	for _, who := range []string{"left@example.org", "in@example.org"} {
		if _, err := w.Enroll(t.Context(), audience.Who{Email: parse(t, who)}, audience.EnrollOptions{CampaignTarget: *w.target()}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := w.Unsubscribe(t.Context(), audience.Who{Email: parse(t, "left@example.org")}, w.campaign); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	for _, who := range []string{"stopped@example.org", "stranger@example.org"} {
		if err := w.Suppress(t.Context(), parse(t, who), drip.SuppressedByComplaint); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

const mixedList = "email,name,timezone,city\n" +
	"known@example.org,Known,,Bonn\nchanged@example.org,New,,\nCASE@example.org,,,\nleft@example.org,,,\nin@example.org,,,\n" +
	"stopped@example.org,,,\nstranger@example.org,,,\nnoconsent@example.org,,,\nnew@example.org,New,Asia/Tokyo,\n" +
	"new2@example.org,,,\nNEW@example.org,again,,\nbad@,,,\nshort\n,,,\n"

func TestImportAndDryRunTellTheSame(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		opts func(*world) audience.ImportOptions
		want audience.ImportReport // Batch, lists and Zones aside
		zone map[string]int
	}{
		{
			"nothing asked", func(*world) audience.ImportOptions { return audience.ImportOptions{} },
			audience.ImportReport{Rows: 13, New: 2, Updated: 1, Unchanged: 5, Duplicates: 1, Suppressed: 2, Rejected: 2, Pending: 2},
			map[string]int{"": 7, "Asia/Tokyo": 1},
		},
		{
			"consent", func(*world) audience.ImportOptions { return audience.ImportOptions{Consent: "c"} },
			audience.ImportReport{Rows: 13, New: 2, Updated: 2, Unchanged: 4, Duplicates: 1, Suppressed: 2, Rejected: 2},
			map[string]int{"": 7, "Asia/Tokyo": 1},
		},
		{
			"enroll", func(w *world) audience.ImportOptions { return audience.ImportOptions{Campaign: w.target()} },
			audience.ImportReport{
				Rows: 13, New: 2, Updated: 1, Unchanged: 5, Duplicates: 1, Suppressed: 2, Rejected: 2,
				Pending: 3, Enrolled: 3,
			},
			map[string]int{"UTC": 2, "": 1},
		},
		{
			"enroll with consent", func(w *world) audience.ImportOptions {
				return audience.ImportOptions{Campaign: w.target(), Consent: "c"}
			},
			audience.ImportReport{
				Rows: 13, New: 2, Updated: 2, Unchanged: 4, Duplicates: 1, Suppressed: 2, Rejected: 2,
				Enrolled: 6,
			},
			map[string]int{"UTC": 2, "": 3, "Asia/Tokyo": 1},
		},
		{
			"invite", func(w *world) audience.ImportOptions {
				return audience.ImportOptions{Campaign: w.target(), Invite: true}
			},
			audience.ImportReport{
				Rows: 13, New: 2, Updated: 1, Unchanged: 5, Duplicates: 1, Suppressed: 2, Rejected: 2,
				Pending: 3, Enrolled: 3,
			},
			map[string]int{"UTC": 2, "": 1},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := peopled(t)
			opts := tc.opts(w)
			opts.DryRun = true
			before := w.dump(t)
			dry := w.imported(t, mixedList, opts)
			if after := w.dump(t); after != before {
				t.Errorf("the dry run wrote (-before +after):\n%s", cmp.Diff(before, after))
			}
			opts.DryRun = false
			report := w.imported(t, mixedList, opts)
			if dry.Batch != 0 || report.Batch == 0 {
				t.Errorf("batches %d and %d", dry.Batch, report.Batch)
			}
			dry.Batch = report.Batch
			if diff := cmp.Diff(dry, report); diff != "" {
				t.Errorf("(-dry +real):\n%s", diff)
			}
			got := report
			got.Batch, got.Warnings, got.Rejects, got.Zones, got.Rules = 0, nil, nil, nil, nil
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !maps.Equal(report.Zones, tc.zone) {
				t.Errorf("zones %v, want %v", report.Zones, tc.zone)
			}
			if len(report.Rejects) != 2 || report.Rejects[0].Line != 13 || report.Rejects[1].Line != 14 {
				t.Errorf("rejects %v", report.Rejects)
			}
			if left := strings.Contains(fmt.Sprint(report.Warnings), "left this campaign"); left != (opts.Campaign != nil) {
				t.Errorf("warnings %q", report.Warnings)
			}
		})
	}
}

// E5: whoever left, complained or never agreed stays where they are.
func TestImportBringsNobodyBack(t *testing.T) {
	t.Parallel()
	w := peopled(t)
	for range 2 {
		w.imported(t, mixedList, audience.ImportOptions{Campaign: w.target(), Consent: "we are sure"})
	}
	show := func(address string) audience.Profile {
		p, err := w.Show(t.Context(), audience.Who{Email: parse(t, address)})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := show("left@example.org"); len(p.Enrollments) != 1 || p.Enrollments[0].State != drip.EnrollmentLeft {
		t.Errorf("who left has %+v", p.Enrollments)
	}
	if p := show("stopped@example.org"); len(p.Enrollments) != 0 || p.Suppression == nil || p.Suppression.Reason != drip.SuppressedByComplaint {
		t.Errorf("who complained has %+v", p)
	}
	if _, err := w.store.SubscriberByEmail(t.Context(), parse(t, "stranger@example.org")); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("a suppressed stranger: %v", err)
	}
}

func TestImportAsksThoseWhoWaitUnasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := "email,name\nann@example.org,Ann\nbob@example.org,Bob\n"
	if first := w.imported(t, list, audience.ImportOptions{Campaign: w.target()}); first.Pending != 2 {
		t.Fatalf("first: %+v", first)
	}
	asking := audience.ImportOptions{Campaign: w.target(), Invite: true}
	foreseen := asking
	foreseen.DryRun = true
	if dry := w.imported(t, list, foreseen); dry.Pending != 2 {
		t.Errorf("the dry run foresees %+v, want both asked", dry)
	}
	if again := w.imported(t, list, asking); again.Pending != 2 || again.Unchanged != 2 {
		t.Errorf("the second import: %+v, want both asked", again)
	}
	ann, err := w.store.SubscriberByEmail(t.Context(), parse(t, "ann@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	if e := w.enrollmentOf(t, ann.ID); e.InvitedAt.IsZero() || e.NextAt.IsZero() || e.State != drip.EnrollmentPending {
		t.Errorf("Ann's enrollment is %+v, want her to be asked now", e)
	}
	if third := w.imported(t, list, asking); third.Pending != 0 {
		t.Errorf("the third import: %+v, want nobody asked twice", third)
	}
}

func TestImportAgainChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := "email,name,city\nann@example.org,Ann,Bonn\nbob@example.org,Bob,\n"
	opts := audience.ImportOptions{Consent: "paper forms", Campaign: w.target()}
	first := w.imported(t, list, opts)
	if first.New != 2 || first.Enrolled != 2 {
		t.Fatalf("first: %+v", first)
	}
	again := w.imported(t, list, opts)
	if again.Unchanged != 2 || again.Enrolled+again.New+again.Updated+again.Pending != 0 {
		t.Errorf("again: %+v", again)
	}
	e := w.enrollmentOf(t, 1)
	if e.Start != drip.StartAtSlot || !e.Floor.Equal(start) || e.State != drip.EnrollmentActive {
		t.Errorf("enrolled as %+v", e)
	}
	floor := start.Add(48 * time.Hour)
	w.imported(t, "email\ncarl@example.org\n", audience.ImportOptions{Consent: "x", Campaign: &audience.CampaignTarget{No: w.campaign, Floor: floor}})
	carl, err := w.store.SubscriberByEmail(t.Context(), parse(t, "carl@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	if e := w.enrollmentOf(t, carl.ID); !e.Floor.Equal(floor) {
		t.Errorf("floor %v, want %v", e.Floor, floor)
	}
}

func TestImportRefusesWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	closed := newWorld(t)
	closed.verb(t, store.CloseCampaign)
	for _, tc := range []struct {
		name string
		w    *world
		opts audience.ImportOptions
		want error
	}{
		{"invitation without a campaign", w, audience.ImportOptions{Invite: true}, nil},
		{"invitation with a consent", w, audience.ImportOptions{Invite: true, Consent: "c", Campaign: w.target()}, nil},
		{"unknown campaign", w, audience.ImportOptions{Campaign: &audience.CampaignTarget{No: 99}}, drip.ErrNotFound},
		{"campaign not stored", w, audience.ImportOptions{Campaign: &audience.CampaignTarget{}}, drip.ErrNotFound},
		{"closed campaign", closed, audience.ImportOptions{Campaign: closed.target()}, drip.ErrClosed},
		{"closed campaign, dry", closed, audience.ImportOptions{Campaign: closed.target(), DryRun: true}, drip.ErrClosed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			before := tc.w.dump(t)
			_, err := tc.w.Import(t.Context(), strings.NewReader("email\nann@example.org\n"), tc.opts)
			if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("err = %v, want %v", err, tc.want)
			}
			if after := tc.w.dump(t); after != before {
				t.Errorf("something was written:\n%s", cmp.Diff(before, after))
			}
		})
	}
	report := w.imported(t, "email\nann@example.org\n", audience.ImportOptions{DryRun: true, Campaign: &audience.CampaignTarget{}, Consent: "c"})
	if report.Enrolled != 1 {
		t.Errorf("a dry run for a campaign that is not stored yet: %+v", report)
	}
}

// After an error everything before it is in, the report says what, and the same
// list completes it.
func TestImportIsResumable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all strings.Builder
	all.WriteString("email,note\n")
	w.CutSmall(100)
	for i := range 400 {
		fmt.Fprintf(&all, "reader%d@example.org,%s\n", i, strings.Repeat("x", 40))
	}
	list := all.String()
	broken := errors.New("the disk is gone")
	cut := strings.NewReader(list[:len(list)*19/20])
	report, err := w.Import(t.Context(), io.MultiReader(cut, iotest.ErrReader(broken)), audience.ImportOptions{})
	if !errors.Is(err, broken) || report.New < 200 || report.New >= 380 {
		t.Fatalf("cut short: %+v, %v", report, err)
	}
	done := report.New
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	opts := audience.ImportOptions{Progress: func(bytes int64, rows int) {
		calls++
		if bytes == 0 || rows == 0 {
			t.Errorf("progress %d bytes, %d rows", bytes, rows)
		}
		cancel()
	}}
	if _, err := w.Import(ctx, strings.NewReader(list), opts); !errors.Is(err, context.Canceled) || calls == 0 {
		t.Fatalf("canceled: %v after %d calls", err, calls)
	}
	report = w.imported(t, list, audience.ImportOptions{})
	if report.Rows != 400 || report.Unchanged != done || report.New != 400-done {
		t.Errorf("completed: %+v", report)
	}
}

func TestWhatIsNoZoneIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	report := w.imported(t, "email,timezone\nanna@example.org,Anna Fischer\ninfo@example.org,UTC\n", audience.ImportOptions{})
	if len(report.Warnings) != 2 || !strings.Contains(report.Warnings[0], `"Anna Fischer"`) {
		t.Errorf("the warnings are %q", report.Warnings)
	}
	if err := w.Erase(t.Context(), audience.Who{Email: parse(t, "anna@example.org")}); err != nil {
		t.Fatal(err)
	}
	dump := w.dump(t)
	if strings.Contains(dump, "Fischer") {
		t.Error("the database still tells the name of an erased person")
	}
	if !strings.Contains(dump, "unknown time zone (not kept), first in line 2") || !strings.Contains(dump, "role address") {
		t.Errorf("the warnings are not kept:\n%s", dump)
	}
}

func TestManyRejectsAreCountedAndCapped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var list strings.Builder
	list.WriteString("email,timezone\n")
	for i := range 1500 {
		fmt.Fprintf(&list, "bad%d@,UTC\ngood%d@example.org,Mars/Crater-%d\n", i, i, i)
	}
	report := w.imported(t, list.String(), audience.ImportOptions{DryRun: true})
	if report.Rejected != 1500 || len(report.Rejects) != 1000 || report.New != 1500 {
		t.Fatalf("%d rejected, %d listed, %d new", report.Rejected, len(report.Rejects), report.New)
	}
	for i, r := range report.Rejects {
		if r.Line != 2*i+2 {
			t.Fatalf("reject %d is of line %d", i, r.Line)
		}
	}
	if !strings.Contains(report.Warnings[100], "1400 rows have the unknown time zone (others)") {
		t.Errorf("the 101st warning is %q", report.Warnings[100])
	}
	last := report.Warnings[len(report.Warnings)-1]
	if !strings.Contains(last, "1500 rows were rejected; the first 1000") || len(report.Warnings) != 102 {
		t.Errorf("%d warnings, the last %q", len(report.Warnings), last)
	}
}
