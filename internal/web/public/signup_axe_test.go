package public_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"partwork/internal/testkit"
)

// TestSignUpPagesAreAccessible has axe-core look at the pages of signing up, as
// TestPagesAreAccessible does at the others.
func TestSignUpPagesAreAccessible(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	j := newJoining(t)
	policy := j.get(t, joinPath).Header.Get("Content-Security-Policy")
	wrong := url.Values{"email": {"anna"}, "name": {"www.a"}, "zone": {"Londno"}}
	mend := text(t, j.send(t, "203.0.113.1:1", wrong))
	again := text(t, j.send(t, "203.0.113.1:1", url.Values{"email": {"new@example.org"}, "name": {"Ann"}}))
	taken := text(t, j.join(t, "new@example.org"))
	j.rules.Total = 1
	j.open(t)
	busy := text(t, j.join(t, "other@example.org"))
	var views []testkit.View
	for name, body := range map[string]string{"form": "", "mend": mend, "again": again, "taken": taken, "busy": busy} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if body == "" || r.URL.Path != joinPath {
				j.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Security-Policy", policy)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		sizes := []testkit.View{{Width: 390, Height: 844, Dark: true}, {Width: 320, Height: 640}, {Width: 1280, Height: 900}}
		if name != "mend" { // which shows all that the others do, and more
			sizes = sizes[:1]
		}
		for _, v := range sizes {
			v.Name, v.URL = name, server.URL+joinPath
			views = append(views, v)
		}
	}
	for _, a := range testkit.Audits(t, views) {
		if a.Overflow > 0 {
			t.Errorf("%s is %d pixels wider than its window of %d", a.View.Name, a.Overflow, a.View.Width)
		}
		for _, v := range a.Violations {
			if v.Grave() {
				t.Errorf("%s at %d, dark %v: %s", a.View.Name, a.View.Width, a.View.Dark, v)
			}
		}
	}
}
