package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestTablesCannotBeBroken(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	table := newTable(&out, "NAME", "ZONE")
	table.row("Eve\x1b[2J\nMallory\t\u202e", "UTC")
	table.flush()
	if lines := strings.Count(out.String(), "\n"); lines != 2 {
		t.Errorf("expected 2 lines, found %d:\n%s", lines, out.String())
	}
	if strings.ContainsAny(out.String(), "\x1b\t\u202e") {
		t.Errorf("a control character came through: %q", out.String())
	}
}

func TestStamp(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 24, 10, 0, 0, 0, time.FixedZone("", 3600))
	for want, s := range map[string]stamp{"null": {}, `"2026-03-24T09:00:00Z"`: stamp(at)} {
		if got, err := json.Marshal(s); err != nil || string(got) != want {
			t.Errorf("got %s, %v; expected %s", got, err, want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"letters", "garden-notes"}
	for typed, want := range map[string]string{
		"leters": "letters", "garden-note": "garden-notes", "weather": "", strings.Repeat("x", 1000): "",
	} {
		if got := nearest(typed, words); got != want {
			t.Errorf("nearest(%.20q) is %q, expected %q", typed, got, want)
		}
	}
}
