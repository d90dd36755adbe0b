package preview

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// body is an issue with everything that a stranger might slip in.
const body = `Hi {{.Subscriber.Name | default "there"}},

**In short:** a [link](https://example.com/page) and [leave]({{.Links.Unsubscribe}}).

> [!SAFETY]
> Take care.

| a | b |
|---|---|
| 1 | 2 |

{{.Series}}
`

// address parses an address that is known to be right.
func address(s string) mailaddr.Address {
	a, err := mailaddr.Parse(s)
	if err != nil {
		panic(err)
	}
	return a
}

// series returns a campaign of three issues; the last is a draft with an error.
func series() Series {
	return Series{
		Campaign: &drip.Campaign{
			ID: "garden", Key: "k1", Title: "The <garden>", Language: "en",
			From:          mailaddr.Mailbox{Name: "Garden Club", Address: address("letters@example.org")},
			PostalAddress: "1 Example Street",
			Issues: []drip.Issue{
				{ID: "one", Subject: "Begin <b>here</b>", Preheader: "First things.", Body: []byte(body), File: "garden/01-one.md", BodyLine: 5},
				{ID: "two", Subject: "Go on", Preheader: "Second things.", Body: []byte("Number {{.Issue.Number}}.\n"), File: "garden/02-two.md", BodyLine: 5},
				{ID: "three", Subject: "End", Preheader: "Last things.", Draft: true, Body: []byte("{{.Nonsense}}\n"), File: "garden/03-three.md", BodyLine: 5},
			},
		},
		Personas: []drip.Subscriber{
			{Email: address("anna@example.net"), Name: "Anna", Timezone: "Europe/London"},
			{Email: address("evil@example.net"), Name: `"><script>alert(1)</script>`},
		},
	}
}

// server returns a preview of what load returns.
func server(t *testing.T, load func() (Shelf, error)) http.Handler {
	t.Helper()
	return New(Options{
		Load: load,
		Dates: func(c *drip.Campaign, _ drip.Subscriber) []compose.Date {
			return []compose.Date{{Issue: c.Issues[0].ID, Text: "Tuesday, March 24"}}
		},
		Now: func() time.Time { return time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC) },
	})
}

// shelf returns a shelf with the given series and the shipped layouts.
func shelf(t *testing.T, s ...Series) func() (Shelf, error) {
	t.Helper()
	l, err := compose.LoadLayouts(os.DirFS("../../templates"))
	if err != nil {
		t.Fatal(err)
	}
	return func() (Shelf, error) { return Shelf{Series: s, Layouts: l}, nil }
}

// get asks for a path and returns the answer.
func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://localhost:7777"+path, nil)
	h.ServeHTTP(w, r)
	return w
}

// page asks for a page that must be there and parses it.
func page(t *testing.T, h http.Handler, path string) testkit.Node {
	t.Helper()
	w := get(t, h, path)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: status %d\n%s", path, w.Code, w.Body)
	}
	return testkit.ParseHTML(t, w.Body.String())
}

func TestHomeListsIssuesInOrder(t *testing.T) {
	t.Parallel()
	p := page(t, server(t, shelf(t, series())), "/")
	var got []string
	for _, a := range p.All("ol.issues a") {
		got = append(got, a.Attr("href")+" "+a.Text())
	}
	want := "/garden/one Begin <b>here</b>|/garden/two Go on|/garden/three End"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("issues are %s, want %s", s, want)
	}
	if n := len(p.All("section.findings li.warning")); n == 0 {
		t.Error("the draft's wrong field is not listed")
	}
}

func TestIssueShowsTheMessageInASandbox(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	p := page(t, h, "/garden/one?as=1")
	frame := p.One(t, "iframe.message[sandbox]")
	if v := frame.Attr("sandbox"); v != "" {
		t.Errorf("sandbox is %q, want it empty, which allows nothing", v)
	}
	if n := len(p.All("script")); n != 0 {
		t.Errorf("the page has %d scripts", n)
	}
	w := get(t, h, frame.Attr("src"))
	if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "sandbox; default-src 'none'") {
		t.Errorf("the frame's policy is %q", csp)
	}
	m := testkit.ParseHTML(t, w.Body.String())
	if n := len(m.All("script")); n != 0 {
		t.Errorf("the message has %d scripts", n)
	}
	for _, a := range m.All("a") {
		own := strings.HasPrefix(a.Attr("href"), "http://localhost:7777/link/")
		if own == (a.Attr("target") == "_blank") {
			t.Errorf("the link %s has target %q", a.Attr("href"), a.Attr("target"))
		}
	}
}

