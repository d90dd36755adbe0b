package cli

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partwork/campaigns"
	"partwork/internal/campaignfile"
	"partwork/internal/drip"
)

// web is two sites on this machine that keep a record of who asks for what.
type web struct {
	one, two *httptest.Server
	mu       sync.Mutex
	asked    []string
	busy     map[string]int // requests at once, by host
	crowded  bool
	// linger is how long an answer takes, so that who asks twice at once is seen.
	linger time.Duration
}

func newWeb(t *testing.T) *web {
	t.Helper()
	w := &web{busy: make(map[string]int)}
	for _, site := range []**httptest.Server{&w.one, &w.two} {
		*site = httptest.NewUnstartedServer(w)
		(*site).Config.ErrorLog = log.New(t.Output(), "", 0)
		(*site).StartTLS()
		t.Cleanup((*site).Close)
	}
	return w
}

// world is one in which the two sites are.
func (w *web) world() linkWorld {
	roots := x509.NewCertPool()
	roots.AddCert(w.one.Certificate())
	return linkWorld{roots: roots, loopback: true, timeout: time.Second}
}

// ServeHTTP implements http.Handler.
func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r.Method+" "+r.URL.String())
	w.busy[r.Host]++
	w.crowded = w.crowded || w.busy[r.Host] > 1 ||
		!strings.HasPrefix(r.UserAgent(), "partwork/") || !strings.HasSuffix(r.UserAgent(), " (+link check)") ||
		r.Header.Get("Cookie")+r.Header.Get("Authorization")+r.Header.Get("Referer") != ""
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.busy[r.Host]--
		w.mu.Unlock()
	}()
	if w.linger > 0 {
		<-time.After(w.linger)
	}
	w.answer(rw, r)
}

// answer answers as sites do.
func (w *web) answer(rw http.ResponseWriter, r *http.Request) {
	to := func(at string) { http.Redirect(rw, r, at, http.StatusFound) }
	http.SetCookie(rw, &http.Cookie{Name: "who", Value: "you"})
	var n int
	switch at := r.URL.Path; {
	case at == "/moved":
		to("/ok")
	case at == "/far":
		to(w.two.URL + "/ok")
	case at == "/plain":
		to("http://example.net/ok")
	case at == "/inside":
		to("https://10.1.2.3/ok")
	case at == "/circle":
		to("/circle")
	case scanned(at, "/hop/%d", &n) && n > 0:
		to(fmt.Sprintf("/hop/%d", n-1))
	case scanned(at, "/%d", &n):
		rw.WriteHeader(n)
	case scanned(at, "/head/%d", &n) && r.Method == http.MethodHead:
		rw.WriteHeader(n)
	case at == "/drop" && r.Method == http.MethodHead:
		panic(http.ErrAbortHandler)
	case at == "/hang":
		<-r.Context().Done()
	}
}

func scanned(text, format string, n *int) bool {
	got, err := fmt.Sscanf(text, format, n)
	return err == nil && got == 1
}

// linked makes a project whose issue has one text after the other, from line 6 on.
func linked(t *testing.T, front string, texts ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/project")); err != nil {
		t.Fatal(err)
	}
	text := "---\nid: links\nsubject: Links\npreheader: Links\n" + front + "---\n" + strings.Join(texts, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "campaigns/letters/04-links.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run runs a command in a project.
func run(t *testing.T, ctx context.Context, dir string, world linkWorld, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, notes strings.Builder
	e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &notes, now: time.Now, abort: ctx, links: world}
	root := newRoot(e)
	root.SetArgs(append(args, "--config", filepath.Join(dir, "partwork.yaml")))
	err = root.ExecuteContext(ctx)
	return out.String(), notes.String(), err
}

