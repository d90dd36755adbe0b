package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"partwork/internal/store/sqlite"
)

// TestRoomIsLessWhileOthersWrite asks as an import does, while another handle of the file
// writes and after it stopped.
func TestRoomIsLessWhileOthersWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	ours, other := openAt(t, path), openAt(t, path)
	ask := func(want int) {
		t.Helper()
		if got, err := ours.Room(t.Context(), 20_000); got != want || err != nil {
			t.Errorf("room for %d rows, want %d (%v)", got, want, err)
		}
	}
	save := func(s *sqlite.Store, n byte) {
		t.Helper()
		if _, err := s.SaveContent(t.Context(), [32]byte{n}, []byte{n}, time.UnixMilli(0)); err != nil {
			t.Fatal(err)
		}
	}
	ask(20_000)
	save(ours, 1) // what it writes itself is nobody else
	ask(20_000)
	for n := range byte(3) {
		save(other, 2+n)
		ask(1000)
	}
	for range 7 {
		ask(1000) // they may come back at once
	}
	ask(20_000)
	save(other, 9)
	ask(1000)
	if got, err := ours.Room(t.Context(), 10); got != 10 || err != nil {
		t.Errorf("room for %d of 10 rows (%v)", got, err)
	}
}

// TestWaitingForTheLockEndsWithItsContext has another handle hold the lock until all that
// wait for it gave up, and lets one that did not get it.
func TestWaitingForTheLockEndsWithItsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s := openAt(t, path)
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	lock, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := s.SaveContent(ctx, [32]byte{1}, nil, time.UnixMilli(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("waited until %v", err)
	}
	time.AfterFunc(50*time.Millisecond, func() { _ = lock.Rollback() })
	if _, err := s.SaveContent(t.Context(), [32]byte{1}, nil, time.UnixMilli(0)); err != nil {
		t.Error(err)
	}
}

// TestWhoLetTheLogGrowCopiesItBack writes alone more than the log holds otherwise, while
// another handle is open that would have to copy it back.
func TestWhoLetTheLogGrowCopiesItBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	openAt(t, path)
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Room(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	const much = 24 << 20
	if _, err := s.SaveContent(t.Context(), [32]byte{1}, make([]byte, much), time.UnixMilli(0)); err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if got := size(); got > much/2 {
		t.Errorf("alone, the log was copied back at once: %d bytes", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if got := size(); got < much {
		t.Errorf("it ended, and of %d bytes %d are in the file", much, got)
	}
}
