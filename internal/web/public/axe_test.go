package public_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// TestPagesAreAccessible has axe-core look at every page that a reader can meet, in
// light and dark, on a telephone and on a wide screen: nobody is kept from reading
// or answering, and nothing has to be scrolled sideways.
func TestPagesAreAccessible(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	asked, answered, leaving, returning := newSite(t), newSite(t), newSite(t), newSite(t)
	owning, stopping, refusing := newSite(t), newSite(t), newSite(t)
	owning.sendFirst(t)
	private := owning.private(t)
	_, questions := owning.asksFor(t, private, "new@example.net")
	undo := back(t, owning.page(t, stopping.post(t, stopping.leave, "action=series")))
	choosing := newSite(t)
	choosing.files.campaign.Timezone = drip.SubscriberZone
	_, comeback := returning.cameBack(t)
	answered.post(t, answered.confirm, "")
	var views []testkit.View
	for name, page := range map[string]struct {
		site http.Handler
		path string
	}{
		"index": {asked, "/"}, "confirm": {asked, asked.confirm}, "leave": {asked, asked.leave}, "gone": {asked, "/u/nothing"},
		"comeback": {returning, comeback}, "confirmed": {answered, answered.confirm}, "left": {answering(leaving, "action=series"), leaving.leave},
		"preferences": {choosing, choosing.prefs}, "restart": {answering(choosing, "action=ask-restart"), choosing.prefs},
		"bad date": {answering(choosing, "action=pause&until=x"), choosing.prefs}, "bad zone": {answering(choosing, "action=zone&zone=Londno"), choosing.prefs},
		"own shown": {answering(owning, "action=show"), private}, "erasing": {answering(owning, "action=ask-erase"), private},
		"bad address": {answering(owning, "action=address&email=x"), private}, "moving": {owning, questions[0]},
		"never":           {answering(refusing, "action=never"), refusing.confirm},
		"no reason":       {answering(stopping, "action=why"), undo},
		"left everything": {answering(answered, "action=everything"), answered.leave},
	} {
		server := httptest.NewServer(page.site)
		t.Cleanup(server.Close)
		url, missing := server.URL+page.path, name == "gone"
		views = append(views,
			testkit.View{Name: name, URL: url, Width: 320, Height: 640, Forgive: missing},
			testkit.View{Name: name, URL: url, Width: 390, Height: 844, Dark: true, Forgive: missing},
			testkit.View{Name: name, URL: url, Width: 1200, Height: 900, Dark: true, Forgive: missing})
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

// answering shows what a page says to an answer: whoever looks at a page of a link
// has sent the form.
func answering(s *site, form string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if way := r.URL.Path; len(way) > 3 && strings.Contains("/u/ /p/ /m/ /b/ /c/", way[:3]) {
			answer := r.Clone(r.Context())
			answer.Method, answer.Body = http.MethodPost, io.NopCloser(strings.NewReader(form))
			answer.ContentLength = int64(len(form))
			answer.Header.Set("Content-Type", urlencoded)
			r = answer
		}
		s.ServeHTTP(w, r)
	})
}
