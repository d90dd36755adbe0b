package compose_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/smtpsend"
	"partwork/internal/testkit"
)

// configured loads a configuration in which one key has a value, from a file or from
// the environment.
func configured(t *testing.T, dir, section, key, value string, environ bool) (*config.Config, error) {
	t.Helper()
	if environ {
		return config.Load("", []string{"PARTWORK_" + strings.ToUpper(section+key) + "=" + value})
	}
	quoted, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	text := key + ": " + string(quoted) + "\n"
	if section != "" {
		text = "smtp:\n  " + text
	}
	file := filepath.Join(dir, "partwork.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(file, nil)
}

// accepted loads every hostile string as a key, and returns the configurations that
// came of it. What is refused is named, on one line of the terminal.
func accepted(t *testing.T, section, key, before, after string) (out []*config.Config) {
	t.Helper()
	dir := t.TempDir()
	for i, s := range compose.Hostile(t) {
		value := before + s + after
		if value == "" {
			continue // not set
		}
		c, err := configured(t, dir, section, key, value, i%2 == 0)
		var findings config.Findings
		switch {
		case err == nil:
			out = append(out, c)
		case !errors.As(err, &findings) || !strings.Contains(strings.ToLower(err.Error()), key):
			t.Errorf("%+q: the refusal %q does not say where", value, err)
		case strings.ContainsFunc(strings.ReplaceAll(err.Error(), "\n", ""), func(r rune) bool { return r < ' ' || r == 0x7f || r >= '\u202a' && r <= '\u202e' }):
			t.Errorf("%+q: the refusal %+q would act on a terminal", value, err)
		}
	}
	return out
}

// TestHostileHelo: what the configuration accepts as helo is a name, and greets a
// relay with one command and nothing after it.
func TestHostileHelo(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[A-Za-z0-9_.\[\]:-]+$`)
	var greeted []string
	for _, c := range slices.Concat(accepted(t, "smtp_", "helo", "", ""), accepted(t, "smtp_", "helo", "", ".example.org")) {
		helo := c.HeloName()
		if !name.MatchString(helo) {
			t.Errorf("the configuration accepts %+q as helo", helo)
		}
		if slices.Contains(greeted, helo) {
			continue
		}
		greeted = append(greeted, helo)
		relay := testkit.Start(t, testkit.Script{})
		conn, err := smtpsend.Dial(t.Context(), smtpsend.Relay{Host: relay.Host(), Port: relay.Port(), TLS: smtpsend.NoTLS, HELO: helo})
		if err != nil {
			t.Errorf("%+q: %v", helo, err)
			continue
		}
		conn.Abort()
		if got := relay.Commands(); len(got) != 1 || got[0].Line != "EHLO "+helo {
			t.Errorf("%+q greets with %v", helo, got)
		}
	}
	t.Logf("greeted as %q", greeted)
	if len(greeted) == 0 {
		t.Error("no string was accepted, so nothing was tried")
	}
}

// TestHostilePublicURL: what the configuration accepts as public_url is the beginning
// of links that fit into a header as they are.
func TestHostilePublicURL(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`^https?://[!-~]+/u/token$`)
	seen := 0
	for _, form := range [][2]string{{"", ""}, {"https://", ""}, {"https://example.org/", ""}, {"https://", ".example.org"}, {"https://example.org", ""}} {
		for _, c := range accepted(t, "", "public_url", form[0], form[1]) {
			seen++
			text := c.PublicURL + "/u/token"
			u, err := url.Parse(text)
			if err != nil || !link.MatchString(text) || strings.ContainsAny(text, "<>\"'`\\{}|^,") || u.Host == "" {
				t.Errorf("the configuration accepts %+q, which makes the link %+q", c.PublicURL, text)
			}
		}
	}
	if seen == 0 {
		t.Error("no string was accepted, so nothing was tried")
	}
}
