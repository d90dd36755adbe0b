package public_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/testkit"
	"partwork/internal/token"
	"partwork/internal/web/public"
	"partwork/templates"
)

// Whatever is asked, and however it ends: the headers are there.
func TestEveryAnswerHasTheHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{s.confirm, s.leave, s.prefs, "/", "/p/x", "/v/x", "/robots.txt", "/style.css", "/u/x", "/nothing", "//u/x", "/c/"} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "TRACE", "CONNECT"} {
			r := s.do(t, method, path, urlencoded, "x=y")
			for name, want := range map[string]string{
				"Content-Security-Policy":   "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
				"Referrer-Policy":           "no-referrer",
				"Cache-Control":             "no-store",
				"X-Robots-Tag":              "noindex, nofollow",
				"X-Content-Type-Options":    "nosniff",
				"Strict-Transport-Security": "max-age=31536000",
				"Set-Cookie":                "",
				"Location":                  "",
			} {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s %s (%d): %s is %q", method, path, r.StatusCode, name, got)
				}
			}
			if r.StatusCode >= 300 && r.StatusCode < 400 || r.StatusCode >= 500 {
				t.Errorf("%s %s: %d", method, path, r.StatusCode)
			}
		}
	}
	if r := newSiteAt(t, "http://localhost:8080").get(t, "/"); r.Header.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over http")
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.dump(t)
	for path, allow := range map[string]string{
		s.confirm: "GET, HEAD, POST", s.leave: "GET, HEAD, POST", s.prefs: "GET, HEAD, POST", "/": "GET, HEAD", "/robots.txt": "GET, HEAD", "/style.css": "GET, HEAD",
	} {
		for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
			if r := s.do(t, method, path, urlencoded, "action=everything"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != allow {
				t.Errorf("%s %s: %d, Allow %q", method, path, r.StatusCode, r.Header.Get("Allow"))
			}
		}
		get, head := s.get(t, path), s.do(t, "HEAD", path, "", "")
		if head.StatusCode != get.StatusCode || head.Header.Get("Content-Length") != get.Header.Get("Content-Length") ||
			get.Header.Get("Content-Length") == "" || text(t, head) != "" || text(t, get) == "" {
			t.Errorf("HEAD %s differs from GET", path)
		}
	}
	if s.dump(t) != before {
		t.Error("a method other than POST changed something")
	}
}

// Scanners and previews follow every link, with bodies and queries of all kinds.
func TestGetChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.dump(t)
	for _, path := range []string{s.confirm, s.leave, s.prefs} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
			for _, query := range []string{"", "?action=everything", "?List-Unsubscribe=One-Click", "?action=series&_method=POST", "?action=restart", "?action=pace&pace=4"} {
				s.do(t, method, path+query, urlencoded, "List-Unsubscribe=One-Click")
			}
		}
	}
	if s.dump(t) != before {
		t.Error("looking changed something")
	}
}

func TestConfirming(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := testkit.ParseHTML(t, text(t, s.get(t, s.confirm)))
	if got := page.One(t, ".statement").Text(); got != statement {
		t.Errorf("the page says %q, what is kept is %q", got, statement)
	}
	for _, form := range page.All("form[method=post]") { // one that confirms, and one that refuses
		if form.Attr("action") != "" {
			t.Errorf("a form goes to %q", form.Attr("action"))
		}
	}
	for range 2 {
		r := s.post(t, s.confirm, "")
		if r.StatusCode != http.StatusOK || testkit.ParseHTML(t, text(t, r)).One(t, "h1").Text() != "You’re in" {
			t.Errorf("confirmed: %d", r.StatusCode)
		}
		if s.state(t, s.invited.ID) != drip.EnrollmentActive {
			t.Error("not active")
		}
	}
	if h1 := testkit.ParseHTML(t, text(t, s.get(t, s.confirm))).One(t, "h1").Text(); h1 != "You’re in" {
		t.Errorf("looking again shows %q", h1)
	}
	if n := strings.Count(s.dump(t), statement); n != 1 {
		t.Errorf("the consent is kept %d times", n)
	}
}

