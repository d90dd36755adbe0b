package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"partwork/internal/config"
)

// copyBeforeMigrating returns what is to be done before a database that exists is
// migrated: a checked copy beside it, of which tell is told. Without a copy nothing
// is migrated.
func copyBeforeMigrating(cfg *config.Config, now func() time.Time, tell func(Backup)) func(ctx context.Context, have, want int64) error {
	return func(ctx context.Context, _, want int64) error {
		at := now()
		file := fmt.Sprintf("%s.before-v%d-%s", cfg.Database.Path(), want, at.UTC().Format(backupTime))
		made, err := MakeBackup(ctx, BackupOptions{Config: cfg, File: file, Now: at})
		switch {
		case errors.Is(err, fs.ErrExist):
			return nil // another process made it in the same second
		case err != nil:
			return fmt.Errorf("no copy could be made first, so nothing was migrated: %w", err)
		}
		tell(made)
		return nil
	}
}

// copyBefore is copyBeforeMigrating with a line in the log.
func (in *Instance) copyBefore(cfg *config.Config) func(ctx context.Context, have, want int64) error {
	return copyBeforeMigrating(cfg, in.machine, func(made Backup) {
		in.log.Info("copied the database before migrating it; the copy may be removed once all is well", "file", made.File, "schema", made.Schema)
	})
}