// deadLinks returns what check --links finds: severity, line and message.
func deadLinks(t *testing.T, dir string, world linkWorld) []string {
	t.Helper()
	stdout, _, err := run(t, t.Context(), dir, world, "check", "--links", "--json")
	if err != nil && !errors.Is(err, errFindings) {
		t.Fatal(err)
	}
	var all []drip.Finding
	if err := json.Unmarshal([]byte(stdout), &all); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range all {
		if f.Rule == ruleDeadLink {
			found = append(found, fmt.Sprintf("%s %d %s", f.Severity, f.Line, f.Message))
			if f.Fix == "" || !strings.HasSuffix(f.File, "04-links.md") {
				t.Errorf("%+v has no fix, or another file", f)
			}
		}
	}
	return found
}

// TestCheckLinks asks for pages of every kind. What the finding says is behind the
// address, with ONE and TWO for the sites.
func TestCheckLinks(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"ONE/ok": "", "ONE/moved": "", "ONE/far": "", "ONE/hop/5": "", "ONE/204": "",
		"ONE/head/405": "", "ONE/head/403": "", "ONE/head/404": "", "ONE/head/500": "", "ONE/drop": "",
		"ONE/404":            "error leads nowhere: the site answers 404 Not Found",
		"ONE/410":            "error leads nowhere: the site answers 410 Gone",
		"ONE/403":            "warning could not be checked: the site answers 403 Forbidden",
		"ONE/429":            "warning could not be checked: the site answers 429 Too Many Requests",
		"ONE/503":            "warning could not be checked: the site answers 503 Service Unavailable",
		"ONE/304":            "warning could not be checked: the site answers 304 Not Modified",
		"ONE/hop/6":          "error leads on more than 5 times, at last to ONE/hop/0",
		"ONE/circle":         "error leads on more than 5 times, at last to ONE/circle",
		"ONE/plain":          "warning leads on to http://example.net/ok, which is not encrypted",
		"ONE/inside":         "warning could not be checked: 10.1.2.3:443 is an address within a network",
		"ONE/hang":           "warning could not be checked: there is no answer",
		"https://127.0.0.1:": "warning could not be checked: connect: connection refused",
		"https://10.0.0.1":   "warning could not be checked: 10.0.0.1:443 is an address within a network",
		"https://[fd00::1]/": "warning could not be checked: [fd00::1]:443 is an address within a network",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			w := newWeb(t)
			sites := strings.NewReplacer("ONE", w.one.URL, "TWO", w.two.URL, "127.0.0.1:", "127.0.0.1:1")
			if address = sites.Replace(address); want != "" {
				severity, message, _ := strings.Cut(sites.Replace(want), " ")
				want = severity + " 7 the link to " + address + " " + message
			}
			dir := linked(t, "", "", "The [page]("+address+").")
			if got := strings.Join(deadLinks(t, dir, w.world()), "; "); got != want {
				t.Errorf("found %q, want %q", got, want)
			}
			if w.crowded {
				t.Error("a site was asked twice at once, or was told something about us")
			}
		})
	}
}

// TestCheckLinksIsPolite has many links to two sites: each page is asked for once,
// and no site twice at once, not even by a redirect from the other one.
func TestCheckLinksIsPolite(t *testing.T) {
	t.Parallel()
	w := newWeb(t)
	w.linger = 2 * time.Millisecond
	var texts []string
	for i := range 20 {
		texts = append(texts, fmt.Sprintf("[One](%s/ok?%d#top), [one more](%s/ok?%d), [two](%s/ok?%d).", w.one.URL, i, w.one.URL, i, w.two.URL, i))
		texts = append(texts, fmt.Sprintf("![Far](%s/far?%d)", w.one.URL, i))
	}
	texts = append(texts, "[With a password](https://ann:secret@"+w.one.Listener.Addr().String()+"/ok?p).",
		"[Nobody's]("+w.one.URL+"/ok?{{.Subscriber.city}}), [anybody's](<"+w.one.URL+`/ok?{{.Subscriber.city | default "new york"}}>).`,
		"[Twice]("+w.one.URL+"/404)", "", "[and again]("+w.one.URL+"/404)")
	dir := linked(t, "", texts...)
	found := deadLinks(t, dir, w.world())
	want := []string{"error 48 the link to " + w.one.URL + "/404 leads nowhere: the site answers 404 Not Found", ""}
	if want[1] = strings.Replace(want[0], "48", "50", 1); !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	if w.crowded {
		t.Error("a site was asked twice at once, or was told something about us")
	}
	slices.Sort(w.asked)
	asked := map[string]int{}
	for _, request := range w.asked {
		asked[request]++
	}
	if asked["HEAD /ok?0"] != 2 || asked["HEAD /far?0"] != 1 || asked["HEAD /ok"] != 20 || asked["HEAD /ok?new+york"] != 1 || len(w.asked) != 40+20+20+2+2 {
		t.Errorf("%d requests: %q", len(w.asked), w.asked)
	}
	stdout, stderr, err := run(t, t.Context(), dir, w.world(), "check", "--links")
	if !strings.HasSuffix(stdout, ", 63 links fetched, 1 more that depend on the reader)\n") || stderr != "fetching 63 links from 2 sites\n" || !errors.Is(err, errFindings) {
		t.Errorf("%q, %q, %v", stdout[max(0, len(stdout)-200):], stderr, err)
	}
}

