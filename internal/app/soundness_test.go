package app_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"partwork/internal/app"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// TestServeRefusesADamagedDatabase damages a page that starting does not read.
func TestServeRefusesADamagedDatabase(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"small": 0, "large": 100} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := newInstance(t, instanceOptions{})
			for i := range size {
				var hash [32]byte
				binary.BigEndian.PutUint64(hash[:], uint64(i+1))
				if _, err := in.Store.SaveContent(t.Context(), hash, make([]byte, 100_000), in.now()); err != nil {
					t.Fatal(err)
				}
			}
			if err := in.Close(); err != nil {
				t.Fatal(err)
			}
			path := in.cfg.Database.Path()
			overwriteRoot(t, path, "images")
			// What is left of a log after a crash, and says nothing.
			if err := os.WriteFile(path+"-wal", make([]byte, 32), 0o600); err != nil {
				t.Fatal(err)
			}
			in.open(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			relay := testkit.Start(t, testkit.Script{})
			err := in.serve(t, relay, app.ServeOptions{}).until(ctx)
			var fault *store.Fault
			if !errors.As(err, &fault) || fault.Kind != store.FaultCorrupt || !strings.Contains(fault.Error(), "docs/RESTORE.md") {
				t.Errorf("serve ends with %v", err)
			}
		})
	}
}

// until returns what serve ended with.
func (r *running) until(ctx context.Context) error {
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// overwriteRoot damages the first page of a table.
func overwriteRoot(t *testing.T, path, table string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	var page, size int64
	err = db.QueryRowContext(t.Context(), `
		SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = $1`, table).Scan(&page, &size)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte(strings.Repeat("\xff", int(size))), (page-1)*size)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
