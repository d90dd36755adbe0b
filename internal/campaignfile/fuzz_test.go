package campaignfile

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"partwork/campaigns"
	"partwork/internal/drip"
)

func FuzzCampaign(f *testing.F) {
	f.Add([]byte(goodCampaign))
	f.Add([]byte("quiet: [[{a: [\n- b: &x *x\n<<: !!a 1\n? c\n"))
	addShipped(f, ".yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := files("plain/campaign.yaml", string(text), "plain/01-a.md", goodIssue)
		checkLoaded(t, fsys, len(text))
	})
}

func FuzzIssue(f *testing.F) {
	f.Add([]byte(goodIssue))
	f.Add([]byte("---\nlate: {within: {a: 1}}\nskip_slots: 0x\n---\n---\n"))
	addShipped(f, ".md")
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", string(text))
		checkLoaded(t, fsys, len(text))
	})
}

func FuzzPersonas(f *testing.F) {
	f.Add([]byte("email,name,timezone,x\na@example.org,\"A,\n\",UTC,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/personas.csv", string(text))
		if c := checkLoaded(t, fsys, len(text)); c == nil {
			t.Error("personas took the campaign down")
		}
	})
}

func FuzzPersonaList(f *testing.F) {
	f.Add([]byte("- email: a@example.org\n  attributes: {x: \"1\", x: 2, email: c}\n- {email: b@example.org, timezone: UTC}\n"))
	f.Add([]byte("- [{a: [\n- &x *x\n- !!a 1\n- ? c\n-\n"))
	addShipped(f, "personas.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/personas.yaml", string(text))
		if c := checkLoaded(t, fsys, len(text)); c == nil {
			t.Error("personas took the campaign down")
		}
	})
}

// addShipped adds the shipped files with the given ending as seeds.
func addShipped(f *testing.F, ending string) {
	err := fs.WalkDir(campaigns.Files(), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ending) {
			return err
		}
		text, err := fs.ReadFile(campaigns.Files(), name)
		f.Add(text)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
}

// checkLoaded loads the folder plain and tests what holds for every input: a
// campaign or an error, complete findings on lines that exist, and no issue
// that could not be sent.
func checkLoaded(t *testing.T, fsys fs.FS, size int) *drip.Campaign {
	t.Helper()
	start := time.Now()
	c, findings := LoadOne(fsys, "plain", Options{Today: today})
	if spent := time.Since(start); spent > 10*time.Second {
		t.Errorf("loading %d bytes took %v", size, spent)
	}
	checkFindings(t, findings)
	failed := false
	for _, finding := range findings {
		failed = failed || finding.Severity == drip.SeverityError
		text, err := fs.ReadFile(fsys, finding.File)
		if err == nil && finding.Line > 1+bytes.Count(normalize(text), []byte("\n")) {
			t.Errorf("there is no such line: %v", finding)
		}
	}
	if failed == (c != nil) {
		t.Fatalf("campaign %v with findings %v", c, findings)
	}
	if c != nil {
		checkCampaign(t, c)
	}
	return c
}

func checkCampaign(t *testing.T, c *drip.Campaign) {
	t.Helper()
	if !idSyntax.MatchString(c.ID) || !keySyntax.MatchString(c.Key) || c.Title == "" || c.PostalAddress == "" ||
		c.From.IsZero() || c.Schedule.IsZero() || c.MaxLate <= 0 || c.MinGap < 0 || c.GiveUp < 1 || len(c.Issues) == 0 {
		t.Errorf("a campaign without an error is incomplete: %+v", c)
	}
	for _, issue := range c.Issues {
		if !idSyntax.MatchString(issue.ID) || issue.Subject == "" || strings.ContainsFunc(issue.Subject+issue.Preheader, breaksLine) {
			t.Errorf("an issue without an error is incomplete: %+v", issue)
		}
	}
}

// TestRandomEdits breaks shipped files the way editors and people do: bytes go
// missing, come twice, or are replaced. The seed is fixed.
func TestRandomEdits(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	source, err := fs.Sub(campaigns.Files(), campaigns.GardenNotes)
	if err != nil {
		t.Fatal(err)
	}
	for range 400 {
		fsys := files()
		for _, name := range []string{campaignFile, "01-welcome.md", "02-watering.md"} {
			text, err := fs.ReadFile(source, name)
			if err != nil {
				t.Fatal(err)
			}
			fsys["plain/"+name] = files("x", string(edited(random, text)))["x"]
		}
		checkLoaded(t, fsys, 0)
	}
}

// edited returns a copy of text with a few edits, most of them near its start,
// where the front matter is.
func edited(random *rand.Rand, text []byte) []byte {
	const inserts = "\x00\xff\t\n:#[]{}&*!|>'\"-%@ a1é---\n"
	for range random.IntN(4) {
		at := random.IntN(min(len(text), 1+random.IntN(2000)))
		end := min(len(text), at+random.IntN(20))
		middle := text[at:end]
		switch random.IntN(4) {
		case 0:
			middle = nil
		case 1:
			middle = bytes.Repeat(middle, 2)
		case 2:
			i := random.IntN(len(inserts))
			middle = []byte(inserts[i:min(len(inserts), i+1+random.IntN(3))])
		case 3:
			return bytes.Clone(text[:at]) // half-saved
		}
		text = append(append(bytes.Clone(text[:at]), middle...), text[end:]...)
		if len(text) == 0 {
			break
		}
	}
	return text
}