func TestLeaving(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, kind, body string
		everything       bool
	}{
		{"RFC 8058 urlencoded", urlencoded, "List-Unsubscribe=One-Click", false},
		{"RFC 8058 multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n", false},
		{"button for the series", urlencoded, "action=series", false},
		{"button for everything", urlencoded, "action=everything", true},
		{"everything as multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\neverything\r\n--b--\r\n", true},
		{"one-click wins", urlencoded, "List-Unsubscribe=One-Click&action=everything", false},
		{"no body", "", "", false},
		{"no form", "application/json", `{"action":"everything"}`, false},
		{"broken form", urlencoded, "%zz", false},
		{"broken multipart", "multipart/form-data", "x", false},
		{"another action", urlencoded, "action=nothing", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			for range 2 {
				r := s.do(t, "POST", s.leave, tc.kind, tc.body)
				page := testkit.ParseHTML(t, text(t, r))
				want := "This series has stopped"
				if tc.everything {
					want = "Everything has stopped"
				}
				if got := page.One(t, "h1").Text(); r.StatusCode != http.StatusOK || got != want {
					t.Errorf("%d %q", r.StatusCode, got)
				}
				if s.state(t, s.active.ID) != drip.EnrollmentLeft || s.suppressed(t, s.active) != tc.everything {
					t.Error("not as asked")
				}
				if s.state(t, s.invited.ID) != drip.EnrollmentPending {
					t.Error("somebody else left, too")
				}
			}
			if r := s.get(t, s.leave); r.StatusCode != http.StatusOK {
				t.Errorf("the page afterwards: %d", r.StatusCode)
			}
		})
	}
}

// The query of a one-click POST is not a form.
func TestQueryIsNoForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post(t, s.leave+"?action=everything", "List-Unsubscribe=One-Click")
	s.post(t, s.leave+"?action=everything", "")
	if s.suppressed(t, s.active) {
		t.Error("the query was obeyed")
	}
}

func TestLeavePageHasTwoEqualButtons(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := testkit.ParseHTML(t, text(t, s.get(t, s.leave)))
	buttons := page.All("form[method=post] button[type=submit]")
	if len(buttons) != 2 || buttons[0].Attr("value") != "series" || buttons[1].Attr("value") != "everything" ||
		buttons[0].Attr("class") != buttons[1].Attr("class") || buttons[0].Attr("name") != "action" {
		t.Errorf("buttons: %v", buttons)
	}
	if len(page.All("input")) != 0 {
		t.Error("something has to be typed")
	}
}

// One page for all links that do not work, byte for byte.
func TestBadLinksLookAlike(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.dump(t)
	subject := token.Subject{A: int64(s.active.ID), B: int64(s.active.Subscriber)}
	invited := token.Subject{A: int64(s.invited.ID), B: int64(s.invited.Subscriber)}
	flipped := []byte(s.leave)
	flipped[len(flipped)-5] ^= 1
	gone := text(t, s.get(t, "/nothing"))
	for _, path := range []string{
		"/u/x", "/c/x", "/u/" + strings.Repeat("A", 44), "/c/" + strings.Repeat("A", 4000), string(flipped), "/u/%00", "/u/..%2f", "/u/a/b", "/u/", "/c",
		"/u/" + s.keys.Sign(token.Confirm, subject), "/u/" + s.keys.Sign(token.Preferences, subject), "/u/" + s.keys.Sign(token.View, subject),
		"/c/" + s.keys.Sign(token.Unsubscribe, invited), "/c/" + s.keys.Sign(token.Preferences, invited), "/c/" + s.keys.Sign(token.View, invited),
		"/c/" + s.keys.Sign(token.Confirm, token.Subject{A: 99, B: 99}),
		"/p/x", "/p/" + s.keys.Sign(token.Unsubscribe, subject), "/p/" + s.keys.Sign(token.View, subject), "/p/" + s.keys.Sign(token.Confirm, subject),
		"/p/" + s.keys.Sign(token.Preferences, token.Subject{A: 99, B: 99}), "/p/" + s.keys.Sign(token.Preferences, token.Subject{A: subject.A, B: invited.B}), s.leave + "/", "/x" + s.leave, "/" + s.leave, strings.ToUpper(s.leave),
	} {
		for _, r := range []*http.Response{s.get(t, path), s.post(t, path, "List-Unsubscribe=One-Click"), s.post(t, path, "action=everything")} {
			if got := text(t, r); r.StatusCode != http.StatusNotFound || got != gone {
				t.Errorf("%s: %d", path, r.StatusCode)
			}
		}
	}
	if s.dump(t) != before {
		t.Error("a bad link changed something")
	}
}

