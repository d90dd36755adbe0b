package public_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"partwork/internal/store"
	"partwork/internal/web/public"
	"partwork/templates"
)

// pots is an image of a mail. Its bytes look like a page, which they must not
// become.
var pots = store.Image{
	Name: "0123456789abcdef0123456789abcdef.png", Type: "image/png",
	Data: []byte("<!doctype html><title>no image</title>"),
}

// newGallery is the pages with an image.
func newGallery(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	if err := s.store.SaveImages(t.Context(), []store.Image{pots}, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestImageIsServedAsItIs(t *testing.T) {
	t.Parallel()
	s := newGallery(t)
	for _, method := range []string{"GET", "HEAD"} {
		r := s.do(t, method, "/i/"+pots.Name, "", "")
		body := map[string]string{"GET": string(pots.Data), "HEAD": ""}[method]
		if got := text(t, r); r.StatusCode != http.StatusOK || got != body {
			t.Errorf("%s: %d %q", method, r.StatusCode, got)
		}
		for name, want := range map[string]string{
			"Content-Type":            "image/png",
			"Content-Length":          "38",
			"Cache-Control":           "public, max-age=31536000, immutable",
			"X-Content-Type-Options":  "nosniff",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "no-referrer",
			"X-Robots-Tag":            "noindex, nofollow",
			"Set-Cookie":              "",
			"Last-Modified":           "", // says when the letter was written
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", method, name, got)
			}
		}
	}
}

// A relay that keeps images asks whether they are the same, and they always are.
func TestImageIsNotSentTwiceToWhoHasIt(t *testing.T) {
	t.Parallel()
	s := newGallery(t)
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/i/"+pots.Name, nil)
	r.Header.Set("If-None-Match", s.get(t, "/i/"+pots.Name).Header.Get("ETag"))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
}

// An address without an image looks like any other bad link.
func TestImagesThatAreNotThereLookAlike(t *testing.T) {
	t.Parallel()
	s := newGallery(t)
	gone := text(t, s.get(t, "/nothing"))
	for _, path := range []string{
		"/i/" + strings.Replace(pots.Name, "0", "f", 1), "/i/" + strings.ToUpper(pots.Name), "/i/" + strings.TrimSuffix(pots.Name, ".png"),
		"/i/" + pots.Name + "/", "/i/" + pots.Name + ".gz", "/i/x", "/i/", "/i", "/i/..%2f" + pots.Name, "/i/%00" + pots.Name, "//i/" + pots.Name,
		"/i/" + strings.Repeat("a", 8000) + ".png",
	} {
		r := s.get(t, path)
		if got := text(t, r); r.StatusCode != http.StatusNotFound || got != gone || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %s", path, r.StatusCode, r.Header.Get("Cache-Control"))
		}
	}
	if r := s.post(t, "/i/"+pots.Name, "action=everything"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, %q", r.StatusCode, r.Header.Get("Allow"))
	}
}

// Who looks at which image is nobody's business: the log has neither.
func TestImagesLeaveNoTrace(t *testing.T) {
	t.Parallel()
	s := newGallery(t)
	before := s.dump(t)
	s.get(t, "/i/"+pots.Name+"?reader="+address)
	if logged := s.log.String(); strings.Contains(logged, pots.Name[:8]) || strings.Contains(logged, "secret") ||
		!strings.Contains(logged, `route="GET /i/{name}" status=200`) {
		t.Errorf("the log is %s", logged)
	}
	if s.dump(t) != before {
		t.Error("looking changed something")
	}
}

func TestImageBelowThePathOfThePublicURL(t *testing.T) {
	t.Parallel()
	s := newSiteAt(t, "https://example.org/letters/")
	if err := s.store.SaveImages(t.Context(), []store.Image{pots}, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"", "/letters"} {
		if r := s.get(t, prefix+"/i/"+pots.Name); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", prefix, r.StatusCode)
		}
	}
}

// unreadable is a store that has no time.
type unreadable struct{}

func (unreadable) Image(context.Context, string) (store.Image, error) {
	return store.Image{}, errors.New("the disk is on fire")
}

// A store that fails is our fault, and no reason for others to forget the image. It
// is not asked for names that strangers make up.
func TestImagesOfABrokenStore(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		images public.Images
		want   int
	}{
		"fails": {unreadable{}, http.StatusServiceUnavailable},
		"none":  {nil, http.StatusNotFound},
	} {
		h, err := public.New(public.Options{Images: tc.images, Templates: templates.Files(), Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		for file, want := range map[string]int{pots.Name: tc.want, "made-up.png": http.StatusNotFound} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/i/"+file, nil))
			if w.Code != want || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s, %s: %d, %s", name, file, w.Code, w.Header().Get("Cache-Control"))
			}
		}
	}
}
