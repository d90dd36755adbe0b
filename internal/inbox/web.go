package inbox

import (
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"partwork/internal/loopback"
)

//go:embed page
var pageFiles embed.FS

// PageOptions configure the page. The zero value is usable.
type PageOptions struct {
	// Title stands at the top; empty means "Inbox".
	Title string
	// Describe says the name of a recipient and the IANA name of the time
	// zone to show arrivals in. It may return empty strings; nil does.
	Describe func(addr string) (name, zone string)
	// Progress says how far whatever sends the messages has come; nil hides
	// the strip.
	Progress func() Progress
}

// Progress is how far a series has come.
type Progress struct {
	// Done of Total messages have been sent. Total 0 means that it is not
	// known.
	Done, Total int
	// Calendar is the time the sender lives in.
	Calendar time.Time
	// Finished says that nothing more will come.
	Finished bool
	// Note is one short sentence; may be empty.
	Note string
}

// Handler is a page to read the inbox on. It works without scripts, asks
// nothing of other machines, and answers only to the names of this one, so
// that no web site can reach it by renaming itself (DNS rebinding). Opening a
// message marks it as read and changes nothing else.
func (b *Inbox) Handler(o PageOptions) http.Handler {
	if o.Title == "" {
		o.Title = "Inbox"
	}
	if o.Describe == nil {
		o.Describe = func(string) (string, string) { return "", "" }
	}
	w := &web{inbox: b, opts: o, pages: template.Must(template.ParseFS(pageFiles, "page/*.html"))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", w.home)
	mux.HandleFunc("GET /all", w.all)
	mux.HandleFunc("GET /r/{mailbox}", w.mailbox)
	mux.HandleFunc("GET /m/{id}", w.message)
	mux.HandleFunc("GET /m/{id}/{tab}", w.message)
	mux.HandleFunc("GET /m/{id}/frame", w.frame)
	mux.HandleFunc("GET /m/{id}/letter.eml", w.download)
	mux.HandleFunc("GET /progress.json", w.progress)
	mux.HandleFunc("GET /style.css", file("style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /live.js", file("live.js", "text/javascript; charset=utf-8"))
	return guard(mux)
}

// The content security policies of the page, and of a letter in its frame,
// whose styles and images are in the letter.
const (
	pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; script-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	framePolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
		"img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

// guard answers only to names of this machine and sets the headers that every
// answer has.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback.Host(r.Host) {
			http.Error(w, "This page answers to localhost and 127.0.0.1 only.", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// file serves one of the package's own files.
func file(name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		content, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			http.Error(w, "missing file", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(content)
	}
}

// web answers requests.
type web struct {
	inbox *Inbox
	opts  PageOptions
	pages *template.Template
}

// home shows who has received something, and on a wide window everything.
func (w *web) home(rw http.ResponseWriter, _ *http.Request) {
	w.render(rw, http.StatusOK, w.newView("readers", 0))
}

// all shows every message.
func (w *web) all(rw http.ResponseWriter, _ *http.Request) {
	w.render(rw, http.StatusOK, w.newView("letters", 0))
}

// mailbox shows the messages of one reader.
func (w *web) mailbox(rw http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.PathValue("mailbox"))
	v := w.newView("letters", n)
	if v.Reader == nil {
		w.missing(rw)
		return
	}
	w.render(rw, http.StatusOK, v)
}

// message opens a message.
func (w *web) message(rw http.ResponseWriter, r *http.Request) {
	m, ok := w.find(r)
	tab := r.PathValue("tab")
	if !ok || tabTitle(tab) == "" {
		w.missing(rw)
		return
	}
	w.inbox.markRead(m.ID)
	v := w.newView("letter", m.Mailbox)
	v.open(m, tab)
	w.render(rw, http.StatusOK, v)
}

// missing says that there is no such thing.
func (w *web) missing(rw http.ResponseWriter) {
	v := w.newView("letter", 0)
	v.Missing = true
	w.render(rw, http.StatusNotFound, v)
}

// find is the message that a request is about.
func (w *web) find(r *http.Request) (Message, bool) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return Message{}, false
	}
	return w.inbox.Message(id)
}

// render writes the page.
func (w *web) render(rw http.ResponseWriter, status int, v *view) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(status)
	// The only error is a reader who went away.
	_ = w.pages.ExecuteTemplate(rw, "page.html", v)
}

// frame serves the HTML of a message for its frame. Its links open in a new
// window, as they do in a mail program.
func (w *web) frame(rw http.ResponseWriter, r *http.Request) {
	m, ok := w.find(r)
	if !ok {
		http.NotFound(rw, r)
		return
	}
	rw.Header().Set("Content-Security-Policy", framePolicy)
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = rw.Write([]byte(linksOpenOutside(m.Content().page())))
}

// linksOpenOutside gives a page a base target: behind its doctype, where it
// cannot change how the page is read.
func linksOpenOutside(page string) string {
	const base = `<base target="_blank">`
	lower := strings.Map(lowerASCII, page) // strings.ToLower changes lengths
	for _, tag := range []string{"<head>", "<html>"} {
		if i := strings.Index(lower, tag); i >= 0 {
			i += len(tag)
			return page[:i] + base + page[i:]
		}
	}
	if i := strings.Index(lower, "<head "); i >= 0 {
		if end := strings.IndexByte(page[i:], '>'); end >= 0 {
			return page[:i+end+1] + base + page[i+end+1:]
		}
	}
	return base + page
}

// lowerASCII lowers the letters that tags are written in.
func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// download serves a message as it arrived.
func (w *web) download(rw http.ResponseWriter, r *http.Request) {
	m, ok := w.find(r)
	if !ok {
		http.NotFound(rw, r)
		return
	}
	rw.Header().Set("Content-Type", "message/rfc822")
	rw.Header().Set("Content-Disposition", `attachment; filename="letter-`+strconv.Itoa(m.ID)+`.eml"`)
	_, _ = rw.Write(m.Raw)
}

// progress says how far things are, for the page's script and for others.
func (w *web) progress(rw http.ResponseWriter, _ *http.Request) {
	var p Progress
	if w.opts.Progress != nil {
		p = w.opts.Progress()
	}
	version, kept := w.inbox.state()
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(map[string]any{
		"done": p.Done, "total": p.Total, "calendar": p.Calendar.UTC(), "finished": p.Finished, "note": p.Note,
		"version": version, "messages": kept,
	})
}
