package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/store"
	"partwork/internal/store/sqlite"
)

// Whoever opens the file with another program cannot change or remove a line by
// mistake.
func TestTheAuditLogIsKeptByTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Note(t.Context(), store.AuditLine{At: time.UnixMilli(1.7e12), Who: "ada", Act: store.ActPause}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, query := range []string{`UPDATE audit SET who = 'bo'`, `DELETE FROM audit`, `REPLACE INTO audit (id, at, who, what) VALUES (1, 1, 'bo', 'x')`} {
		if _, err := db.ExecContext(t.Context(), query); err == nil || !strings.Contains(err.Error(), "only grows") {
			t.Errorf("%s: %v", query, err)
		}
	}
}
