package preview

import (
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

//go:embed pages
var files embed.FS

// Options are what the preview needs.
type Options struct {
	// Load reads all files afresh, for each request. It must be safe for
	// concurrent use.
	Load func() (Shelf, error)
	// Dates returns a persona's dates in a campaign, for {{.Series}}; nil means
	// that the list is shown without dates.
	Dates func(c *drip.Campaign, persona drip.Subscriber) []compose.Date
	// Now tells the time for the Date header; nil means the system's clock.
	Now func() time.Time
}

// Shelf is what Load found.
type Shelf struct {
	Series  []Series
	Layouts *compose.Layouts
	// Findings are those of reading the files. The preview adds those of
	// compose.Lint.
	Findings []drip.Finding
}

// Series is a campaign and those whom it is shown as.
type Series struct {
	Campaign *drip.Campaign
	// Personas may be empty; a reader without a name stands in then.
	Personas []drip.Subscriber
}

// handler serves the pages.
type handler struct {
	options Options
	pages   *template.Template
}

// New returns the preview's handler. It panics if Load is nil.
func New(o Options) http.Handler {
	if o.Load == nil {
		panic("preview: Options.Load is nil")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &handler{options: o, pages: template.Must(template.ParseFS(files, "pages/*.html"))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.home)
	mux.HandleFunc("GET /style.css", h.style)
	mux.HandleFunc("GET /link/{what}", h.link)
	mux.HandleFunc("GET /{campaign}/{issue}", h.issue)
	mux.HandleFunc("GET /{campaign}/{issue}/frame", h.frame)
	mux.HandleFunc("GET /{campaign}/{issue}/message.eml", h.message)
	mux.HandleFunc("GET /{campaign}/{issue}/attachment/{number}", h.attachment)
	return guard(mux)
}

// guard refuses whoever does not name this machine, and sets the headers that all
// answers share.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r.Host) {
			http.Error(w, "The preview is only served as localhost, 127.0.0.1 or [::1].", http.StatusMisdirectedRequest)
			return
		}
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-src 'self'; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// local reports whether a Host header names this machine by a name that no other
// machine's owner can point here.
func local(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	} else if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		name = host[1 : len(host)-1]
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// show writes a page.
func (h *handler) show(w http.ResponseWriter, status int, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := h.pages.ExecuteTemplate(w, name, data); err != nil {
		// The status is sent; the page says so itself.
		_, _ = fmt.Fprint(w, "<p>This page could not be completed.</p>")
	}
}

// style serves the pages' own CSS. The sandboxed frame has no origin, so it may
// only have a style that is open to all.
func (h *handler) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeFileFS(w, r, files, "pages/style.css")
}

// notice is a page with a few words.
type notice struct {
	Title, Text string
}

// missing says that there is no such campaign or issue.
func (h *handler) missing(w http.ResponseWriter) {
	h.show(w, http.StatusNotFound, "notice.html", notice{
		Title: "Not there",
		Text:  "No campaign or issue has this name now. It may have been renamed, or have an error that the front page lists.",
	})
}

// link says what one of the reader's own links would do.
func (h *handler) link(w http.ResponseWriter, r *http.Request) {
	text, ok := map[string]string{
		"unsubscribe": "Here a reader would leave the series: one question, one click. In the preview nothing happens.",
		"confirm":     "Here a person would confirm that they want the series. In the preview nothing happens.",
		"preferences": "Here a reader would change pace, pause, or correct their time zone. In the preview nothing happens.",
		"view":        "Here a reader would see this issue in the browser. In the preview nothing happens.",
	}[r.PathValue("what")]
	if !ok {
		h.missing(w)
		return
	}
	// The page opens inside the frame, which is sandboxed like the message.
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'")
	h.show(w, http.StatusOK, "notice.html", notice{Title: "A link of the reader's own", Text: text})
}
