package config

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const referencePage = "../../docs/CONFIG.md"

func TestReferenceIsUpToDate(t *testing.T) {
	t.Parallel()
	if *update {
		if err := os.MkdirAll("../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(referencePage, []byte(Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(referencePage)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal("there is no docs/CONFIG.md; run go test ./internal/config -run Reference -update")
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), Reference()); diff != "" {
		t.Errorf("docs/CONFIG.md (-want +got); run go test -run Reference -update:\n%s", diff)
	}
}

// The tags of the struct are the documentation: none may be missing.
func TestReferenceIsComplete(t *testing.T) {
	t.Parallel()
	page := Reference()
	seen := make(map[string]string)
	for _, f := range fieldsOf(Default()) {
		if f.key == "" || strings.ToLower(f.key) != f.key || !strings.HasSuffix(f.doc, ".") {
			t.Errorf("key %q has the documentation %q", f.key, f.doc)
		}
		if r, _ := utf8.DecodeRuneInString(f.doc); !unicode.IsUpper(r) && !strings.HasPrefix(f.doc, "https") {
			t.Errorf("%s: %q is no sentence", f.key, f.doc)
		}
		if other, twice := seen[f.env()]; twice {
			t.Errorf("%s and %s share %s", f.key, other, f.env())
		}
		seen[f.env()] = f.key
		if !strings.Contains(page, "`"+f.env()+"`") {
			t.Errorf("%s is not on the page", f.key)
		}
	}
	if len(seen) < 26 {
		t.Errorf("only %d keys", len(seen))
	}
}

// The defaults are valid as they are.
func TestDefaultIsValid(t *testing.T) {
	t.Parallel()
	want := Default()
	got := mustLoad(t, "")
	for _, p := range []*string{&want.StateDir, &want.SecretFile, &want.Campaigns, &want.Templates, &want.Backup.Dir, &want.Database.path} {
		*p = abs(t, *p)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load of nothing (-want +got):\n%s", diff)
	}
}
