package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"partwork/internal/config"
	"partwork/internal/store/sqlite"
)

// BackupOptions say what to copy, and where to.
type BackupOptions struct {
	// Config is validated and complete.
	Config *config.Config
	// File is the name of the copy. A folder gets a copy of a name that tells the
	// time; empty is the folder of the configuration.
	File string
	// Replace allows a file of that name to be replaced, once the copy is good.
	Replace bool
	// Now is the machine's time.
	Now time.Time
	// Progress is told of the bytes done and to do, and of the check after them.
	// It may be nil.
	Progress func(checking bool, done, total int64)
}

// Backup is a copy of the database that was checked.
type Backup struct {
	File   string
	Bytes  int64
	MadeAt time.Time
	// Schema, UUID and Rows are those of the database when the copy began.
	Schema int64
	UUID   string
	Rows   map[string]int64
}

// MakeBackup copies the database, also under a running serve and whatever its
// schema is, checks the copy, and only then gives it its name. A file of the name
// is fs.ErrExist unless Replace is set. When it fails, what was there is there
// still, and nothing else.
func MakeBackup(ctx context.Context, opts BackupOptions) (Backup, error) {
	database := opts.Config.Database.Path()
	if err := checkPlace(opts.Config); err != nil {
		return Backup{}, err
	}
	if _, err := os.Stat(database); err != nil {
		return Backup{}, fmt.Errorf("there is no database to copy: %w", err)
	}
	file, err := backupFile(opts)
	if err != nil {
		return Backup{}, err
	}
	if err := refuseOwnFiles(opts.Config, file); err != nil {
		return Backup{}, err
	}
	if _, err := os.Lstat(file); err == nil && !opts.Replace {
		return Backup{}, &fs.PathError{Op: "back up to", Path: file, Err: fs.ErrExist}
	}
	if err := checkRoom(filepath.Dir(file), databaseSize(database)); err != nil {
		return Backup{}, err
	}
	return opts.write(ctx, database, file)
}

// write copies to a temporary name beside the file.
func (opts BackupOptions) write(ctx context.Context, database, file string) (Backup, error) {
	removeLeftovers(file, opts.Now)
	partial := file + partialSuffix + strings.ToLower(rand.Text()[:8])
	progress := opts.Progress
	if progress == nil {
		progress = func(bool, int64, int64) {}
	}
	copied, err := sqlite.Copy(ctx, database, partial, func(stage sqlite.Stage, done, total int64) {
		progress(stage == sqlite.Checking, done, total)
	})
	if err != nil {
		return Backup{}, err
	}
	if err := publish(partial, file, opts.Replace); err != nil {
		_ = os.Remove(partial)
		return Backup{}, err
	}
	return Backup{
		File: file, Bytes: copied.Bytes, MadeAt: opts.Now, Schema: copied.Schema, UUID: copied.UUID, Rows: copied.Rows,
	}, nil
}

// backupFile returns the name of the copy, and makes the configured folder if it
// goes there.
func backupFile(opts BackupOptions) (string, error) {
	if opts.File != "" {
		if !isFolder(opts.File) {
			return filepath.Abs(opts.File)
		}
		return filepath.Abs(filepath.Join(opts.File, backupName(opts.Now)))
	}
	dir := opts.Config.Backup.Dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the folder of backups: %w", err)
	}
	return filepath.Join(dir, backupName(opts.Now)), nil
}

// refuseOwnFiles refuses a name that one of the instance's own files has: with
// Replace it would be lost.
func refuseOwnFiles(cfg *config.Config, file string) error {
	database := cfg.Database.Path()
	for _, own := range append([]string{database, database + "-wal", database + "-shm", database + "-journal"}, secretFiles(cfg)...) {
		if own == file || sameFile(own, file) {
			return fmt.Errorf("%s is in use by this instance; choose another name for the copy", file)
		}
	}
	return nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// databaseSize returns the size of a database with what is still in its log.
func databaseSize(path string) (size int64) {
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	return size
}

// checkRoom refuses to begin what would fill the disk.
func checkRoom(dir string, need int64) error {
	if free, known := freeSpace(dir); known && free < need {
		return fmt.Errorf("%s has room for %s, and the copy may need %s: make room, or name another folder",
			dir, megabytes(free), megabytes(need))
	}
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// publish gives a finished file its name, durably.
func publish(partial, file string, replace bool) error {
	if replace {
		if err := os.Rename(partial, file); err != nil {
			return err
		}
		return syncFolder(filepath.Dir(file))
	}
	// A hard link never replaces a file. Where the file system has none, a rename
	// after a look must do.
	err := os.Link(partial, file)
	switch {
	case err == nil:
		err = os.Remove(partial)
	case !errors.Is(err, fs.ErrExist):
		if _, there := os.Lstat(file); !errors.Is(there, fs.ErrNotExist) {
			return errors.Join(err, fs.ErrExist)
		}
		err = os.Rename(partial, file)
	}
	return errors.Join(err, syncFolder(filepath.Dir(file)))
}

// syncFolder makes a new name durable. Some systems cannot sync a folder; the name
// is as durable there as they make it.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}
