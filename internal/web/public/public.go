// Package public serves the readers' pages: signing up, confirming, leaving,
// preferences, one's own page, the page of a mail, the images of mails that do not carry
// their own, archives that are public, and nothing else. Links get forwarded, scanned and prefetched, so:
//
//   - no page shows an address, a campaign or a topic, before or after, apart from
//     the page of a mail, which shows what the mail does but no address, the sign-up
//     page and the archive, which are no reader's, and one's own page, which does so after a POST to a
//     link that only one's mailbox gets; how far somebody is, and what comes when, is
//     said in numbers,
//   - what a link of a mail does can be undone,
//   - only POST changes anything, and no script submits a form,
//   - a link that does not work looks the same whatever the reason,
//   - logs have the pattern of a route, never the link.
package public

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"partwork/internal/audience"
	"partwork/internal/token"
	"partwork/internal/wording"
)

// Audience is what a reader's link can do; audience.Audience has it. The error
// for a link that does not work is drip.ErrNotFound.
type Audience interface {
	Invitation(ctx context.Context, link string) (audience.Invitation, error)
	Confirm(ctx context.Context, link string, choice audience.Choice, statement string) (audience.Invitation, error)
	Departure(ctx context.Context, link string) error
	Leave(ctx context.Context, link string) error
	LeaveEverything(ctx context.Context, link string) error
	Departures
	Privacy
	Preferences(ctx context.Context, link string) (audience.Preferences, error)
	Grant(ctx context.Context, link string, w audience.Wish) error
	Language(ctx context.Context, p token.Purpose, link string) string
}

// Options configure the pages.
type Options struct {
	Audience Audience
	// Letters has what is shown below /v/; nothing is if it is nil.
	Letters Letters
	// Images has what is served below /i/; nothing is if it is nil.
	Images Images
	// SignUps takes the forms below /s/; there are none if it is nil.
	SignUps SignUps
	// Archives has what is shown below /a/; nothing is if it is nil.
	Archives Archives
	// Pace is how long the answer to a form below /s/ takes at least, so that it does not
	// tell by its time what is known of an address.
	Pace time.Duration
	// Templates has the files web/*.html, web/style.css, web/zone.js, text/*.yaml and theme.yaml.
	Templates fs.FS
	// Logger gets a line for every request.
	Logger *slog.Logger
	// Proxies are believed when they say who asks.
	Proxies Proxies
	// PublicURL is where readers reach the pages. With https, browsers are told
	// to keep to it; a path in it may be there or not when requests arrive.
	PublicURL string
}

// New returns the handler of the pages. It fails if a template cannot be read or
// rendered, or if PublicURL is no URL.
func New(o Options) (http.Handler, error) {
	base, err := url.Parse(o.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("the public URL: %w", err)
	}
	root := strings.TrimRight(base.Path, "/")
	files, err := dress(o.Templates, root)
	if err != nil {
		return nil, err
	}
	book, err := wording.Load(o.Templates)
	if err != nil {
		return nil, err
	}
	s := &speaker{audience: o.Audience, signUps: o.SignUps, archives: o.Archives, book: book, handlers: make(map[string]*spoken)}
	for _, tag := range book.Languages() {
		words, _ := book.In(tag)
		pages, err := render(files, root, words)
		if err != nil {
			return nil, err
		}
		h := &handler{
			audience: o.Audience, letters: o.Letters, images: o.Images, signUps: o.SignUps, archives: o.Archives,
			base: strings.TrimRight(o.PublicURL, "/"), root: root, pace: o.Pace, logger: o.Logger, pages: pages, proxies: o.Proxies,
		}
		s.handlers[tag] = &spoken{h.routes(), pages.fault}
	}
	return guarded(base.Scheme == "https", files.logo() != nil, stripped(root, logged(o.Logger, s))), nil
}

// Server returns a server for the pages, with limits that keep slow and greedy
// clients from holding it. A nil logger discards what the server itself reports.
func Server(addr string, h http.Handler, logger *slog.Logger) *http.Server {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(discreetHandler{logger.Handler()}, slog.LevelWarn),
	}
}

