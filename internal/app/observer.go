package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"partwork/internal/calendar"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/timing"
	"partwork/templates"
)

// Observer looks at an installation and changes nothing: the database is opened
// for reading, and no file is adopted. What it says of a campaign is what the
// database last ran, whatever the files say by now.
type Observer struct {
	Config *config.Config
	// Store is nil if there is no database yet.
	Store store.Store
	Zones *timing.Zones

	calendar timing.Clock
	records  []store.CampaignRecord
}

// Observe opens an installation for looking. Only Config and Calendar of the
// options count. A database that is older than the program is an error.
func Observe(ctx context.Context, opts Options) (*Observer, error) {
	o := &Observer{Config: opts.Config, Zones: timing.NewZones(), calendar: opts.Calendar}
	if err := checkPlace(opts.Config); err != nil {
		return nil, err
	}
	if _, err := os.Stat(opts.Config.Database.Path()); errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	db, err := sqlite.Open(ctx, opts.Config.Database.Path(), sqlite.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	o.Store = db
	if o.records, err = db.Campaigns(ctx); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// Close closes the database.
func (o *Observer) Close() error {
	if o.Store == nil {
		return nil
	}
	return o.Store.Close()
}

// Records returns the campaigns that the database knows.
func (o *Observer) Records() []store.CampaignRecord { return o.records }

// record returns the record of a campaign, the zero record if there is none.
func (o *Observer) record(id string) store.CampaignRecord {
	for _, record := range o.records {
		if record.ID == id {
			return record
		}
	}
	return store.CampaignRecord{}
}

// Program returns a campaign as the database last ran it, without the texts. It
// is drip.ErrNotFound if the database never did.
func (o *Observer) Program(id string) (scheduler.Program, error) {
	record := o.record(id)
	last, err := recollect(record)
	if err == nil && last.none() {
		err = drip.ErrNotFound
	}
	if err != nil {
		return scheduler.Program{}, fmt.Errorf("campaign %q: %w", id, err)
	}
	return last.program(record)
}

// planning is how the scheduler of this installation plans.
func (o *Observer) planning() scheduler.Config {
	return scheduler.Config{Timezone: o.Config.Timezone, Zones: o.Zones}
}

// Passage returns what planning knows of an enrollment.
func (o *Observer) Passage(p scheduler.Program, due *store.Due) (calendar.Passage, error) {
	return scheduler.Passage(o.planning(), p, due)
}

// filesAt returns the campaigns and templates folders to compare with: those of
// the configuration, or those of another checkout. That is a campaigns folder, or
// a folder that has one, and perhaps templates, under the names that the
// configuration gives them.
func (o *Observer) filesAt(dir string) (campaigns, overlay string) {
	campaigns, overlay = o.Config.Campaigns, o.Config.Templates
	if dir == "" {
		return campaigns, overlay
	}
	below := filepath.Join(dir, filepath.Base(campaigns))
	if !isFolder(below) {
		return dir, overlay
	}
	if overlay != "" {
		if there := filepath.Join(dir, filepath.Base(overlay)); isFolder(there) {
			overlay = there
		}
	}
	return below, overlay
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// files reads a campaigns folder as a running serve would, without telling the
// store about it.
func (o *Observer) files(dir string) (*Library, reading) {
	campaigns, overlay := o.filesAt(dir)
	cfg := *o.Config
	cfg.Campaigns, cfg.Templates = campaigns, overlay
	l := newLibrary(folderAt(campaigns), templates.Overlay(overlay), o.Store, &cfg, o.calendar)
	return l, l.read(o.calendar())
}
