package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/store"
	"partwork/internal/store/sqlite"
)

// fill saves contents of 100 KB, each different.
func fill(t *testing.T, s *sqlite.Store, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		var hash [32]byte
		binary.BigEndian.PutUint64(hash[:], uint64(i))
		if _, err := s.SaveContent(t.Context(), hash, make([]byte, 100_000), time.UnixMilli(1e12)); err != nil {
			t.Fatal(err)
		}
	}
}

func beside(t *testing.T, path string) []string {
	t.Helper()
	names, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestCopy(t *testing.T) {
	t.Parallel()

	// A commit after every few pages would make the engine begin anew for ever,
	// were it not for the reading transaction around it.
	t.Run("IsOfOneMomentWhateverIsWritten", func(t *testing.T) {
		t.Parallel()
		const before = 150
		dir := t.TempDir()
		path, dest := filepath.Join(dir, "partwork.db"), filepath.Join(dir, "copy.db")
		s := openAt(t, path)
		fill(t, s, 0, before)
		steps, stages, most := 0, map[sqlite.Stage]int{}, int64(0)
		copied, err := sqlite.Copy(t.Context(), path, dest, func(stage sqlite.Stage, done, total int64) {
			if steps++; steps > 100 {
				t.Fatal("it never ends")
			}
			if stages[stage]++; stage == sqlite.Copying {
				if done < most || done > total {
					t.Errorf("%d of %d bytes after %d", done, total, most)
				}
				most = done
			}
			fill(t, s, before+steps, before+steps+1)
		})
		if err != nil {
			t.Fatal(err)
		}
		if stages[sqlite.Copying] < 3 || stages[sqlite.Checking] != 1 || most != copied.Bytes {
			t.Errorf("stages were %v, and %d of %d bytes were told of", stages, most, copied.Bytes)
		}
		instance, err := s.Instance(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if copied.Rows["contents"] != before || copied.UUID != instance.UUID || copied.Schema != instance.Schema {
			t.Errorf("the copy is %+v", copied)
		}
		info, err := os.Stat(dest)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 || info.Size() != copied.Bytes {
			t.Errorf("its mode is %v, its size %d", info.Mode(), info.Size())
		}
		if names := beside(t, dest); len(names) != 1 {
			t.Errorf("the copy is %v", names)
		}
		if b, err := openAt(t, dest).Content(t.Context(), 1); err != nil || len(b) != 100_000 {
			t.Errorf("the copy has %d bytes, %v", len(b), err)
		}
	})

	t.Run("NeverReplacesAFile", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path, dest := filepath.Join(dir, "partwork.db"), filepath.Join(dir, "copy.db")
		openAt(t, path)
		if err := os.WriteFile(dest, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.Copy(t.Context(), path, dest, nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("the error is %v", err)
		}
		if text, err := os.ReadFile(dest); err != nil || string(text) != "precious" {
			t.Errorf("the file is %q, %v", text, err)
		}
	})

	t.Run("LeavesNothingWhenStopped", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path, dest := filepath.Join(dir, "partwork.db"), filepath.Join(dir, "copy.db")
		fill(t, openAt(t, path), 0, 100)
		for _, when := range []sqlite.Stage{sqlite.Copying, sqlite.Checking} {
			ctx, stop := context.WithCancel(t.Context())
			_, err := sqlite.Copy(ctx, path, dest, func(stage sqlite.Stage, _, _ int64) {
				if stage == when {
					stop()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("stopped at stage %d, the error is %v", when, err)
			}
			if names := beside(t, dest); len(names) != 0 {
				t.Errorf("there is %v", names)
			}
		}
	})

	t.Run("RefusesWhatIsDamaged", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path, dest := filepath.Join(dir, "partwork.db"), filepath.Join(dir, "copy.db")
		damaged(t, path)
		_, err := sqlite.Copy(t.Context(), path, dest, nil)
		var fault *store.Fault
		if !errors.As(err, &fault) || fault.Kind != store.FaultCorrupt {
			t.Errorf("the error is %v", err)
		}
		if names := beside(t, dest); len(names) != 0 {
			t.Errorf("there is %v", names)
		}
	})

	t.Run("MakesNoDatabaseWhereThereIsNone", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path := filepath.Join(dir, "partwork.db")
		if _, err := sqlite.Copy(t.Context(), path, filepath.Join(dir, "copy.db"), nil); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the error is %v", err)
		}
		if names := beside(t, filepath.Join(dir, "")); len(names) > 1 {
			t.Errorf("there is %v", names)
		}
	})
}

// damaged makes a database with a page of rows overwritten: it opens, and the
// damage shows only where somebody looks.
func damaged(t *testing.T, path string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, 0, 20)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(strings.Repeat("\xff", 4096)), rootOf(t, path, "contents")); err != nil {
		t.Fatal(err)
	}
}

func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	if err := openAt(t, path).Check(t.Context()); err != nil {
		t.Errorf("a sound database gives %v", err)
	}
	path = filepath.Join(t.TempDir(), "partwork.db")
	damaged(t, path)
	err := openAt(t, path).Check(t.Context())
	var fault *store.Fault
	if !errors.As(err, &fault) || fault.Kind != store.FaultCorrupt {
		t.Fatalf("the error is %v", err)
	}
	for _, want := range []string{path, "damaged", "stop serve", "docs/RESTORE.md"} {
		if !strings.Contains(fault.Error(), want) {
			t.Errorf("the message lacks %q: %v", want, fault)
		}
	}
}

// rootOf returns where the root page of a table begins.
func rootOf(t *testing.T, path, table string) int64 {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var page, size int64
	err = db.QueryRowContext(t.Context(), `
		SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = $1`, table).Scan(&page, &size)
	if err != nil {
		t.Fatal(err)
	}
	return (page - 1) * size
}
