package audience_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// keepsOut has an address never be mailed the world's campaign.
func (w *world) keepsOut(t testing.TB, address string) {
	t.Helper()
	if err := w.KeepOut(t.Context(), parse(t, address), "k-tulips", drip.SuppressedByAdmin); err != nil {
		t.Fatal(err)
	}
}

// What keeps somebody out of a campaign is said as such, and keeps them out of no other.
func TestWhoIsKeptOutIsNotEnrolled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.newCampaign(t, "roses")
	e := w.invited(t, "ann@example.org")
	w.keepsOut(t, "ann@example.org")
	w.keepsOut(t, "stranger@example.org")
	if got := w.state(t, e.ID); got != drip.EnrollmentLeft {
		t.Errorf("who waited is %s", got)
	}
	who := audience.Who{ID: e.Subscriber}
	if _, err := w.Enroll(t.Context(), who, audience.EnrollOptions{CampaignTarget: *w.target(), Invite: true}); !errors.Is(err, drip.ErrKeptOut) {
		t.Errorf("Enroll = %v", err)
	}
	before := w.dump(t)
	for _, address := range []string{"ann@example.org", "stranger@example.org"} {
		_, err := w.Add(t.Context(), audience.NewPerson{Email: parse(t, address), Name: "X", Campaign: w.target(), Consent: "c"})
		if !errors.Is(err, drip.ErrKeptOut) || w.dump(t) != before {
			t.Errorf("adding %s: %v", address, err)
		}
	}
	for _, dry := range []bool{true, false} {
		report, err := w.EnrollSegment(t.Context(), store.SubscriberFilter{}, audience.EnrollOptions{CampaignTarget: *w.target()}, dry, nil)
		report.Zones = nil
		if want := (audience.EnrollReport{People: 1, KeptOut: 1}); err != nil || !cmp.Equal(report, want) {
			t.Errorf("a dry run (%v) reports %+v, %v", dry, report, err)
		}
	}
	if _, err := w.Enroll(t.Context(), who, audience.EnrollOptions{CampaignTarget: audience.CampaignTarget{No: other}}); err != nil {
		t.Error(err)
	}
	p, err := w.Show(t.Context(), who)
	if err != nil || p.Suppression != nil || len(p.KeptOut) != 1 || p.KeptOut[0].Campaign != "k-tulips" {
		t.Errorf("Show = %+v, %v", p, err)
	}
}

// A dry run, a run that is cut short, the rest of it, and the list once more tell the same of
// those who are kept out; they come in, and are not enrolled.
func TestImportKeepsOut(t *testing.T) {
	t.Parallel()
	whole, w := newWorld(t), chopped(t)
	list := "email\n"
	for i := range 120 {
		list += fmt.Sprintf("reader%d@example.org\n", i)
	}
	for _, some := range []*world{whole, w} {
		some.imported(t, "email\nreader2@example.org\n", audience.ImportOptions{Consent: "earlier"})
		for _, i := range []int{1, 2, 40, 110} { // the second of them is known
			some.keepsOut(t, fmt.Sprintf("reader%d@example.org", i))
		}
	}
	opts := func(w *world) audience.ImportOptions {
		return audience.ImportOptions{File: "list.csv", FileHash: [32]byte{1}, Consent: "paper forms", Campaign: w.target()}
	}
	dry := opts(whole)
	dry.DryRun = true
	foreseen, want := whole.imported(t, list, dry), whole.imported(t, list, opts(whole))
	foreseen.Batch = want.Batch
	if diff := cmp.Diff(foreseen, want); diff != "" {
		t.Errorf("(-foreseen +came):\n%s", diff)
	}
	const warning = "4 people must not be mailed this campaign and were not enrolled: `partwork suppression show ADDRESS` says since when and why"
	if want.Enrolled != 116 || want.New != 119 || want.Suppressed != 0 || !cmp.Equal(want.Warnings, []string{warning}) {
		t.Errorf("the report is %+v", want)
	}
	w.cutShort(t, list, opts(w))
	got := w.imported(t, list, opts(w))
	got.Resumed = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-in one go +in two):\n%s", diff)
	}
	again := opts(w)
	again.FileHash = [32]byte{2}
	if report := w.imported(t, list, again); report.Enrolled != 0 || !cmp.Equal(report.Warnings, []string{warning}) {
		t.Errorf("again: %+v", report)
	}
	again.Campaign = &audience.CampaignTarget{No: w.newCampaign(t, "roses")}
	if report := w.imported(t, list, again); report.Enrolled != 120 {
		t.Errorf("in another campaign: %+v", report)
	}
}