// TestCheckFetchesNothingUnlessAsked runs check as it is.
func TestCheckFetchesNothingUnlessAsked(t *testing.T) {
	t.Parallel()
	w := newWeb(t)
	dir := linked(t, "", "[One]("+w.one.URL+"/404)", "", "![One more]("+w.one.URL+"/ok)")
	stdout, stderr, err := run(t, t.Context(), dir, w.world(), "check")
	if err != nil || strings.Contains(stdout, "links fetched") || strings.Contains(stderr, "fetching") {
		t.Errorf("%q, %q, %v", stdout, stderr, err)
	}
	if len(w.asked) > 0 {
		t.Errorf("somebody asked for %q", w.asked)
	}
	if deadLinks(t, dir, w.world()); len(w.asked) != 3 {
		t.Errorf("with --links, somebody asked for %q", w.asked)
	}
}

// TestLinksOfDraftsAreWarnings has a dead link in what is not sent yet.
func TestLinksOfDraftsAreWarnings(t *testing.T) {
	t.Parallel()
	w := newWeb(t)
	found := deadLinks(t, linked(t, "draft: true\n", "[One]("+w.one.URL+"/404)"), w.world())
	if len(found) != 1 || !strings.HasPrefix(found[0], "warning 7 ") {
		t.Errorf("found %q", found)
	}
}

// TestLinksAreNotFetchedFromThisMachine is the world as it is outside of tests: a
// certificate that nobody vouches for, and addresses that are not the world's.
func TestLinksAreNotFetchedFromThisMachine(t *testing.T) {
	t.Parallel()
	w := newWeb(t)
	dir := linked(t, "", "[One]("+w.one.URL+"/ok)")
	found := strings.Join(deadLinks(t, dir, linkWorld{}), "; ")
	if want := w.one.Listener.Addr().String() + " is an address within a network"; !strings.HasSuffix(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	found = strings.Join(deadLinks(t, dir, linkWorld{loopback: true, roots: x509.NewCertPool()}), "; ")
	if !strings.Contains(found, "the site's certificate is not trusted: x509: ") {
		t.Errorf("found %q", found)
	}
	if len(w.asked) > 0 {
		t.Errorf("somebody asked for %q", w.asked)
	}
}

// TestReachable sorts addresses.
func TestReachable(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"9.9.9.9": true, "2620:fe::fe": true, "64:ff9b::909:909": true, "::ffff:9.9.9.9": true,
		"127.0.0.1": false, "::1": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "fe80::1": false, "fd00::1": false, "100.64.0.1": false, "192.0.2.1": false, "198.18.0.1": false,
		"224.0.0.1": false, "ff02::1": false, "255.255.255.255": false, "2001:db8::1": false, "2002:a00:1::": false,
		"64:ff9b::a00:1": false, "::ffff:10.0.0.1": false, "::ffff:127.0.0.1": false,
	} {
		if got := reachable(netip.MustParseAddr(address)); got != want {
			t.Errorf("reachable(%s) is %t", address, got)
		}
	}
}

