package public

import (
	"net/http"
	"strings"

	"partwork/internal/token"
	"partwork/internal/wording"
)

// speaker answers every request in the language that suits it: that of the campaign
// which a link belongs to, if its campaign.yaml names one and there are texts in it;
// otherwise the one that the browser prefers. Answers are never stored (Cache-Control),
// so none is served to a browser that prefers another; Vary says it nevertheless.
type speaker struct {
	audience Audience
	signUps  SignUps
	archives Archives
	book     *wording.Book
	handlers map[string]*spoken
}

// spoken is all there is in one language.
type spoken struct {
	routes http.Handler
	fault  page
}

// purposes are those of the tokens below the paths that have one.
var purposes = map[string]token.Purpose{
	"c": token.Confirm, "u": token.Unsubscribe, "p": token.Preferences, "b": token.Back, "m": token.Private, "n": token.Move,
}

// ServeHTTP implements http.Handler.
func (s *speaker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept-Language") // RFC 9110 §12.5.5
	s.handlers[s.tongue(r).Tag()].routes.ServeHTTP(w, r)
}

// tongue chooses the language of an answer.
func (s *speaker) tongue(r *http.Request) *wording.Tongue {
	kind, link, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if purpose, ok := purposes[kind]; ok {
		if words, ok := s.book.In(s.audience.Language(r.Context(), purpose, link)); ok {
			return words
		}
	}
	if kind == "s" && s.signUps != nil {
		if words, ok := s.book.In(s.signUps.SignUpLanguage(r.Context(), link)); ok {
			return words
		}
	}
	if kind == "a" && s.archives != nil {
		key, _, _ := strings.Cut(link, "/")
		if words, ok := s.book.In(s.archives.ArchiveLanguage(key)); ok {
			return words
		}
	}
	return s.preferred(r)
}

// preferred is the language that the browser prefers.
func (s *speaker) preferred(r *http.Request) *wording.Tongue {
	return s.book.Accepting(strings.Join(r.Header.Values("Accept-Language"), ","))
}

// fault says that the program failed. It asks nothing else, which might fail, too.
func (s *speaker) fault(w http.ResponseWriter, r *http.Request) {
	s.handlers[s.preferred(r).Tag()].fault.ServeHTTP(w, r)
}
