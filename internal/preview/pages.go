package preview

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// homePage lists the campaigns.
type homePage struct {
	Series   []seriesItem
	Findings []drip.Finding
}

// seriesItem is a campaign on the front page.
type seriesItem struct {
	Title, Schedule string
	Issues          []issueItem
	Confirmation    string
}

// issueItem is an issue in a list.
type issueItem struct {
	Path, Subject, Preheader string
	Number                   int
	Draft                    bool
	Errors, Warnings         int
}

// home lists the campaigns, their issues in order, and all findings.
func (h *handler) home(w http.ResponseWriter, _ *http.Request) {
	shelf, err := h.options.Load()
	if err != nil {
		h.broken(w, err)
		return
	}
	page := homePage{Findings: slices.Clone(shelf.Findings)}
	for i := range shelf.Series {
		page.Findings = append(page.Findings, h.lint(&shelf.Series[i], shelf.Layouts)...)
	}
	page.Findings = distinct(page.Findings)
	for i := range shelf.Series {
		page.Series = append(page.Series, listed(&shelf.Series[i], shelf.Layouts, page.Findings))
	}
	h.show(w, http.StatusOK, "home.html", page)
}

// distinct drops repeated findings: those about the layouts come once per campaign.
func distinct(all []drip.Finding) []drip.Finding {
	var out []drip.Finding
	for _, f := range all {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// listed is a campaign for the front page.
func listed(s *Series, l *compose.Layouts, findings []drip.Finding) seriesItem {
	c := s.Campaign
	item := seriesItem{Title: c.Title, Confirmation: path(c, drip.ConfirmationID)}
	if !c.Schedule.IsZero() {
		item.Schedule = c.Schedule.Describe()
	}
	for i := range c.Issues {
		b := compose.NewBundle(c, i, l)
		issue := issueItem{
			Path: path(c, c.Issues[i].ID), Subject: b.Subject, Preheader: b.Preheader,
			Number: i + 1, Draft: c.Issues[i].Draft,
		}
		for _, f := range findings {
			switch {
			case f.File != c.Issues[i].File:
			case f.Severity == drip.SeverityError:
				issue.Errors++
			default:
				issue.Warnings++
			}
		}
		item.Issues = append(item.Issues, issue)
	}
	return item
}

// path returns the page of an issue.
func path(c *drip.Campaign, issue string) string {
	return "/" + url.PathEscape(c.ID) + "/" + url.PathEscape(issue)
}

// The ways to look at a message.
var views = []choice{
	{Value: "html", Label: "HTML"}, {Value: "text", Label: "Plain text"},
	{Value: "headers", Label: "Headers"}, {Value: "source", Label: "Source"},
}

// widths and schemes are how the HTML part can be framed.
var (
	widths  = []choice{{Value: "wide", Label: "Wide"}, {Value: "phone", Label: "Phone"}, {Value: "small", Label: "Small phone"}}
	schemes = []choice{{Value: "auto", Label: "As this page"}, {Value: "light", Label: "Light"}, {Value: "dark", Label: "Dark"}}
)

// choice is one of several ways.
type choice struct {
	Value, Label, Path string
	Current            bool
}

// issuePage shows a message.
type issuePage struct {
	Title, Campaign        string
	Place                  string
	Previous, Next         string
	Views, Widths, Schemes []choice
	View, Width, Scheme    string
	Personas               []choice
	Persona                string
	Problem                string
	Findings               []drip.Finding
	Message                *compose.Message
	From, To               string
	Frame, Download        string
	Headers                []compose.Header
	Source, Size           string
	Attachments            []enclosure
}

// issue shows one message in the way the request asks for.
func (h *handler) issue(w http.ResponseWriter, r *http.Request) {
	s, ok := h.find(w, r)
	if !ok {
		return
	}
	query := url.Values{
		"as":     {strconv.Itoa(s.persona)},
		"view":   {pick(views, r.URL.Query().Get("view"))},
		"width":  {pick(widths, r.URL.Query().Get("width"))},
		"scheme": {pick(schemes, r.URL.Query().Get("scheme"))},
	}
	c, self := s.series.Campaign, path(s.series.Campaign, s.id)
	page := issuePage{
		Title: "Confirmation", Campaign: c.Title, Place: "before the first issue",
		View: query.Get("view"), Width: query.Get("width"), Scheme: query.Get("scheme"),
		Views: choices(views, "view", self, query), Widths: choices(widths, "width", self, query),
		Schemes: choices(schemes, "scheme", self, query),
		Persona: strconv.Itoa(s.persona), Personas: personas(s),
		Problem: s.problem, Findings: s.findings, Message: s.message,
		Frame: self + "/frame?as=" + strconv.Itoa(s.persona), Download: self + "/message.eml?as=" + strconv.Itoa(s.persona),
		Attachments: s.enclosures(self),
	}
	if s.issue >= 0 {
		page.Title, page.Place = c.Issues[s.issue].Subject, fmt.Sprintf("issue %d of %d", s.issue+1, len(c.Issues))
	}
	page.neighbors(s, query)
	page.fill(s)
	h.show(w, http.StatusOK, "issue.html", page)
}

// neighbors links the issues before and after; the confirmation comes first.
func (p *issuePage) neighbors(s *shown, query url.Values) {
	c := s.series.Campaign
	switch {
	case s.issue == 0:
		p.Previous = path(c, drip.ConfirmationID) + "?" + query.Encode()
	case s.issue > 0:
		p.Previous = path(c, c.Issues[s.issue-1].ID) + "?" + query.Encode()
	}
	if s.issue+1 < len(c.Issues) {
		p.Next = path(c, c.Issues[s.issue+1].ID) + "?" + query.Encode()
	}
}

// fill adds what only a composed message has.
func (p *issuePage) fill(s *shown) {
	m := s.message
	if m == nil {
		return
	}
	p.Title, p.Source = m.Subject, string(m.Bytes)
	p.Size = fmt.Sprintf("%.1f kB in all, %.1f kB of it HTML", float64(len(m.Bytes))/1000, float64(len(m.HTML))/1000)
	for _, h := range m.Headers {
		value := decoded(h.Value)
		switch h.Name {
		case "From":
			p.From = value
		case "To":
			p.To = value
		}
		p.Headers = append(p.Headers, compose.Header{Name: h.Name, Value: value})
	}
}

// pick returns value if it is one of the choices, and the first choice otherwise.
func pick(from []choice, value string) string {
	if slices.ContainsFunc(from, func(c choice) bool { return c.Value == value }) {
		return value
	}
	return from[0].Value
}

// choices links the ways of one kind, leaving all else as it is.
func choices(from []choice, key, self string, query url.Values) []choice {
	out := slices.Clone(from)
	for i := range out {
		q := url.Values{}
		for k, v := range query {
			q[k] = v
		}
		out[i].Current = q.Get(key) == out[i].Value
		q.Set(key, out[i].Value)
		out[i].Path = self + "?" + q.Encode()
	}
	return out
}

// personas lists whom the message can be shown as.
func personas(s *shown) []choice {
	var out []choice
	for i, p := range s.series.Personas {
		label := p.Name
		if label == "" {
			label = "no name, " + p.Email.String()
		}
		if p.Timezone != "" {
			label += " (" + p.Timezone + ")"
		}
		out = append(out, choice{Value: strconv.Itoa(i), Label: label, Current: i == s.persona})
	}
	return out
}
