package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"partwork/internal/drip"
)

// TestCalendarLinesAreFolded holds the iCalendar file against RFC 5545 §3.1: lines
// of at most 75 octets that end with CRLF, and whole characters on each.
func TestCalendarLinesAreFolded(t *testing.T) {
	t.Parallel()
	subject := strings.Repeat("Übung, größer; ", 12) + `\ end`
	var b bytes.Buffer
	at := time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC)
	row := foreseen{Issue: "one", Due: stamp(at), Zone: "Europe/London", Subject: subject, Reason: "first Tuesday"}
	if err := writeCalendar(&b, at, &drip.Campaign{Key: "k2k2k2"}, []foreseen{row}); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutSuffix(b.String(), "\r\n")
	if !ok {
		t.Fatal("the last line has no CRLF")
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(b.String(), "\r\n ", "")
	want := "SUMMARY:" + strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`).Replace(subject) + "\r\n"
	if !strings.Contains(unfolded, want) {
		t.Errorf("no %q in %q", want, unfolded)
	}
}
