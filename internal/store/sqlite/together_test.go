package sqlite_test

import (
	"encoding/binary"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/store/sqlite"
)

// Commands work beside a running serve, each with a handle of its own.
func TestTwoHandlesTakeTurns(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	var group sync.WaitGroup
	for n := range 2 {
		s := openAt(t, path)
		group.Go(func() {
			for i := range 100 {
				var hash [32]byte
				binary.BigEndian.PutUint32(hash[:], uint32(i*2+n))
				id, err := s.SaveContent(t.Context(), hash, hash[:], time.UnixMilli(0))
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Content(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// Loops are tested in bubbles of fake time; the store must not keep one alive.
func TestWorksInABubble(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(time.Hour)
			if _, err := s.SaveContent(t.Context(), [32]byte{}, nil, time.Now()); err != nil {
				t.Error(err)
			}
		}()
		time.Sleep(2 * time.Hour)
		if _, err := s.Content(t.Context(), 1); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
