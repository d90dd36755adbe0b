package sqlite_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/store/sqlite"
)

// Migrations that a later version could have.
var (
	laterGood = map[string]string{"9001_later.sql": "-- +goose Up\n" +
		"ALTER TABLE subscribers ADD COLUMN nickname TEXT;\nCREATE TABLE later (id INTEGER PRIMARY KEY);\n"}
	laterBad = map[string]string{"9001_later.sql": "-- +goose Up\n" +
		"ALTER TABLE subscribers ADD COLUMN nickname TEXT;\nINSERT INTO nowhere VALUES (1);\n"}
	// laterEndless does not come to its end. Its rows are wide, to fill the cache
	// and reach the disk soon.
	laterEndless = map[string]string{"9001_later.sql": "-- +goose Up\n" +
		"ALTER TABLE subscribers ADD COLUMN nickname TEXT;\nCREATE TABLE later (id INTEGER PRIMARY KEY, wide BLOB);\n" +
		"INSERT INTO later WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, zeroblob(3000) FROM n;\n"}
)

// isHalfMigrated reports whether a database has some of the later changes.
func isHalfMigrated(t *testing.T, path string) bool {
	t.Helper()
	text := dump(t, path)
	return strings.Contains(text, "nickname") || strings.Contains(text, "CREATE TABLE later")
}

// TestMigrationThatFails leaves the schema as it was; a better program then
// finishes.
func TestMigrationThatFails(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s := openAt(t, path)
	before, err := s.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), path, sqlite.WithMigrations(sqlite.Options{}, laterBad)); err == nil {
		t.Fatal("a migration that cannot work gives no error")
	}
	if isHalfMigrated(t, path) {
		t.Error("half of a migration stayed")
	}
	if after, err := s.Schema(t.Context()); err != nil || after != before {
		t.Errorf("the schema is %d, was %d (%v)", after, before, err)
	}
	finishMigration(t, path)
}

func finishMigration(t *testing.T, path string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.WithMigrations(sqlite.Options{}, laterGood))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if version, err := s.Schema(t.Context()); err != nil || version != 9001 || !isHalfMigrated(t, path) {
		t.Errorf("the schema is %d, %v", version, err)
	}
	if results, err := s.Verify(t.Context()); err != nil || len(results) == 0 {
		t.Error(err)
	}
}

// TestMigrationThatIsKilled ends the process between two statements of a
// migration, as kill -9 does.
func TestMigrationThatIsKilled(t *testing.T) {
	t.Parallel()
	const where = "PARTWORK_TEST_MIGRATE"
	if path := os.Getenv(where); path != "" {
		_, err := sqlite.Open(context.Background(), path, sqlite.WithMigrations(sqlite.Options{}, laterEndless))
		t.Fatal("it came to its end", err)
	}
	path := filepath.Join(t.TempDir(), "partwork.db")
	s := openAt(t, path)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigrationThatIsKilled$")
	child.Env = append(os.Environ(), where+"="+path)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	// More than the cache holds goes into the log, also before it is committed.
	tick, limit := time.NewTicker(10*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for grown := false; !grown; {
		select {
		case <-tick.C:
			info, err := os.Stat(path + "-wal")
			grown = err == nil && info.Size() > 8<<20
		case err := <-ended:
			t.Fatal("it ended by itself", err)
		case <-limit:
			t.Fatal("nothing was written")
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if isHalfMigrated(t, path) {
		t.Error("half of a migration stayed")
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	finishMigration(t, path)
}

func TestBeforeMigrate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	calls := 0
	no := errors.New("no room for a copy")
	opts := sqlite.Options{BeforeMigrate: func(_ context.Context, have, want int64) error {
		if calls++; isHalfMigrated(t, path) || have == 0 || want != 9001 {
			t.Errorf("told of %d to %d", have, want)
		}
		return no
	}}
	for range 2 { // a new database, and one that is up to date
		s, err := sqlite.Open(t.Context(), path, opts)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil || calls != 0 {
			t.Fatalf("%d calls, %v", calls, err)
		}
	}
	if _, err := sqlite.Open(t.Context(), path, sqlite.WithMigrations(opts, laterGood)); !errors.Is(err, no) || calls != 1 {
		t.Errorf("after %d calls, the error is %v", calls, err)
	}
	if isHalfMigrated(t, path) {
		t.Error("it was migrated all the same")
	}
}
