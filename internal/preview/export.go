package preview

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"partwork/internal/drip"
)

// Exported is what an export wrote, and what it left out.
type Exported struct {
	Campaigns, Issues int
	// Broken are the ids of campaigns with errors, and Without the files of issues that
	// cannot be composed; neither is in the export.
	Broken, Without []string
}

// Export writes the series as pages that need no server and no Partwork: for each
// campaign a list, a page for each issue, and one to print, with room for remarks and a
// line to sign. Each issue is as the first persona gets it. What is written are files
// below a folder that write knows. The error is that of reading the files, or of writing.
func Export(o Options, write func(name string, data []byte) error) (Exported, error) {
	p := New(o)
	st, err := p.desk.now()
	if err != nil {
		return Exported{}, err
	}
	x := exporter{Preview: p, state: st, write: write, done: Exported{Broken: st.broken}}
	if st.Layouts == nil {
		return x.done, fmt.Errorf("the templates have an error: %s", firstError(st.Findings))
	}
	err = x.all()
	return x.done, err
}

// firstError is the first error among findings.
func firstError(list []drip.Finding) string {
	for _, f := range list {
		if f.Severity == drip.SeverityError {
			return f.String()
		}
	}
	return ""
}

// exporter writes an export.
type exporter struct {
	*Preview
	state *state
	write func(string, []byte) error
	done  Exported
}

// exportPage is a page of an export.
type exportPage struct {
	Title, Root, Date string
	Series            []exportSeries
	Issue             *exportIssue
}

// exportSeries is a campaign in an export.
type exportSeries struct {
	Folder, Title, Schedule, From, Persona string
	Issues                                 []exportIssue
}

// exportIssue is an issue in an export. Version names what was read, so that a signature
// is one under certain words.
type exportIssue struct {
	Number                         int
	ID, File, Subject, Preheader   string
	From, To, Text, Version        string
	Draft                          bool
	Previous, Next, Series, Folder string
	mail                           string
}

func (x *exporter) all() error {
	css, err := files.ReadFile("pages/style.css")
	if err != nil {
		return err
	}
	if err := x.write("style.css", css); err != nil {
		return err
	}
	page := exportPage{Title: "The series", Date: x.options.Now().Format("2 January 2006, 15:04 MST")}
	for i := range x.state.entries {
		series := x.series(&x.state.entries[i])
		if err := x.campaign(series, page.Date); err != nil {
			return err
		}
		page.Series = append(page.Series, series)
		x.done.Campaigns++
		x.done.Issues += len(series.Issues)
	}
	return x.page("index.html", "export.html", page)
}

// series composes the issues of a campaign.
func (x *exporter) series(e *entry) exportSeries {
	c := e.Campaign
	reader := nobody()
	if len(e.Personas) > 0 {
		reader = e.Personas[0]
	}
	out := exportSeries{Folder: c.ID, Title: c.Title, From: sender(c), Persona: called(reader)}
	if !c.Schedule.IsZero() {
		out.Schedule = c.Schedule.Describe()
	}
	for i := range c.Issues {
		s := &shown{state: x.state, entry: e, issue: i, id: c.Issues[i].ID, reader: reader, proof: x.proofs.of(c, i, x.state.Layouts)}
		x.compose(s)
		if s.message == nil {
			x.done.Without = append(x.done.Without, s.file())
			continue
		}
		hash := s.copy.Edition.Bundle().Hash()
		issue := exportIssue{
			Number: i + 1, ID: s.id, File: s.id + ".html", Subject: s.message.Subject, Preheader: s.message.Preheader,
			Text: s.message.Text, Draft: c.Issues[i].Draft, Version: hex.EncodeToString(hash[:6]), Series: c.Title, Folder: c.ID,
			mail: standalone(s.inert("")),
		}
		for _, h := range s.message.Headers {
			switch h.Name {
			case "From":
				issue.From = decoded(h.Value)
			case "To":
				issue.To = decoded(h.Value)
			}
		}
		out.Issues = append(out.Issues, issue)
	}
	for i := range out.Issues {
		if i > 0 {
			out.Issues[i].Previous = out.Issues[i-1].File
		}
		if i+1 < len(out.Issues) {
			out.Issues[i].Next = out.Issues[i+1].File
		}
	}
	return out
}

// campaign writes the pages of a campaign.
func (x *exporter) campaign(s exportSeries, date string) error {
	for i := range s.Issues {
		issue := &s.Issues[i]
		page := exportPage{Title: issue.Subject, Root: "../", Date: date, Series: []exportSeries{s}, Issue: issue}
		if err := x.page(s.Folder+"/"+issue.File, "exportissue.html", page); err != nil {
			return err
		}
		if err := x.write(s.Folder+"/"+issue.ID+".mail.html", []byte(issue.mail)); err != nil {
			return err
		}
	}
	return x.page(s.Folder+"/_review.html", "exportreview.html", exportPage{Title: "Review of " + s.Title, Root: "../", Date: date, Series: []exportSeries{s}})
}

func (x *exporter) page(name, template string, data exportPage) error {
	var out bytes.Buffer
	if err := x.pages.ExecuteTemplate(&out, template, data); err != nil {
		return err
	}
	return x.write(name, out.Bytes())
}

// standalone puts the policy into a message that no server answers for.
func standalone(page string) string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return ""
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Head {
			n.InsertBefore(&html.Node{Type: html.ElementNode, Data: "meta", DataAtom: atom.Meta, Attr: []html.Attribute{
				{Key: "http-equiv", Val: "Content-Security-Policy"},
				{Key: "content", Val: "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"},
			}}, n.FirstChild)
			break
		}
	}
	var out strings.Builder
	if err := html.Render(&out, doc); err != nil {
		return ""
	}
	return out.String()
}
