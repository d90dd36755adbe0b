package preview

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"partwork/internal/drip"
)

// common is what every page has.
type common struct {
	Title string
	// Pane is what a narrow window shows: list or letter.
	Pane string
	// Mark is the change that the page knows of; the script asks for later ones.
	Mark string
	// Overlay are the errors on top of the last good version.
	Overlay *overlay
}

// overlay says what is wrong while the page shows what was there before.
type overlay struct {
	Title, Note string
	Errors      []excerpt
}

// excerpt is a finding with the lines that it is about.
type excerpt struct {
	drip.Finding
	Lines []sourceLine
}

// common begins a page about what is on the desk. The mark is taken before anything
// is read, so that what changes meanwhile is heard of.
func (p *Preview) common(title, pane string) common {
	rings, _ := p.desk.bell.listen()
	return common{Title: title, Pane: pane, Mark: p.mark(rings)}
}

// show writes a page.
func (p *Preview) show(w http.ResponseWriter, status int, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := p.pages.ExecuteTemplate(w, name, data); err != nil {
		// The status is sent; the page says so itself.
		_, _ = fmt.Fprint(w, "<p>This page could not be completed.</p>")
	}
}

// notice is a page with a few words.
type notice struct {
	common
	Text string
	// Back leads back to the message, from a page in its frame.
	Back string
}

// say answers with a few words.
func (p *Preview) say(w http.ResponseWriter, status int, title, text string) {
	p.show(w, status, "notice.html", notice{common: p.common(title, "letter"), Text: text})
}

// missing says that there is no such campaign or issue.
func (p *Preview) missing(w http.ResponseWriter) {
	p.say(w, http.StatusNotFound, "Not there", "No campaign or issue has this name now. It may have been renamed, or removed.")
}

// unreadable says that the files cannot be read at all.
func (p *Preview) unreadable(w http.ResponseWriter, err error) {
	p.say(w, http.StatusInternalServerError, "The files cannot be read", err.Error())
}

// brokenSeries shows what is wrong with a campaign that was never good.
func (p *Preview) brokenSeries(w http.ResponseWriter, st *state, id string) {
	page := notice{common: p.common(id, "letter"), Text: "There is no earlier version to show: this campaign had errors when the preview began."}
	page.Overlay = p.overlay(st, id, nil)
	p.show(w, http.StatusOK, "notice.html", page)
}

// overlay collects the errors that keep the files of a campaign from being shown, and
// those of an issue. It is nil if there are none.
func (p *Preview) overlay(st *state, campaign string, issue []drip.Finding) *overlay {
	o := overlay{Title: "The files have an error", Note: "There is nothing else to show yet."}
	if st.trouble != "" {
		o.Title, o.Note = "The files cannot be read", "What you see is how they were. "+st.trouble
		return &o
	}
	for _, f := range slices.Concat(st.Findings, issue) {
		ours := st.owner(f.File) == campaign || strings.HasPrefix(f.File, st.Templates+"/") || f.File == st.Templates
		if f.Severity != drip.SeverityError || !ours || len(o.Errors) == maxErrors {
			continue
		}
		if !slices.ContainsFunc(o.Errors, func(e excerpt) bool { return e.Finding == f }) {
			o.Errors = append(o.Errors, excerpt{Finding: f, Lines: p.around(st, f)})
		}
	}
	if len(o.Errors) == 0 {
		return nil
	}
	if len(o.Errors) > 1 {
		o.Title = fmt.Sprintf("The files have %d errors", len(o.Errors))
	}
	since := st.layoutsSince
	if e := st.entry(campaign); e != nil && (e.stale || len(issue) > 0 || !since.IsZero()) {
		o.Note = "Below is the last good version. Correct the file, and it goes on from there."
	}
	return &o
}

// maxErrors bounds the errors on top of a page: the first ones are those to correct.
const maxErrors = 8

// link says what one of the reader's own links would do. The page opens inside the
// frame of the message.
func (p *Preview) link(w http.ResponseWriter, r *http.Request, what string) {
	text, ok := map[string]string{
		"unsubscribe": "Here a reader would leave the series: one question, one click.",
		"confirm":     "Here a person would confirm that they want the series.",
		"preferences": "Here a reader would change pace, pause, or correct their time zone.",
		"view":        "Here a reader would see this issue in the browser.",
	}[what]
	if !ok {
		p.missing(w)
		return
	}
	w.Header().Set("Content-Security-Policy", strings.Replace(framePolicy, "style-src", "style-src 'self'", 1))
	p.show(w, http.StatusOK, "link.html", notice{
		common: common{Title: "A link of the reader's own"}, Text: text + " In the preview nothing happens.",
		Back: backTo(r.URL.Query().Get("back")),
	})
}

// backTo returns a path of this site, or "".
func backTo(path string) string {
	if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.Contains(path, "\\") {
		return path
	}
	return ""
}
