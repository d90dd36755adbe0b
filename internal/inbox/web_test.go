package inbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partwork/internal/testkit"
)

// people are the readers of these tests.
var people = []struct{ name, addr, zone string }{
	{"Anna Fischer", "anna@example.net", "Europe/Berlin"},
	{"Tama Parata", "tama@example.net", "Pacific/Auckland"},
	{"Grace Okafor", "grace@example.net", "Africa/Lagos"},
	{"Luis Herrera", "luis@example.net", "America/Los_Angeles"},
	{"Yuki Tanaka", "yuki@example.net", "Asia/Tokyo"},
	{"Nadia Rahman", "nadia@example.net", "Asia/Dhaka"},
	{"Owen Price", "owen@example.net", "Europe/London"},
	{"", "somebody.with.a.long.address@department.example.net", ""},
}

// subjects are the letters they get.
var subjects = []string{
	"Welcome: eight letters, one question", "Steroids and MS: fast, and then?",
	"Vitamin D: why it depends on where you live", "Interferons, thirty years on",
	"Acupuncture and MS: an honest score",
}

// full is an inbox in the middle of a series.
func full(t testing.TB) *Inbox {
	t.Helper()
	now := morning.AddDate(0, 0, -28)
	b := New(Options{Stamp: func() time.Time { return now }})
	html := base64.StdEncoding.EncodeToString([]byte(fixture(t, "letter.html")))
	for week, subject := range subjects {
		for i, p := range people {
			if i+week > 9 {
				continue
			}
			loc, err := time.LoadLocation(p.zone)
			if err != nil {
				t.Fatal(err)
			}
			now = time.Date(2026, 2, 24+7*week, 9, 0, 0, 0, loc)
			eml := strings.Replace(fixture(t, "letter.eml"), "PCFkb2N0eXBlIGh0bWw+CjxodG1sIGxhbmc9ImVuIj48aGVhZD48bWV0YSBjaGFyc2V0PSJ1dGYt", html, 1)
			eml = strings.Replace(eml, "Subject: =?utf-8?q?Acupuncture_and_MS:_an_honest_score_=E2=80=93_part_2?=", "Subject: "+subject, 1)
			b.add("b@example.org", p.addr, []byte(eml))
		}
	}
	for id := range 18 {
		b.markRead(id + 1)
	}
	return b
}

// options describe the people.
func options() PageOptions {
	return PageOptions{
		Title: "Partwork demo",
		Describe: func(addr string) (string, string) {
			for _, p := range people {
				if p.addr == addr {
					return p.name, p.zone
				}
			}
			return "", ""
		},
		Progress: func() Progress {
			return Progress{Done: 37, Total: 64, Calendar: morning, Note: "a week every 4 seconds"}
		},
	}
}

// get asks a page for a path, as a browser on this machine.
func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Host = "localhost:8026"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// page asks for a path that must be there.
func page(t *testing.T, h http.Handler, path string) testkit.Node {
	t.Helper()
	w := get(t, h, path)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d", path, w.Code)
	}
	return testkit.ParseHTML(t, w.Body.String())
}

func TestHomeListsReaders(t *testing.T) {
	t.Parallel()
	home := page(t, full(t).Handler(options()), "/")
	if got := len(home.All("#readers li")); got != len(people)+1 {
		t.Errorf("%d readers", got)
	}
	tama := home.One(t, `#readers a[href=/r/2]`)
	if got := tama.Text(); got != "T Tama Parata Auckland · Tue 22:00 2 not opened" {
		t.Errorf("Tama is %q", got)
	}
	if got := home.One(t, "#strip .progress p").Text(); got != "37 of 64 letters a week every 4 seconds" {
		t.Errorf("progress is %q", got)
	}
	if got := home.One(t, "#strip .calendar").Text(); got != "Calendar Tue 24 Mar 2026, 09:00 UTC" {
		t.Errorf("calendar is %q", got)
	}
	if len(home.All("#letters li")) == 0 || len(home.All("noscript meta")) != 0 && len(home.All("noscript")) != 1 {
		t.Error("no letters")
	}
}

