package testkit

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Hostile returns the strings of a corpus of what strangers write: one a line, as a string
// literal of Go, with "x N" after it for N of them in a row. Empty lines and lines that
// begin with "#" say nothing. It fails the test if there are fewer than 500.
func Hostile(t testing.TB, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		s, _ := strconv.Unquote(quoted)
		times := 1
		if n, repeated := strings.CutPrefix(line[len(quoted):], " x "); repeated {
			if times, err = strconv.Atoi(n); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		out = append(out, strings.Repeat(s, times))
	}
	if len(out) < 500 {
		t.Fatalf("the corpus has %d strings, want at least 500", len(out))
	}
	return out
}
