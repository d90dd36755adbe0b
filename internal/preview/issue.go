package preview

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// shown is one issue, or the confirmation, as one persona gets it.
type shown struct {
	series   *Series
	issue    int // -1 for the confirmation
	id       string
	persona  int
	edition  *compose.Edition
	message  *compose.Message // nil if it cannot be composed
	problem  string           // why not
	findings []drip.Finding
}

// find composes what a request asks for. It returns false, having answered, when
// there is nothing to show.
func (h *handler) find(w http.ResponseWriter, r *http.Request) (*shown, bool) {
	shelf, err := h.options.Load()
	if err != nil {
		h.broken(w, err)
		return nil, false
	}
	at := slices.IndexFunc(shelf.Series, func(s Series) bool { return s.Campaign.ID == r.PathValue("campaign") })
	if at < 0 {
		h.missing(w)
		return nil, false
	}
	s := &shown{series: &shelf.Series[at], id: r.PathValue("issue"), issue: -1}
	var bundle compose.Bundle
	if s.id == drip.ConfirmationID {
		bundle = compose.NewConfirmation(s.series.Campaign, shelf.Layouts)
	} else if s.issue = s.series.Campaign.Issue(s.id); s.issue >= 0 {
		bundle = compose.NewBundle(s.series.Campaign, s.issue, shelf.Layouts)
	} else {
		h.missing(w)
		return nil, false
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("as")); err == nil && n >= 0 && n < len(s.series.Personas) {
		s.persona = n
	}
	s.edition, _ = compose.Compile(bundle)
	s.findings = s.relevant(append(slices.Clone(shelf.Findings), h.lint(s.series, shelf.Layouts)...))
	h.compose(s, r)
	return s, true
}

// broken says that the files cannot be read at all.
func (h *handler) broken(w http.ResponseWriter, err error) {
	h.show(w, http.StatusInternalServerError, "notice.html", notice{Title: "The files cannot be read", Text: err.Error()})
}

// relevant keeps the findings about the issue's own file.
func (s *shown) relevant(all []drip.Finding) []drip.Finding {
	file := "email/confirmation.md"
	if s.issue >= 0 {
		file = s.series.Campaign.Issues[s.issue].File
	}
	return slices.DeleteFunc(all, func(f drip.Finding) bool { return f.File != file })
}

// compose makes the message.
func (h *handler) compose(s *shown, r *http.Request) {
	p := s.reader()
	reader := h.reader(s.series.Campaign, p, s.issue)
	base := url.URL{Scheme: "http", Host: r.Host, Path: "/link/"}
	links := compose.Links{
		Unsubscribe: base.String() + "unsubscribe", Confirm: base.String() + "confirm",
		Preferences: base.String() + "preferences", View: base.String() + "view",
		Images: base.String() + imageLinks,
	}
	domain := s.series.Campaign.From.Address.Domain()
	stamp := compose.Stamp{MessageID: "preview." + s.series.Campaign.Key + "@" + domain, Date: h.options.Now()}
	to := mailaddr.Mailbox{Name: mailaddr.CleanName(p.Name), Address: p.Email}
	m, err := s.edition.Compose(to, s.edition.Merge(reader), links, stamp)
	if err != nil {
		s.problem = err.Error()
		return
	}
	s.message = m
}

// reader is the persona, or somebody of whom only the address is known.
func (s *shown) reader() drip.Subscriber {
	if len(s.series.Personas) > 0 {
		return s.series.Personas[s.persona]
	}
	return nobody()
}

// nobody stands in where there are no personas.
func nobody() drip.Subscriber {
	a, err := mailaddr.Parse("reader@example.org")
	if err != nil {
		panic("preview: " + err.Error()) // the address is a constant
	}
	return drip.Subscriber{Email: a}
}

// reader turns a persona into a reader of an issue (-1 for the confirmation).
func (h *handler) reader(c *drip.Campaign, p drip.Subscriber, issue int) compose.Reader {
	r := compose.Reader{Email: p.Email, Name: p.Name, Timezone: p.Timezone, Attributes: p.Attributes}
	if issue >= 0 {
		r.Number, r.Count = compose.Position(c, issue)
	}
	if h.options.Dates != nil {
		r.Dates = h.options.Dates(c, p)
	}
	return r
}

// lint returns what compose finds in a campaign.
func (h *handler) lint(s *Series, l *compose.Layouts) []drip.Finding {
	var readers []compose.Reader
	for _, p := range s.Personas {
		readers = append(readers, h.reader(s.Campaign, p, -1))
	}
	return compose.Lint(s.Campaign, l, readers)
}

// frame serves the HTML part for the sandboxed frame.
func (h *handler) frame(w http.ResponseWriter, r *http.Request) {
	s, ok := h.find(w, r)
	if !ok {
		return
	}
	if s.message == nil {
		h.missing(w)
		return
	}
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; "+
		"form-action 'none'; base-uri 'none'; frame-ancestors 'self'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprint(w, inert(s.illustrated(r.Host), "http://"+r.Host+"/link/"))
}

// message serves the bytes for the wire, for a mail program to open.
func (h *handler) message(w http.ResponseWriter, r *http.Request) {
	s, ok := h.find(w, r)
	if !ok {
		return
	}
	if s.message == nil {
		h.missing(w)
		return
	}
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", `attachment; filename="message.eml"`)
	_, _ = w.Write(s.message.Bytes)
}

// decoded shows an encoded header as people read it.
func decoded(value string) string {
	out, err := wordDecoder.DecodeHeader(value)
	if err != nil {
		return value
	}
	return strings.TrimSpace(out)
}
