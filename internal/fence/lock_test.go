package fence_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/fence"
)

var me = fence.Holder{PID: 42, Host: "quay", Since: time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC)}

// newDatabase returns the name of a file to lock.
func newDatabase(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "partwork.db")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLockIsHeldByOne(t *testing.T) {
	t.Parallel()
	name := newDatabase(t)
	lock, err := fence.Acquire(name, me)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(name, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{name, link} {
		_, err := fence.Acquire(path, fence.Holder{PID: 43})
		var held *fence.HeldError
		if !errors.As(err, &held) || held.Holder != me {
			t.Errorf("%s: %v, want a HeldError that names %v", path, err, me)
			continue
		}
		for _, part := range []string{"process 42 on quay", "since 2026-03-24 09:00:00 UTC", "partwork.db.serve"} {
			if !strings.Contains(held.Error(), part) {
				t.Errorf("%q does not say %q", held.Error(), part)
			}
		}
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if lock, err = fence.Acquire(link, me); err != nil {
		t.Fatalf("after the release: %v", err)
	}
	lock.Release()
}

// TestHardLinksAreRefused would be two logs of one file.
func TestHardLinksAreRefused(t *testing.T) {
	t.Parallel()
	name := newDatabase(t)
	if err := os.Link(name, name+".second"); err != nil {
		t.Skip(err)
	}
	_, err := fence.Acquire(name, me)
	if err == nil || !strings.Contains(err.Error(), "2 names (hard links)") {
		t.Errorf("the error is %v", err)
	}
	if err := os.Remove(name + ".second"); err != nil {
		t.Fatal(err)
	}
	lock, err := fence.Acquire(name, me)
	if err != nil {
		t.Fatal(err)
	}
	lock.Release()
}
