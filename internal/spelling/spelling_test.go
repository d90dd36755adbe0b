package spelling_test

import (
	"strings"
	"testing"

	"partwork/internal/spelling"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 65)
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"kitten", "sitting", 3},
		{"ca", "abc", 3}, {"grün", "grun", 1}, {"straße", "strasse", 2}, {long, long[1:], 65}, {long, long, 0},
	} {
		for _, pair := range [][2]string{{tc.a, tc.b}, {tc.b, tc.a}} {
			if got := spelling.Distance(pair[0], pair[1]); got != tc.want {
				t.Errorf("from %.20q to %.20q are %d errors, want %d", pair[0], pair[1], got, tc.want)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"letters", "garden-notes", "litters", "Paper"}
	for typed, want := range map[string]string{
		"leters": "letters", "lotters": "letters", "litters": "litters", "garden-ntoes": "garden-notes",
		"weather": "", "": "", "paper": "Paper", strings.Repeat("x", 1000): "",
	} {
		if got := spelling.Nearest(typed, words, 1, nil); got != want {
			t.Errorf("nearest to %.20q is %q, want %q", typed, got, want)
		}
	}
	if got := spelling.Nearest("PAPER", words, 1, strings.ToLower); got != "Paper" {
		t.Errorf("nearest to PAPER without its case is %q", got)
	}
	if got := spelling.Nearest("PAPER", words, 1, nil); got != "" {
		t.Errorf("nearest to PAPER with its case is %q", got)
	}
}
