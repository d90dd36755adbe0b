package app_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// stays is how a finding ends that says what goes on.
const stays = "; the version of 24 Mar 2026 stays in force"

// TestLastGoodVersionStays breaks a series in every way, and lets its readers go
// on: in the process that saw it break, and in one that never saw it whole.
func TestLastGoodVersionStays(t *testing.T) {
	t.Parallel()
	const folder = "campaigns/letters/"
	for _, test := range []struct {
		name    string
		damage  func(d *desk)
		finding string
	}{
		{"broken YAML", func(d *desk) { d.replace("campaign.yaml", "title: Letters", "title: [Letters") }, "error campaigns/letters/campaign.yaml:4:"},
		{"an empty campaign.yaml", func(d *desk) { d.save(folder+"campaign.yaml", "") }, "error campaigns/letters/campaign.yaml:1:"},
		{"no campaign.yaml", func(d *desk) { d.move(folder+"campaign.yaml", "nowhere") }, "error campaigns/letters: there are Markdown files"},
		{"an empty issue", func(d *desk) { d.save(folder+"02-two.md", "") }, "error campaigns/letters/02-two.md:1:"},
		{"an issue without text", func(d *desk) { d.save(folder+"02-two.md", "---\nid: two\nsubject: Two\n---\n") }, "error campaigns/letters/02-two.md:4:"},
		{"front matter cut off", func(d *desk) { d.save(folder+"02-two.md", "---\nid: two\nsub") }, "error campaigns/letters/02-two.md:1:"},
		{"an id that stands twice", func(d *desk) { d.replace("02-two.md", "id: two", "id: one") }, "error campaigns/letters/02-two.md:2: the id \"one\" is also that of"},
		{"a merge field that does not exist", func(d *desk) { d.replace("02-two.md", "The text.", "Dear {{.Nobody}}") }, "error campaigns/letters/02-two.md:9:"},
		{"not text", func(d *desk) { d.save(folder+"02-two.md", "---\nid: two\xff") }, "error campaigns/letters/02-two.md:2: the file is not valid UTF-8"},
		{"another id", func(d *desk) { d.replace("campaign.yaml", "id: letters", "id: notes") }, "error campaigns/letters/campaign.yaml:1:"},
		{"a folder that is gone", func(d *desk) { d.move("campaigns/letters", "nowhere") }, "error campaigns/letters: the campaign's folder is gone, and 1 reader is on the way through it"},
		{"a folder that was set aside", func(d *desk) { d.move("campaigns/letters", "campaigns/_letters") }, "error campaigns/letters: the campaign's folder is gone, and 1 reader"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.weeks(0)
			test.damage(d)
			d.reread()
			d.wantFirst(test.finding, stays)
			d.weeks(1)
			d.wantSent("one two")
			d.restart()
			d.wantFirst(test.finding, stays)
			d.weeks(2)
			d.wantSent("one two three")
			if !strings.Contains(d.texts["three"], "The text.") || !strings.Contains(d.texts["three"], "3 of 3") {
				t.Errorf("the last message is %q", d.texts["three"])
			}
			letters, err := d.Library.Campaign("letters")
			if err != nil {
				t.Fatal(err)
			}
			if since, kept := d.Library.Kept(letters.Record.No); !kept || !since.Equal(newsday.Add(-time.Hour)) {
				t.Errorf("kept: %t, since %v", kept, since)
			}
		})
	}
}

// TestMendedFilesAreInForceAgain breaks a series, edits it, and mends it: nobody
// gets anything twice, and the edit holds.
func TestMendedFilesAreInForceAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.weeks(0)
	d.move("campaigns/letters", "nowhere")
	d.weeks(1)
	d.restart()
	d.weeks(2)
	d.wantSent("one two three")
	d.move("nowhere", "campaigns/letters")
	d.wantFindings()
	d.issue("04-four.md", "four", "")
	d.weeks(3, 4)
	d.wantSent("one two three four")
}

