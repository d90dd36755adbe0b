package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// NewerSchemaError says that a database was written by a newer Partwork.
type NewerSchemaError struct {
	Have int64 // the database's schema
	Know int64 // the newest schema that this program knows
}

// Error says both versions and what to do.
func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("its schema is version %d, this partwork knows versions up to %d: "+
		"use the partwork that wrote it or a newer one, or restore a backup from before the upgrade", e.Have, e.Know)
}

// OlderSchemaError says that a database must be migrated first.
type OlderSchemaError struct {
	Have int64 // the database's schema
	Want int64 // the schema that this program needs
}

// Error says both versions and what to do.
func (e *OlderSchemaError) Error() string {
	return fmt.Sprintf("its schema is version %d, this partwork needs version %d: run partwork migrate", e.Have, e.Want)
}

// Schema returns the version of the database's schema; 0 if it has none.
func (s *Store) Schema(ctx context.Context) (int64, error) {
	version, err := s.schemaVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return version, nil
}

// Pending returns the file names of the migrations that were not applied yet,
// in the order in which Migrate will apply them.
func (s *Store) Pending(ctx context.Context) ([]string, error) {
	have, err := s.Schema(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := s.knownMigrations()
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	var names []string
	for _, source := range sources {
		if source.Version > have {
			names = append(names, filepath.Base(source.Path))
		}
	}
	return names, nil
}

// Migrate applies all pending migrations, each in its own transaction, and
// returns their file names. A migration that fails leaves the schema as the one
// before it made it.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	if s.readOnly {
		return nil, fmt.Errorf("migrate database: %w", ErrReadOnly)
	}
	names, err := s.Pending(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, fmt.Errorf("migrate database: %w", explain(err, s.path))
	}
	return names, nil
}

// prepareSchema brings the schema up to date, or refuses it.
func (s *Store) prepareSchema(ctx context.Context, opts Options) error {
	have, err := s.schemaVersion(ctx)
	if err != nil {
		return err
	}
	want, err := s.newestMigration()
	switch {
	case err != nil:
		return err
	case have > want:
		return &NewerSchemaError{Have: have, Know: want}
	case have < want && opts.ReadOnly:
		return &OlderSchemaError{Have: have, Want: want}
	case have == want || opts.NoMigrate:
		return nil
	}
	return s.migrate(ctx)
}

// migrate applies what is pending and makes sure that the database knows who it
// is. It uses a connection of its own: the library wants a whole sql.DB.
func (s *Store) migrate(ctx context.Context) error {
	if err := s.announceMigration(ctx); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", writerDSN(s.path))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if err := s.apply(ctx, db); err != nil {
		return errors.Join(err, db.Close())
	}
	return db.Close()
}

// announceMigration tells of a migration of tables that exist, unless another
// process was quicker.
func (s *Store) announceMigration(ctx context.Context) error {
	if s.beforeMigrate == nil {
		return nil
	}
	have, err := s.schemaVersion(ctx)
	if err != nil || have == 0 {
		return err
	}
	want, err := s.newestMigration()
	if err != nil || have >= want {
		return err
	}
	return s.beforeMigrate(ctx, have, want)
}

func (s *Store) apply(ctx context.Context, db *sql.DB) error {
	provider, err := s.newProvider(db)
	if err != nil {
		return err
	}
	for {
		have, err := schemaVersion(ctx, db)
		if err != nil {
			return err
		}
		if _, err = provider.Up(ctx); err == nil {
			break
		}
		// Another process may have been quicker with a migration: then the next one
		// is tried. If nobody got further, it is the migration's fault.
		if now, again := schemaVersion(ctx, db); again != nil || now <= have {
			return err
		}
	}
	_, err = db.ExecContext(ctx, `
		INSERT INTO instance (id, uuid, epoch, created_at)
		VALUES (1, $1, 0, $2)
		ON CONFLICT (id) DO NOTHING`, newUUID(), s.now().UnixMilli())
	return err
}

// migrationsIn returns the folder of migrations.
func migrationsIn(files embed.FS) (fs.FS, error) { return fs.Sub(files, "migrations") }

func (s *Store) newProvider(db *sql.DB) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, db, wholeFiles{s.migrations},
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

// knownMigrations lists the migrations in this program, by version.
func (s *Store) knownMigrations() ([]*goose.Source, error) {
	provider, err := s.newProvider(new(sql.DB)) // listing needs no connection
	if err != nil {
		return nil, err
	}
	return provider.ListSources(), nil
}

func (s *Store) newestMigration() (int64, error) {
	sources, err := s.knownMigrations()
	if err != nil {
		return 0, err
	}
	return sources[len(sources)-1].Version, nil
}

func (s *Store) schemaVersion(ctx context.Context) (version int64, err error) {
	err = s.read(ctx, func(r *snapshot) error {
		version, err = schemaVersion(ctx, r.reader.conn)
		return err
	})
	return version, err
}

// schemaVersion reads the version table of the migration library. (The table
// of tables is SQLite's own.)
func schemaVersion(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (int64, error) {
	var tables int
	err := db.QueryRowContext(ctx, `
		SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var version sql.NullInt64
	err = db.QueryRowContext(ctx, `
		SELECT MAX(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version.Int64, err
}

// hasCode reports whether err carries the driver's result code, primary or
// extended.
func hasCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == code || e.Code()&0xff == code)
}

// newUUID returns a random UUID (RFC 9562 §5.4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
