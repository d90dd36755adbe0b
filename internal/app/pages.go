package app

import (
	"net/http"
	"time"

	"partwork/internal/web/private"
	"partwork/internal/web/public"
)

// publicServer serves the readers' pages.
func (in *Instance) publicServer(changed func()) (*http.Server, error) {
	handler, err := public.New(public.Options{
		Audience: in.Audience, Templates: in.layouts, Logger: in.log, PublicURL: in.Config.PublicURL,
	})
	if err != nil {
		return nil, err
	}
	return public.Server("", afterPost(handler, changed), in.log), nil
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
	handler := private.New(func() private.Health { return h.report(in.machine(), in.Library.Findings()) })
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
}
