package sqlite_test

import (
	"path/filepath"
	"testing"

	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/store/storetest"
)

// open opens a new database that is closed with the test.
func open(t testing.TB) *sqlite.Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "partwork.db"))
}

func openAt(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t) })
}

func TestStatesAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	openAt(t, path)
	storetest.CompareStates(t, dump(t, path), "../../../docs/STATES.md")
}
