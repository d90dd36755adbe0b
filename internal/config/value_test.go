package config

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "1h30m": 90 * time.Minute, "0": 0, "2d": 2 * day, "1d12h": 36 * time.Hour,
		"0d": 0, "36500d": 36500 * day, "-5m": -5 * time.Minute,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("parseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "d", "-2d", "1.5d", "2d-1h", "2d24h", "1d1d", "99999d", "1w", "2 d", "1e3s"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("parseDuration(%q) = %v", text, got)
		}
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	for key, texts := range map[string][]string{
		"smtp.port":          {"", "0x10", "25.0", "1_000", " 25", "99999999999999999999"},
		"smtp.rate":          {"", "NaN", "Inf", ".inf", "0x1p4", "1_0", "ten"},
		"smtp.insecure":      {"", "True", "yes", "on", "1"},
		"smtp.tls":           {"", "STARTTLS", "starttls|implicit", "|"},
		"log.level":          {"", "trace", "info+2"},
		"database":           {"", ":memory:", "file:x.db", "mysql://h/d", "postgres://", "postgres:// /x", "a\x00b"},
		"smtp.timeouts.dial": {"", "soon"},
	} {
		c := Default()
		fields := fieldsOf(c)
		f := fields[slices.IndexFunc(fields, func(f field) bool { return f.key == key })]
		before := fmt.Sprint(f.target.Interface())
		for _, text := range texts {
			if expected := f.set(text); expected == "" || fmt.Sprint(f.target.Interface()) != before {
				t.Errorf("%s: %q was accepted, or left a trace", key, text)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	keys := []string{"listen", "listen_private", "timezone", "tls", "port"}
	for name, want := range map[string]string{
		"lsiten": "listen", "listen-private": "listen_private", "Timezone": "timezone", "time_zone": "timezone",
		"prot": "port", "pt": "port", "tsl": "tls", "x": "", "": "", "subject": "", "lst": "tls",
	} {
		if got := nearest(name, keys); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
