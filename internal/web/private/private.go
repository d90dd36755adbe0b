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
	// Holds says what is held back by limits, and until when; never nil.
	Holds []Hold `json:"holds"`
	// NextAt is when the next thing is due; zero if nothing is.
	NextAt time.Time `json:"next_at,omitzero"`
	// Version is the program's.
	Version string `json:"version"`
}

// Hold is a limit that holds messages back now. Nothing is wrong: they leave in time.
type Hold struct {
	// Kind is "warmup" (today's allowance of the relay is spent), "throttle" (the
	// relay asked for less) or "domain" (the domain has a limit, or asked for less).
	Kind string `json:"kind"`
	// Relay is host:port, with warmup and throttle; Domain is set with domain.
	Relay  string `json:"relay,omitempty"`
	Domain string `json:"domain,omitempty"`
	// Slowed says that the domain asked for less.
	Slowed bool `json:"slowed,omitempty"`
	// Allowance is how many messages may leave today, with warmup.
	Allowance int `json:"allowance,omitempty"`
	// Waiting is how many messages wait for the domain.
	Waiting int `json:"waiting,omitempty"`
	// Until is when the next one may leave.
	Until time.Time `json:"until,omitzero"`
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
