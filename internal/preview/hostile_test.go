package preview

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/compose"
	"partwork/internal/testkit"
)

// harm is what somebody puts into a layout who wants to get out of the frame. The host
// is that of a server which should never be asked for anything.
const harm = `<script>top.pwned = parent.pwned = window.pwned = 1; fetch("HOST/script")</script>
<script src="HOST/src.js"></script><iframe src="HOST/iframe"></iframe><iframe srcdoc="<script>top.pwned=2</script>"></iframe>
<img src="x" onerror="top.pwned = 3"><img src="HOST/beacon.png"><svg onload="top.pwned = 4"><script>top.pwned = 5</script></svg>
<object data="HOST/object"></object><embed src="HOST/embed"><link rel="stylesheet" href="HOST/style.css"><base href="HOST/base/">
<meta http-equiv="refresh" content="0;url=HOST/refresh"><style>@import "HOST/import.css"; body { background: url(HOST/background.png) }</style>
<a id="run" href="javascript:top.pwned = 6">run</a><a id="data" href="data:text/html,<script>top.pwned=7</script>">data</a><a id="away" target="_top" href="HOST/away">away</a>
<form action="HOST/form" method="post"><button id="send">send</button></form><video src="HOST/video" autoplay></video>
<img src="file:///etc/passwd"><div style="background: url(HOST/inline.png)">x</div>`

// layoutsWith returns the shipped layouts with something put before the text.
func layoutsWith(t *testing.T, more string) *compose.Layouts {
	t.Helper()
	files := fstest.MapFS{}
	shipped := os.DirFS("../../templates")
	for _, name := range []string{"email/layout.html", "email/layout.txt", "email/style.css", "email/confirmation.md", "email/private.md", "email/address.md", "theme.yaml"} {
		text, err := fs.ReadFile(shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "email/layout.html" {
			text = []byte(strings.Replace(string(text), "{{.Content}}", more+"{{.Content}}", 1))
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	l, err := compose.LoadLayouts(files)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// asks remembers what a server was asked for.
type asks struct {
	mu   sync.Mutex
	list []string
}

func (a *asks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, r.URL.Path)
	w.WriteHeader(http.StatusNoContent)
}

// TestHostileLayoutCannotLeaveTheFrame shows it in a browser, clicks on everything, and
// looks whether any of it ran or reached anybody; also after the page's own script has put
// a new version into the frame.
func TestHostileLayoutCannotLeaveTheFrame(t *testing.T) {
	t.Parallel()
	var asked asks
	evil := httptest.NewServer(&asked)
	defer evil.Close()
	f := shelf(t, series())
	f.Layouts = layoutsWith(t, strings.ReplaceAll(harm, "HOST", evil.URL))
	browser := testkit.OpenPage(t, 1000, 800, false, time.Minute)
	p := server(t, f)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { p.Run(ctx) })
	site := httptest.NewServer(p)
	defer running.Wait()
	defer site.Close()
	defer stop()

	browser.Visit(site.URL + "/garden/two")
	const inside = `document.getElementById("message").contentDocument`
	browser.Until("the message", inside+`.body.innerText.includes("Number 2.")`)
	click := func() {
		t.Helper()
		for _, id := range []string{"run", "data", "away", "send"} {
			browser.Evaluate(inside + `.getElementById("` + id + `").click()`)
		}
		browser.Evaluate(`new Promise((r) => setTimeout(r, 150))`)
		if got := browser.Evaluate(`[typeof window.pwned, typeof document.getElementById("message").contentWindow.pwned, location.pathname]`); got != `["undefined","undefined","/garden/two"]` {
			t.Errorf("something ran, or the page was left: %s", got)
		}
		if got := browser.Evaluate(inside + `.body.innerText.includes("Number 2.")`); got != "true" {
			t.Error("the frame was left")
		}
	}
	click()
	mark := browser.Evaluate(`document.body.dataset.refreshed || ""`)
	p.Changed()
	browser.Until("a refresh", `(document.body.dataset.refreshed || "") !== `+mark)
	click()
	asked.mu.Lock()
	defer asked.mu.Unlock()
	if len(asked.list) > 0 {
		t.Errorf("another server was asked for %v", asked.list)
	}
}

// TestWhatIsLeftOutOfTheView holds the page itself, without a browser.
func TestWhatIsLeftOutOfTheView(t *testing.T) {
	t.Parallel()
	f := shelf(t, series())
	f.Layouts = layoutsWith(t, strings.ReplaceAll(harm, "HOST", "https://evil.example"))
	frame := page(t, server(t, f), "/garden/two/frame")
	for _, tag := range []string{"script", "iframe", "object", "embed", "link", "base", "video", "meta[http-equiv]"} {
		if n := len(frame.All(tag)); n > 0 {
			t.Errorf("the view has %d of %s", n, tag)
		}
	}
	for _, a := range frame.All("a") {
		if href := a.Attr("href"); strings.HasPrefix(href, "javascript:") || strings.HasPrefix(href, "data:") {
			t.Errorf("the view links to %s", href)
		}
	}
	if text := page(t, server(t, f), "/garden/two").One(t, "#facts").Text(); !strings.Contains(text, "lie on other servers") {
		t.Error("the page does not say that images are not fetched")
	}
}
