package compose

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"partwork/campaigns"
	"partwork/internal/drip"
)

func TestLintShippedCampaigns(t *testing.T) {
	t.Parallel()
	for _, name := range []string{campaigns.MSTherapies, campaigns.GardenNotes} {
		c := shipped(t, name)
		readers := append(personas(t, name), anna(c, 0), Reader{Email: addr("b@example.org"), Name: strings.Repeat("long ", 60)})
		for _, f := range Lint(c, layouts(t), readers) {
			t.Errorf("%s", f)
		}
	}
}

func TestLint(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("A sentence of some length, which says little. ", 3000)
	for name, tc := range map[string]struct {
		change func(c *drip.Campaign)
		want   string
	}{
		"nothing":                {func(*drip.Campaign) {}, ""},
		"a field Anna lacks":     {func(c *drip.Campaign) { c.Issues[0].Body = []byte("x\n\n{{.Subscriber.pet}}\n") }, "error 8 merge-missing"},
		"a field all have":       {func(c *drip.Campaign) { c.Issues[0].Body = []byte("{{.Subscriber.city}}\n") }, "warning 6 merge-default"},
		"a field with a default": {func(c *drip.Campaign) { c.Issues[0].Body = []byte(`{{.Subscriber.pet | default ""}}x` + "\n") }, "warning 0 merge-stranger"},
		"a default all have":     {func(c *drip.Campaign) { c.Issues[0].Body = []byte(`{{.Subscriber.city | default ""}}x` + "\n") }, ""},
		"a name in the subject":  {func(c *drip.Campaign) { c.Issues[0].Subject = "{{.Subscriber.pet}}" }, "error 0 merge-missing"},
		"a link in the subject":  {func(c *drip.Campaign) { c.Issues[0].Subject = "{{.Links.Unsubscribe}}" }, "error 0 merge-field"},
		"a long subject":         {func(c *drip.Campaign) { c.Issues[0].Subject = strings.Repeat("long ", 20) }, "warning 0 subject-length"},
		"a long preheader":       {func(c *drip.Campaign) { c.Issues[0].Preheader = strings.Repeat("long ", 30) }, "warning 0 preheader-length"},
		"no preheader":           {func(c *drip.Campaign) { c.Issues[0].Preheader = "" }, "warning 0 preheader"},
		"a link without TLS":     {func(c *drip.Campaign) { c.Issues[0].Body = []byte("[x](http://example.com/)\n") }, "warning 6 link"},
		"a link that is none": {func(c *drip.Campaign) {
			c.Issues[0].Body = []byte(`[x](https://a.example/?{{.Subscriber.city}} b)` + "\n")
		}, "warning 6 link"},
		"too long for Gmail":       {func(c *drip.Campaign) { c.Issues[0].Body = []byte(long[:95_000] + "\n\n" + long[:2000]) }, "error 0 size"},
		"nearly too long":          {func(c *drip.Campaign) { c.Issues[0].Body = []byte(long[:86_000]) }, "warning 0 size"},
		"a draft with an error":    {func(c *drip.Campaign) { c.Issues[0].Draft = true; c.Issues[0].Body = []byte("{{.No}}\n") }, "warning 6 merge-field"},
		"a heading like the title": {func(c *drip.Campaign) { c.Issues[0].Body = []byte("# Big\n") }, "warning 6 heading"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campaign("Hello.\n")
			tc.change(c)
			var got []string
			for _, f := range Lint(c, layouts(t), []Reader{anna(c, 0)}) {
				if f.File != c.Issues[0].File {
					t.Errorf("the file is %s", f.File)
				}
				got = append(got, fmt.Sprintf("%s %d %s", f.Severity, f.Line, f.Rule))
			}
			if tc.want == "" && len(got) > 0 || tc.want != "" && !slices.Contains(got, tc.want) {
				t.Errorf("found %v, want %q", got, tc.want)
			}
		})
	}
}

func TestLettersNeedTheirLinks(t *testing.T) {
	t.Parallel()
	for file, rule := range map[string]string{fileConfirmation: "confirm-link", filePrivate: "notice-link", fileAddress: "notice-link"} {
		found := Lint(campaign("Hello.\n"), layoutsWith(t, file, "# Confirm\n\nPlease.\n"), nil)
		if len(found) != 1 || found[0].Rule != rule || found[0].File != file || found[0].Severity != drip.SeverityError {
			t.Errorf("%s: found %v", file, found)
		}
	}
}

// layoutsWith returns the shipped layouts with one file replaced.
func layoutsWith(t *testing.T, name, text string) *Layouts {
	t.Helper()
	l, err := LoadLayouts(overlay(t, name, text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// overlay returns the shipped layouts' files with one replaced.
func overlay(t *testing.T, name, text string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, file := range []string{fileHTML, fileText, fileStyle, fileConfirmation, filePrivate, fileAddress} {
		b, err := os.ReadFile("../../templates/" + file)
		if err != nil {
			t.Fatal(err)
		}
		out[file] = &fstest.MapFile{Data: b}
	}
	out[name] = &fstest.MapFile{Data: []byte(text)}
	return out
}

func TestBrokenLayoutsAreReportedByName(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		fileHTML:         "{{.Nonsense}}",
		fileText:         "{{if}}",
		fileConfirmation: "No subject here.\n",
		filePrivate:      "No subject here.\n",
		fileStyle:        strings.Repeat("x", maxLayout+1),
	} {
		_, err := LoadLayouts(overlay(t, name, text))
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
