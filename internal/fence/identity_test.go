package fence_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/fence"
)

var known = fence.Identity{UUID: "b1f0c1de-0000-4000-8000-000000000001", Epoch: 7, Writer: 42, Seen: at}

func TestIdentityIsReplacedWhole(t *testing.T) {
	t.Parallel()
	f, journal := newFolder(t)
	if _, err := f.Identity(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
	if err := f.WriteIdentity(known); err != nil {
		t.Fatal(err)
	}
	// A crash before the renaming leaves this behind.
	if err := os.WriteFile(filepath.Join(filepath.Dir(journal), "instance.json.new-1"), []byte(`{"uuid":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if id, err := f.Identity(); err != nil || id != known {
		t.Errorf("the identity is %v (%v)", id, err)
	}
	info, err := os.Stat(filepath.Join(filepath.Dir(journal), "instance.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v (%v)", info.Mode(), err)
	}
}

func TestDamagedIdentityIsNotBelieved(t *testing.T) {
	t.Parallel()
	f, journal := newFolder(t)
	if err := f.WriteIdentity(known); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(filepath.Dir(journal), "instance.json")
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{
		"", "{}", "null", "7", string(good[:len(good)/2]), string(good) + "{}", `{"uuid":"x"}`,
		strings.Replace(string(good), `"epoch":7`, `"epoch":-7`, 1), strings.Replace(string(good), "uuid", "uid", 1),
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := f.Identity()
		if damaged := (*fence.DamagedError)(nil); !errors.As(err, &damaged) || damaged.File != name {
			t.Errorf("%q: %v, want a DamagedError", content, err)
		}
	}
	aside, err := f.SetAside(at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(aside); err != nil {
		t.Error(err)
	}
	if _, err := f.Identity(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after it was set aside: %v", err)
	}
}
