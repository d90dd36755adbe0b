package campaignfile

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partwork/campaigns"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

const (
	goodCampaign = `id: plain
key: abc123
title: A series
from: Reader <letters@letters.partwork.dev>
schedule: "0 9 * * TUE"
postal_address: 1 Real Street
`
	goodIssue = "---\nid: welcome\nsubject: Welcome\n---\nHello.\n"
)

// files is a campaigns folder with the given files, by path.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

// loadOne loads the campaign in the folder plain, which must have no findings.
func loadOne(t *testing.T, fsys fs.FS) *drip.Campaign {
	t.Helper()
	c, findings := LoadOne(fsys, "plain", Options{})
	if c == nil || len(findings) > 0 {
		t.Fatalf("got campaign %v, findings %v", c, findings)
	}
	return c
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := loadOne(t, files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue))
	half := 84 * time.Hour
	if c.MinGap != half || c.MaxLate != half {
		t.Errorf("auto gave min_gap %v and max_late %v, want %v", c.MinGap, c.MaxLate, half)
	}
	if c.Timezone != drip.SubscriberZone || c.DefaultTimezone != "" || c.Language != "" || c.Spoken() != "en" {
		t.Errorf("zone %q, default zone %q, language %q", c.Timezone, c.DefaultTimezone, c.Language)
	}
	if c.First != drip.FirstOnJoin || c.Review != drip.ReviewNone || c.Discreet || c.Personas != "" {
		t.Errorf("first %q, review %q, discreet %v, personas %q", c.First, c.Review, c.Discreet, c.Personas)
	}
	if c.GiveUp != 3 || c.ReopenWithin != 180*day || c.LateHours.String() != "08:00-20:00" {
		t.Errorf("give_up %d, reopen_within %v, late_hours %v", c.GiveUp, c.ReopenWithin, c.LateHours)
	}
	if !c.Quiet.Empty() || !c.ReplyTo.IsZero() {
		t.Errorf("quiet %v, reply_to %v", c.Quiet, c.ReplyTo)
	}
	want := drip.Issue{
		ID: "welcome", Subject: "Welcome", Late: drip.LatePolicy{Kind: drip.LateSkip},
		Body: []byte("Hello.\n"), File: "plain/01-a.md", BodyLine: 5,
	}
	if diff := cmp.Diff([]drip.Issue{want}, c.Issues); diff != "" {
		t.Error(diff)
	}
}

