package app

import (
	"context"
	"time"

	"partwork/internal/config"
)

// RunBackup runs the job of the backup schedule once, and returns what the health
// page then warns of.
func RunBackup(ctx context.Context, in *Instance) []string {
	h := &health{}
	backups{in, h}.make(ctx)
	return h.report(time.Now(), nil).Warnings
}

// BackupTimes returns when the runner would make the first two backups if it
// started at now.
func BackupTimes(cfg *config.Config, now time.Time) (first, then time.Time) {
	s, _ := newBackupSchedule(cfg)
	first = s.Next(now)
	return first, s.Next(first)
}

// CopyBeforeMigrating returns the hook, and what tells of the file that it made.
func CopyBeforeMigrating(cfg *config.Config, now time.Time) (hook func(context.Context, int64, int64) error, told func() string) {
	var file string
	return copyBeforeMigrating(cfg, func() time.Time { return now }, func(b Backup) { file = b.File }), func() string { return file }
}
