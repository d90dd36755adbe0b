package campaignfile

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/drip"
)

// TestTextIsNormalized reads what editors on other systems write.
func TestTextIsNormalized(t *testing.T) {
	t.Parallel()
	want := loadOne(t, files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue))
	for name, mangle := range map[string]func(string) string{
		"BOM":  func(s string) string { return "\ufeff" + s },
		"CRLF": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"CR":   func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
		"both": func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := loadOne(t, files("plain/campaign.yaml", mangle(goodCampaign), "plain/01-a.md", mangle(goodIssue)))
			if diff := cmp.Diff(want.Issues, got.Issues); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTextIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		issue, rule, message string
		line                 int
	}{
		"NUL":           {goodIssue + "a\x00b", RuleEncoding, "NUL", 6},
		"Latin-1":       {goodIssue + "\ngr\xfc\xdfe", RuleEncoding, "not valid UTF-8", 7},
		"UTF-16":        {"\xff\xfe-\x00-\x00-\x00", RuleEncoding, "NUL", 1},
		"TooBig":        {goodIssue + strings.Repeat("x", maxFile), RuleUnreadable, "1 MiB", 0},
		"TooMuchYAML":   {"---\nid: x\nsubject: " + strings.Repeat("x", maxYAML) + "\n---\nx", RuleSyntax, "KiB of YAML", 1},
		"ManyLines":     {"---\nid: x\n" + strings.Repeat("a: b\n", maxTokens) + "---\nx", RuleSyntax, "KiB", 1},
		"DeepBrackets":  {"---\nid: x\nsubject: " + strings.Repeat("[", maxYAML/2) + "\n---\nx", RuleSyntax, "nested", 3},
		"DeepMappings":  {"---\nid: " + strings.Repeat("{a: ", maxYAML/8) + "\n---\nx", RuleSyntax, "nested", 2},
		"DeepLists":     {"---\nid: x\n" + strings.Repeat("- ", maxYAML/4) + "\n---\nx", RuleSyntax, "nested", 3},
		"ManyTokens":    {"---\nid: [" + strings.Repeat("a,", maxTokens) + "]\n---\nx", RuleSyntax, "words and signs", 1},
		"FrontMatterOK": {"---\nid: [\n---\nx", RuleSyntax, "not valid YAML", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", tt.issue)
			c, findings := LoadOne(fsys, "plain", Options{})
			if c != nil || len(findings) != 1 {
				t.Fatalf("campaign %v, findings %v", c, findings)
			}
			f := findings[0]
			if f.Rule != tt.rule || f.Line != tt.line || !strings.Contains(f.Message, tt.message) {
				t.Errorf("got %s %v", f.Rule, f)
			}
		})
	}
}

// TestBiggestFile accepts exactly 1 MiB.
func TestBiggestFile(t *testing.T) {
	t.Parallel()
	issue := goodIssue + strings.Repeat("x", maxFile-len(goodIssue))
	loadOne(t, files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", issue))
}

// TestSpecialFiles loads a real folder through an os.Root: links inside it are
// followed, everything that leads out of it or is no file is reported.
func TestSpecialFiles(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir := filepath.Join(base, "campaigns")
	write(t, filepath.Join(base, "secret.md"), goodIssue)
	write(t, filepath.Join(dir, "plain", campaignFile), goodCampaign)
	write(t, filepath.Join(dir, "plain", "_shared"), goodIssue)
	write(t, filepath.Join(dir, "plain", "09-folder.md", "x"), "")
	for name, target := range map[string]string{
		"plain/01-inside.md":   "_shared",
		"plain/02-outside.md":  "../../secret.md",
		"plain/03-absolute.md": filepath.Join(base, "secret.md"),
		"plain/04-dangling.md": "nowhere",
		"plain/05-loop.md":     "05-loop.md",
		"plain/06-device.md":   "/dev/zero",
		"outside":              "..",
		"twin":                 "plain",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "plain", "07-pipe.md"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	lib := Load(root.FS(), Options{})
	bad := map[string]bool{}
	for _, f := range lib.Findings {
		if f.Severity == drip.SeverityError && f.Rule == RuleUnreadable {
			bad[f.File] = true
		}
	}
	for _, name := range []string{
		"outside", "plain/02-outside.md", "plain/03-absolute.md", "plain/04-dangling.md",
		"plain/05-loop.md", "plain/06-device.md", "plain/07-pipe.md", "plain/09-folder.md",
	} {
		if !bad[name] {
			t.Errorf("%s was not reported", name)
		}
	}
	if bad["plain/01-inside.md"] || bad["twin"] || len(lib.Campaigns) > 0 {
		t.Errorf("findings %v, campaigns %v", lib.Findings, lib.Campaigns)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
