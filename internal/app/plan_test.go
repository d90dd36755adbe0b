package app_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// meddler is a store in which something else happens around Due, as it may when
// another process or the reload works at the same time.
type meddler struct {
	store.Store
	before, after func()
}

// Due implements store.Planning.
func (m *meddler) Due(ctx context.Context, query store.DueQuery) ([]store.Due, error) {
	once(&m.before)
	due, err := m.Store.Due(ctx, query)
	once(&m.after)
	return due, err
}

func once(do *func()) {
	if *do != nil {
		run := *do
		*do = nil
		run()
	}
}

// edit replaces text in a file of the campaign.
func (in *instance) edit(t *testing.T, name, old, text string) {
	t.Helper()
	data := string(in.files[name].Data)
	if !strings.Contains(data, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	in.files[name] = &fstest.MapFile{Data: []byte(strings.Replace(data, old, text, 1))}
}

func (in *instance) reload(t *testing.T) {
	t.Helper()
	if err := in.Library.Reload(t.Context(), in.now()); err != nil {
		t.Fatal(err)
	}
}

func (in *instance) change(t *testing.T, verb store.CampaignVerb) {
	t.Helper()
	program, err := in.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	change := store.CampaignChange{Campaign: program.Record.No, Verb: verb, Now: in.now()}
	if _, err := in.Store.ChangeCampaign(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

// weeks lets some slots pass and returns how many claims the planner makes.
func (in *instance) weeks(t *testing.T, p *app.Planner, n int) (claims int) {
	t.Helper()
	for i := range n {
		in.step(newsday.Add(time.Duration(i)*7*24*time.Hour + time.Minute))
		p.Pass(time.Minute)
		in.reload(t)
		claims += p.Look(t.Context())
	}
	return claims
}

// TestLapsedClaimsDoNotStopThePlanner has more people due than fit the backlog
// while nobody sends: their claims lapse and must be made again.
func TestLapsedClaimsDoNotStopThePlanner(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	importPeople(t, in, writePeople(t, 1500), "letters")
	in.step(newsday.Add(time.Minute))
	p := app.NewPlanner(in.Instance, in.Store, 7)
	if first := p.Look(t.Context()); first != 1024 {
		t.Fatalf("%d claims at first, want a full backlog of 1024", first)
	}
	p.Pass(10 * time.Minute)
	if again := p.Look(t.Context()); again == 0 {
		t.Fatal("no claims after the leases ended: sending has stopped for good")
	}
}

// TestResumeDuringALookHoldsNobody resumes a campaign around the moment at which
// the planner reads what is due.
func TestResumeDuringALookHoldsNobody(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			in := newInstance(t, instanceOptions{})
			importPeople(t, in, writePeople(t, 5), "letters")
			in.change(t, store.PauseCampaign)
			around := &meddler{Store: in.Store}
			resume := func() { in.change(t, store.ResumeCampaign) }
			if when == "before" {
				around.before = resume
			} else {
				around.after = resume
			}
			p := app.NewPlanner(in.Instance, around, 7)
			p.Look(t.Context())
			if claims := in.weeks(t, p, 1); claims != 5 {
				t.Errorf("%d claims at the next slot, want 5", claims)
			}
			in.verify(t)
		})
	}
}

// TestEditDuringALookHoldsNobody ends a draft around the moment at which the
// planner reads what is due: by this process's own reload, or by a command in
// another process that reads the files first.
func TestEditDuringALookHoldsNobody(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after", "other process first"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			in := newInstance(t, instanceOptions{})
			in.edit(t, "letters/01-one.md", "id: one", "id: one\ndraft: true")
			in.reload(t)
			importPeople(t, in, writePeople(t, 5), "letters")
			around := &meddler{Store: in.Store}
			p := app.NewPlanner(in.Instance, around, 7)
			p.Look(t.Context()) // everybody is held by the draft
			endDraft := func() {
				in.edit(t, "letters/01-one.md", "\ndraft: true", "")
				if when != "other process first" {
					in.reload(t)
					return
				}
				other := &instance{cfg: in.cfg, files: in.files}
				other.step(in.now())
				other.open(t)
			}
			switch when {
			case "before":
				around.before = endDraft
			case "after":
				around.after = endDraft
			default:
				endDraft()
			}
			p.Look(t.Context())
			if claims := in.weeks(t, p, 1); claims != 5 {
				t.Errorf("%d claims at the next slot, want 5", claims)
			}
			in.verify(t)
		})
	}
}

