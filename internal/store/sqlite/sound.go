package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// unsoundError says what is wrong with the inside of a database file.
type unsoundError struct{ findings []string }

// Error returns what the engine found.
func (e *unsoundError) Error() string { return strings.Join(e.findings, "; ") }

// soundness runs integrity_check or, in half the time because it does not
// compare indexes with their tables, quick_check. The pragmas are SQLite's own.
func soundness(ctx context.Context, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, check string) error {
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`PRAGMA %s(%d)`, check, sampleSize))
	var findings []string
	if err := drain(rows, err, func(rows *sql.Rows) error {
		var line string
		err := rows.Scan(&line)
		if line != "ok" {
			findings = append(findings, line)
		}
		return err
	}); err != nil {
		return err
	}
	if len(findings) > 0 {
		return &unsoundError{findings}
	}
	return nil
}

// Check looks whether the file is sound (PRAGMA quick_check): a [*store.Fault]
// says that it is not. It reads all of it, which takes about a minute for
// 500 MB, and stops early when ctx ends.
func (s *Store) Check(ctx context.Context) error {
	err := s.read(ctx, func(r *snapshot) error { return soundness(ctx, r.reader.conn, "quick_check") })
	if err != nil {
		return fmt.Errorf("check database %s: %w", s.path, err)
	}
	return nil
}
