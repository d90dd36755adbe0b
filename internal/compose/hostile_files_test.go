package compose

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/campaignfile"
	"partwork/internal/drip"
)

// folder writes a campaign whose texts are given as YAML writes them.
func folder(key, value string) fstest.MapFS {
	fields := map[string]string{
		"title": "Plain", "from": `"Plain <letters@example.org>"`, "postal_address": "Plain", "language": "en", "key": "s7k2qd",
		"subject": "Plain", "preheader": "Plain",
	}
	fields[key] = value
	var campaign, issue strings.Builder
	for _, k := range []string{"title", "from", "postal_address", "language", "key"} {
		fmt.Fprintf(&campaign, "%s: %s\n", k, fields[k])
	}
	for _, k := range []string{"subject", "preheader"} {
		fmt.Fprintf(&issue, "%s: %s\n", k, fields[k])
	}
	return fstest.MapFS{
		"c/campaign.yaml": {Data: []byte("id: c\nschedule: \"0 9 * * TUE\"\n" + campaign.String())},
		"c/01-one.md":     {Data: []byte("---\nid: one\n" + issue.String() + "---\n\n{{.Campaign.Title}}\n\n{{.Series}}\n")},
	}
}

// quoted writes a string in double quotes, as YAML reads them.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(text)
}

// careless are the ways in which an author writes a string who does not think of
// what YAML makes of it.
var careless = []func(string) string{
	func(s string) string { return s },
	func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" },
	func(s string) string { return "|\n  " + strings.ReplaceAll(s, "\n", "\n  ") },
}

// TestHostileFiles: a string in a file is refused with the file and the line, or
// read, and then it changes nothing but the text that it is.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	for k, key := range []string{"title", "from", "postal_address", "language", "key", "subject", "preheader"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			f := newFiles(t, key)
			for i, s := range share(Hostile(t)) {
				value := s
				if key == "from" {
					value = s + " <letters@example.org>"
				}
				// The messages of a part are enough: the authors' test has them all.
				f.hold(t, s, quoted(value), (i+k)%7 == 0)
				f.hold(t, s, careless[i%len(careless)](value), (i+k)%7 == 1)
			}
			t.Logf("%d read, %d refused", f.read, f.refused)
			if f.read == 0 && tortureShare == 1 || f.refused == 0 {
				t.Error("one of the two never happens")
			}
		})
	}
}

// files tries strings as one key of a campaign.
type files struct {
	key     string
	layouts *Layouts
	// free are the headers that the key decides.
	free          []string
	plain         map[bool]frame // with and without a preheader
	read, refused int
}

func newFiles(t testing.TB, key string) *files {
	f := &files{key: key, layouts: layouts(t), plain: map[bool]frame{}, free: map[string][]string{
		"from": {"From"}, "subject": {"Subject"}, "key": {"List-Id", "Feedback-ID"},
	}[key]}
	for _, preheader := range []string{"Plain", `""`} {
		c, found := campaignfile.LoadOne(folder("preheader", preheader), "c", campaignfile.Options{})
		if c == nil {
			t.Fatal(found)
		}
		f.plain[preheader != "Plain"] = framed(t, send(t, NewBundle(c, 0, f.layouts), visitor("Anna")), f.free...)
	}
	return f
}

// hold tries one string as it is written in a file, and the message too if asked to.
func (f *files) hold(t testing.TB, s, written string, message bool) {
	t.Helper()
	c, found := campaignfile.LoadOne(folder(f.key, written), "c", campaignfile.Options{})
	for _, finding := range found {
		line := finding.String()
		if finding.File == "" || finding.Message == "" || strings.ContainsFunc(line, acts) {
			t.Errorf("%+q: the finding %+q", written, line)
		}
	}
	if c == nil {
		f.refused++
		return
	}
	f.read++
	f.verbatim(t, c, s, written)
	if message {
		f.holdMessage(t, c, written)
	}
}

// holdMessage composes the message of a campaign that was read.
func (f *files) holdMessage(t testing.TB, c *drip.Campaign, written string) {
	t.Helper()
	e, found := Compile(NewBundle(c, 0, f.layouts))
	if e.Broken() {
		if !strings.Contains(written, "{{") {
			t.Errorf("%+q: read, but %v", written, found)
		}
		return
	}
	m := sendTo(t, e, visitor("Anna"))
	checkLines(t, written, m.Bytes)
	want, got := f.plain[!strings.Contains(m.HTML, `class="preheader"`)], framed(t, m, f.free...)
	if f.key == "language" {
		want.Shape, got.Shape = "", ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%+q changes the message (-want +got):\n%s", written, diff)
	}
}

// verbatim fails unless a harmless string in double quotes was read as it is.
func (f *files) verbatim(t testing.TB, c *drip.Campaign, s, written string) {
	t.Helper()
	read := map[string]string{
		"title": c.Title, "subject": c.Issues[0].Subject, "preheader": c.Issues[0].Preheader, "postal_address": c.PostalAddress,
	}
	if got, ok := read[f.key]; ok && written == quoted(s) && harmless(s) && got != s {
		t.Errorf("%+q is read as %q", s, got)
	}
}

// acts reports whether a character would do more to a terminal than a tab does.
func acts(r rune) bool {
	return r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e'
}
