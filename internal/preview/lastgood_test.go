package preview

import (
	"errors"
	"strings"
	"testing"

	"partwork/internal/drip"
)

// TestLastGoodVersionStays goes through what can break: a text, the front matter, the
// layouts, the folder. Each time the errors are on top, and the message below them.
func TestLastGoodVersionStays(t *testing.T) {
	t.Parallel()
	good := series()
	for name, test := range map[string]struct {
		harm func(f *folder)
		says string
	}{
		"the text": {func(f *folder) {
			broken := series()
			broken.Campaign.Issues[1].Body = []byte("Number {{.Nobody}}.\n")
			f.Series = []Series{broken}
			f.sources["campaigns/garden/02-two.md"] = "---\nid: two\nsubject: Go on\n---\nNumber {{.Nobody}}.\n"
		}, "campaigns/garden/02-two.md:5"},
		"the front matter": {func(f *folder) {
			f.Series = nil
			f.Findings = []drip.Finding{{File: "campaigns/garden/01-one.md", Line: 3, Severity: drip.SeverityError, Message: "the key \"subjct\" is unknown"}}
			f.sources["campaigns/garden/01-one.md"] = "---\nid: one\nsubjct: x\n---\n"
		}, "subjct: x"},
		"the layouts": {func(f *folder) {
			f.Layouts = nil
			f.Findings = []drip.Finding{{File: "templates", Severity: drip.SeverityError, Message: "email/layout.html:7: unexpected EOF"}}
		}, "layout.html:7"},
		"the folder": {func(f *folder) { f.err = errors.New("campaigns: no such folder") }, "no such folder"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := shelf(t, good)
			h := server(t, f)
			page(t, h, "/garden/two")
			test.harm(f)
			p := page(t, h, "/garden/two")
			if text := p.One(t, "section.overlay[role=alert]").Text(); !strings.Contains(text, test.says) {
				t.Errorf("the errors are %s", text)
			}
			p.One(t, "iframe.message")
			if frame := get(t, h, "/garden/two/frame").Body.String(); !strings.Contains(frame, "Number 2.") {
				t.Error("the last good version does not stay")
			}
			f.Series, f.Findings, f.err = []Series{good}, nil, nil
			f.Layouts = shelf(t).Layouts
			if n := len(page(t, h, "/garden/two").All("section.overlay")); n != 0 {
				t.Error("the errors stay when the file is good again")
			}
		})
	}
}

func TestIssueThatNeverWasGood(t *testing.T) {
	t.Parallel()
	s := series()
	s.Campaign.Issues[1].Body = []byte("Number {{.Nobody}}.\n")
	p := page(t, server(t, shelf(t, s)), "/garden/two")
	if text := p.One(t, "section.overlay").Text(); !strings.Contains(text, "no earlier version") || strings.Contains(text, "last good") {
		t.Errorf("the page says %s", text)
	}
}

func TestCampaignThatNeverWasGood(t *testing.T) {
	t.Parallel()
	f := shelf(t)
	f.Findings = []drip.Finding{{File: "campaigns/garden/campaign.yaml", Line: 2, Severity: drip.SeverityError, Message: "the key is not well-formed"}}
	h := server(t, f)
	if got := page(t, h, "/").One(t, "li.card a").Attr("href"); got != "/garden/" {
		t.Errorf("it is listed at %s", got)
	}
	if text := page(t, h, "/garden/").One(t, "section.overlay").Text(); !strings.Contains(text, "campaigns/garden/campaign.yaml:2") {
		t.Errorf("the page says %s", text)
	}
	f.Findings, f.Series = nil, []Series{series()}
	page(t, h, "/garden/one").One(t, "iframe")
	f.Series = nil
	if got := get(t, h, "/garden/one").Code; got != 404 {
		t.Errorf("a campaign whose folder was removed answers %d", got)
	}
}
