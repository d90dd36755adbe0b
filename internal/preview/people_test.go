package preview

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/segment"
)

// register is a database of one person, to whom one version was sent.
type register struct {
	who  drip.Subscriber
	sent compose.Bundle
}

func (r register) Subscriber(_ context.Context, id drip.SubscriberID) (drip.Subscriber, error) {
	if id == r.who.ID {
		return r.who, nil
	}
	return drip.Subscriber{}, drip.ErrNotFound
}

func (r register) SubscriberByEmail(_ context.Context, a mailaddr.Address) (drip.Subscriber, error) {
	if a.Key() == r.who.Email.Key() {
		return r.who, nil
	}
	return drip.Subscriber{}, drip.ErrNotFound
}

func (r register) Facts(context.Context, drip.SubscriberID) (segment.Facts, error) {
	return segment.Facts{Tags: []string{"vip"}}, nil
}

func (r register) LastSent(_ context.Context, _, issue string) (compose.Bundle, time.Time, error) {
	if issue == r.sent.Issue {
		return r.sent, noon, nil
	}
	return compose.Bundle{}, time.Time{}, drip.ErrNotFound
}

// post sends a form, as a page of this origin does.
func post(h http.Handler, path, form, origin string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://localhost:7777"+path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", origin)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// registered is a preview with a database.
func registered(t *testing.T) *Preview {
	t.Helper()
	f := shelf(t, series())
	sent := compose.NewBundle(f.Series[0].Campaign, 1, f.Layouts)
	sent.Markdown, sent.PostalAddress = "Number {{.Issue.Number}}, as it was.\n", "2 Former Street"
	return New(Options{Load: f.load, Now: func() time.Time { return noon }, People: register{
		who: drip.Subscriber{ID: 7, Email: address("grace@example.net"), Name: "Grace", Timezone: "Asia/Tokyo"}, sent: sent,
	}})
}

func TestAsASubscriber(t *testing.T) {
	t.Parallel()
	h := registered(t)
	const own = "http://localhost:7777"
	w := post(h, "/garden/_as?view=text", "address=Grace@Example.net&issue=one", own)
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || strings.Contains(at, "grace") || at != "/garden/one?as=s7&view=text" && at != "/garden/one?view=text&as=s7" {
		t.Fatalf("status %d, to %s", w.Code, at)
	}
	if text := page(t, h, at).One(t, "pre.plain").Text(); !strings.Contains(text, "Hi Grace,") {
		t.Errorf("the message is\n%s", text)
	}
	for form, want := range map[string]int{"address=nobody@example.net": 404, "address=nonsense": 400, "": 400} {
		if got := post(h, "/garden/_as", form, own).Code; got != want {
			t.Errorf("%q: status %d, want %d", form, got, want)
		}
	}
	if got := post(h, "/garden/_as", "address=grace@example.net", "https://evil.example").Code; got != http.StatusForbidden {
		t.Errorf("another site's form: status %d", got)
	}
	if got := get(t, h, "/garden/one?as=s8").Code; got != http.StatusNotFound {
		t.Errorf("nobody's number: status %d", got)
	}
}

func TestChangesSinceItWasSent(t *testing.T) {
	t.Parallel()
	h := registered(t)
	p := page(t, h, "/garden/two?view=changes")
	if gone, is := p.One(t, "ol.diff del").Text(), p.One(t, "ol.diff ins").Text(); gone != "Number {{.Issue.Number}}, as it was." || is != "Number {{.Issue.Number}}." {
		t.Errorf("the change is from %q to %q", gone, is)
	}
	if text := p.One(t, "section.changes").Text(); !strings.Contains(text, "Tuesday 24 March 2026, 12:00 UTC") || !strings.Contains(text, "the postal address") ||
		strings.Contains(text, "the sender") {
		t.Errorf("the page says %s", text)
	}
	if text := page(t, h, "/garden/one?view=changes").One(t, "section.changes").Text(); !strings.Contains(text, "never sent") {
		t.Errorf("of an issue that was never sent the page says %s", text)
	}
	if n := len(page(t, server(t, shelf(t, series())), "/garden/one").All(`a[data-key="6"]`)); n != 0 {
		t.Error("changes are offered without a database")
	}
}

func TestTestsAreRefusedWhereTheyCannotBe(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	for _, at := range []string{"/garden/one/test", "/garden/three/test", "/garden/_confirmation/test"} {
		if got := post(h, at, "to=you@example.org", "http://localhost:7777").Code; got != http.StatusConflict {
			t.Errorf("%s: status %d", at, got)
		}
	}
	if text := page(t, h, "/garden/one").One(t, "#test").Text(); !strings.Contains(text, "No relay.") {
		t.Errorf("the page says %s", text)
	}
}

// TestSendingIsSaid: what the relay said, or why nothing was sent, is on the page.
func TestSendingIsSaid(t *testing.T) {
	t.Parallel()
	f := shelf(t, series())
	sent := 0
	h := New(Options{Load: f.load, Now: func() time.Time { return noon }, Send: func(_ context.Context, c Copy, to mailaddr.Address) (Sent, error) {
		sent++
		if to.String() == "refused@example.org" {
			return Sent{}, drip.ErrClosed
		}
		m, err := composed(c)
		return Sent{Message: m, Reply: "250 2.0.0 taken"}, err
	}})
	for form, want := range map[string]string{
		"to=you@example.org": "250 2.0.0 taken", "to=refused@example.org": drip.ErrClosed.Error(), "to=nonsense": "nonsense",
	} {
		w := post(h, "/garden/one/test?as=1", form, "http://localhost:7777")
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%s: status %d", form, w.Code)
		}
		at, _, _ := strings.Cut(w.Header().Get("Location"), "#")
		if text := page(t, h, at).One(t, "#test div").Text(); !strings.Contains(text, want) {
			t.Errorf("%s: the page says %s", form, text)
		}
		if strings.Contains(at, "@") {
			t.Errorf("the address of the page is %s", at)
		}
	}
	if sent != 2 {
		t.Errorf("%d tests were sent", sent)
	}
	for range keptTests + 5 {
		post(h, "/garden/one/test", "to=you@example.org", "http://localhost:7777")
	}
	if old, last := get(t, h, "/_test-1.eml").Code, get(t, h, "/_test-28.eml").Code; old != http.StatusNotFound || last != http.StatusOK {
		t.Errorf("the first test answers %d and the last %d", old, last)
	}
}