func TestEveryKey(t *testing.T) {
	t.Parallel()
	c, findings := LoadOne(os.DirFS("testdata/everything-is-right"), "garden", Options{})
	if c == nil {
		t.Fatal(findings)
	}
	got := []any{
		c.ID, c.Key, c.Title, c.Language, c.From.String(), c.ReplyTo.String(), c.PostalAddress,
		c.Schedule.Expr(), c.Timezone, c.DefaultTimezone, c.First, c.MinGap, c.MaxLate,
		c.LateHours.String(), c.Quiet.String(), c.GiveUp, c.ReopenWithin, c.Review, c.Discreet, c.Personas,
	}
	want := []any{
		"garden", "h4m9rx", "Ein Garten: am Fenster", "de-AT", `"Garten, Wien" <letters@garten.partwork.dev>`,
		"answers@garten.partwork.dev", "Garten\n1 Straße, Wien",
		"0 8 * * SAT", "Europe/Vienna", "Europe/London", drip.FirstNextSlot, 60 * time.Hour, week,
		"07:30-21:00", "12-24..12-26, 2027-01-01", 5, 52 * week, drip.ReviewRequired, true, "personas.yaml",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantIssues := []drip.Issue{
		{
			ID: "welcome", Subject: "Welcome", Late: drip.LatePolicy{Kind: drip.LateSkip},
			Body: []byte("Hello.\n"), File: "garden/01-welcome.md", BodyLine: 5,
		},
		{
			ID: "pots", Subject: "Three pots: a start", Draft: true, SkipSlots: 520,
			NotBefore: timing.NewDate(2026, 12, 1), Late: drip.LatePolicy{Kind: drip.LateNextSlot},
			ReviewBy: timing.NewDate(2027, 6, 30),
			Body:     []byte("\nBody.\n\n---\n\nAfter a rule.\n"), File: "garden/02-pots.md", BodyLine: 11,
		},
		{
			ID: "sun", Subject: "Sun", Late: drip.LatePolicy{Kind: drip.LateWithin, Within: 3 * week},
			Body: []byte("Text."), File: "garden/03-sun.md", BodyLine: 6,
		},
	}
	if diff := cmp.Diff(wantIssues, c.Issues); diff != "" {
		t.Error(diff)
	}
}

// TestShippedCampaigns holds what ships to the rules it ships with.
func TestShippedCampaigns(t *testing.T) {
	t.Parallel()
	lib := Load(campaigns.Files(), Options{Name: "campaigns", Today: today})
	for _, f := range lib.Findings {
		if f.Rule != RulePlaceholder {
			t.Error(f)
		}
	}
	folders, err := fs.ReadDir(campaigns.Files(), ".")
	if err != nil || len(lib.Campaigns) != len(folders) {
		t.Errorf("loaded %d of %d campaigns: %v", len(lib.Campaigns), len(folders), err)
	}
	for _, c := range lib.Campaigns {
		personas, findings := Personas(campaigns.Files(), c, Options{})
		if len(personas) == 0 || len(findings) > 0 {
			t.Errorf("%s has %d personas; findings %v", c.ID, len(personas), findings)
		}
	}
}

// TestLoadKeepsTheRest loads what is right when a neighbor is wrong.
func TestLoadKeepsTheRest(t *testing.T) {
	t.Parallel()
	lib := Load(files(
		"broken/campaign.yaml", "id: [",
		"plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue,
	), Options{})
	if len(lib.Campaigns) != 1 || lib.Campaigns[0].ID != "plain" {
		t.Errorf("loaded %v", lib.Campaigns)
	}
}

func TestLoadWithoutFolder(t *testing.T) {
	t.Parallel()
	missing := os.DirFS(filepath.Join(t.TempDir(), "none"))
	for _, findings := range [][]drip.Finding{
		Load(missing, Options{Name: "campaigns"}).Findings,
		second(LoadOne(missing, "plain", Options{Name: "campaigns"})),
	} {
		if len(findings) == 0 || findings[0].Rule != RuleUnreadable || !strings.HasPrefix(findings[0].File, "campaigns") {
			t.Errorf("findings: %v", findings)
		}
	}
}

// TestLoadOneWithoutCampaign makes an error of what Load passes over.
func TestLoadOneWithoutCampaign(t *testing.T) {
	t.Parallel()
	c, findings := LoadOne(files("plain/notes.txt", "x"), "plain", Options{})
	if c != nil || len(findings) == 0 || findings[len(findings)-1].Severity != drip.SeverityError {
		t.Errorf("campaign %v, findings %v", c, findings)
	}
}

// TestReviewNeedsToday warns of nothing when no date is given.
func TestReviewNeedsToday(t *testing.T) {
	t.Parallel()
	lib := Load(os.DirFS("testdata/review-passed"), Options{})
	if len(lib.Findings) > 0 {
		t.Error(lib.Findings)
	}
}

func second[A, B any](_ A, b B) B { return b }

// TestFindingsNamePaths puts Options.Name before files, but not into issues.
func TestFindingsNamePaths(t *testing.T) {
	t.Parallel()
	fsys := files("plain/campaign.yaml", goodCampaign+"bad: 1\n", "plain/01-a.md", goodIssue)
	_, findings := LoadOne(fsys, "plain", Options{Name: path.Join("a", "b")})
	if len(findings) != 1 || findings[0].File != "a/b/plain/campaign.yaml" || findings[0].Line != 7 {
		t.Error(findings)
	}
}
