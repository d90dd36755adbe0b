package campaignfile

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// today is the date on which the fixtures are checked.
var today = timing.NewDate(2026, 11, 22)

// golden compares got with testdata/name.golden, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (run with -update to accept):\n%s", file, diff)
	}
}

// transcript writes a library the way the golden files have it.
func transcript(lib Library) string {
	var text strings.Builder
	for _, f := range lib.Findings {
		fmt.Fprintf(&text, "%s:%d: %s %s: %s\n\t%s\n", f.File, f.Line, f.Severity, f.Rule, f.Message, f.Fix)
	}
	for _, c := range lib.Campaigns {
		fmt.Fprintf(&text, "loaded %s with %d issues\n", c.ID, len(c.Issues))
	}
	return text.String()
}

// TestFindings checks every folder of testdata against its golden file.
func TestFindings(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() || name == "fuzz" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lib := Load(os.DirFS(filepath.Join("testdata", name)), Options{Name: "campaigns", Today: today})
			golden(t, name, transcript(lib))
			checkFindings(t, lib.Findings)
		})
	}
}

// checkFindings tests what every finding promises.
func checkFindings(t *testing.T, findings []drip.Finding) {
	t.Helper()
	for _, f := range findings {
		if f.File == "" || f.Rule == "" || f.Message == "" || f.Fix == "" || f.Line < 0 {
			t.Errorf("incomplete finding: %+v", f)
		}
		if strings.ContainsAny(f.Message+f.Fix, "\n\r\x00") {
			t.Errorf("a finding is more than one line: %q", f)
		}
	}
}
