package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// landlord says for every outside library which rooms may import it. The
// longest name that fits an import decides, and a library whose list is empty
// is for tests. A library is added here, with its rooms, by whoever decides
// that the project depends on it.
var landlord = map[string][]string{
	// Time.
	"github.com/robfig/cron/v3": {"timing", "app"},

	// Files and content.
	"github.com/fsnotify/fsnotify":     {"app"},
	"github.com/goccy/go-yaml":         {"campaignfile", "config", "theme", "wording"},
	"github.com/yuin/goldmark":         {"compose"},
	"github.com/vanng822/go-premailer": {"compose"},
	"golang.org/x/net/html":            {"compose", "preview", "testkit"},

	// Mail.
	"github.com/wneessen/go-mail":        {"compose", "smtpsend"},
	"github.com/wneessen/go-mail/smtp":   {"smtpsend"},
	"github.com/emersion/go-smtp":        {"inbox"},
	"golang.org/x/net/idna":              {"mailaddr"},
	"golang.org/x/text/encoding/charmap": {"audience"},                            // lists of old programs
	"golang.org/x/text/language":         {"wording"},                             // which language suits a reader (RFC 4647, RFC 9110 §12.5.4)
	"golang.org/x/text/unicode/norm":     {"mailaddr", "campaignfile", "segment"}, // ids made of titles in all languages; tags

	// Databases.
	"modernc.org/sqlite":          {"store/sqlite"},
	"github.com/pressly/goose/v3": {"store/sqlite", "store/postgres"},
	"github.com/jackc/pgx/v5":     {"store/postgres"},

	// The terminal, and running things.
	"github.com/spf13/cobra":            {"cli"},
	"github.com/spf13/pflag":            {"cli"},
	"github.com/schollz/progressbar/v3": {"cli"},
	"golang.org/x/term":                 {"cli"},
	"golang.org/x/sync":                 {"app"},

	// Tests.
	"github.com/jhillyerd/enmime/v2":       {}, // reads the messages of compose once more
	"github.com/emersion/go-msgauth":       {}, // verifies the signatures of compose, which has its own signer
	"github.com/google/go-cmp":             {"testkit", "store/storetest"},
	"pgregory.net/rapid":                   {"store/storetest"},
	"github.com/rogpeppe/go-internal":      {},
	"github.com/rogpeppe/go-internal/diff": {"cli", "preview"},
}

// librariesAreLetIn is the rule that an outside library is imported only by its
// rooms. Tests may import every library of the table, but no other.
func librariesAreLetIn(t *tree) (broken []string) {
	for _, f := range t.files {
		if inWorkshop(f.room) {
			continue
		}
		for imported, place := range f.imports() {
			if !outside(imported) {
				continue
			}
			library, known := libraryOf(imported)
			switch {
			case !known:
				broken = append(broken, fmt.Sprintf(
					"%s: the library %s is unknown; add it and its rooms to the landlord table in landlord_test.go", place, imported))
			case !f.test && !slices.Contains(landlord[library], f.room):
				broken = append(broken, fmt.Sprintf(
					"%s: %s may not import %s; its rooms are [%s]", place, f.room, imported, strings.Join(landlord[library], " ")))
			}
		}
	}
	return broken
}

// outside reports whether an import is neither of this module nor of the
// standard library, whose paths have no dot in their first part.
func outside(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return first != module && strings.Contains(first, ".")
}

// libraryOf returns the longest entry of the table that is the import or a
// folder above it.
func libraryOf(imported string) (library string, known bool) {
	for name := imported; strings.Contains(name, "/"); name = name[:strings.LastIndex(name, "/")] {
		if _, known := landlord[name]; known {
			return name, true
		}
	}
	return "", false
}

var requirement = regexp.MustCompile(`(?m)^(?:require)?\s+(\S+) v\S+( // indirect)?$`)

// librariesAreNeeded is the rule that what go.mod requires directly is imported
// somewhere, and known to the landlord.
func librariesAreNeeded(t *tree) (broken []string) {
	text, err := os.ReadFile(filepath.Join(t.root, "go.mod"))
	if err != nil {
		return []string{err.Error()}
	}
	for _, m := range requirement.FindAllStringSubmatch(string(text), -1) {
		name, indirect := m[1], m[2] != ""
		if !indirect && !t.importsModule(name) {
			broken = append(broken, "go.mod: "+name+" is required, but nothing imports it; run go mod tidy")
		}
	}
	return broken
}

func (t *tree) importsModule(name string) bool {
	return slices.ContainsFunc(t.files, func(f file) bool {
		for imported := range f.imports() {
			if imported == name || strings.HasPrefix(imported, name+"/") {
				return true
			}
		}
		return false
	})
}