// discreetHandler leaves out what net/http says of handshakes that failed: scanners cause
// it all day, and it has the address of whoever tried.
type discreetHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h discreetHandler) Handle(ctx context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "http: TLS handshake error") {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// routes maps patterns to handlers. A pattern with GET serves HEAD, too; the
// pattern without a method catches all others.
func (h *handler) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /s/{key}", h.signUpForm)
	mux.HandleFunc("POST /s/{key}", h.signUp)
	mux.Handle("/s/{key}", h.onlyMethods("GET, HEAD, POST"))
	mux.HandleFunc("GET /c/{token}", h.invitation)
	mux.HandleFunc("POST /c/{token}", h.confirm)
	mux.Handle("/c/{token}", h.onlyMethods("GET, HEAD, POST"))
	mux.HandleFunc("GET /u/{token}", h.departure)
	mux.HandleFunc("POST /u/{token}", h.leave)
	mux.Handle("/u/{token}", h.onlyMethods("GET, HEAD, POST"))
	mux.HandleFunc("GET /b/{token}", h.departed)
	mux.HandleFunc("POST /b/{token}", h.back)
	mux.Handle("/b/{token}", h.onlyMethods("GET, HEAD, POST"))
	mux.HandleFunc("GET /m/{token}", h.own)
	mux.HandleFunc("POST /m/{token}", h.ownAction)
	mux.Handle("/m/{token}", h.onlyMethods("GET, HEAD, POST"))
	mux.HandleFunc("GET /n/{token}", h.moving)
	mux.HandleFunc("POST /n/{token}", h.move)
	mux.Handle("/n/{token}", h.onlyMethods("GET, HEAD, POST"))
	mux.HandleFunc("GET /p/{token}", h.preferences)
	mux.HandleFunc("POST /p/{token}", h.wish)
	mux.Handle("/p/{token}", h.onlyMethods("GET, HEAD, POST"))
	mux.HandleFunc("GET /v/{token}", h.letter)
	mux.Handle("/v/{token}", h.onlyMethods("GET, HEAD"))
	mux.HandleFunc("GET /a/{key}", h.archive)
	mux.HandleFunc("GET /a/{key}/{name}", h.archived)
	mux.HandleFunc("GET /robots.txt", h.robots)
	for _, route := range []string{"/a/{key}", "/a/{key}/{name}", "/robots.txt"} {
		mux.Handle(route, h.onlyMethods("GET, HEAD"))
	}
	mux.HandleFunc("GET /i/{name}", h.image)
	mux.Handle("/i/{name}", h.onlyMethods("GET, HEAD"))
	for route, page := range map[string]page{"/{$}": h.pages.index, "/style.css": h.pages.style, "/zone.js": h.pages.zone} {
		mux.Handle("GET "+route, page)
		mux.Handle(route, h.onlyMethods("GET, HEAD"))
	}
	if h.pages.logo != nil {
		mux.Handle("GET "+h.pages.logoPath, h.pages.logo)
		mux.Handle(h.pages.logoPath, h.onlyMethods("GET, HEAD"))
	}
	mux.Handle("/", h.pages.gone)
	return mux
}

// onlyMethods answers 405 (RFC 9110 §15.5.6).
func (h *handler) onlyMethods(allow string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		h.pages.method.ServeHTTP(w, r)
	})
}

// stripped removes the path of the public URL, if a proxy left it there, and
// makes unclean paths plain 404s, where http.ServeMux would redirect: RFC 8058
// §3.1 allows no redirects.
func stripped(root string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest := r.URL.Path
		if root != "" && (rest == root || strings.HasPrefix(rest, root+"/")) {
			rest = "/" + strings.TrimPrefix(rest[len(root):], "/")
		}
		if clean := path.Clean(rest); rest != clean && rest != clean+"/" || r.Method == http.MethodConnect {
			rest = "/-" // no route: the same page as any other
		}
		u, inner := *r.URL, *r
		u.Path, u.RawPath = rest, ""
		inner.URL = &u
		next.ServeHTTP(w, &inner)
	})
}

// guarded sets the headers that every answer has. Pages load no image, or the logo.
func guarded(https, logo bool, next http.Handler) http.Handler {
	images := ""
	if logo {
		images = "img-src 'self'; "
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; "+images+"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("X-Content-Type-Options", "nosniff")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000") // RFC 6797 §6.1
		}
		next.ServeHTTP(w, r)
	})
}

// logged writes one line a request: no path, no link, no address.
func logged(logger *slog.Logger, next *speaker) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p) // net/http asks for it: the connection is to be cut
				}
				logger.Error("page panicked", "method", method(r), "route", r.Pattern, "panic", fmt.Sprint(p))
				if !seen.wrote {
					next.fault(seen, r)
				}
			}
			logger.Info("page", "method", method(r), "route", r.Pattern, "status", seen.status, "duration", time.Since(began))
		}()
		next.ServeHTTP(seen, r)
	})
}

// method is the request's method, or "other": strangers choose it freely.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	default:
		return "other"
	}
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
