package preview

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"partwork/internal/loopback"
)

//go:embed pages
var files embed.FS

// Preview serves the pages. Run keeps them up to date.
type Preview struct {
	options Options
	desk    desk
	proofs  proofs
	checks  checks
	tests   tests
	plans   plans
	pages   *template.Template
	handler http.Handler

	changed chan struct{}
	closing chan struct{}
	once    sync.Once
	started time.Time
}

// New returns a preview. It panics if Load is nil.
func New(o Options) *Preview {
	if o.Load == nil {
		panic("preview: Options.Load is nil")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Preview{options: o, changed: make(chan struct{}, 1), closing: make(chan struct{}), started: time.Now()}
	p.desk.options = &p.options
	p.pages = template.Must(template.ParseFS(files, "pages/*.html"))
	p.handler = p.guard(http.NewCrossOriginProtection().Handler(p.routes()))
	return p
}

// routes are the pages. Ids of campaigns and issues never begin with "_", so what does
// is the preview's own.
func (p *Preview) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /_/style.css", p.file("pages/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /_/desk.js", p.file("pages/desk.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /_/live", p.live)
	mux.HandleFunc("GET /{campaign}/{$}", p.list)
	mux.HandleFunc("GET /{page}", p.own)
	mux.HandleFunc("GET /{campaign}/_calendar", p.calendar)
	mux.HandleFunc("GET /{campaign}/_grid", p.grid)
	mux.HandleFunc("POST /{campaign}/_as", p.as)
	mux.HandleFunc("GET /{campaign}/{issue}", p.issue)
	mux.HandleFunc("GET /{campaign}/{issue}/frame", p.frame)
	mux.HandleFunc("GET /{campaign}/{issue}/message.eml", p.message)
	mux.HandleFunc("GET /{campaign}/{issue}/attachment/{number}", p.attachment)
	mux.HandleFunc("POST /{campaign}/{issue}/test", p.test)
	return mux
}

// own answers for the pages that belong to no campaign: those of the reader's own
// links, and tests as they were sent. Whoever forgot the slash behind a campaign is sent
// on to it.
func (p *Preview) own(w http.ResponseWriter, r *http.Request) {
	page := r.PathValue("page")
	number, test := strings.CutPrefix(page, "_test-")
	what, link := strings.CutPrefix(page, "_link-")
	switch {
	case test:
		p.testMessage(w, strings.TrimSuffix(number, ".eml"))
	case link:
		p.link(w, r, what)
	default:
		http.Redirect(w, r, campaignPath(page), http.StatusSeeOther)
	}
}

// ServeHTTP implements http.Handler.
func (p *Preview) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// The policies of the pages, and of a message in its frame.
const (
	pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	framePolicy = "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
		"form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)

// guard refuses whoever does not name this machine, and sets the headers that all
// answers share.
func (p *Preview) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback.Host(r.Host) && !slices.Contains(p.options.Hosts, loopback.Name(r.Host)) {
			http.Error(w, "The preview is only served as localhost, 127.0.0.1 or [::1].", http.StatusMisdirectedRequest)
			return
		}
		header := w.Header()
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin") // forms must say where they come from
		header.Set("Cache-Control", "no-store")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// file serves one of the pages' own files.
func (p *Preview) file(name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		content, err := files.ReadFile(name)
		if err != nil {
			http.Error(w, "missing file", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(content)
	}
}

// Changed says that files have changed. It never blocks.
func (p *Preview) Changed() {
	select {
	case p.changed <- struct{}{}:
	default: // it was said already, and not heard yet
	}
}

// Close ends the connections that wait for changes, so that a server can stop.
func (p *Preview) Close() { p.once.Do(func() { close(p.closing) }) }

// halfSaved is how long a file that has an error now may have been caught while it was
// being written. Only the news of errors is held back for so long.
const halfSaved = 80 * time.Millisecond

// Run tells open pages of changes, and looks through the campaigns for what check would
// say, until ctx ends.
func (p *Preview) Run(ctx context.Context) {
	var background sync.WaitGroup
	defer background.Wait()
	defer p.plans.close()
	defer p.Close()
	background.Go(func() { p.lookThrough(ctx) })
	errorsBefore := p.errorCount()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.changed:
		}
		errorsNow := p.errorCount()
		if errorsNow > errorsBefore {
			select {
			case <-ctx.Done():
				return
			case <-time.After(halfSaved):
			}
			errorsNow = p.errorCount()
		}
		errorsBefore = errorsNow
		p.desk.bell.ring()
		p.checks.wake()
	}
}

// errorCount reads the files if they have changed, and counts what keeps campaigns from being shown.
func (p *Preview) errorCount() int {
	p.desk.forget()
	st, err := p.desk.now()
	if err != nil {
		return 1
	}
	n := len(st.broken)
	for i := range st.entries {
		if st.entries[i].stale {
			n++
		}
	}
	if !st.layoutsSince.IsZero() || st.trouble != "" {
		n++
	}
	return n
}
