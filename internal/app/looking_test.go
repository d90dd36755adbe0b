package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// lookAt opens the desk's installation for looking.
func (d *desk) lookAt(kind app.Look) *app.Instance {
	d.t.Helper()
	in, err := app.Open(d.t.Context(), app.Options{Config: d.cfg, Calendar: d.now, Look: kind})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { in.Close() })
	return in
}

// TestLookingTakesNothingIn holds that an edit is seen, and is no more in force
// after somebody looked than before.
func TestLookingTakesNothingIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	record := func() string {
		records, err := d.Store.Campaigns(t.Context())
		if err != nil || len(records) != 1 {
			t.Fatal(records, err)
		}
		return string(records[0].Definition) + records[0].Outline
	}
	files := func(in *app.Instance) app.FilesState {
		records, err := in.Store.Campaigns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return in.Library.Files(records[0])
	}
	before := record()
	if got := files(d.lookAt(app.LookAtFiles)); got != app.FilesOK {
		t.Errorf("nothing was edited, but the files are %q", got)
	}
	campaign := "campaigns/letters/campaign.yaml"
	good := d.read(campaign)
	d.save(campaign, strings.Replace(good, "title: Letters", "title: Edited", 1))
	for _, kind := range []app.Look{app.LookAtRecords, app.LookAtFiles} {
		in := d.lookAt(kind)
		program, err := in.Library.Campaign("letters")
		if err != nil || program.Campaign.Title != "Letters" {
			t.Errorf("look %d: %q is in force, %v", kind, program.Campaign.Title, err)
		}
		if _, err := in.Store.ChangeCampaign(t.Context(), store.CampaignChange{Campaign: program.Record.No, Verb: store.PauseCampaign, Now: d.now()}); err == nil {
			t.Errorf("look %d can write", kind)
		}
		if record() != before {
			t.Errorf("look %d took the edit in", kind)
		}
	}
	if got := files(d.lookAt(app.LookAtFiles)); got != app.FilesDiffer {
		t.Errorf("an edit is %q", got)
	}
	d.save(campaign, "title: [broken")
	if got := files(d.lookAt(app.LookAtFiles)); got != app.FilesBroken {
		t.Errorf("a broken file is %q", got)
	}
	d.move("campaigns/letters", "letters")
	if got := files(d.lookAt(app.LookAtFiles)); got != app.FilesGone {
		t.Errorf("a lost folder is %q", got)
	}
}

// TestLookingMakesNoDatabase holds that what is not there is looked at as if it were
// new, and leaves nothing behind.
func TestLookingMakesNoDatabase(t *testing.T) {
	t.Parallel()
	d := bareDesk(t)
	cfg := *d.cfg
	dir := t.TempDir()
	cfg.SecretFile = filepath.Join(dir, "secret")
	d.cfg = &cfg
	d.Close()
	if err := os.Rename(cfg.Database.Path(), filepath.Join(dir, "elsewhere.db")); err != nil {
		t.Fatal(err)
	}
	in := d.lookAt(app.LookAtFiles)
	if n := len(in.Library.Programs()); n != 1 {
		t.Errorf("%d campaigns are shown, want 1", n)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{cfg.Database.Path(), cfg.SecretFile} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was made", filepath.Base(name))
		}
	}
}

// TestAFullDay holds that what one person got today fills their day, and what they
// got on other days does not.
func TestAFullDay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(newsday)
	row := d.entries(t)[0]
	if row.State != drip.DeliverySent {
		t.Fatal(row.State)
	}
	due, err := d.Store.History(t.Context(), row.Enrollment)
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int]timing.Date{0: 0, 1: timing.DateAt(newsday), 2: 0} {
		p := calendar.Passage{Zone: d.cfg.Location()}
		if err := app.FillDay(t.Context(), d.Store, limit, due.Enrollment.Subscriber, &p, d.now()); err != nil || p.FullOn != want {
			t.Errorf("with %d a day it is full on %v, want %v; %v", limit, p.FullOn, want, err)
		}
	}
	p := calendar.Passage{Zone: d.cfg.Location()}
	if err := app.FillDay(t.Context(), d.Store, 1, due.Enrollment.Subscriber, &p, d.now().AddDate(0, 0, 1)); err != nil || p.FullOn != 0 {
		t.Errorf("the day after is full on %v; %v", p.FullOn, err)
	}
}
