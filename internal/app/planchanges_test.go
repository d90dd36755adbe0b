package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"partwork/internal/app"
	"partwork/internal/drip"
)

// plannedFrom plans files for an instance with five readers of three letters.
func plannedFrom(t *testing.T, in *instance, files fstest.MapFS) app.CampaignPlan {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	o, err := app.Observe(t.Context(), app.Options{Config: in.cfg, Calendar: in.now})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	plans, err := o.Plan(t.Context(), app.PlanQuery{Files: dir, Campaigns: []string{"letters"}})
	if err != nil || len(plans) != 1 {
		t.Fatalf("%+v, %v", plans, err)
	}
	return plans[0]
}

// told writes changes on one line.
func told(changes []app.Change) string {
	var words []string
	for _, c := range changes {
		word := strings.TrimSpace(c.Issue + " " + c.What)
		if c.From != "" || c.To != "" {
			word += " " + c.From + ">" + c.To
		}
		if c.Unapproved {
			word += " (unapproved)"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// replaced returns the files with a text replaced in one of them.
func replaced(t *testing.T, files fstest.MapFS, name, old, text string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for file, data := range files {
		out[file] = data
	}
	if !strings.Contains(string(out[name].Data), old) {
		t.Fatalf("%s has no %q", name, old)
	}
	out[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(out[name].Data), old, text, 1))}
	return out
}

// renamed returns the files with others names.
func renamed(files fstest.MapFS, names ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for file, data := range files {
		out[strings.NewReplacer(names...).Replace(file)] = data
	}
	return out
}

func TestPlanTellsWhatChanges(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	importPeople(t, in, writePeople(t, 5), "letters")
	const yaml, one, two = "letters/campaign.yaml", "letters/01-one.md", "letters/02-two.md"
	for _, test := range []struct {
		name   string
		files  fstest.MapFS
		want   string
		state  app.PlanState
		affect bool
	}{
		{"nothing", in.files, "", app.PlanSame, false},
		{"a text", replaced(t, in.files, one, "Dear", "Hello"), "one text", app.PlanChanged, false},
		{"a subject", replaced(t, in.files, one, "Letter one", "No. 1"), "one subject Letter one>No. 1", app.PlanChanged, false},
		{"a schedule, and what auto makes of it", replaced(t, in.files, yaml, "0 9 * * TUE", "0 9 * * *"), "schedule 0 9 * * TUE>0 9 * * *", app.PlanChanged, true},
		{"a distance", replaced(t, in.files, yaml, "first:", "min_gap: 4d12h\nfirst:"), "min_gap 3d12h>4d12h", app.PlanChanged, false},
		{"a quiet date", replaced(t, in.files, yaml, "first:", "quiet: [03-24]\nfirst:"), "quiet >03-24", app.PlanChanged, true},
		{"a rule for late readers", replaced(t, in.files, two, "id: two", "id: two\nlate: {within: 21d}"), "two late skip>within 21d", app.PlanChanged, false},
		{"whom it is for", replaced(t, in.files, two, "id: two", "id: two\nonly_if: tag:new"), "two only_if >tag:new", app.PlanChanged, true},
		{"what becomes of the unknown", replaced(t, in.files, yaml, "first:", "on_unknown: resend\nfirst:"), "on_unknown hold>resend", app.PlanChanged, false},
		{"a draft", replaced(t, in.files, two, "id: two", "id: two\ndraft: true"), "two draft false>true", app.PlanChanged, true},
		{"an order", renamed(in.files, "01-one", "04-one"), "one moved 1>3, one file letters/01-one.md>letters/04-one.md", app.PlanChanged, true},
		{"an issue less", renamed(in.files, "02-two.md", "_02-two.md"), "two removed 2>", app.PlanChanged, true},
		{"an error", replaced(t, in.files, one, "subject:", "subjct:"), "", app.PlanBroken, false},
		{"a message that cannot be made", replaced(t, in.files, one, ".Subscriber.Name", ".Nobody.Name"), "", app.PlanBroken, false},
		{"no files", fstest.MapFS{"readme.txt": {Data: []byte("x")}}, "", app.PlanGone, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			plan := plannedFrom(t, in, test.files)
			if got := told(plan.Changes); got != test.want || plan.State != test.state {
				t.Errorf("%s: %s\nwant %s: %s", plan.State, got, test.state, test.want)
			}
			if e := plan.Effects; (e != nil) != (test.state == app.PlanChanged) || e != nil && (e.Readers != 5 || (e.Unchanged < 5) != test.affect) {
				t.Errorf("the effects are %+v", e)
			}
		})
	}
}

// TestPlanKnowsApprovals edits issues of a campaign in which content needs
// approval.
func TestPlanKnowsApprovals(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	in.edit(t, "letters/campaign.yaml", "first:", "review: required\nfirst:")
	in.reload(t)
	if _, err := in.Library.Approve(t.Context(), "letters", nil, "the editor", in.now()); err != nil {
		t.Fatal(err)
	}
	importPeople(t, in, writePeople(t, 5), "letters")
	edited := plannedFrom(t, in, replaced(t, in.files, "letters/01-one.md", "Dear", "Hello"))
	if got := told(edited.Changes); got != "one text (unapproved)" || edited.Effects.Unchanged != 5 {
		t.Errorf("%s, %+v", got, edited.Effects)
	}
	files := replaced(t, in.files, "letters/01-one.md", "id: one", "id: one")
	files["letters/01-a.md"] = &fstest.MapFile{Data: []byte("---\nid: a\nsubject: A\npreheader: A\n---\n\nHello.\n")}
	added := plannedFrom(t, in, files)
	if next := added.Effects.Next; len(next) != 1 || next[0].Held != "a" || next[0].Readers != 5 || added.Effects.Issues[0].Waits != 5 {
		t.Errorf("an issue that nobody approved: %+v", added.Effects)
	}
	// A relay on this machine may be allowed to get it all the same.
	in.cfg.SMTP.Host, in.cfg.SMTP.Unapproved = "127.0.0.1", true
	free := plannedFrom(t, in, files)
	if len(free.Effects.Issues[0].Gets) == 0 {
		t.Errorf("with unapproved: %+v", free.Effects)
	}
}

// TestPlanSeesTemplates changes a template and no campaign.
func TestPlanSeesTemplates(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	importPeople(t, in, writePeople(t, 5), "letters")
	in.cfg.Templates = t.TempDir()
	folder := filepath.Join(in.cfg.Templates, "email")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "style.css"), []byte("p { color: #333333; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := plannedFrom(t, in, in.files)
	if got := told(plan.Changes); got != "templates" || plan.Effects.Unchanged != 5 {
		t.Errorf("%s: %s, %+v, %v", plan.State, got, plan.Effects, plan.Findings)
	}
}

// TestPlanRefusesAnothersKey gives a new campaign the key of one in the database.
func TestPlanRefusesAnothersKey(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	files := renamed(in.files, "letters/", "zebra/")
	files = replaced(t, files, "zebra/campaign.yaml", "id: letters", "id: zebra")
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	o, err := app.Observe(t.Context(), app.Options{Config: in.cfg, Calendar: in.now})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	plans, err := o.Plan(t.Context(), app.PlanQuery{Files: dir})
	if err != nil || len(plans) != 2 || plans[0].State != app.PlanGone || plans[1].State != app.PlanBroken {
		t.Fatalf("%+v, %v", plans, err)
	}
	last := plans[1].Findings[len(plans[1].Findings)-1]
	if last.Rule != "key-taken" || last.Severity != drip.SeverityError {
		t.Errorf("the findings are %v", plans[1].Findings)
	}
}