// TestReviewByExtendedBringsReadersBack holds readers by a date of review that
// has passed, and then extends it.
func TestReviewByExtendedBringsReadersBack(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	in.edit(t, "letters/campaign.yaml", "first:", "review: required\nfirst:")
	in.edit(t, "letters/01-one.md", "id: one", "id: one\nreview_by: 2026-03-01")
	in.reload(t)
	if _, err := in.Library.Approve(t.Context(), "letters", nil, "the editor", in.now()); err != nil {
		t.Fatal(err)
	}
	importPeople(t, in, writePeople(t, 5), "letters")
	p := app.NewPlanner(in.Instance, in.Store, 7)
	if claims := in.weeks(t, p, 1); claims != 0 {
		t.Fatalf("%d claims of an issue that has to be looked at again", claims)
	}
	in.edit(t, "letters/01-one.md", "2026-03-01", "2027-03-01")
	in.reload(t)
	if claims := in.weeks(t, p, 2); claims != 5 {
		t.Errorf("%d claims after the date was extended, want 5", claims)
	}
}

// TestUnapprovedEditKeepsSendingTheApprovedVersion edits an approved issue: its
// readers get what was approved.
func TestUnapprovedEditKeepsSendingTheApprovedVersion(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	in.edit(t, "letters/campaign.yaml", "first:", "review: required\nfirst:")
	in.reload(t)
	if held := in.Library.Held(); len(held) != 3 {
		t.Fatalf("held %v, want all three issues", held)
	}
	if _, err := in.Library.Approve(t.Context(), "letters", []string{"one"}, "the editor", in.now()); err != nil {
		t.Fatal(err)
	}
	approved, err := in.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	in.edit(t, "letters/01-one.md", "Letter one", "Letter one, edited")
	in.reload(t)
	edited, err := in.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	if edited.Contents[0] != approved.Contents[0] || edited.Contents[0] == 0 || edited.Contents[1] != 0 {
		t.Errorf("contents %v after an edit, want the approved %v and nothing for the others", edited.Contents, approved.Contents)
	}
}

// TestOneBadCampaignLeavesTheOthersAlone gives a second campaign the key of one
// that the database knows under another id.
func TestOneBadCampaignLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	for name, file := range in.files {
		other := strings.Replace(name, "letters/", "zebra/", 1)
		text := strings.Replace(string(file.Data), "id: letters\nkey: q7w2er", "id: zebra\nkey: z7w2er", 1)
		in.files[other] = &fstest.MapFile{Data: []byte(text)}
	}
	in.reload(t)
	in.edit(t, "zebra/campaign.yaml", "title: Letters", "title: Stripes")
	renamed := in.files["letters/campaign.yaml"]
	for name, file := range in.files {
		if rest, ok := strings.CutPrefix(name, "letters/"); ok {
			in.files["brief/"+rest] = file
			delete(in.files, name)
		}
	}
	in.files["brief/campaign.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(renamed.Data), "id: letters", "id: brief", 1))}
	in.reload(t)
	zebra, err := in.Library.Campaign("zebra")
	if err != nil || zebra.Campaign.Title != "Stripes" {
		t.Errorf("zebra's title is %q (%v): the other campaign's trouble kept it from being read", zebra.Campaign.Title, err)
	}
	if _, err := in.Library.Campaign("letters"); err != nil {
		t.Errorf("the last good version of letters is gone: %v", err)
	}
	told := false
	for _, f := range in.Library.Findings() {
		told = told || f.Rule == "key-taken" && f.Severity == drip.SeverityError
	}
	if !told {
		t.Errorf("findings %v do not tell of the key", in.Library.Findings())
	}
}

// TestUnapprovedContentIsSentWhereTheConfigurationAllowsIt tries a series out
// before anybody approved it.
func TestUnapprovedContentIsSentWhereTheConfigurationAllowsIt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		host       string
		unapproved bool
		held       int
	}{{"localhost", true, 0}, {"localhost", false, 3}, {"mail.example.net", true, 3}} {
		in := newInstance(t, instanceOptions{})
		in.edit(t, "letters/campaign.yaml", "first:", "review: required\nfirst:")
		in.cfg.SMTP.Host, in.cfg.SMTP.Unapproved = test.host, test.unapproved
		in.open(t)
		if held := in.Library.Held(); len(held) != test.held {
			t.Errorf("%+v: held are %v", test, held)
		}
	}
}