// TestStopEndsWhatIsGone stops a campaign whose folder is gone for good.
func TestStopEndsWhatIsGone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.weeks(0)
	d.move("campaigns/letters", "")
	d.wantFindings("partwork campaign stop letters")
	told := false
	d.planner.OnOvertaken(func() { told = true })
	d.change(t, store.StopCampaign)
	d.look(week(1))
	if !told {
		t.Error("the planner does not see that a campaign that is kept was stopped")
	}
	d.reread()
	d.wantFindings()
	d.weeks(1, 2)
	d.wantSent("one")
}

// TestEmptyCampaignThatIsGoneIsNoError removes a folder that nobody misses.
func TestEmptyCampaignThatIsGoneIsNoError(t *testing.T) {
	t.Parallel()
	d := bareDesk(t)
	d.move("campaigns/letters", "")
	d.wantFindings("warning campaigns/letters: warning: the campaign's folder is gone, and nobody is on the way through it")
}

// TestHalfSavedFilesAreNotBelieved saves a text in two goes. Half a text is a
// text, so only time can tell.
func TestHalfSavedFilesAreNotBelieved(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"in a running process", "before a start"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			name := "campaigns/letters/01-one.md"
			whole := strings.Replace(d.read(name), "The text.", "The new text, in full.", 1)
			half, _, _ := strings.Cut(whole, ", in full")
			d.save(name, half)
			if where == "before a start" {
				d.saveNow(name, half)
				var writing sync.WaitGroup
				writing.Go(func() { d.saveNow(name, whole) })
				d.restart()
				writing.Wait()
			} else {
				d.glance(time.Second)
				d.machine = d.machine.Add(900 * time.Millisecond)
				d.glance(100 * time.Millisecond)
				d.wantFindings("warning campaigns/letters: warning: the files are being written" + stays)
				d.save(name, whole)
				d.glance(time.Second)
				d.machine = d.machine.Add(time.Second)
				d.glance(0)
			}
			d.wantFindings()
			d.weeks(0)
			if !strings.Contains(d.texts["one"], "in full") {
				t.Errorf("the message is %q", d.texts["one"])
			}
		})
	}
}

// glance reads the files once, and wants to be told when to look again.
func (d *desk) glance(want time.Duration) {
	d.t.Helper()
	again, err := d.Library.Reread(d.t.Context(), d.now())
	if err != nil || again != want {
		d.t.Fatalf("look again in %v, want %v (%v)", again, want, err)
	}
}

// saveNow writes a file, with the time it is.
func (d *desk) saveNow(name, text string) {
	if err := os.WriteFile(filepath.Join(d.dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
		d.t.Error(err)
	}
}

// TestFilesFromTheFutureAreBelievedInTheEnd has a file server whose clock is a
// year ahead.
func TestFilesFromTheFutureAreBelievedInTheEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.saved = d.machine.AddDate(1, 0, 0)
	d.replace("01-one.md", "The text.", "The new text.")
	d.wantFindings()
	d.weeks(0)
	if !strings.Contains(d.texts["one"], "The new text.") {
		t.Errorf("the message is %q", d.texts["one"])
	}
}

// TestBrokenTemplatesKeepEverySeries breaks what all messages share.
func TestBrokenTemplatesKeepEverySeries(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.weeks(0)
	d.save("templates/email/layout.txt", "{{.Content}} {{.Nobody}}")
	d.reread()
	d.wantFindings("error templates: ")
	d.wantFindings("; the last good versions stay in force")
	d.weeks(1)
	d.restart()
	d.wantFindings("; the last good versions stay in force")
	d.weeks(2)
	d.wantSent("one two three")
	d.move("templates/email/layout.txt", "")
	d.wantFindings()
}

// TestConfirmationWithoutItsLinkIsRefused breaks the message that asks people to
// confirm; its readers would wait for ever.
func TestConfirmationWithoutItsLinkIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.copyLetters("zebra", "z7w2er")
	d.reread()
	d.save("templates/email/confirmation.md", "# Please confirm\n\nYou know how.\n")
	d.reread()
	d.wantFindings("error templates/email/confirmation.md: the confirmation has no link to confirm with; the last good versions stay in force")
}

