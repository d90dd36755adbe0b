package sqlite

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// TestRoomRestsBetweenTransactions measures how long others find the lock free, by a clock
// that only moves while somebody rests.
func TestRoomRestsBetweenTransactions(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	synctest.Test(t, func(t *testing.T) {
		ours, other := openPrivately(t, path), openPrivately(t, path)
		defer ours.Close()
		defer other.Close()
		holds := func(s *Store, d time.Duration) {
			t.Helper()
			if err := s.write(t.Context(), func(x *tx) error {
				time.Sleep(d)
				_, err := x.exec(`UPDATE instance SET epoch = epoch + 1`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		rests := func(what string, want time.Duration, log int) {
			t.Helper()
			asked := time.Now()
			if _, err := ours.Room(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(asked); got != want {
				t.Errorf("%s it rests for %v, want %v", what, got, want)
			}
			var pages int
			if err := ours.writer.conn.QueryRowContext(t.Context(), `PRAGMA wal_autocheckpoint`).Scan(&pages); err != nil || pages != log {
				t.Errorf("%s the log has up to %d pages, want %d (%v)", what, pages, log, err)
			}
		}
		holds(ours, 30*time.Millisecond)
		rests("alone", breath, aloneWALPages)
		holds(other, 0)
		rests("before it knows of others", breath, walPages)
		holds(ours, 30*time.Millisecond)
		rests("beside others", 30*time.Millisecond, walPages)
		holds(ours, time.Millisecond)
		rests("after a short transaction", breath, walPages)
		holds(ours, time.Second)
		rests("after a long transaction", longestBreath, walPages)
		for range calmAfter {
			if _, err := ours.Room(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		holds(ours, 30*time.Millisecond)
		rests("alone again", breath, aloneWALPages)

		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := ours.Room(ended, 1); err == nil {
			t.Error("it rests for whoever gave up")
		}
	})
}

func openPrivately(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWaitingHasAnEnd counts both kinds of it.
func TestWaitingHasAnEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tries  int
		waited time.Duration
		want   bool
	}{
		{1, 0, false},
		{1, lockWait * time.Millisecond, false},
		{lockTries - 1, busyTimeout*time.Millisecond - 1, false},
		{lockTries / 2, busyTimeout * time.Millisecond, true}, // each sleep took twice as long
		{lockTries, 0, true},                                  // in a bubble
	} {
		if got := waitedEnough(c.tries, c.waited); got != c.want {
			t.Errorf("after %d tries in %v: %v", c.tries, c.waited, got)
		}
	}
}

// TestErasingWaitsForReaders erases while somebody reads, for longer than a transaction of
// the writer waits at a time: the log is to be empty, for it held what was erased.
func TestErasingWaitsForReaders(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s := openPrivately(t, path)
	defer s.Close()
	address, err := mailaddr.Parse("anna@example.org")
	if err != nil {
		t.Fatal(err)
	}
	id := erasable(t, s, address)
	db, err := sql.Open("sqlite", readerDSN(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	reading, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM subscribers`).Scan(&n); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	written := writtenAnew(t, db)
	go func() {
		<-written
		time.AfterFunc(50*time.Millisecond, func() { _ = reading.Rollback() })
	}()
	if err := s.Erase(t.Context(), id, drip.Suppression{Reason: drip.SuppressedByErasure, At: time.UnixMilli(0)}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("the log has %d bytes (%v)", info.Size(), err)
	}
	var wait int
	if err := s.writer.conn.QueryRowContext(t.Context(), `PRAGMA busy_timeout`).Scan(&wait); err != nil || wait != lockWait {
		t.Errorf("the writer now waits for %d ms at a time (%v)", wait, err)
	}
}

// writtenAnew is closed once the file was written anew, which its schema's version tells.
func writtenAnew(t *testing.T, db *sql.DB) <-chan struct{} {
	t.Helper()
	version := func() (n int) {
		_ = db.QueryRowContext(t.Context(), `PRAGMA schema_version`).Scan(&n)
		return n
	}
	before, written := version(), make(chan struct{})
	go func() {
		defer close(written)
		for tick := time.Tick(time.Millisecond); t.Context().Err() == nil && version() == before; {
			<-tick
		}
	}()
	return written
}

// erasable adds somebody.
func erasable(t *testing.T, s *Store, address mailaddr.Address) drip.SubscriberID {
	t.Helper()
	record, err := s.StartImport(t.Context(), store.ImportStart{At: time.UnixMilli(0)})
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := s.ImportRows(t.Context(), store.ImportChunk{
		Batch: record.Batch, Rows: []store.Person{{Email: address, Hash: mailaddr.Hash{1}}}, Now: time.UnixMilli(0), To: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return outcomes[0].Subscriber
}
