package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"partwork/internal/store"
)

// Options say how to open a database. The zero value opens it for reading and
// writing, creating and migrating it as needed.
type Options struct {
	// ReadOnly refuses every change. The file must exist and its schema must be
	// current.
	ReadOnly bool
	// NoMigrate leaves an older schema as it is. Only Schema, Pending, Migrate
	// and Close may be used until Migrate was called.
	NoMigrate bool
	// BeforeMigrate is called before tables that exist are migrated, with the
	// versions from and to; an error keeps them as they are. Nothing was changed
	// yet: it is the time for a copy. It may be nil.
	BeforeMigrate func(ctx context.Context, have, want int64) error
	// Now dates a new database; time.Now if nil.
	Now func() time.Time

	// migrations replace those of this program in tests.
	migrations fs.FS
}

// Store is a [store.Store] in one SQLite file. It is safe for concurrent use.
type Store struct {
	path     string
	now      func() time.Time
	readOnly bool
	readers  *pool
	writer   *writer // nil if readOnly

	migrations    fs.FS
	beforeMigrate func(ctx context.Context, have, want int64) error
}

var _ store.Store = (*Store)(nil)

const (
	// busyTimeout is how long a transaction waits for another process, in
	// milliseconds.
	busyTimeout = 10_000
	// The page caches, in KiB. Only the writer's is worth much: imports and
	// group commits work on the same few pages over and over.
	writerCache = 32 << 10
	readerCache = 4 << 10
	// mostReaders is how many read at a time.
	mostReaders = 4
	// walPages is when the log is copied back into the file: 16 MB.
	walPages = 4096
	// tempInMemory is MEMORY, by its number.
	tempInMemory = 2
	// walLimit is what the log may keep on disk after that, in bytes.
	walLimit = 64 << 20
)

// ErrReadOnly is returned by every method that changes something, if the
// database was opened with Options.ReadOnly.
var ErrReadOnly = errors.New("the database was opened for reading only")

// Open opens the database file at path. A new file is readable by its owner
// only. It returns a [*NewerSchemaError] if the file was written by a newer
// Partwork, and a [*OlderSchemaError] if it would have to be migrated although
// opts.ReadOnly is set.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	s, err := openPatiently(ctx, path, opts)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, explain(err, path))
	}
	return s, nil
}

// patience is how long Open tries again when the file is busy at once. A lock is
// waited for by the engine, longer than that; but it does not wait where two that
// make a new file could wait for each other.
const (
	patience = 5 * time.Second
	pause    = 20 * time.Millisecond
)

func openPatiently(ctx context.Context, path string, opts Options) (*Store, error) {
	for begun := time.Now(); ; {
		s, err := open(ctx, path, opts)
		if err == nil || !hasCode(err, sqlite3.SQLITE_BUSY) || time.Since(begun) > patience {
			return s, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

func open(ctx context.Context, path string, opts Options) (*Store, error) {
	// Locks of the kind that closing another handle of the file cannot drop.
	// Where the system has none, the classic ones do.
	_, _ = sqlite.OFDLocking(true)
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := touch(abs, opts.ReadOnly); err != nil {
		return nil, err
	}
	s := &Store{path: abs, now: opts.Now, readOnly: opts.ReadOnly, migrations: opts.migrations, beforeMigrate: opts.BeforeMigrate}
	if s.now == nil {
		s.now = time.Now
	}
	if s.migrations == nil {
		if s.migrations, err = migrationsIn(migrationFiles); err != nil {
			return nil, err
		}
	}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.prepareSchema(ctx, opts); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// touch makes sure that the file exists and that a new one is private.
func touch(path string, readOnly bool) error {
	if readOnly {
		_, err := os.Stat(path)
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// connect opens the connections. The writer comes first: it sets the file's
// journal mode, which readers may not.
func (s *Store) connect(ctx context.Context) error {
	if !s.readOnly {
		w, err := newWriter(ctx, s.path)
		if err != nil {
			return err
		}
		s.writer = w
	}
	db, err := sql.Open("sqlite", readerDSN(s.path))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(mostReaders)
	s.readers = newPool(db, mostReaders)
	return s.readers.open(ctx)
}

// Close waits for the transaction in progress and closes the file. Closing
// twice is harmless.
func (s *Store) Close() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database %s: %w", s.path, err)
	}
	return nil
}

// writerDSN names the file for the connection that writes.
func writerDSN(path string) string {
	return dsn(path, url.Values{
		"_txlock":       {"immediate"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"1"},
		"_pragma": {
			pragma("cache_size", -writerCache),
			// What a statement of many rows would take back is in memory: by default it
			// goes through a file for each statement, a tenth of the time of an import.
			pragma("temp_store", tempInMemory),
			pragma("secure_delete", 1), // erased people leave no trace in free pages
			pragma("wal_autocheckpoint", walPages),
			pragma("journal_size_limit", walLimit),
		},
	})
}

// readerDSN names the file for the connections that only read.
func readerDSN(path string) string {
	return dsn(path, url.Values{
		"mode":        {"ro"},
		"_query_only": {"1"},
		"_pragma":     {pragma("cache_size", -readerCache)},
	})
}

// dsn escapes the path, so that no character of it is taken for a parameter. The
// parameters may be nil. The driver sets _busy_timeout before all other parameters.
func dsn(path string, params url.Values) string {
	if params == nil {
		params = make(url.Values)
	}
	params.Set("_busy_timeout", strconv.Itoa(busyTimeout))
	params.Set("_dqs", "0")
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	return "file:" + (&url.URL{Path: name}).EscapedPath() + "?" + params.Encode()
}

func pragma(name string, value int) string {
	return name + "(" + strconv.Itoa(value) + ")"
}