// TestJudgeOfNames has what the machine's resolver says, which is not the same
// everywhere.
func TestJudgeOfNames(t *testing.T) {
	t.Parallel()
	at := &url.URL{Scheme: "https", Host: "guide.test", Path: "/"}
	for _, tc := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Err: "no such host", Name: "guide.test", IsNotFound: true}, "error the link to https://guide.test/ leads nowhere: there is no site guide.test"},
		{&net.DNSError{Err: "server misbehaving", Name: "guide.test", IsTemporary: true}, "warning the link to https://guide.test/ could not be checked: the name cannot be looked up: server misbehaving"},
		{io.ErrUnexpectedEOF, "warning the link to https://guide.test/ could not be checked: unexpected EOF"},
	} {
		err := &url.Error{Op: "Head", URL: at.String(), Err: &net.OpError{Op: "dial", Net: "tcp", Err: tc.err}}
		if finding, _ := judge(at, page{}, err); !strings.HasPrefix(string(finding.Severity)+" "+finding.Message, tc.want) {
			t.Errorf("%v is judged %s %q", tc.err, finding.Severity, finding.Message)
		}
	}
}

// TestCheckLinksStops ends with Ctrl-C, though a site does not answer.
func TestCheckLinksStops(t *testing.T) {
	t.Parallel()
	w := newWeb(t)
	dir := linked(t, "", "[One]("+w.one.URL+"/hang)", "[More]("+w.one.URL+"/ok)")
	world := w.world()
	world.timeout = time.Hour
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, stop)
	if stdout, _, err := run(t, ctx, dir, world, "check", "--links"); !errors.Is(err, context.Canceled) || stdout != "" {
		t.Errorf("%q, %v", stdout, err)
	}
}

// inHTML finds the addresses of links and images in the HTML of a message.
var inHTML = regexp.MustCompile(`(?:href|src)="(https://[^"]*)"`)

// TestLinksAreThoseOfTheMessages compares the links that check --links finds in the
// shipped issues, and in one with every kind, with those in their messages.
func TestLinksAreThoseOfTheMessages(t *testing.T) {
	t.Parallel()
	dir := linked(t, "",
		"A [link](https://a.org/x_(y) \"title\"), one in <https://b.org/?x=1&y=2>, one to https://c.org/x, (https://d.org/y).",
		"", "**[A button](<https://e.org/?x={{.Subscriber.nothing | default \"new york\"}}#top>)**",
		"", "![An image](https://f.org/x.png)", "", "> [!NOTE]", "> A [box][name] with a source[^one].",
		"", "[name]: https://g.org/x", "[^one]: https://h.org/x.", "", "| A |", "|---|", "| [i](https://i.org) |",
		"", "`https://code.org` <!-- https://note.org -->", "", "- https://j.org/x_y_z", "- _https://k.org_")
	if err := os.CopyFS(filepath.Join(dir, "campaigns"), campaigns.Files()); err != nil {
		t.Fatal(err)
	}
	lib := campaignfile.Load(os.DirFS(filepath.Join(dir, "campaigns")), campaignfile.Options{})
	if len(lib.Campaigns) < 3 {
		t.Fatalf("there are %d campaigns: %v", len(lib.Campaigns), lib.Findings)
	}
	for _, c := range lib.Campaigns {
		for i := range c.Issues {
			is := &c.Issues[i]
			t.Run(c.ID+"/"+is.ID, func(t *testing.T) {
				t.Parallel()
				page, _, err := run(t, t.Context(), dir, linkWorld{}, "render", c.ID+"/"+is.ID, "--part", "html")
				if err != nil {
					t.Fatal(err)
				}
				var want, got []string
				for _, at := range inHTML.FindAllStringSubmatch(page, -1) {
					want = append(want, html.UnescapeString(at[1]))
				}
				for _, link := range campaignfile.Links(is) {
					got = append(got, strings.Replace(link.URL, "?x=new+york", "?x=new%20york", 1))
				}
				slices.Sort(want)
				slices.Sort(got)
				if want, got = slices.Compact(want), slices.Compact(got); !slices.Equal(got, want) {
					t.Errorf("the links are\n%s\nin the message they are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			})
		}
	}
}
