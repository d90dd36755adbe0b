package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Every key can be set by its variable, and comes out as from the file.
func TestEveryKeyHasAVariable(t *testing.T) {
	t.Parallel()
	environ := []string{"HOME=/root", "PARTWORKING=1"}
	file := private(t, "testdata/valid/complete.yml")
	for _, f := range fieldsOf(mustLoad(t, file)) {
		text := fmt.Sprint(f.target.Interface())
		switch v := f.target.Interface().(type) {
		case Secret:
			text = v.Reveal()
		case slog.Level:
			text = strings.ToLower(text)
		}
		environ = append(environ, f.env()+"="+text)
	}
	want, got := mustLoad(t, file), mustLoad(t, "", environ...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load (-file +environment):\n%s", diff)
	}
	changed, defaults := 0, map[string]any{}
	for _, f := range fieldsOf(Default()) {
		defaults[f.key] = f.target.Interface()
	}
	for _, f := range fieldsOf(got) {
		if def, ok := defaults[f.key]; ok && !cmp.Equal(f.target.Interface(), def) {
			changed++
		}
	}
	if changed < 20 {
		t.Errorf("only %d of the keys differ from their defaults; the test shows little", changed)
	}
}

func TestEnvironmentWins(t *testing.T) {
	t.Parallel()
	file := private(t, "testdata/valid/complete.yml")
	c := mustLoad(t, file,
		"PARTWORK_SMTP_PORT=26", "PARTWORK_SMTP_TIMEOUTS_DIAL=20s", "PARTWORK_PUBLIC_URL=", "PARTWORK_CAMPAIGNS=series")
	if c.SMTP.Port != 26 || c.SMTP.Timeouts.Dial != 20*time.Second {
		t.Errorf("port %d, dial %v", c.SMTP.Port, c.SMTP.Timeouts.Dial)
	}
	if c.PublicURL != "https://letters.reading-circle.org/ms" {
		t.Errorf("an empty variable set public_url to %q", c.PublicURL)
	}
	if want := abs(t, filepath.Dir(file), "series"); c.Campaigns != want {
		t.Errorf("Campaigns = %s, want %s", c.Campaigns, want)
	}
}

func TestEnvironmentFindings(t *testing.T) {
	t.Parallel()
	_, err := Load("testdata/invalid/unknown-key.yml", []string{
		"PARTWORK_SMTP_PASWORD=hunter2", "PARTWORK_FROBNICATE=1", "PARTWORK_SMTP_PORT=x", "PARTWORK_=1",
		"PARTWORK_SMTP_PASSWORD=", "PARTWORK_DATABASE=postgres://a:hunter2%zz@b/c",
	})
	want := strings.Join([]string{
		`testdata/invalid/unknown-key.yml:4: unknown key "conections"; did you mean connections?`,
		`environment: unknown variable "PARTWORK_"; remove it; docs/CONFIG.md lists the known ones`,
		`environment: PARTWORK_DATABASE: the value cannot be used; expected a file name or a postgres:// URL`,
		`environment: unknown variable "PARTWORK_FROBNICATE"; remove it; docs/CONFIG.md lists the known ones`,
		`environment: unknown variable "PARTWORK_SMTP_PASWORD"; did you mean PARTWORK_SMTP_PASSWORD?`,
		`environment: PARTWORK_SMTP_PORT: "x" cannot be used; expected a whole number`,
	}, "\n")
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// Kubernetes adds these when a service is called partwork or partwork-web.
func TestServiceLinksAreIgnored(t *testing.T) {
	t.Parallel()
	mustLoad(t, "",
		"PARTWORK_SERVICE_HOST=10.0.0.1", "PARTWORK_SERVICE_PORT=80", "PARTWORK_SERVICE_PORT_HTTP=80",
		"PARTWORK_PORT=tcp://10.0.0.1:80", "PARTWORK_PORT_80_TCP=tcp://10.0.0.1:80", "PARTWORK_PORT_80_TCP_ADDR=10.0.0.1",
		"PARTWORK_WEB_PORT=tcp://10.0.0.1:80", "PARTWORK_WEB_SERVICE_HOST=10.0.0.1")
	if _, err := Load("", []string{"PARTWORK_SMPT_PORT=25"}); err == nil {
		t.Error("a misspelled variable was taken for a service link")
	}
}

func TestPasswordPrecedence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "p"), "from file", 0o600)
	inText, inFile := filepath.Join(dir, "text.yaml"), filepath.Join(dir, "file.yaml")
	write(t, inText, "smtp: {username: u, password: from text}", 0o600)
	write(t, inFile, "smtp: {username: u, password_file: p}", 0o600)
	const text, file = "PARTWORK_SMTP_PASSWORD=from variable", "PARTWORK_SMTP_PASSWORD_FILE=p"
	for _, tc := range []struct {
		config  string
		environ []string
		want    string // empty: an error
	}{
		{inText, nil, "from text"},
		{inFile, nil, "from file"},
		{inText, []string{text}, "from variable"},
		{inFile, []string{text}, "from variable"},
		{inText, []string{file}, "from file"},
		{inFile, []string{file}, "from file"},
		{inText, []string{text, file}, ""},
		{inFile, []string{text, file}, ""},
	} {
		c, err := Load(tc.config, tc.environ)
		var findings Findings
		switch {
		case tc.want == "" && !errors.As(err, &findings):
			t.Errorf("%s %v: %v; want an error", tc.config, tc.environ, err)
		case tc.want != "" && (err != nil || c.SMTP.Password.Reveal() != tc.want):
			t.Errorf("%s %v: %v; want %q", tc.config, tc.environ, err, tc.want)
		}
	}
	if err := os.Remove(filepath.Join(dir, "p")); err != nil {
		t.Fatal(err)
	}
	if c := mustLoad(t, inFile, text); c.SMTP.PasswordFile != "" || c.CheckRelay() != nil {
		t.Errorf("a password file that a variable replaced is still wanted: %v", c.CheckRelay())
	}
}
