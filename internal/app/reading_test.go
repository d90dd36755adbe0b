package app_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/store"
)

// listening is a store that tells of every campaign that it is told of.
type listening struct {
	store.Store
	synced func(id string)
}

// SyncCampaign implements store.Catalog.
func (l listening) SyncCampaign(ctx context.Context, sync store.CampaignSync) (store.CampaignRecord, error) {
	l.synced(sync.ID)
	return l.Store.SyncCampaign(ctx, sync)
}

// copyLetters makes another campaign of the letters.
func (d *desk) copyLetters(id, key string) {
	d.t.Helper()
	for _, file := range []string{"01-one.md", "02-two.md", "03-three.md", "campaign.yaml"} {
		text := strings.NewReplacer("id: letters", "id: "+id, "q7w2er", key).Replace(d.read("campaigns/letters/" + file))
		d.save("campaigns/"+id+"/"+file, text)
	}
}

// TestReadingWhatHasNotChangedWritesNothing reads the same files again and again,
// and then an edit.
func TestReadingWhatHasNotChangedWritesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var told []string
	d.Library.UseStore(listening{d.Store, func(id string) { told = append(told, id) }})
	d.reread()
	d.step(week(0))
	d.saveNow("campaigns/letters/README.md", "Notes for us.")
	d.reread()
	if len(told) > 0 {
		t.Errorf("the store was told of %v", told)
	}
	d.replace("01-one.md", "The text.", "The new text.")
	d.reread()
	if len(told) != 1 {
		t.Errorf("after one edit the store was told of %v", told)
	}
}

// TestCampaignIsInForceBeforeTheNextIsRead edits two campaigns. Whoever plans must
// not see the first as the store knows it and as the library does not.
func TestCampaignIsInForceBeforeTheNextIsRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.copyLetters("zebra", "z7w2er")
	d.reread()
	title := ""
	d.Library.UseStore(listening{d.Store, func(id string) {
		if id == "zebra" {
			letters, err := d.Library.Campaign("letters")
			if err != nil {
				t.Error(err)
				return
			}
			title = letters.Campaign.Title
		}
	}})
	for _, id := range []string{"letters", "zebra"} {
		name := "campaigns/" + id + "/campaign.yaml"
		d.save(name, strings.Replace(d.read(name), "title: Letters", "title: Edited", 1))
	}
	d.reread()
	if title != "Edited" {
		t.Errorf("while zebra is told to the store, the title of letters is %q", title)
	}
}

// TestFolderThatIsAwayForAMomentIsNotGone has a folder replaced in two steps.
func TestFolderThatIsAwayForAMomentIsNotGone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	from, to := filepath.Join(d.dir, "campaigns/letters"), filepath.Join(d.dir, "away")
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	d.glance(time.Second)
	d.wantFindings("warning campaigns/letters: warning: the files are being written" + stays)
	if err := os.Rename(to, from); err != nil {
		t.Fatal(err)
	}
	d.glance(0) // just as it was
	d.wantFindings()
}

// TestNewCampaignIsReadWhole copies a campaign into the folder, file by file, with
// the files' old times.
func TestNewCampaignIsReadWhole(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	known := func() bool {
		_, err := d.Library.Campaign("zebra")
		return err == nil
	}
	d.copyLetters("zebra", "z7w2er")
	three := d.read("campaigns/zebra/03-three.md")
	if err := os.Remove(filepath.Join(d.dir, "campaigns/zebra/03-three.md")); err != nil {
		t.Fatal(err)
	}
	d.glance(time.Second)
	if known() {
		t.Error("the campaign was taken at first sight")
	}
	d.save("campaigns/zebra/03-three.md", three)
	d.machine = d.machine.Add(999 * time.Millisecond)
	d.glance(time.Second)
	if known() {
		t.Error("the campaign was taken while it was being copied")
	}
	d.machine = d.machine.Add(time.Second)
	d.glance(0)
	if zebra, err := d.Library.Campaign("zebra"); err != nil || len(zebra.Campaign.Issues) != 3 {
		t.Errorf("the campaign has %d issues (%v)", len(zebra.Campaign.Issues), err)
	}
}

// swapping is a folder in which something happens while a file is read: after it
// has been looked at.
type swapping struct {
	fs.FS
	name   string
	looked bool
	do     func()
}

// Open implements fs.FS.
func (s *swapping) Open(name string) (fs.File, error) {
	if name == s.name {
		if s.looked {
			once(&s.do)
		}
		s.looked = true
	}
	return s.FS.Open(name)
}

// TestFilesThatAreSwappedWhileTheyAreReadAreReadAgain replaces a file that was
// read already by one that is just as old, as pointing a link elsewhere does.
func TestFilesThatAreSwappedWhileTheyAreReadAreReadAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.save("campaigns/letters/02-two.md", strings.Replace(d.read("campaigns/letters/02-two.md"), "The text.", "The new text.", 1))
	folder := &swapping{FS: os.DirFS(filepath.Join(d.dir, "campaigns")), name: "letters/03-three.md", do: func() {
		d.save("campaigns/letters/01-one.md", strings.Replace(d.read("campaigns/letters/01-one.md"), "The text.", "The new text.", 1))
	}}
	in, err := app.Open(t.Context(), app.Options{Config: d.cfg, Calendar: d.now, Campaigns: folder})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for _, issue := range []string{"one", "two"} {
		bundle, err := in.Library.Bundle("letters", issue)
		if err != nil || !strings.Contains(bundle.Markdown, "The new text.") {
			t.Errorf("issue %s says %q (%v)", issue, bundle.Markdown, err)
		}
	}
}

// TestTwoProcessesThatReadAtOnceLoseNoApproval lets one process get in between
// another's reading of the approvals and what that one tells the store.
func TestTwoProcessesThatReadAtOnceLoseNoApproval(t *testing.T) {
	t.Parallel()
	approve := func(t *testing.T, d *desk, in *app.Instance) {
		if _, err := in.Library.Approve(t.Context(), "letters", nil, "the editor", d.now()); err != nil {
			t.Error(err)
		}
	}
	edit := func(d *desk) {
		const file = "campaigns/letters/campaign.yaml"
		d.save(file, strings.Replace(d.read(file), "title: Letters", "title: Edited", 1))
	}
	held := func(t *testing.T, d *desk) {
		t.Helper()
		d.reread()
		if held := d.Library.Held(); len(held) != 0 {
			t.Errorf("approved, and held all the same, are %v", held)
		}
		d.otherProcess(func(in *app.Instance) {
			if held := in.Library.Held(); len(held) != 0 {
				t.Errorf("held for another process are %v", held)
			}
		})
	}
	desk := func(t *testing.T) *desk {
		d := newDesk(t)
		d.replace("campaign.yaml", "first:", "review: required\nfirst:")
		return d
	}
	t.Run("the files are read while they are approved", func(t *testing.T) {
		t.Parallel()
		d := desk(t)
		edit(d)
		meanwhile := func() { d.otherProcess(func(in *app.Instance) { approve(t, d, in) }) }
		d.Library.UseStore(listening{d.Store, func(string) { once(&meanwhile) }})
		held(t, d)
	})
	t.Run("they are approved while they are read", func(t *testing.T) {
		t.Parallel()
		d := desk(t)
		meanwhile := func() {
			edit(d)
			d.otherProcess(func(*app.Instance) {})
		}
		d.Library.UseStore(listening{d.Store, func(string) { once(&meanwhile) }})
		approve(t, d, d.Instance)
		held(t, d)
	})
}
