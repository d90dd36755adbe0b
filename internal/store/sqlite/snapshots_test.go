package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"partwork/internal/store"
)

func newStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "partwork.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestNothingIsPreparedTwice reads what loops read all day, with changing arguments:
// SQLite prepares each text once, and this package asks it to once.
func TestNothingIsPreparedTwice(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	reading, err := s.readers.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := &meter{}
	m.attach(t, reading.conn)
	s.readers.give(reading, true)
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	loop := func(n int) {
		t.Helper()
		now := at.Add(time.Duration(n) * time.Hour)
		_, _, claims := s.Claims(t.Context(), 7, store.Cursor{Lease: int64(n)}, 10*n)
		_, due := s.Due(t.Context(), store.DueQuery{Calendar: now, Machine: now, Limit: 256})
		_, backlog := s.Backlog(t.Context(), 7, now, 1024)
		_, upcoming := s.Upcoming(t.Context())
		_, records := s.Campaigns(t.Context())
		if err := errors.Join(claims, due, backlog, upcoming, records); err != nil {
			t.Fatal(err)
		}
	}
	loop(1)
	prepared := len(reading.stmts)
	m.by = make(map[string]work) // the first binding may be news
	for n := range 5 {
		loop(n + 2)
	}
	if len(reading.stmts) != prepared || prepared < 10 {
		t.Errorf("%d statements were prepared at first, then %d", prepared, len(reading.stmts))
	}
	for text, w := range m.by {
		if w.again > 0 {
			t.Errorf("SQLite prepared it %d times again in %d runs:\n%s", w.again, w.runs, text)
		}
	}
	if len(m.by) < prepared {
		t.Errorf("%d statements were prepared and %d seen", prepared, len(m.by))
	}
}

// TestReadersAreNotLost has snapshots end in every bad way, more often than there are
// connections.
func TestReadersAreNotLost(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	endless := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n`
	for name, bad := range map[string]func(){
		"panic": func() {
			defer func() { _ = recover() }()
			_ = s.read(t.Context(), func(*snapshot) error { panic("a bug") })
		},
		"refused": func() { _ = s.one(t.Context(), nil, `SELECT nothing FROM nowhere`) },
		"ended": func() {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := s.Upcoming(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("reading with a context that has ended: %v", err)
			}
		},
		"interrupted": func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			var n int
			if err := s.one(ctx, []any{&n}, endless); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("reading without end: %v", err)
			}
		},
		"over already": func() {
			_ = s.read(t.Context(), func(r *snapshot) error { return r.reader.exec(t.Context(), `ROLLBACK`) })
		},
	} {
		for range mostReaders + 1 {
			bad()
		}
		if _, err := s.Upcoming(t.Context()); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
		if room := len(s.readers.room); room != mostReaders {
			t.Errorf("after %s, %d of %d may read", name, room, mostReaders)
		}
	}
}

// TestReadersForgetStatements reads with ever other texts.
func TestReadersForgetStatements(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 3 * mostPrepared {
		var n int
		if err := s.one(t.Context(), []any{&n}, fmt.Sprintf(`SELECT %d`, i)); err != nil || n != i {
			t.Fatalf("got %d, %v; want %d", n, err, i)
		}
	}
	for _, r := range s.readers.idle {
		if len(r.stmts) > mostPrepared {
			t.Errorf("%d statements are kept, at most %d should be", len(r.stmts), mostPrepared)
		}
	}
}

// TestReadersSeeNewTables changes the tables below prepared statements.
func TestReadersSeeNewTables(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i, change := range []string{`CREATE TABLE more (n)`, `CREATE INDEX zones_by_id ON zones (id, name)`, `ALTER TABLE more ADD COLUMN m`} {
		if _, err := s.Upcoming(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.write(t.Context(), func(tx *tx) error { _, err := tx.exec(change); return err }); err != nil {
			t.Fatal(err)
		}
		var columns int
		if err := s.one(t.Context(), []any{&columns}, `SELECT COUNT(*) FROM pragma_table_info('more')`); err != nil || columns != 1+i/2 {
			t.Errorf("after %s there are %d columns, %v", change, columns, err)
		}
	}
}

// TestCloseWaitsForReaders closes the store under a snapshot.
func TestCloseWaitsForReaders(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	closed := make(chan error, 1)
	err := s.read(t.Context(), func(r *snapshot) error {
		go func() { closed <- s.Close() }()
		for { // until it has begun to close
			s.readers.mu.Lock()
			begun := s.readers.closed
			s.readers.mu.Unlock()
			if begun {
				break
			}
		}
		select {
		case err := <-closed:
			t.Errorf("closed under a snapshot: %v", err)
		default:
		}
		var n int
		return r.row([]any{&n}, `SELECT COUNT(*) FROM zones`)
	})
	if err != nil {
		t.Error(err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := s.Upcoming(t.Context()); !errors.Is(err, sql.ErrConnDone) {
		t.Errorf("reading after it was closed: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}