func TestImagesAreShown(t *testing.T) {
	t.Parallel()
	s := series()
	s.Campaign.Issues[0].Body = []byte("![A pot](img/pot.gif)\n")
	s.Campaign.Images = []drip.Image{{Path: "img/pot.gif", Type: "image/gif", Width: 3, Height: 2, Data: []byte("GIF89a;")}}
	h := server(t, shelf(t, s))
	for _, hosted := range []bool{false, true} {
		s.Campaign.HostedImages = hosted
		if got := page(t, h, "/garden/one/frame").One(t, "figure img").Attr("src"); got != "data:image/gif;base64,R0lGODlhOw==" {
			t.Errorf("hosted: %t, the image is at %s", hosted, got)
		}
	}
	if policy := get(t, h, "/garden/one/frame").Header().Get("Content-Security-Policy"); !strings.Contains(policy, "img-src https: data:") {
		t.Errorf("the policy is %q", policy)
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	if text := page(t, h, "/garden/one?view=text").One(t, "pre.message").Text(); !strings.Contains(text, "Hi Anna,") {
		t.Errorf("the text is\n%s", text)
	}
	if source := page(t, h, "/garden/one?view=source").One(t, "pre.message").Text(); !strings.Contains(source, "MIME-Version: 1.0") {
		t.Errorf("the source is\n%s", source)
	}
	if headers := page(t, h, "/garden/one?view=headers").One(t, "dl.headers").Text(); !strings.Contains(headers, "List-Unsubscribe-Post") {
		t.Errorf("the headers are\n%s", headers)
	}
	w := get(t, h, "/garden/one/message.eml")
	if got := w.Header().Get("Content-Type"); got != "message/rfc822" {
		t.Errorf("the download is %s", got)
	}
}

func TestTurningPages(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	seen := []string{}
	for path := "/garden/" + drip.ConfirmationID + "?as=1&view=text"; path != ""; {
		p := page(t, h, path)
		seen = append(seen, strings.Split(path, "?")[0])
		path = ""
		for _, a := range p.All("a[rel=next]") {
			path = a.Attr("href")
			if !strings.Contains(path, "as=1") || !strings.Contains(path, "view=text") {
				t.Errorf("%s forgets persona or view", path)
			}
		}
	}
	want := "/garden/_confirmation /garden/one /garden/two /garden/three"
	if got := strings.Join(seen, " "); got != want {
		t.Errorf("walked %s, want %s", got, want)
	}
}

func TestBrokenIssueSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := page(t, server(t, shelf(t, series())), "/garden/three")
	p.One(t, "p.problem")
	if text := p.One(t, "section.findings").Text(); !strings.Contains(text, "garden/03-three.md:5") {
		t.Errorf("the findings are %s", text)
	}
	if n := len(p.All("iframe")); n != 0 {
		t.Error("a broken message is framed")
	}
}

func TestEveryRequestReadsTheFilesAgain(t *testing.T) {
	t.Parallel()
	s := series()
	load := shelf(t, s)
	h := server(t, func() (Shelf, error) { return load() })
	s.Campaign.Issues[1].Body = []byte("Edited.\n")
	if text := page(t, h, "/garden/two?view=text").One(t, "pre.message").Text(); !strings.Contains(text, "Edited.") {
		t.Errorf("the edit is missing in\n%s", text)
	}
}

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "127.0.0.1:1": 200, "[::1]:9": 200, "[::1]": 200,
		"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.nip.io": 421, "10.0.0.1": 421, "": 421, "0.0.0.0": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %q: status %d, want %d", host, w.Code, want)
		}
	}
}

func TestNothingBesidesReading(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://localhost/garden/one", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", w.Code)
	}
	for _, path := range []string{"/garden/nine", "/nowhere/one", "/link/nothing", "/pages/home.html"} {
		if got := get(t, h, path).Code; got != http.StatusNotFound {
			t.Errorf("GET %s: status %d, want 404", path, got)
		}
	}
}

func TestPolicyAllowsNothingForeign(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	for _, path := range []string{"/", "/garden/one", "/nowhere/one", "/style.css"} {
		header := get(t, h, path).Header()
		csp := header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
			t.Errorf("GET %s: policy %q", path, csp)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s: headers %v", path, header)
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	t.Parallel()
	h := server(t, func() (Shelf, error) { return Shelf{}, errors.New("campaigns: no such folder") })
	w := get(t, h, "/")
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "no such folder") {
		t.Errorf("status %d\n%s", w.Code, w.Body)
	}
}

func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(server(t, shelf(t, series())))
	defer srv.Close()
	for _, shot := range []struct {
		name, path string
		width      int
		dark       bool
	}{
		{"home", "/", 390, true},
		{"issue", "/garden/one", 390, false},
		{"issue in a dark frame", "/garden/one?scheme=dark", 1200, false},
		{"link", "/link/unsubscribe", 390, true},
	} {
		t.Run(shot.name, func(t *testing.T) {
			testkit.Screenshot(t, srv.URL+shot.path, shot.width, 900, shot.dark)
		})
	}
}