// TestCampaignsFolderIsReplaced has another folder under the same name, as a
// checkout or a change of a link leaves it.
func TestCampaignsFolderIsReplaced(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.weeks(0)
	if err := os.CopyFS(filepath.Join(d.dir, "next"), os.DirFS(filepath.Join(d.dir, "campaigns"))); err != nil {
		t.Fatal(err)
	}
	d.save("next/letters/02-two.md", strings.Replace(d.read("next/letters/02-two.md"), "The text.", "The new text.", 1))
	d.move("campaigns", "nowhere")
	d.wantFindings("error campaigns: the campaigns folder cannot be read")
	d.wantFindings("; the last good versions stay in force")
	d.restart()
	d.wantFindings("; the last good versions stay in force")
	d.move("next", "campaigns")
	d.wantFindings()
	d.weeks(1)
	d.wantSent("one two")
	if !strings.Contains(d.texts["two"], "The new text.") {
		t.Errorf("the message is %q", d.texts["two"])
	}
}

// TestKeysAndNames edits what campaigns are known by.
func TestKeysAndNames(t *testing.T) {
	t.Parallel()
	t.Run("a renamed campaign is a new one, and the old one goes on", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.weeks(0)
		d.move("campaigns/letters", "campaigns/notes")
		d.save("campaigns/notes/campaign.yaml", strings.Replace(d.read("campaigns/notes/campaign.yaml"), "id: letters", "id: notes", 1))
		d.reread()
		d.wantFindings("error campaigns/letters: the campaign's folder is gone",
			"error campaigns/notes/campaign.yaml: the key q7w2er is that of the campaign letters")
		d.save("campaigns/notes/campaign.yaml", strings.Replace(d.read("campaigns/notes/campaign.yaml"), "q7w2er", "n8w2er", 1))
		d.reread()
		d.wantFindings("error campaigns/letters: the campaign's folder is gone")
		d.weeks(1)
		d.restart()
		d.weeks(2)
		d.wantSent("one two three")
	})
	t.Run("a changed key is pointed out for a month", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.replace("campaign.yaml", "q7w2er", "n8w2er")
		d.wantFindings("warning campaigns/letters/campaign.yaml: warning: the key was q7w2er until 24 Mar 2026")
		d.weeks(0, 1)
		d.restart()
		d.wantFindings("the key was q7w2er")
		d.step(week(6))
		d.reread()
		d.wantFindings()
	})
	t.Run("a key that is put back is not", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.replace("campaign.yaml", "q7w2er", "n8w2er")
		d.replace("campaign.yaml", "n8w2er", "q7w2er")
		d.wantFindings()
	})
	t.Run("a copy with the same key takes neither down", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.weeks(0)
		if err := os.CopyFS(filepath.Join(d.dir, "campaigns/copy"), os.DirFS(filepath.Join(d.dir, "campaigns/letters"))); err != nil {
			t.Fatal(err)
		}
		d.save("campaigns/copy/campaign.yaml", strings.Replace(d.read("campaigns/copy/campaign.yaml"), "id: letters", "id: copy", 1))
		d.reread()
		d.wantFindings("error campaigns/copy/campaign.yaml:2: the key", "error campaigns/letters/campaign.yaml:2: the key")
		d.restart()
		d.weeks(1, 2)
		d.wantSent("one two three")
	})
}

// breaking is a store that stops right after it was told of a campaign.
type breaking struct{ store.Store }

var errCrash = errors.New("the power fails")

// SyncCampaign implements store.Catalog.
func (b breaking) SyncCampaign(ctx context.Context, sync store.CampaignSync) (store.CampaignRecord, error) {
	if _, err := b.Store.SyncCampaign(ctx, sync); err != nil {
		return store.CampaignRecord{}, err
	}
	return store.CampaignRecord{}, errCrash
}

