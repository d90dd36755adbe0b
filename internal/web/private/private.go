// Package private serves what only the operator may see: whether the program is
// alive and whether it is well. It belongs on a loopback or internal address.
package private

import (
	"encoding/json"
	"net/http"
	"time"
)

// Health is what /readyz shows.
type Health struct {
	// Ready is true while the readers' pages and the database work. It stays true
	// when only the mail waits, or a version older than the files is sent: whoever
	// asks to know where to route people must not take the pages away on which
	// they leave.
	Ready bool `json:"ready"`
	// Troubles says what does not work, in words for the operator; never nil.
	Troubles []string `json:"troubles"`
	// Warnings says what is wrong with the files, of which the last good version
	// is in force; never nil.
	Warnings []string `json:"warnings"`
	// Held says why nothing is sent until `partwork unhold`; empty if mail is sent.
	Held string `json:"held,omitempty"`
	// NextAt is when the next thing is due; zero if nothing is.
	NextAt time.Time `json:"next_at,omitzero"`
	// Version is the program's.
	Version string `json:"version"`
}

// New returns the private pages: /healthz answers 200 while the program runs,
// /readyz answers 200, or 503 unless Ready, with Health as JSON.
func New(health func() Health) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		h := health()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !h.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		json.NewEncoder(w).Encode(h)
	})
	return mux
}
