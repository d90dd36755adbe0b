package app

import (
	"io/fs"
	"net/http"
	"sync/atomic"
	"time"

	"partwork/internal/web/private"
	"partwork/internal/web/public"
	"partwork/templates"
)

// readerPages are the readers' pages as the templates make them. Templates with
// an error leave the pages as they were.
type readerPages struct {
	library *Library
	files   fs.FS
	render  func(files fs.FS) (http.Handler, error)
	current atomic.Pointer[http.Handler]

	// made is what the templates looked like when pages were last made of them,
	// and trouble what was wrong with them.
	made    [32]byte
	trouble error
}

// newReaderPages makes the pages, of the built-in templates if the operator's
// have an error.
func (in *Instance) newReaderPages() (*readerPages, error) {
	p := &readerPages{library: in.Library, files: in.layouts, render: func(files fs.FS) (http.Handler, error) {
		archives, err := in.newArchives(files)
		if err != nil {
			return nil, err
		}
		return public.New(public.Options{
			Audience: in.Audience, Letters: viewer{in}, Images: in.Store, Templates: files, Logger: in.log, PublicURL: in.Config.PublicURL,
			Proxies: public.Proxies(in.Config.TrustedProxies),
			SignUps: in.Audience, Pace: signUpPace, Archives: archives,
		})
	}}
	builtIn, err := p.render(templates.Files())
	if err != nil {
		return nil, err
	}
	p.current.Store(&builtIn)
	p.make()
	return p, nil
}

// make makes the pages of the templates as they are now.
func (p *readerPages) make() {
	p.made, _ = p.library.templatesLook()
	handler, err := p.render(p.files)
	if p.trouble = err; err == nil {
		p.current.Store(&handler)
	}
}

// refresh makes the pages again if the templates have changed and are at rest.
// It returns for how long they are not.
func (p *readerPages) refresh() time.Duration {
	look, moving := p.library.templatesLook()
	if look == p.made {
		return 0
	}
	if moving == 0 {
		p.make()
	}
	return moving
}

// ServeHTTP implements http.Handler.
func (p *readerPages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*p.current.Load()).ServeHTTP(w, r)
}

// publicServer serves the readers' pages.
func (in *Instance) publicServer(pages *readerPages, changed func()) *http.Server {
	return public.Server("", afterPost(pages, changed), in.log)
}

// afterPost calls changed after every POST, the only method that changes anything:
// whoever confirms need not wait for the planner's next look.
func afterPost(next http.Handler, changed func()) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if r.Method == http.MethodPost {
			changed()
		}
	})
}

// privateServer serves the operator's pages.
func (in *Instance) privateServer(h *health) *http.Server {
	handler := private.New(func() private.Health {
		out := h.report(in.machine(), in.Library.Findings())
		out.Warnings = append(out.Warnings, in.backupWarnings()...)
		return out
	})
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
}
