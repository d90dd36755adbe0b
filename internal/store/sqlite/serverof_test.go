package sqlite_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
)

// TestServerOfAnyDatabase asks who serves files of which not every one has the table.
func TestServerOfAnyDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	for _, schema := range []string{`CREATE TABLE other (id INTEGER)`, `CREATE TABLE server (id INTEGER)`} {
		db, err := sql.Open("sqlite", "file:"+path)
		if err == nil {
			_, err = db.ExecContext(t.Context(), schema)
		}
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.ServerOf(t.Context(), path); !errors.Is(err, drip.ErrNotFound) {
			t.Errorf("after %q: %v, want ErrNotFound", schema, err)
		}
	}
	path = filepath.Join(t.TempDir(), "partwork.db")
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := sqlite.ServerOf(t.Context(), path); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("nobody serves: %v, want ErrNotFound", err)
	}
	want := store.Server{Owner: 1, PID: 2, Host: "h", Machine: "m", Beat: 3, StartedAt: time.UnixMilli(4).UTC()}
	if err := db.Occupy(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, err := sqlite.ServerOf(t.Context(), path); err != nil || got != want {
		t.Errorf("%+v (%v), want %+v", got, err, want)
	}
}
