package public_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/token"
)

// badLinks are links that lead nowhere, by why. The purpose is that of the path.
func (s *site) badLinks(p token.Purpose) map[string]string {
	good := s.keys.Sign(p, token.Subject{A: int64(s.active.ID), B: int64(s.active.Subscriber)})
	flip := byte('A')
	if good[20] == flip {
		flip = 'B'
	}
	return map[string]string{
		"unknown":          s.keys.Sign(p, token.Subject{A: 987_654, B: 321}),
		"another reader's": s.keys.Sign(p, token.Subject{A: int64(s.active.ID), B: 321_987}),
		"forged":           good[:20] + string(flip) + good[21:],
		"another purpose":  s.keys.Sign(token.Bounce, token.Subject{A: int64(s.active.ID), B: int64(s.active.Subscriber)}),
		"another key":      "_" + good[1:],
		"malformed":        "nothing",
		"too long":         strings.Repeat("A", 400),
		"no base64":        good[:43] + "!",
	}
}

// tokenPaths are the paths whose bad links must look alike. Leaving is not among them: who
// was erased is told that it is done, so what was signed once is told from what was not; and
// so it is with whoever declines an address, by a POST to /n/. Nor is taking it back: its
// token has no number of a person.
var tokenPaths = map[string]token.Purpose{
	"/c/": token.Confirm, "/p/": token.Preferences, "/v/": token.View, "/m/": token.Private, "/n/": token.Move,
}

// Nobody learns from an answer why a link does not work: the same text, status and headers.
func TestBadLinksAnswerAlike(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	answers := make(map[string][]string)
	for path, p := range tokenPaths {
		for why, link := range s.badLinks(p) {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				if (path == "/v/" || path == "/n/") && method == "POST" {
					continue
				}
				r := s.asking(t, method, path+link, "action=next", "de")
				var head strings.Builder
				_ = r.Header.Write(&head)
				key := fmt.Sprintf("%d\n%s\n%s", r.StatusCode, head.String(), text(t, r))
				if method == "HEAD" {
					key = fmt.Sprintf("%d\n%s", r.StatusCode, head.String())
				}
				answers[strings.Replace(method, "POST", "GET", 1)+key] = append(answers[strings.Replace(method, "POST", "GET", 1)+key], method+" "+path+" "+why)
			}
		}
	}
	if len(answers) != 2 { // with a body, and without
		for answer, whose := range answers {
			t.Errorf("%q\nis the answer to %q", answer, whose)
		}
	}
}

// BenchmarkBadLinks measures how long bad links take, by why, in rounds that take all of
// them in turn. It reports the median of each in microseconds: compare them with each other,
// and with how far two runs of the same one are apart.
func BenchmarkBadLinks(b *testing.B) {
	for _, path := range []string{"/c/", "/p/"} {
		b.Run(strings.Trim(path, "/"), func(b *testing.B) {
			s := newSite(b)
			links := s.badLinks(tokenPaths[path])
			links["forged, again"] = links["forged"]
			var order []string
			for why := range links {
				order = append(order, why)
			}
			slices.Sort(order)
			took := make(map[string][]time.Duration)
			round := 0
			for b.Loop() {
				for i := range order {
					why := order[(i+round)%len(order)]
					r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path+links[why], nil)
					w := httptest.NewRecorder()
					began := time.Now()
					s.ServeHTTP(w, r)
					took[why] = append(took[why], time.Since(began))
					_, _ = io.Copy(io.Discard, w.Body)
				}
				round++
			}
			for _, why := range order {
				slices.Sort(took[why])
				median := took[why][len(took[why])/2]
				b.ReportMetric(float64(median)/float64(time.Microsecond), strings.ReplaceAll(why, " ", "-")+"-µs")
			}
		})
	}
}