func TestMailboxShowsOneReader(t *testing.T) {
	t.Parallel()
	box := page(t, full(t).Handler(options()), "/r/2")
	letters := box.All("#letters li")
	if len(letters) != len(subjects) {
		t.Fatalf("%d letters", len(letters))
	}
	text := letters[0].Text()
	for _, want := range []string{"MS Reading Circle", "Tue 24 Mar · 09:00", subjects[4], "Some hints for fatigue"} {
		if !strings.Contains(text, want) {
			t.Errorf("the newest is %q without %q", text, want)
		}
	}
	if got := box.One(t, "#letters h1").Text(); got != "Tama Parata" {
		t.Errorf("heading is %q", got)
	}
}

func TestLetterTabs(t *testing.T) {
	t.Parallel()
	b := full(t)
	h := b.Handler(options())
	id := b.Messages("tama@example.net")[4].ID
	path := fmt.Sprintf("/m/%d", id)
	before := b.Mailboxes()[1].Unread
	open := page(t, h, path)
	frame := open.One(t, "iframe")
	if got := frame.Attr("sandbox"); got != "allow-popups allow-popups-to-escape-sandbox" {
		t.Errorf("sandbox is %q", got)
	}
	if frame.Attr("src") != path+"/frame" || open.One(t, ".download").Attr("href") != path+"/letter.eml" {
		t.Error("wrong links")
	}
	if got := open.One(t, ".letterhead time").Text(); got != "Tuesday 24 March 2026, 09:00 in Auckland" {
		t.Errorf("it arrived %q", got)
	}
	if after := b.Mailboxes()[1].Unread; after != before-1 {
		t.Errorf("unread went from %d to %d", before, after)
	}
	if got := page(t, h, path+"/text").One(t, "pre").Text(); !strings.HasPrefix(got, "Acupuncture is one of the most-tried therapies –") {
		t.Errorf("text is %q", got)
	}
	if got := page(t, h, path+"/source").One(t, "pre.source").Text(); !strings.Contains(got, "=E2=80=93") {
		t.Errorf("source is %q", got)
	}
	rows := page(t, h, path+"/headers").All(".headers tr")
	if got := rows[5].Text(); got != "List-Unsubscribe <https://letters.example.org/u/abc>, <mailto:leave@example.org?subject=abc>" {
		t.Errorf("header is %q", got)
	}
}

func TestFrame(t *testing.T) {
	t.Parallel()
	h := full(t).Handler(options())
	w := get(t, h, "/m/1/frame")
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox allow-popups") || strings.Contains(policy, "script") || strings.Contains(policy, "http") {
		t.Errorf("policy is %q", policy)
	}
	frame := testkit.ParseHTML(t, w.Body.String())
	if got := frame.One(t, "head base").Attr("target"); got != "_blank" {
		t.Errorf("links open in %q", got)
	}
}

func TestLinksOpenOutside(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"<!doctype html><html><head><p>", `<!doctype html><html><head><base target="_blank"><p>`},
		{`<html lang="en"><HEAD class="x"><p>`, `<html lang="en"><HEAD class="x"><base target="_blank"><p>`},
		{"<html><p>", `<html><base target="_blank"><p>`},
		{"<p>", `<base target="_blank"><p>`},
		{"<head ", `<base target="_blank"><head `},
		{"ȺȺȺȺȺȺ<HEAD>", `ȺȺȺȺȺȺ<HEAD><base target="_blank">`},
	}
	for _, tt := range tests {
		if got := linksOpenOutside(tt.in); got != tt.want {
			t.Errorf("%q became %q", tt.in, got)
		}
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	b := full(t)
	w := get(t, b.Handler(options()), "/m/1/letter.eml")
	m, _ := b.Message(1)
	if w.Body.String() != string(m.Raw) || w.Header().Get("Content-Disposition") != `attachment; filename="letter-1.eml"` {
		t.Errorf("headers are %v", w.Header())
	}
}

