package compose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// figure is a row of the README's table of figures: some words of an issue with
// numbers in them, and the keys of the sources that they come from.
type figure struct {
	issue int
	words string
	keys  []string
	used  bool
}

// figures returns the README's table.
func figures(t testing.TB) []*figure {
	t.Helper()
	var out []*figure
	for _, row := range shownTable(t, "## Figures") {
		if len(row) != 3 {
			t.Fatalf("the README's table of figures: %q has %d cells, want issue, words and source", row, len(row))
		}
		issue, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatalf("the README's table of figures: %q is no issue", row[0])
		}
		out = append(out, &figure{issue: issue, words: row[1], keys: strings.Fields(strings.ReplaceAll(row[2], "`", ""))})
	}
	return out
}

var (
	// numberForm finds numbers, in digits or, where they are shares, in words.
	numberForm = regexp.MustCompile(`(?i)\d(?:[\d.,–-]*\d)?|\bhalf\b|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)(?: \w+)? in (?:\d+|two|three|four|five|six|seven|eight|nine|ten)\b`)
	// placeForm finds the numbers that are no figures: places within the series, and
	// the month in which the sources were read.
	placeForm = regexp.MustCompile(`(?i)\bissue \d\b|\bstem cells, \d of \d\b|\bNovember 2026\b`)
)

// figuresOf returns those of an issue.
func figuresOf(all []*figure, issue int) []*figure {
	return slices.DeleteFunc(slices.Clone(all), func(f *figure) bool { return f.issue != issue })
}

// TestEveryFigureHasASource: whatever number an issue gives is in the README's table
// of figures, and the very paragraph, item or row that gives it names the source
// which the table has for it.
func TestEveryFigureHasASource(t *testing.T) {
	t.Parallel()
	known := figures(t)
	eachChapter(t, func(t *testing.T, l chapter) {
		mine := figuresOf(known, l.number)
		for _, b := range l.blocks {
			for _, complaint := range checkFigures(b, mine) {
				t.Error(complaint)
			}
		}
		for _, f := range mine {
			if !f.used {
				t.Errorf("the README lists %q, which the issue does not say with that source", f.words)
			}
			for _, key := range f.keys {
				if l.sources[key] == "" {
					t.Errorf("the README gives %q the source %q, which the issue does not have", f.words, key)
				}
			}
		}
	})
	for _, f := range known {
		if f.issue < 1 || f.issue > 8 {
			t.Errorf("the README has figures of issue %d", f.issue)
		}
	}
}

// checkFigures says what is wrong with the numbers of a block.
func checkFigures(b block, known []*figure) []string {
	var out []string
	rest := placeForm.ReplaceAllString(b.text, "")
	for _, f := range known {
		if !strings.Contains(rest, f.words) {
			continue
		}
		for _, key := range f.keys {
			if !slices.Contains(b.cites, key) {
				out = append(out, "\""+f.words+"\" stands where the source "+key+" is not named: "+b.text)
			}
		}
		f.used = true
	}
	// The longest first, so that none is cut by a part of it.
	byLength := slices.Clone(known)
	slices.SortFunc(byLength, func(a, b *figure) int { return len(b.words) - len(a.words) })
	for _, f := range byLength {
		rest = strings.ReplaceAll(rest, f.words, " ")
	}
	for _, number := range numberForm.FindAllString(rest, -1) {
		out = append(out, "the README's table of figures lacks \""+number+"\" in: "+b.text)
	}
	return out
}

func TestCheckFigures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text  string
		cites []string
		want  int
	}{
		"a figure with its source":      {"it was 33 in 100", []string{"trial"}, 0},
		"a figure without its source":   {"it was 33 in 100", []string{"other"}, 1},
		"a figure that nobody listed":   {"it was 33 in 100, or 34", []string{"trial"}, 1},
		"a share in words":              {"one person in three has it", nil, 1},
		"half of them":                  {"about half had it", nil, 1},
		"a place in the series":         {"issue 3 has more; stem cells, 1 of 2", nil, 0},
		"the month of the last reading": {"As of November 2026 we found none", nil, 0},
		"another month":                 {"As of November 2025 we found none", nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			known := []*figure{{words: "33 in 100", keys: []string{"trial"}}}
			if got := checkFigures(block{text: tc.text, cites: tc.cites}, known); len(got) != tc.want {
				t.Errorf("%d complaints, want %d: %q", len(got), tc.want, got)
			}
		})
	}
}
