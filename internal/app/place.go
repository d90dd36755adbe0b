package app

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"partwork/internal/config"
	"partwork/internal/store/sqlite"
)

// LostDatabaseError says that there is no database where this instance had one. A
// new, empty one in its place would mail people who left, and greet everybody with
// the first issue.
type LostDatabaseError struct {
	Path string
	// Found says what is there in its place, Evidence why there was one.
	Found, Evidence string
}

// Error says what is missing and what to do.
func (e *LostDatabaseError) Error() string {
	return fmt.Sprintf("the database %s %s, but this instance has had one: %s. "+
		"Restore the latest backup as docs/RESTORE.md says; only if nothing was ever sent, begin anew with `partwork migrate --new`",
		e.Path, e.Found, e.Evidence)
}

// secretFiles names the files with keys: of the links, and of the suppression list.
func secretFiles(cfg *config.Config) []string {
	return []string{cfg.SecretFile, config.SuppressionFile(cfg.SecretFile)}
}

// evidence says why there must have been a database; empty if nothing speaks for
// it. Keys are made when there is a database, never before: see openKeys.
func evidence(cfg *config.Config) string {
	for _, name := range secretFiles(cfg) {
		if _, err := os.Lstat(name); err == nil {
			return "its keys are in " + name
		}
	}
	return ""
}

// checkPlace refuses a database file that cannot be the instance's, before anything
// is opened or made. No file at all is fine if nothing speaks for an earlier one.
func checkPlace(cfg *config.Config) error {
	if cfg.Database.IsPostgres() {
		return nil
	}
	path := cfg.Database.Path()
	// Whoever makes a database makes its keys afterwards. Looked at in the other
	// order, one that is made at this moment would seem to be lost.
	had := evidence(cfg)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return checkMissing(path, had)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("the database %s cannot be there: part of its path is a file; correct database: in the configuration", path)
	case err != nil:
		return fmt.Errorf("the database cannot be looked at: %w; let the user who runs partwork enter its folder", err)
	case info.IsDir():
		return fmt.Errorf("the database %s is a folder; expected a file: correct database: in the configuration", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("the database %s is not a file; expected one: correct database: in the configuration", path)
	case info.Size() == 0 && had != "":
		return &LostDatabaseError{Path: path, Found: "is empty", Evidence: had}
	case info.Size() == 0:
		return nil // somebody is about to make it, or was cut off
	}
	return checkHeader(path, info.Size())
}

func checkMissing(path, had string) error {
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Stat(path + suffix); err == nil && info.Size() > 0 {
			return &LostDatabaseError{Path: path, Found: "does not exist", Evidence: path + suffix + " has changes that belong to it"}
		}
	}
	if had != "" {
		return &LostDatabaseError{Path: path, Found: "does not exist", Evidence: had}
	}
	return nil
}

// The beginning of every SQLite file (https://www.sqlite.org/fileformat2.html §1.3).
const (
	sqliteMagic  = "SQLite format 3\x00"
	sqliteHeader = 100
)

// checkHeader refuses what is no SQLite file, or not all of one. With a log beside
// it, the engine knows better.
func checkHeader(path string, size int64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the database cannot be opened: %w; let the user who runs partwork read and write it", err)
	}
	defer f.Close()
	head := make([]byte, sqliteHeader)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.HasPrefix(head, []byte(sqliteMagic)) {
		return fmt.Errorf("%s is not an SQLite database, or its beginning is damaged: "+
			"correct database: in the configuration, or restore the latest backup as docs/RESTORE.md says", path)
	}
	log, err := os.Stat(path + "-wal")
	logged := err == nil && log.Size() > 0
	if logged && head[modeOffset] != withLog {
		return fmt.Errorf("the database %s is a copy, and the log beside it, %s-wal, is of another file: the two would be mixed. "+
			"Stop every partwork, and move %s-wal and %s-shm away, as docs/RESTORE.md says", path, path, path, path)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 1 << 16
	}
	pages := int64(binary.BigEndian.Uint32(head[28:]))
	// The count of pages holds only if it was written with the latest change.
	current := bytes.Equal(head[24:28], head[92:96])
	if logged || !current || pages*page <= size {
		return nil
	}
	return fmt.Errorf("the database %s has %d bytes, and should have %d: it was cut off; restore the latest backup as docs/RESTORE.md says",
		path, size, pages*page)
}

// NewDatabase makes a new, empty database although keys speak for an earlier one.
// It is fs.ErrExist if there is anything in its place.
func NewDatabase(ctx context.Context, cfg *config.Config) error {
	path := cfg.Database.Path()
	for _, name := range []string{path, path + "-wal", path + "-journal"} {
		if info, err := os.Lstat(name); err == nil && info.Size() > 0 {
			return fmt.Errorf("%s is there: move it away first, and keep it: %w", name, fs.ErrExist)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create the database's folder: %w", err)
	}
	db, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return err
	}
	return db.Close()
}
