package sim_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	// mostSeeds is how many histories a bug may hide in.
	mostSeeds = 200
	// sampleBugs is how many of the bugs are hunted where time is plentiful.
	sampleBugs = 2
)

// bug is a deliberate mistake: one of the files in testdata/bugs.
type bug struct {
	name, description string
	// file is the path, from the root of the module, of the file that it is in.
	file  string
	hunks []hunk
}

// hunk is a piece of a unified diff: lines to be found, and those in their place.
type hunk struct{ old, new string }

func readBugs(t *testing.T) []bug {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "bugs", "*.patch"))
	if err != nil {
		t.Fatal(err)
	}
	var bugs []bug
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := parseBug(string(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b.name = strings.TrimSuffix(filepath.Base(name), ".patch")
		bugs = append(bugs, b)
	}
	return bugs
}

// parseBug reads a unified diff of one file, with its description above it.
func parseBug(text string) (bug, error) {
	var b bug
	above, diff, ok := strings.Cut(text, "\n--- a/")
	if !ok {
		return b, fmt.Errorf("there is no line that begins with --- a/")
	}
	b.description = strings.TrimSpace(above)
	b.file, diff, _ = strings.Cut(diff, "\n")
	if strings.Contains(diff, "\n--- ") {
		return b, fmt.Errorf("there is more than one file")
	}
	for line := range strings.Lines(diff) {
		if strings.HasPrefix(line, "@@") {
			b.hunks = append(b.hunks, hunk{})
			continue
		}
		if len(b.hunks) == 0 {
			continue // +++
		}
		h := &b.hunks[len(b.hunks)-1]
		switch line[0] {
		case ' ':
			h.old += line[1:]
			h.new += line[1:]
		case '-':
			h.old += line[1:]
		case '+':
			h.new += line[1:]
		}
	}
	return b, nil
}

// apply returns the file with the bug in it. The lines may have moved; they must
// be there once.
func (b *bug) apply() (string, error) {
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(b.file)))
	if err != nil {
		return "", err
	}
	broken := string(text)
	for _, h := range b.hunks {
		if n := strings.Count(broken, h.old); n != 1 {
			return "", fmt.Errorf("%s has these lines %d times, expected once:\n%s", b.file, n, h.old)
		}
		broken = strings.Replace(broken, h.old, h.new, 1)
	}
	return broken, nil
}

// TestBugsApply keeps the deliberate bugs from rotting: each fits the code as it is.
func TestBugsApply(t *testing.T) {
	t.Parallel()
	bugs := readBugs(t)
	if len(bugs) < 25 {
		t.Errorf("there are %d bugs, expected 25 or more", len(bugs))
	}
	for i := range bugs {
		b := &bugs[i]
		if b.description == "" || strings.Contains(b.description, "\n") {
			t.Errorf("%s: expected one line that says what is wrong, above the diff; found %q", b.name, b.description)
		}
		if _, err := b.apply(); err != nil {
			t.Errorf("%s does not fit any more: make it anew, or take it out with the code that it breaks: %v", b.name, err)
		}
	}
}

// TestBugsAreCaught builds the simulator with deliberate bugs in the program and
// expects that it sees each of them: PARTWORK_BUGS=all, or names with commas. In CI
// the first few are tried.
func TestBugsAreCaught(t *testing.T) {
	bugs := readBugs(t)
	switch names := os.Getenv("PARTWORK_BUGS"); {
	case names == "all":
	case names != "":
		list := strings.Split(names, ",")
		bugs = slices.DeleteFunc(bugs, func(b bug) bool { return !slices.Contains(list, b.name) })
	case os.Getenv("CI") == "true" && raceShare == 1:
		bugs = bugs[:min(sampleBugs, len(bugs))]
	default:
		t.Skip("PARTWORK_BUGS is not set; all names every bug")
	}
	for i := range bugs {
		b := &bugs[i]
		t.Run(b.name, func(t *testing.T) {
			hunter := b.build(t)
			caught := b.hunt(t, hunter)
			if caught == "" {
				t.Errorf("%s: not seen in %d histories", b.description, mostSeeds)
				return
			}
			fmt.Printf("%-32s %s\n", b.name, caught)
		})
	}
}

// build compiles this package's tests with the bug in the program, without
// touching a file of it.
func (b *bug) build(t *testing.T) string {
	t.Helper()
	broken, err := b.apply()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "broken.go")
	if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	original, err := filepath.Abs(filepath.Join("..", "..", filepath.FromSlash(b.file)))
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: file}})
	if err != nil {
		t.Fatal(err)
	}
	plan := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(plan, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	hunter := filepath.Join(dir, "hunter")
	out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", plan, "-o", hunter, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build with the bug: %v\n%s", err, out)
	}
	return hunter
}

// hunt runs histories until one breaks a promise, and returns what was seen.
func (b *bug) hunt(t *testing.T, hunter string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), hunter, "-test.run", "^TestHunt$")
	cmd.Env = append(os.Environ(), "PARTWORK_HUNT=0,"+strconv.Itoa(mostSeeds))
	out, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if caught, ok := strings.CutPrefix(line, "CAUGHT "); ok {
			return "seed " + strings.TrimSpace(caught)
		}
	}
	if err != nil {
		return "a crash: " + err.Error()
	}
	return ""
}
