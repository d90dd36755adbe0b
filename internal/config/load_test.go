package config

import (
	"errors"
	"flag"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/timing"
)

var update = flag.Bool("update", false, "write golden files and docs/CONFIG.md")

func mustLoad(t *testing.T, path string, environ ...string) *Config {
	t.Helper()
	c, err := Load(path, environ)
	if err != nil {
		t.Fatalf("Load:\n%v", err)
	}
	return c
}

func abs(t *testing.T, elem ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// withPaths makes the default paths those of a file in a folder.
func withPaths(t *testing.T, dir string, c *Config) *Config {
	t.Helper()
	for _, p := range []*string{&c.StateDir, &c.SecretFile, &c.Campaigns, &c.Templates, &c.Backup.Dir, &c.Database.path} {
		*p = abs(t, dir, *p)
	}
	return c
}

// private copies a file into a folder of its own, for its owner only: git keeps no
// such modes, and some of the files hold passwords.
func private(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), filepath.Base(file))
	write(t, file, string(text), 0o600)
	return file
}

func TestLoadValid(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(dir string, c *Config){
		"empty":                                 func(string, *Config) {},
		"comments-only":                         func(string, *Config) {},
		"section-with-everything-commented-out": func(string, *Config) {},
		"complete": func(dir string, c *Config) {
			c.StateDir, c.Templates = "/srv/state", abs(t, dir, "../templates")
			c.Listen, c.ListenPrivate = ":8080", "[::1]:8081"
			c.PublicURL, c.Timezone = "https://letters.reading-circle.org/ms", "Europe/London"
			c.DailyLimit = 2
			c.SMTP = SMTP{
				Host: "smtp.reading-circle.org", Port: 2525, TLS: TLSStartTLS, Username: "letters",
				Password: NewSecret("hunter2"), Helo: "letters.reading-circle.org", Connections: 8, Rate: 0.5,
				Rewrites: RewritesMessageIDDate, MaxConnectionAge: 5 * time.Minute, Sign: true,
				Warmup:   Warmup{Start: timing.NewDate(2026, time.December, 1), FirstDay: 100, Growth: 2, Until: 5000},
				Timeouts: Timeouts{10 * time.Second, 90 * time.Second, 3 * time.Minute, 15 * time.Minute},
				DKIM: DKIM{
					Domain:  "reading-circle.org",
					RSA:     DKIMKey{Selector: "letters2026", File: abs(t, dir, "../keys/rsa.pem")},
					Ed25519: DKIMKey{Selector: "letters2026e", File: "/srv/keys/ed25519.pem"},
				},
			}
			c.Bounces.Address = "Bounces@xn--bcher-kva.reading-circle.org"
			second := relayDefaults()
			second.Host, second.Port, second.TLS = "backup.reading-circle.org", 465, TLSImplicit
			second.Username, second.Password, second.Rate, second.Sign = "second", NewSecret("hunter2"), 2, false
			third := relayDefaults()
			third.Host, third.Port, third.TLS = "localhost", 25, TLSNone
			third.Timeouts.Final = 20 * time.Minute
			third.DKIM = DKIM{Domain: "reading-circle.org", RSA: DKIMKey{Selector: "third", File: "/srv/keys/third.pem"}}
			c.SMTP.Fallbacks = []SMTP{second, third}
			c.Log = Log{Format: LogJSON, Level: slog.LevelWarn}
		},
		"limits": func(_ string, c *Config) {
			c.Limits.Domains = []DomainLimit{
				{Name: "gmail.com", Rate: 2, Connections: 2}, {Name: "xn--bcher-kva.example", Rate: 0.5}, {Name: AnyDomain, Connections: 1},
			}
		},
		"values-that-look-like-something-else": func(dir string, c *Config) {
			c.Campaigns, c.Templates = abs(t, dir, "no"), abs(t, dir, "08")
			c.SMTP.Username, c.SMTP.Password = "09:30", NewSecret("1e3")
		},
		"tls-none-on-own-network": func(_ string, c *Config) {
			c.SMTP.Host, c.SMTP.TLS, c.SMTP.Insecure, c.SMTP.Port = "mail_relay", TLSNone, true, 25
		},
		"tls-implicit-without-port": func(_ string, c *Config) {
			c.SMTP.Host, c.SMTP.TLS, c.SMTP.Port = "smtp.reading-circle.org", TLSImplicit, 465
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := private(t, filepath.Join("testdata/valid", name+".yml"))
			want := withPaths(t, filepath.Dir(file), Default())
			change(filepath.Dir(file), want)
			got := mustLoad(t, file)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Load (-want +got):\n%s", diff)
			}
		})
	}
}

// relayDefaults is a fallback of which only what differs is said.
func relayDefaults() SMTP {
	d := Default().SMTP
	d.Host = ""
	return d
}

// Every invalid file has its findings beside it, word for word.
func TestLoadInvalid(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/invalid/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yml"), func(t *testing.T) {
			t.Parallel()
			copied := private(t, file)
			c, err := Load(copied, nil)
			var findings Findings
			if c != nil || !errors.As(err, &findings) {
				t.Fatalf("Load = %v, %v; want findings", c, err)
			}
			got := strings.ReplaceAll(err.Error(), filepath.Dir(copied)+"/", "") + "\n"
			golden := strings.TrimSuffix(file, ".yml") + ".findings"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "hunter2") || strings.Contains(got, "hun ter2") {
				t.Error("the findings show a password")
			}
		})
	}
}

func TestLoadFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "partwork.yaml"), nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "partwork init") {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Load(dir, nil); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("folder: %v", err)
	}
	huge := filepath.Join(dir, "huge.yaml")
	write(t, huge, strings.Repeat("#", maxFile+1), 0o600)
	if _, err := Load(huge, nil); err == nil || !strings.Contains(err.Error(), "larger than 256 KiB") {
		t.Errorf("huge file: %v", err)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("frobnicate: 1\n", 1000)
	_, err := load("partwork.yaml", "/srv", []byte(text), nil)
	var findings Findings
	if !errors.As(err, &findings) || len(findings) != maxFindings+1 {
		t.Fatalf("%d findings", len(findings))
	}
	if last := findings[maxFindings].Message; !strings.Contains(last, "more problems") {
		t.Errorf("the last finding is %q", last)
	}
	long := strings.Repeat("é", 70)
	if _, err := load("partwork.yaml", "/srv", []byte("timezone: "+long), nil); !strings.Contains(err.Error(), `"`+long[:2*maxExcerpt]+`"…`) {
		t.Errorf("a long value gives %v", err)
	}
}

// What is wrong with the rest cannot be known when the file is no YAML.
func TestBrokenFileIsTheOnlyFinding(t *testing.T) {
	t.Parallel()
	_, err := load("partwork.yaml", "/srv", []byte("smtp: {username: u"), []string{"PARTWORK_SMTP_PASSWORD=p", "PARTWORK_X=1"})
	var findings Findings
	if !errors.As(err, &findings) || len(findings) != 1 || findings[0].Line != 1 {
		t.Errorf("findings: %v", err)
	}
}

func TestByteOrderMarkAndLineEnds(t *testing.T) {
	t.Parallel()
	c, err := load("partwork.yaml", "/srv", []byte("\ufefftimezone: Europe/London\r\nlisten: localhost:0\r\nlisten_private: localhost:0\r\n"), nil)
	if err != nil || c.Timezone != "Europe/London" || c.ListenPrivate != "localhost:0" {
		t.Errorf("load: %v", err)
	}
}

func write(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestLoadWithoutFile(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, "", "PARTWORK_CAMPAIGNS=series")
	if want := abs(t, "series"); c.Campaigns != want {
		t.Errorf("Campaigns = %s, want %s", c.Campaigns, want)
	}
	_, err := Load("", []string{"PARTWORK_SMTP_TLS=none", "PARTWORK_SMTP_HOST=mail"})
	if err == nil || !strings.HasPrefix(err.Error(), "environment: PARTWORK_SMTP_TLS: ") {
		t.Errorf("error: %v", err)
	}
}

func TestPasswordFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no file modes")
	}
	for _, tc := range []struct {
		name, content string
		mode          fs.FileMode
		want, problem string
	}{
		{"plain", "hunter2", 0o600, "hunter2", ""},
		{"line end", "hunter2\n", 0o400, "hunter2", ""},
		{"CR LF", "hunter2\r\n", 0o600, "hunter2", ""},
		{"blanks belong to it", " hunter2 \n", 0o600, " hunter2 ", ""},
		{"missing", "", 0, "", ""},
		{"empty", "\n", 0o600, "", "exactly one line"},
		{"two lines", "hunter2\nx\n", 0o600, "", "exactly one line"},
		{"group may read", "hunter2", 0o640, "", "other users may open"},
		{"others may read", "hunter2", 0o604, "", "mode 0604"},
		{"others may write", "hunter2", 0o602, "", "chmod 600"},
		{"huge", strings.Repeat("hunter2", 10_000), 0o600, "", "larger than 64 KiB"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "partwork.yaml")
			write(t, file, "smtp: {username: letters, password_file: smtp.password}", 0o644)
			if tc.mode != 0 {
				write(t, filepath.Join(dir, "smtp.password"), tc.content, tc.mode)
			}
			c, err := Load(file, nil)
			if tc.problem != "" {
				if err == nil || !strings.Contains(err.Error(), tc.problem) || strings.Contains(err.Error(), "hunter2") {
					t.Fatalf("error %v; want %q and no password", err, tc.problem)
				}
				return
			}
			if err != nil || c.SMTP.Password.Reveal() != tc.want {
				t.Fatalf("password %q, %v", c.SMTP.Password.Reveal(), err)
			}
			if err := c.CheckRelay(); (err == nil) != (tc.mode != 0) {
				t.Errorf("CheckRelay: %v", err)
			}
		})
	}
}

func TestConfigurationWithPasswordOthersMayRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no file modes")
	}
	file := filepath.Join(t.TempDir(), "partwork.yaml")
	write(t, file, "smtp:\n  username: letters\n  password: hunter2\n", 0o644)
	_, err := Load(file, nil)
	if err == nil || !strings.Contains(err.Error(), "partwork.yaml:3: smtp.password: other users may open") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error is %v", err)
	}
}

func TestSecretFilesOthersMayRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"secret", "secret.suppression"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "partwork.yaml")
		write(t, file, "secret_file: secret", 0o644)
		write(t, filepath.Join(dir, name), "x", 0o644)
		if _, err := Load(file, nil); err == nil || !strings.Contains(err.Error(), "partwork.yaml:1: secret_file: other users may open") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
