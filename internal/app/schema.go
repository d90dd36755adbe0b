package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"partwork/internal/config"
	"partwork/internal/store/sqlite"
)

// Schema is how far a database's tables are.
type Schema struct {
	// Version is the latest migration that was applied; 0 if there is no
	// database yet.
	Version int64
	// Pending are the migrations that this program would apply, in order.
	Pending []string
}

// ReadSchema looks at the schema and changes nothing, not even a missing
// database.
func ReadSchema(ctx context.Context, cfg *config.Config) (Schema, error) {
	if err := checkPlace(cfg); err != nil {
		return Schema{}, err
	}
	if _, err := os.Stat(cfg.Database.Path()); errors.Is(err, fs.ErrNotExist) {
		return Schema{}, nil
	}
	db, err := sqlite.Open(ctx, cfg.Database.Path(), sqlite.Options{NoMigrate: true})
	if err != nil {
		return Schema{}, err
	}
	schema, err := schemaOf(ctx, db)
	return schema, errors.Join(err, db.Close())
}

// Migrated is what Migrate did.
type Migrated struct {
	// Applied are the migrations, in order.
	Applied []string
	// Copy is the file with the database as it was before; empty if nothing was
	// pending.
	Copy string
}

// Migrate brings an existing schema up to date, after a copy of the database was
// made beside it, and returns it with what was done.
func Migrate(ctx context.Context, cfg *config.Config, now func() time.Time) (Schema, Migrated, error) {
	var done Migrated
	db, err := sqlite.Open(ctx, cfg.Database.Path(), sqlite.Options{
		NoMigrate:     true,
		BeforeMigrate: copyBeforeMigrating(cfg, now, func(made Backup) { done.Copy = made.File }),
	})
	if err != nil {
		return Schema{}, done, err
	}
	if done.Applied, err = db.Migrate(ctx); err != nil {
		return Schema{}, done, errors.Join(err, db.Close())
	}
	schema, err := schemaOf(ctx, db)
	return schema, done, errors.Join(err, db.Close())
}

// CheckSchema refuses a database whose schema is older than the program: the
// one who may change it under a running serve is the operator, not whoever asks
// for a list. A database that does not exist yet is fine.
func CheckSchema(ctx context.Context, cfg *config.Config) error {
	schema, err := ReadSchema(ctx, cfg)
	if err != nil {
		return err
	}
	if schema.Version > 0 && len(schema.Pending) > 0 {
		return fmt.Errorf("the database was made by an older partwork (schema %d, %d migrations behind); "+
			"stop serve and run `partwork migrate`, which makes a copy of the database first", schema.Version, len(schema.Pending))
	}
	return nil
}

func schemaOf(ctx context.Context, db *sqlite.Store) (Schema, error) {
	version, err := db.Schema(ctx)
	if err != nil {
		return Schema{}, err
	}
	pending, err := db.Pending(ctx)
	return Schema{Version: version, Pending: pending}, err
}
