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
	"partwork/internal/timing"
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

// links are those of a message that nobody gets.
var links = compose.Links{
	Unsubscribe: "https://letters.example.org/u/example", Confirm: "https://letters.example.org/c/example",
	Preferences: "https://letters.example.org/p/example", View: "https://letters.example.org/v/example",
	Images: "https://letters.example.org/i",
}

// noon is when the tests take place.
var noon = time.Date(2026, 3, 24, 12, 0, 0, 0, time.UTC)

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
	schedule, err := timing.ParseSchedule("0 9 * * TUE")
	if err != nil {
		panic(err)
	}
	quiet, err := timing.ParseDates([]string{"2026-03-31"})
	if err != nil {
		panic(err)
	}
	return Series{
		Campaign: &drip.Campaign{
			ID: "garden", Key: "k1", Title: "The <garden>", Language: "en", Timezone: drip.SubscriberZone,
			Schedule: schedule, First: drip.FirstOnJoin, MinGap: 84 * time.Hour, MaxLate: 84 * time.Hour, Quiet: quiet,
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

// folder is a shelf that tests change as an author changes files.
type folder struct {
	Shelf
	err error
	// sources are the files by name.
	sources map[string]string
}

// shelf returns a folder with the given series and the shipped layouts.
func shelf(t testing.TB, s ...Series) *folder {
	t.Helper()
	l, err := compose.LoadLayouts(os.DirFS("../../templates"))
	if err != nil {
		t.Fatal(err)
	}
	f := &folder{sources: map[string]string{"campaigns/garden/03-three.md": "---\nid: three\nsubject: End\n---\n{{.Nonsense}}\n"}}
	f.Shelf = Shelf{
		Series: s, Layouts: l, Folder: "campaigns", Templates: "templates", Zone: "Europe/London", Links: links, Compose: composed,
		Source: func(name string) ([]byte, error) {
			if text, ok := f.sources[name]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		},
	}
	return f
}

func (f *folder) load() (Shelf, error) { return f.Shelf, f.err }

// composed makes a message as the command does.
func composed(c Copy) (*compose.Message, error) {
	r := readerOf(c.Reader)
	if c.Issue >= 0 {
		r.Number, r.Count = compose.Position(c.Campaign, c.Issue)
		r.Dates = []compose.Date{{Issue: c.Campaign.Issues[0].ID, Text: "Tuesday, March 24"}}
	}
	to := mailaddr.Mailbox{Name: mailaddr.CleanName(c.Reader.Name), Address: c.Reader.Email}
	return c.Edition.Compose(to, c.Edition.Merge(r), links, compose.Stamp{MessageID: "preview@example.org", Date: c.At})
}

// server returns a preview of a folder.
func server(t *testing.T, f *folder) *Preview {
	t.Helper()
	return New(Options{Load: f.load, Now: func() time.Time { return noon }, NoSend: "No relay."})
}

// get asks for a path and returns the answer.
func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost:7777"+path, nil))
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

func TestListHasAnInboxRowForEachIssueInOrder(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	if got := page(t, h, "/").One(t, "li.card h2 a").Attr("href"); got != "/garden/" {
		t.Errorf("the campaign is at %s", got)
	}
	page(t, h, "/garden/three") // what check says of it is known then, however slow the machine
	p := page(t, h, "/garden/")
	var got []string
	for _, a := range p.All("ol.inbox a") {
		row := []string{a.Attr("href"), a.One(t, ".number").Text(), a.One(t, ".from").Text(), a.One(t, ".line b").Text(), a.One(t, ".pre").Text()}
		got = append(got, strings.Join(row, "|"))
	}
	want := `/garden/one|1|Garden Club|Begin <b>here</b>|First things.
/garden/two|2|Garden Club|Go on|Second things.
/garden/three|3|Garden Club|End|Last things.`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("issues are\n%s, want\n%s", s, want)
	}
	if n := len(p.All("em.draft")); n != 1 {
		t.Errorf("%d issues are marked as drafts", n)
	}
	if n := len(p.All("em.warning")); n == 0 {
		t.Error("the draft's wrong field is not marked")
	}
	page(t, h, "/garden/?inbox=phone").One(t, "ol.phone")
}

func TestIssueShowsTheMessageInASandbox(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	p := page(t, h, "/garden/one?as=1")
	frame := p.One(t, "iframe.message[sandbox]")
	if v := frame.Attr("sandbox"); v != "allow-same-origin" {
		t.Errorf("sandbox is %q; it must not allow scripts, forms, windows or leaving the frame", v)
	}
	if scripts := p.All("script"); len(scripts) != 1 || scripts[0].Attr("src") != "/_/desk.js" {
		t.Errorf("the page has %d scripts", len(scripts))
	}
	w := get(t, h, frame.Attr("src"))
	if csp := w.Header().Get("Content-Security-Policy"); csp != framePolicy {
		t.Errorf("the frame's policy is %q", csp)
	}
	m := testkit.ParseHTML(t, w.Body.String())
	if n := len(m.All("script")); n != 0 {
		t.Errorf("the message has %d scripts", n)
	}
	for _, a := range m.All("a") {
		own := strings.HasPrefix(a.Attr("href"), "/_link-")
		if own == (a.Attr("target") == "_blank") {
			t.Errorf("the link %s has target %q", a.Attr("href"), a.Attr("target"))
		}
	}
	for _, a := range m.All("a") {
		if href := a.Attr("href"); strings.HasPrefix(href, "/") {
			page(t, h, href).One(t, `p a[href="/garden/one/frame?as=1"]`)
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
	off := page(t, h, "/garden/one/frame?images=off").One(t, "figure img")
	if off.Attr("src") != "" || off.Attr("alt") != "A pot" {
		t.Errorf("without images, the image is at %q and reads %q", off.Attr("src"), off.Attr("alt"))
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	if text := page(t, h, "/garden/one?view=text").One(t, "pre.plain").Text(); !strings.Contains(text, "Hi Anna,") {
		t.Errorf("the text is\n%s", text)
	}
	if source := page(t, h, "/garden/one?view=source").One(t, "pre.mime").Text(); !strings.Contains(source, "MIME-Version: 1.0") {
		t.Errorf("the source is\n%s", source)
	}
	if headers := page(t, h, "/garden/one?view=headers").One(t, "table.headers").Text(); !strings.Contains(headers, "List-Unsubscribe-Post") {
		t.Errorf("the headers are\n%s", headers)
	}
	if meter := page(t, h, "/garden/one").One(t, "meter"); meter.Attr("max") != "102400" || meter.Attr("value") == "0" {
		t.Errorf("the size is %s of %s", meter.Attr("value"), meter.Attr("max"))
	}
	for _, look := range []string{"width=tablet", "width=phone", "colors=dark", "colors=inverted"} {
		_, value, _ := strings.Cut(look, "=")
		page(t, h, "/garden/one?"+look).One(t, "div."+value+" iframe")
	}
	if frame := get(t, h, "/garden/one/frame?colors=inverted").Body.String(); !strings.Contains(frame, inversion) {
		t.Error("the inverted frame is not inverted")
	}
	w := get(t, h, "/garden/one/message.eml")
	if got := w.Header().Get("Content-Type") + " " + w.Header().Get("Content-Disposition"); got != `message/rfc822 attachment; filename="one.eml"; filename*=UTF-8''one.eml` {
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

func TestBrokenIssueSaysWhatIsWrongBesideTheLine(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	p := page(t, h, "/garden/three")
	p.One(t, "p.problem")
	if text := p.One(t, "details.check").Text(); !strings.Contains(text, "campaigns/garden/03-three.md:5") {
		t.Errorf("the findings are %s", text)
	}
	if n := len(p.All("iframe")); n != 0 {
		t.Error("a broken message is framed")
	}
	line := page(t, h, "/garden/three?view=file").One(t, "li#L5")
	if line.One(t, "code").Text() != "{{.Nonsense}}" || !strings.Contains(line.One(t, "p.beside").Text(), "Nonsense") {
		t.Errorf("line 5 is %s", line.Text())
	}
}

func TestEditsAreShown(t *testing.T) {
	t.Parallel()
	f := shelf(t, series())
	h := server(t, f)
	page(t, h, "/garden/two")
	f.Series[0].Campaign.Issues[1].Body = []byte("Edited.\n")
	if text := page(t, h, "/garden/two?view=text").One(t, "pre.plain").Text(); !strings.Contains(text, "Edited.") {
		t.Errorf("the edit is missing in\n%s", text)
	}
}

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	t.Parallel()
	f := shelf(t, series())
	p := New(Options{Load: f.load, Hosts: []string{"desk.home.arpa"}})
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "127.0.0.1:1": 200, "[::1]:9": 200, "[::1]": 200, "Desk.home.arpa:80": 200,
		"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.nip.io": 421, "10.0.0.1": 421, "": 421, "0.0.0.0": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %q: status %d, want %d", host, w.Code, want)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://localhost/garden/one", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", w.Code)
	}
	for _, path := range []string{"/garden/nine", "/nowhere/one", "/_link-nothing", "/_test-1.eml", "/pages/home.html", "/garden/one?as=s7"} {
		if got := get(t, h, path).Code; got != http.StatusNotFound {
			t.Errorf("GET %s: status %d, want 404", path, got)
		}
	}
}

func TestPolicyAllowsNothingForeign(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	for _, path := range []string{"/", "/garden/", "/garden/one", "/garden/_calendar", "/garden/_grid", "/nowhere/one", "/_/style.css"} {
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
	f := shelf(t, series())
	f.err = errors.New("campaigns: no such folder")
	h := server(t, f)
	w := get(t, h, "/")
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "no such folder") {
		t.Errorf("status %d\n%s", w.Code, w.Body)
	}
}

func TestGridShowsEveryIssueForEveryPersona(t *testing.T) {
	t.Parallel()
	p := page(t, server(t, shelf(t, series())), "/garden/_grid")
	if rows, cells := len(p.All("tbody tr")), len(p.All("tbody td")); rows != 3 || cells != 6 {
		t.Errorf("%d rows, %d cells", rows, cells)
	}
	if bad := p.All("td.bad"); len(bad) != 2 {
		t.Errorf("%d cells say that the issue has errors", len(bad))
	}
	if n := len(p.All(`td a[href="/garden/two?as=1"]`)); n != 1 {
		t.Error("the second issue does not open as the second persona")
	}
}