func TestProgressJSON(t *testing.T) {
	t.Parallel()
	w := get(t, full(t).Handler(options()), "/progress.json")
	var got struct {
		Done, Total, Version, Messages int
		Finished                       bool
		Calendar                       time.Time
		Note                           string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Done != 37 || got.Total != 64 || got.Messages != 37 || got.Version != 55 || !got.Calendar.Equal(morning) || got.Note == "" {
		t.Errorf("progress is %+v", got)
	}
}

func TestEveryPageIsGuarded(t *testing.T) {
	t.Parallel()
	h := full(t).Handler(PageOptions{})
	for _, path := range []string{"/", "/all", "/r/1", "/m/1", "/m/1/text", "/m/1/frame", "/style.css", "/live.js", "/progress.json", "/r/99", "/x"} {
		w := get(t, h, path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		} {
			if got := w.Header().Get(name); !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if strings.Contains(w.Body.String(), "<script>") || strings.Contains(w.Body.String(), " style=") && !strings.HasSuffix(path, "frame") {
			t.Errorf("%s has something inline", path)
		}
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	h := New(Options{}).Handler(PageOptions{})
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8026": 200, "127.0.0.1:80": 200, "127.1.2.3": 200, "[::1]:80": 200, "[::1]": 200, "demo.localhost:1": 200,
		"evil.example:8026": 403, "192.168.1.2": 403, "localhost.evil.example": 403, "": 403, "evillocalhost": 403, "127.0.0.1.evil.example": 403,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("host %q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestMissingAndForbidden(t *testing.T) {
	t.Parallel()
	h := full(t).Handler(options())
	for _, path := range []string{"/r/0", "/r/99", "/r/x", "/m/99", "/m/x", "/m/1/nope", "/m/99/frame", "/m/99/letter.eml", "/nope"} {
		if w := get(t, h, path); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/m/1", nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

// What a message says about itself is never markup on the page.
func TestHostileMessage(t *testing.T) {
	t.Parallel()
	b := New(Options{})
	evil := `<script>alert(1)</script>"><img src=x>`
	b.add("", `"<script>"@example.net`, []byte("From: "+evil+"\r\nSubject: "+evil+"\r\nX: "+evil+"\r\n\r\n"+evil))
	h := b.Handler(PageOptions{Describe: func(string) (string, string) { return evil, evil }})
	for _, path := range []string{"/", "/r/1", "/m/1", "/m/1/headers", "/m/1/source"} {
		p := page(t, h, path)
		if n := len(p.All("script")); n != 1 || len(p.All("img")) != 0 {
			t.Errorf("%s has %d scripts and %d pictures", path, n, len(p.All("img")))
		}
	}
}

func TestEmptyInbox(t *testing.T) {
	t.Parallel()
	home := page(t, New(Options{}).Handler(PageOptions{}), "/")
	if got := home.One(t, "#readers .more").Text(); got != "Nobody has received anything yet." {
		t.Errorf("page says %q", got)
	}
}

// The script puts new letters on the page while nobody does anything.
func TestPageFollowsArrivals(t *testing.T) {
	t.Parallel()
	b := full(t)
	h := b.Handler(options())
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/progress.json" && asked.Add(1) == 2 {
			b.add("", "tama@example.net", []byte(letter("Hot off the press", "News")))
		}
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	got := testkit.Evaluate(t, server.URL+"/r/2", 1280, 844, `new Promise((found) => {
		const look = () => document.querySelector("#letters li b").innerText.includes("Hot off the press")
			? found(document.querySelectorAll("#letters li").length) : setTimeout(look, 20);
		look();
	})`)
	if want := fmt.Sprint(len(subjects) + 1); got != want {
		t.Errorf("%s letters, want %s", got, want)
	}
}

// Nothing sticks out of a telephone.
func TestNarrow(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(full(t).Handler(options()))
	defer server.Close()
	for _, path := range []string{"/r/8", "/m/37/source"} {
		if got := testkit.Evaluate(t, server.URL+path, 390, 844, "document.documentElement.scrollWidth"); got != "390" {
			t.Errorf("%s is %s wide", path, got)
		}
	}
}

// The page is looked at by a browser that complains about anything its content
// security policy stops.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/r/1", "/m/37", "/m/37/headers"} {
		for _, width := range []int{1280, 390} {
			for _, dark := range []bool{false, true} {
				// All of them only when somebody will look at them.
				if os.Getenv("SCREENSHOTS") == "" && (path != "/m/37" || dark != (width == 390)) {
					continue
				}
				t.Run(strings.Trim("at"+path, "/"), func(t *testing.T) {
					server := httptest.NewServer(full(t).Handler(options()))
					defer server.Close()
					testkit.Screenshot(t, server.URL+path, width, 844, dark)
				})
			}
		}
	}
}