func TestOneClickForAnErasedReader(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if err := s.audience.Erase(t.Context(), audience.Who{ID: s.active.Subscriber}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*http.Response{s.get(t, s.leave), s.post(t, s.leave, "List-Unsubscribe=One-Click"), s.post(t, s.leave, "action=everything")} {
		if r.StatusCode != http.StatusOK {
			t.Errorf("status %d", r.StatusCode)
		}
	}
}

func TestConfirmAfterLeavingIsGone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post(t, s.audience.UnsubscribeURL("", s.invited), "action=everything")
	for _, r := range []*http.Response{s.get(t, s.confirm), s.post(t, s.confirm, "")} {
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("status %d", r.StatusCode)
		}
	}
	if s.state(t, s.invited.ID) != drip.EnrollmentLeft {
		t.Error("came back")
	}
}

func TestTooLargeABodyChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.dump(t)
	for kind, body := range map[string]string{
		urlencoded: "action=series&x=" + strings.Repeat("x", 65<<10),
		"multipart/form-data; boundary=b": "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b\r\n" +
			"Content-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n" + strings.Repeat("x", 65<<10) + "\r\n--b--\r\n",
	} {
		if r := s.do(t, "POST", s.leave, kind, body); r.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", kind, r.StatusCode)
		}
	}
	if s.dump(t) != before {
		t.Error("something changed")
	}
}

// Nothing that is sent or logged tells who reads what (forwarded links!).
func TestNothingRevealing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var out bytes.Buffer
	for _, path := range []string{s.prefs, s.confirm, s.leave, "/", "/u/x", "/p/x", "/nothing?email=" + address} {
		for _, r := range []*http.Response{
			s.get(t, path), s.post(t, path, "action=next"), s.post(t, path, "action=ask-restart"), s.post(t, path, "action=restart"),
			s.post(t, path, "action=series"), s.post(t, path, "action=everything"), s.do(t, "PUT", path, "", address), s.get(t, path),
		} {
			_ = r.Header.Write(&out)
			out.WriteString(text(t, r))
		}
	}
	logged := s.log.String()
	for _, secret := range []string{"secret", topic, "hiv", "diagnos", "s7k2qd", "example.org", s.confirm[3:], s.leave[3:], s.prefs[3:]} {
		// The preferences have a link to leave, and one to themselves.
		own := secret == s.leave[3:] || secret == s.prefs[3:]
		if strings.Contains(strings.ToLower(out.String()), strings.ToLower(secret)) && !own {
			t.Errorf("an answer has %q in it", secret)
		}
		if strings.Contains(logged, secret) {
			t.Errorf("the log has %q in it", secret)
		}
	}
	if !strings.Contains(logged, `method=POST route="POST /u/{token}" status=200 duration=`) {
		t.Errorf("the log is %s", logged)
	}
}

func TestPagesNeedNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, r := range []*http.Response{
		s.get(t, "/"), s.get(t, s.confirm), s.get(t, s.leave), s.get(t, "/u/x"), s.post(t, s.confirm, ""),
		s.get(t, s.prefs), s.post(t, s.prefs, "action=ask-restart"), s.post(t, s.prefs, "action=zone&zone=x"), s.post(t, s.prefs, "action=restart"),
		s.post(t, s.leave, "action=series"), s.post(t, s.leave, "action=everything"),
	} {
		page := testkit.ParseHTML(t, text(t, r))
		if page.One(t, "html").Attr("lang") != "en" || page.One(t, "title").Text() == "" || len(page.All("main h1")) != 1 {
			t.Error("a page without language, title or heading")
		}
		for _, tag := range []string{"script", "img", "iframe", "style", "a[target]", "[onclick]", "[style]"} {
			if len(page.All(tag)) != 0 {
				t.Errorf("a page has %s", tag)
			}
		}
		for _, link := range page.All("link") {
			if link.Attr("href") != "/style.css" {
				t.Errorf("a page links to %s", link.Attr("href"))
			}
		}
	}
	css := text(t, s.get(t, "/style.css"))
	if strings.Contains(css, "url(") || strings.Contains(css, "@import") {
		t.Error("the style loads something")
	}
	if got := text(t, s.get(t, "/robots.txt")); got != "User-agent: *\nDisallow: /\n" {
		t.Errorf("robots.txt is %q", got)
	}
}

