package sqlite

import (
	"io/fs"
	"testing/fstest"
)

// WithMigrations returns opts with further migrations after those of this
// program, by file name.
func WithMigrations(opts Options, more map[string]string) Options {
	files := make(fstest.MapFS)
	entries, err := migrationFiles.ReadDir("migrations")
	for _, entry := range entries {
		text, _ := migrationFiles.ReadFile("migrations/" + entry.Name())
		files[entry.Name()] = &fstest.MapFile{Data: text, Mode: 0o444}
	}
	if err != nil {
		files = nil // there is nothing to add to
	}
	for name, text := range more {
		files[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o444}
	}
	opts.migrations = files
	return opts
}

// Migrations are the files of this program.
func Migrations() fs.FS { return migrationFiles }