// A link that asks to confirm does not help either, should somebody wait who is kept out.
func TestConfirmingIsNoWayAroundBeingKeptOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.invited(t, "ann@example.org")
	hash := w.hasher.Sum(parse(t, "ann@example.org"))
	raw, err := sql.Open("sqlite", "file:"+w.path+"?_busy_timeout=10000")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	insert := func(campaign string) {
		t.Helper()
		if _, err := raw.ExecContext(t.Context(), `
			INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at) VALUES ($1, $2, 'admin', 1)`, hash[:], campaign); err != nil {
			t.Fatal(err)
		}
	}
	insert("k-tulips")
	confirm := link(w.ConfirmURL("", e))
	if _, err := w.Invitation(t.Context(), confirm); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("Invitation = %v", err)
	}
	if _, err := w.Confirm(t.Context(), confirm, audience.ChooseNothing, statement); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("Confirm = %v", err)
	}
	insert("k-roses")
	if _, err := w.Lift(t.Context(), parse(t, "ann@example.org"), "k-tulips"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Confirm(t.Context(), confirm, audience.ChooseNothing, statement); err != nil {
		t.Errorf("kept out of another campaign: %v", err)
	}
}

// A list that was exported holds for the same as where it comes from; those of before
// there were scopes hold for everything.
func TestListsOfHashesTellTheScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := parse(t, "ann@example.org"), parse(t, "bob@example.org")
	w.invited(t, "ann@example.org")
	row := func(s drip.Suppression) string { return strings.Join(audience.SuppressionRow(s), ",") + "\n" }
	here := drip.Suppression{Hash: w.hasher.Sum(ann), Campaign: "k-tulips", Reason: drip.SuppressedByReader, At: start}
	elsewhere, everything := here, here
	elsewhere.Campaign, everything.Campaign = "k-unknown", ""
	everything.Hash = w.hasher.Sum(bob)
	list := strings.Join(audience.SuppressionColumns(), ",") + "\n" + row(here) + row(elsewhere) + row(everything)
	read := func(list string) (int, int, error) { return w.hashes(t, list) }
	for _, want := range []int{3, 0} {
		if rows, added, err := read(list); rows != 3 || added != want || err != nil {
			t.Errorf("%d of %d are new, %v; want %d of 3", added, rows, err, want)
		}
	}
	got, err := w.store.SuppressionsAfter(t.Context(), drip.Suppression{}, 0)
	want := []drip.Suppression{here, elsewhere, everything}
	if everything.Hash.String() < here.Hash.String() {
		want = []drip.Suppression{everything, here, elsewhere}
	}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("the entries are %v, %v; want %v", got, err, want)
	}
	if _, added, err := read("hash,reason,suppressed_at\n" + w.hasher.Sum(ann).String() + ",bounce,2026-03-03T09:00:00Z\n"); added != 1 || err != nil {
		t.Errorf("a list without scopes: %d are new, %v", added, err)
	}
	if entry, err := w.store.Suppressed(t.Context(), w.hasher.Sum(ann)); err != nil || entry.Reason != drip.SuppressedByBounce {
		t.Errorf("it holds for everything: %v, %v", entry, err)
	}
	for name, list := range map[string]string{
		"is no scope":             strings.Replace(list, "campaign:k-tulips", "tulips", 1),
		"is no scope; ":           strings.Replace(list, "campaign:k-tulips", "campaign:", 1),
		"columns are not those":   "hash,reason\n",
		"wrong number of fields":  strings.Replace(list, ",everything", "", 1),
		"expected everything, or": strings.Replace(list, "campaign:k-tulips", `"campaign:k t"`, 1),
	} {
		var refused *audience.ListError
		if _, _, err := read(list); !errors.As(err, &refused) || !strings.Contains(err.Error(), strings.TrimSpace(name)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
