package app

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/robfig/cron/v3"

	"partwork/internal/config"
	"partwork/internal/timing"
)

// makeUp is how long after the start a copy is made that was missed. A program
// that is started over and over should not copy each time.
const makeUp = 5 * time.Minute

// backupSchedule is the schedule of backups on the clock of the configured zone.
type backupSchedule struct {
	timing.Schedule
	loc *time.Location
	dir string
	// started says that the runner has asked once.
	started bool
}

func newBackupSchedule(cfg *config.Config) (*backupSchedule, bool) {
	when, on := cfg.Backup.When()
	return &backupSchedule{Schedule: when, loc: cfg.Location(), dir: cfg.Backup.Dir}, on
}

// after returns the first occurrence after an instant.
func (s *backupSchedule) after(t time.Time) time.Time {
	for wall := timing.WallAt(t.In(s.loc)); ; {
		slot := s.NextSlot(wall, s.loc)
		if slot.At.After(t) {
			return slot.At
		}
		wall = slot.Wall
	}
}

// Next implements cron.Schedule. A copy that was missed while nothing ran is made
// up for soon after the start.
func (s *backupSchedule) Next(now time.Time) time.Time {
	next := s.after(now)
	if s.started {
		return next
	}
	s.started = true
	times := backupsIn(s.dir)
	soon := now.Add(makeUp)
	if (len(times) == 0 || s.after(times[0]).Before(now)) && soon.Before(next) {
		return soon
	}
	return next
}

// backups makes the scheduled copies.
type backups struct {
	*Instance
	health *health
}

// schedule has the runner make copies until ctx ends; a copy that is being made
// then is given up.
func (b backups) schedule(ctx context.Context, ticks *cron.Cron) {
	schedule, on := newBackupSchedule(b.Config)
	if !on {
		return
	}
	ticks.Schedule(schedule, cron.FuncJob(func() { b.make(ctx) }))
}

// make makes a copy and removes the oldest, but only after the new one was checked.
func (b backups) make(ctx context.Context) {
	began := b.machine()
	made, err := MakeBackup(ctx, BackupOptions{Config: b.Config, Now: began})
	switch {
	case ctx.Err() != nil:
		return // stopping; the next start makes up for it
	case errors.Is(err, fs.ErrExist):
		return // another process made it in the same second
	case err != nil:
		b.log.Error("back up the database; older backups stay", "error", err)
		b.health.backup(err)
		return
	}
	b.health.backup(nil)
	b.log.Info("backed up the database", "file", filepath.Base(made.File), "bytes", made.Bytes, "took", b.machine().Sub(began).Round(time.Millisecond))
	removed, err := prune(b.Config.Backup.Dir, b.Config.Backup.Keep)
	for _, name := range removed {
		b.log.Info("removed an old backup", "file", filepath.Base(name))
	}
	if err != nil {
		b.log.Error("remove old backups", "error", err)
		b.health.backup(err)
	}
}

// backupWarnings says that the scheduled copies stay out.
func (in *Instance) backupWarnings() []string {
	since, err := in.Store.Instance(context.Background())
	if err != nil {
		return nil // the database has worse troubles, which are told of
	}
	return in.Backups(since.CreatedAt).Warnings()
}

// Warnings says in words what is wrong, for the operator.
func (s BackupState) Warnings() []string {
	switch {
	case !s.Overdue:
		return nil
	case s.Last.IsZero():
		return []string{"there is no backup yet, and the schedule has come twice: see the log of serve, or make one with `partwork backup`"}
	}
	return []string{"the latest backup is of " + s.Last.Format("2006-01-02 15:04 UTC") +
		", and the schedule has come twice since: see the log of serve, or make one with `partwork backup`"}
}

// Backups says how things stand with the scheduled copies of a database that was
// made at since.
func (in *Instance) Backups(since time.Time) BackupState {
	return backupState(in.Config, since, in.machine())
}
