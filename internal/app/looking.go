package app

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// Look says how much of an installation is opened by a command that only looks:
// the database for reading, and no file is adopted. Without a database, everything
// is as it would be in a new one, and none is made.
type Look int

// The ways to look. The zero value does not only look.
const (
	// LookAtRecords shows the campaigns as the database last ran them, whatever the
	// files say; those are not read.
	LookAtRecords Look = iota + 1
	// LookAtFiles shows likewise what is in force, and reads the files to say what
	// is wrong with them, and where they differ.
	LookAtFiles
)

// FilesState is how a campaign's files stand to what is in force.
type FilesState string

// The states.
const (
	FilesOK     FilesState = "ok"
	FilesBroken FilesState = "broken" // they have errors: the last good version stays
	FilesGone   FilesState = "gone"   // there are none: likewise
	FilesDiffer FilesState = "differ" // they are good, and were not taken in yet
)

// recall makes the library what the database last ran.
func (l *Library) recall(ctx context.Context) error {
	records, err := l.store.Campaigns(ctx)
	if err != nil {
		return err
	}
	var all shelf
	for _, record := range records {
		last, err := recollect(record)
		if err != nil || last.none() {
			continue // whoever looks at the files says why
		}
		if program, err := last.program(record); err == nil {
			all.programs = append(all.programs, program)
		}
	}
	all.programs = byID(all.programs)
	l.current.Store(&all)
	return nil
}

// look is recall, and reads the files to compare them. It tells the store nothing.
func (l *Library) look(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &round{Library: l, reading: l.read(now), now: now}
	r.moving = nil // what was written a moment ago is shown as it is; nothing comes of it
	if err := r.begin(ctx); err != nil {
		return err
	}
	differ := make(map[string]bool)
	for _, c := range r.campaigns {
		differs, err := r.regard(c)
		if err != nil {
			return err
		}
		differ[c.ID] = differs
	}
	r.tidy()
	for _, record := range r.records {
		if err := r.keep(ctx, record); err != nil {
			return err
		}
	}
	r.publish()
	seen := *l.current.Load()
	seen.differ = differ
	l.current.Store(&seen)
	return nil
}

// regard puts the version in force of a campaign whose files can be read on the
// shelf, and reports whether they say something else.
func (r *round) regard(c *drip.Campaign) (differs bool, err error) {
	if r.layouts == nil {
		return false, nil
	}
	if r.takenKey(c) {
		r.findings = append(r.findings, r.conflict(c))
		return false, nil
	}
	ed, faults, err := r.bind(c, r.layouts)
	r.findings = slices.Concat(r.findings, faults, r.rehearsed(c))
	if err != nil || ed == nil {
		return false, err
	}
	record := r.record(c.ID)
	last, unread := recollect(record)
	if unread != nil || last.none() {
		return true, nil // a new campaign
	}
	program, unread := last.program(record)
	if unread != nil {
		return true, nil
	}
	same := last.Digest == ed.digest
	if same {
		program.Campaign = ed.campaign // with the texts
	}
	ed.record = record
	r.programs[c.ID], r.editions[c.ID] = program, ed
	r.noteKey(program)
	if !record.StoppedAt.IsZero() {
		return false, nil // nothing comes of it any more
	}
	return !same || record.Timetable != r.timetable(c) || record.Outline != r.outline(c, program.Contents), nil
}

// takenKey reports whether the key is that of another campaign in the database.
func (r *round) takenKey(c *drip.Campaign) bool {
	return slices.ContainsFunc(r.records, func(record store.CampaignRecord) bool {
		return record.Key == c.Key && record.ID != c.ID
	})
}

// rehearsed returns the errors in a campaign's messages as its personas would get
// them, as `partwork check` does. A serve takes the files in all the same: a persona
// is nobody, and a reader may have what it lacks.
func (r *round) rehearsed(c *drip.Campaign) []drip.Finding {
	folder, done := r.openFolder()
	defer done()
	personas, _ := campaignfile.Personas(folder, c, campaignfile.Options{Name: r.name})
	readers := make([]compose.Reader, len(personas))
	for i, p := range personas {
		readers[i] = compose.Reader{Email: p.Email, Name: p.Name, Timezone: p.Timezone, Attributes: p.Attributes}
	}
	return r.lint(c, r.layouts, readers)
}

// Files says how a campaign's files stand to what is in force, as far as they were
// looked at.
func (l *Library) Files(record store.CampaignRecord) FilesState {
	now := l.current.Load()
	if now.differ[record.ID] {
		return FilesDiffer
	}
	_, kept := now.kept[record.No]
	if _, shown := l.Program(record.No); shown && !kept {
		return FilesOK
	}
	broken := false
	for _, f := range l.FindingsOf(record.ID) {
		switch {
		case f.Rule == "campaign-gone":
			return FilesGone
		case f.Rule == "being-written":
			return FilesDiffer
		}
		broken = broken || f.Severity == drip.SeverityError
	}
	if broken {
		return FilesBroken
	}
	return FilesGone
}

// Differing returns the ids of campaigns whose files are good and not what is in
// force, new campaigns among them.
func (l *Library) Differing() []string {
	differ := l.current.Load().differ
	return slices.DeleteFunc(slices.Sorted(maps.Keys(differ)), func(id string) bool { return !differ[id] })
}

// scratch returns a folder for a database that nobody keeps, if the configured one
// does not exist and is not to be made; empty otherwise.
func scratch(opts Options) (string, error) {
	if opts.Look == 0 || opts.Config.Database.IsPostgres() {
		return "", nil
	}
	if _, err := os.Stat(opts.Config.Database.Path()); !errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return os.MkdirTemp("", "partwork-look-")
}

// places are where an instance's database and secret are.
type places struct{ database, secret string }

// placesOf returns the configured places, or those in a scratch folder.
func placesOf(opts Options, scratch string) places {
	if scratch == "" {
		return places{opts.Config.Database.Path(), opts.Config.SecretFile}
	}
	return places{filepath.Join(scratch, "partwork.db"), filepath.Join(scratch, "secret")}
}