// Behind a proxy that keeps the path of the public URL, or cuts it off.
func TestPublicURLWithAPath(t *testing.T) {
	t.Parallel()
	s := newSiteAt(t, "https://example.org/letters/")
	for _, prefix := range []string{"", "/letters"} {
		for _, path := range []string{"/", s.leave, s.confirm, "/style.css"} {
			r := s.get(t, prefix+path)
			if body := text(t, r); r.StatusCode != http.StatusOK || path != "/style.css" && !strings.Contains(body, `href="/letters/style.css"`) {
				t.Errorf("%s: %d", prefix+path, r.StatusCode)
			}
		}
	}
	if r := s.get(t, "/lettersx/"); r.StatusCode != http.StatusNotFound {
		t.Errorf("/lettersx/: %d", r.StatusCode)
	}
}

// broken fails whatever is asked, or panics.
type broken struct {
	public.Audience
	err error
}

func (b broken) Departure(context.Context, string) error                { return b.err }
func (b broken) Leave(context.Context, string) error                    { return b.err }
func (b broken) Language(context.Context, token.Purpose, string) string { return "" }
func (b broken) Depart(context.Context, string, bool) (audience.Departed, error) {
	return audience.Departed{}, b.err
}
func (b broken) Confirm(context.Context, string, audience.Choice, string) (audience.Invitation, error) {
	panic("at the disco")
}

func TestFaultsAreOurs(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	h, err := public.New(public.Options{
		Audience: broken{err: errors.New("disk full")}, Templates: templates.Files(), Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Handler: h}
	for _, r := range []*http.Response{s.get(t, "/u/x"), s.post(t, "/u/x", "")} {
		if body := text(t, r); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, "disk") {
			t.Errorf("%d %s", r.StatusCode, body)
		}
	}
	if r := s.post(t, "/c/x", ""); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("a panic: %d", r.StatusCode)
	}
	if l := log.String(); !strings.Contains(l, "disk full") || !strings.Contains(l, "at the disco") || !strings.Contains(l, "status=500") {
		t.Errorf("the log is %s", l)
	}
}

func TestNewRefusesBrokenTemplates(t *testing.T) {
	t.Parallel()
	good, _ := io.ReadAll(open(t, "web/base.html"))
	for name, files := range map[string]fstest.MapFS{
		"none":          {},
		"unknown field": {"web/base.html": {Data: []byte("{{.Address}}")}, "web/index.html": {Data: []byte("x")}},
		"not a page":    {"web/base.html": {Data: good}, "web/index.html": {Data: []byte("{{")}},
	} {
		if _, err := public.New(public.Options{Templates: files}); err == nil || !strings.Contains(err.Error(), "index.html") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := public.New(public.Options{Templates: templates.Files(), PublicURL: "http://[::1"}); err == nil {
		t.Error("a bad URL was taken")
	}
}

func open(t *testing.T, name string) io.Reader {
	t.Helper()
	f, err := templates.Files().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// A real server and client: no redirect, no cookie, limits in place.
func TestServer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := public.Server("127.0.0.1:0", s, nil)
	if server.ReadHeaderTimeout != 5*time.Second || server.ReadTimeout == 0 || server.WriteTimeout == 0 || server.IdleTimeout == 0 || server.MaxHeaderBytes > 64<<10 {
		t.Errorf("limits: %+v", server)
	}
	live := httptest.NewUnstartedServer(nil)
	live.Config = server
	live.Start()
	defer live.Close()
	client := live.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("redirected") }
	req, _ := http.NewRequestWithContext(t.Context(), "POST", live.URL+s.leave, strings.NewReader("List-Unsubscribe=One-Click"))
	req.Header.Set("Content-Type", urlencoded)
	req.Header.Set("Origin", "https://mail.example.net")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	r, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	if r.StatusCode != http.StatusOK || len(r.Cookies()) != 0 || s.state(t, s.active.ID) != drip.EnrollmentLeft {
		t.Errorf("one-click: %d", r.StatusCode)
	}
}
