package campaignfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"partwork/campaigns"
)

// fenced returns the n-th fenced block of a page, without the fences.
func fenced(t *testing.T, page string, n int) string {
	t.Helper()
	parts := strings.Split(page, "\n```")
	if len(parts) < 2*n {
		t.Fatalf("there are only %d fences", len(parts)-1)
	}
	_, text, _ := strings.Cut(parts[2*n-1], "\n")
	return text + "\n"
}

// onTherapies runs series tests on the shipped campaign that the page speaks of.
func onTherapies(t *testing.T, tests string) SeriesTests {
	t.Helper()
	fsys := fstest.MapFS{}
	err := fs.WalkDir(campaigns.Files(), campaigns.MSTherapies, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(campaigns.Files(), name)
		fsys[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fsys[campaigns.MSTherapies+"/"+seriesTestFile] = &fstest.MapFile{Data: []byte(tests)}
	c, _ := LoadOne(fsys, campaigns.MSTherapies, Options{})
	return RunSeriesTests(fsys, c, Options{Name: "campaigns"})
}

// TestSeriesTestsPage checks what docs/SERIES-TESTS.md shows and lists.
func TestSeriesTestsPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "SERIES-TESTS.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	t.Run("the example passes", func(t *testing.T) {
		t.Parallel()
		result := onTherapies(t, fenced(t, page, 1))
		if result.Passed != 1 || result.Failed != 0 {
			t.Errorf("got %+v", result)
		}
	})
	t.Run("the message is what it says", func(t *testing.T) {
		t.Parallel()
		result := onTherapies(t, strings.Replace(fenced(t, page, 1), "Tue 2026-03-31", "Tue 2026-03-24", 1))
		want := strings.Join(strings.Fields(fenced(t, page, 2)), " ")
		if len(result.Findings) != 1 || !strings.HasPrefix(result.Findings[0].String(), want) {
			t.Errorf("got  %v\nwant %s", result.Findings, want)
		}
	})
	for _, key := range append(append(append([]string{}, seriesTestKeys...), expectedKeys...), eventKeys...) {
		t.Run("names the key "+key, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(page, "`"+key+"`") && !strings.Contains(page, "`"+key+":") {
				t.Error("it does not")
			}
		})
	}
	for _, rule := range []string{
		RuleClockChange, RuleOften, RuleMinGap, RuleMaxLate, RuleLateHours, RuleQuiet, RuleNotBefore, RuleSkipSlots,
		RuleWeekday, RuleDated, RuleReviewDue,
	} {
		t.Run("names the rule "+rule, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(page, "| `"+rule+"` |") {
				t.Error("it does not")
			}
		})
	}
}