// TestCrashWhileAnEditIsTakenLosesNothing stops between the store and the shelf,
// and then breaks the files, too.
func TestCrashWhileAnEditIsTakenLosesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.weeks(0)
	d.Library.UseStore(breaking{d.Store})
	d.save("campaigns/letters/02-two.md", strings.Replace(d.read("campaigns/letters/02-two.md"), "The text.", "The new text.", 1))
	d.save("campaigns/letters/01-x.md", "---\nid: x\nsubject: Letter x\npreheader: A letter\n---\n\nThe text of x.\n")
	d.machine = d.machine.Add(time.Second)
	d.reload(t)
	d.machine = d.machine.Add(time.Second)
	if err := d.Library.Reload(t.Context(), d.now()); !errors.Is(err, errCrash) {
		t.Fatalf("error %v", err)
	}
	d.look(week(1)) // by the old shelf; nothing may be decided by it
	if items := d.claims(); len(items) != 0 {
		t.Errorf("%d claims by files that the store has left behind", len(items))
	}
	d.save("campaigns/letters/campaign.yaml", "")
	d.restart()
	d.wantFirst("error campaigns/letters/campaign.yaml:1:", "the version of 24 Mar 2026 stays in force")
	d.at(week(1).Add(time.Minute))
	d.weeks(2, 3)
	d.wantSent("one x two three")
	if !strings.Contains(d.texts["two"], "The new text.") || !strings.Contains(d.texts["x"], "The text of x.") {
		t.Errorf("the messages are %q", d.texts)
	}
}

// TestAnotherProcessMayReadFirst has a command read an edit, and record an
// approval, before the process that plans does.
func TestAnotherProcessMayReadFirst(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"an edit", "an approval"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.replace("campaign.yaml", "first:", "review: required\nfirst:")
			if _, err := d.Library.Approve(t.Context(), "letters", nil, "the editor", d.now()); err != nil {
				t.Fatal(err)
			}
			told := false
			d.planner.OnOvertaken(func() { told = true })
			d.look(week(0).Add(-30 * time.Minute))
			if told {
				t.Fatal("told of another process that was not there")
			}
			d.save("campaigns/letters/01-one.md", strings.Replace(d.read("campaigns/letters/01-one.md"), "The text.", "The new text.", 1))
			if what == "an approval" {
				d.otherProcess(func(in *app.Instance) {
					if _, err := in.Library.Approve(t.Context(), "letters", nil, "the editor", d.now()); err != nil {
						t.Error(err)
					}
				})
			} else {
				d.otherProcess(func(*app.Instance) {})
			}
			d.look(week(0).Add(-20 * time.Minute))
			if !told {
				t.Error("the planner does not see that the store knows more")
			}
			d.reread()
			told = false
			d.weeks(0)
			if told {
				t.Error("the planner goes on seeing another process")
			}
			if got := strings.Contains(d.texts["one"], "The new text."); got != (what == "an approval") {
				t.Errorf("after %s the message is %q", what, d.texts["one"])
			}
		})
	}
}

// otherProcess opens the instance once more, beside d.
func (d *desk) otherProcess(do func(in *app.Instance)) {
	d.t.Helper()
	in, err := app.Open(d.t.Context(), app.Options{Config: d.cfg, Calendar: d.now})
	if err != nil {
		d.t.Fatal(err)
	}
	do(in)
	if err := in.Close(); err != nil {
		d.t.Fatal(err)
	}
}

// TestKeptCampaignCannotBeApproved has nothing to show that could be approved.
func TestKeptCampaignCannotBeApproved(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.move("campaigns/letters", "")
	if _, err := d.Library.Approve(t.Context(), "letters", nil, "the editor", d.now()); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

// TestACommandDoesNotBelieveHalfAFolder runs a command while the folder is being
// synchronized: one file is away for a moment, and the others have old times.
func TestACommandDoesNotBelieveHalfAFolder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file, away := filepath.Join(d.dir, "campaigns/letters/02-two.md"), filepath.Join(d.dir, "away")
	if err := os.Rename(file, away); err != nil {
		t.Fatal(err)
	}
	moved := make(chan error, 1)
	time.AfterFunc(300*time.Millisecond, func() { moved <- os.Rename(away, file) })
	in, err := app.Open(t.Context(), app.Options{Config: d.cfg, Calendar: d.now})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := <-moved; err != nil {
		t.Fatal(err)
	}
	p, err := in.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Campaign.Issues) != 3 {
		t.Errorf("%d issues are in force; one of three was away for a moment", len(p.Campaign.Issues))
	}
}
