package preview

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// issuePage shows a message.
type issuePage struct {
	common
	seriesNav
	Rows           []row
	ID, Heading    string
	Place          string
	Previous, Next string
	Draft          bool
	For            string // whom it is for, if not for everybody
	Personas       personaForm

	Views, Widths, Colors, Images  []choice
	View, Width, Color             string
	Problem                        string
	Findings                       []drip.Finding
	Loose                          []drip.Finding // those about no line
	File                           string
	Message                        *compose.Message
	From, FromName, To, Date, When string
	Frame, Download                string
	Headers                        []compose.Header
	Source                         []sourceLine
	Leads                          []leading
	MIME                           string
	Size                           sizes
	Attachments                    []enclosure
	Changes                        *changes
	Test                           testForm
	Foreign                        int // images that would be fetched from elsewhere
}

// sizes are those of a message, against what Gmail shows.
type sizes struct {
	HTML, Text, All string
	Octets, Clip    int
	Percent         int
	State           string // good, near or over
}

// issue shows one message in the way the request asks for.
func (p *Preview) issue(w http.ResponseWriter, r *http.Request) {
	page := issuePage{common: p.common("", "letter")}
	s := p.find(w, r)
	if s == nil {
		return
	}
	c, self, l := s.entry.Campaign, issuePath(s.entry.id(), s.id), s.look
	page.seriesNav = navOf(s.entry, l, "issue")
	page.ID, page.View, page.Width, page.Color = s.id, l.view, l.width, l.colors
	page.Views = l.choices(p.viewsOf(), self, func(l *look) *string { return &l.view })
	page.Widths = l.choices(widths, self, func(l *look) *string { return &l.width })
	page.Colors = l.choices(colors, self, func(l *look) *string { return &l.colors })
	page.Images = l.choices(images, self, func(l *look) *string { return &l.images })
	page.Personas = p.personas(s, self)
	page.Frame, page.Download = l.at(self+"/frame"), look{as: l.as}.at(self+"/message.eml")
	page.Title, page.Place = "Confirmation", "before the first issue"
	if s.issue >= 0 {
		is := &c.Issues[s.issue]
		page.Title, page.Place, page.Draft = is.Subject, fmt.Sprintf("issue %d of %d", s.issue+1, len(c.Issues)), is.Draft
	}
	var err error
	if page.For, err = p.audienceOf(r, s); err != nil {
		page.For += "The database cannot be read: " + err.Error()
	}
	page.Problem, page.File = s.problem, s.file()
	page.Rows = p.rows(s)
	page.neighbors(s)
	var faults []drip.Finding
	if s.earlier || s.problem != "" {
		faults = s.findings
	}
	if page.Overlay = p.overlay(s.state, c.ID, faults); page.Overlay != nil && s.proof.good == nil {
		page.Overlay.Note = "There is no earlier version of this issue to show: it had errors when the preview began."
	}
	page.annotate(p, s)
	page.fill(s)
	if l.view == "changes" {
		page.Changes = p.changesOf(r, s)
	}
	page.Test = p.testForm(r, s)
	p.show(w, http.StatusOK, "issue.html", page)
}

// viewsOf are the views that there are: changes need a database.
func (p *Preview) viewsOf() []choice {
	if p.options.People == nil {
		return slices.DeleteFunc(slices.Clone(views), func(c choice) bool { return c.Value == "changes" })
	}
	return views
}

// annotate lists the findings, and puts them beside their lines where the file is shown.
func (page *issuePage) annotate(p *Preview, s *shown) {
	for _, f := range s.findings {
		if page.Overlay != nil && slices.ContainsFunc(page.Overlay.Errors, func(e excerpt) bool { return e.Finding == f }) {
			continue
		}
		page.Findings = append(page.Findings, f)
	}
	if s.look.view != "file" {
		return
	}
	page.Source = p.lines(s.state, s.file(), s.findings)
	for _, f := range s.findings {
		if f.Line == 0 || f.Line > len(page.Source) {
			page.Loose = append(page.Loose, f)
		}
	}
}

// neighbors links the issues before and after; the confirmation comes first.
func (page *issuePage) neighbors(s *shown) {
	c := s.entry.Campaign
	switch {
	case s.issue == 0:
		page.Previous = s.look.at(issuePath(c.ID, drip.ConfirmationID))
	case s.issue > 0:
		page.Previous = s.look.at(issuePath(c.ID, c.Issues[s.issue-1].ID))
	}
	if s.issue+1 < len(c.Issues) {
		page.Next = s.look.at(issuePath(c.ID, c.Issues[s.issue+1].ID))
	}
}

// fill adds what only a composed message has.
func (page *issuePage) fill(s *shown) {
	page.Heading = page.Title
	m := s.message
	if m == nil {
		return
	}
	page.Message, page.Title, page.Heading, page.MIME = m, m.Subject, m.Subject, string(m.Bytes)
	page.FromName = sender(s.entry.Campaign)
	page.Size = sizesOf(m)
	page.When = s.copy.At.Format("15:04")
	for _, h := range m.Headers {
		value := decoded(h.Value)
		switch h.Name {
		case "From":
			page.From = value
		case "To":
			page.To = value
		case "Date":
			page.Date = value
		}
		page.Headers = append(page.Headers, compose.Header{Name: h.Name, Value: value})
	}
	page.Attachments = s.enclosures(issuePath(s.entry.id(), s.id))
	if s.look.view == "links" {
		page.Leads = leads(m.HTML, s.ownLinks())
	}
	page.Foreign = foreignImages(m.HTML, s.state.Links.Images)
}

// sizesOf measures a message.
func sizesOf(m *compose.Message) sizes {
	z := sizes{
		HTML: kilobytes(len(m.HTML)), Text: kilobytes(len(m.Text)), All: kilobytes(len(m.Bytes)),
		Octets: len(m.HTML), Clip: clip, Percent: 100 * len(m.HTML) / clip, State: "good",
	}
	switch {
	case len(m.HTML) > clip:
		z.State = "over"
	case z.Percent >= 88: // where check begins to warn
		z.State = "near"
	}
	return z
}

// message serves the bytes for the wire, for a mail program to open.
func (p *Preview) message(w http.ResponseWriter, r *http.Request) {
	s := p.find(w, r)
	if s == nil {
		return
	}
	if s.message == nil {
		p.missing(w)
		return
	}
	writeMessage(w, s.id+".eml", s.message.Bytes)
}

// writeMessage serves a message as a file.
func writeMessage(w http.ResponseWriter, name string, message []byte) {
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", compose.Disposition(strings.TrimPrefix(name, "_")))
	_, _ = w.Write(message)
}

// decoded shows an encoded header as people read it (RFC 2047).
func decoded(value string) string {
	var words mime.WordDecoder
	out, err := words.DecodeHeader(value)
	if err != nil {
		return value
	}
	return strings.TrimSpace(out)
}
