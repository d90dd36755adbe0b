package testkit

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// Page is a window of a headless browser that a test leads through several pages. It
// reaches nothing but this machine, like [Screenshot], and is closed when the test ends.
type Page struct {
	b             *browser
	width, height int
	dark          bool
}

// OpenPage starts a browser of width × height CSS pixels. Without a Chromium the test
// ends as [Chromium] says. It has to be done within the limit.
func OpenPage(t testing.TB, width, height int, dark bool, limit time.Duration) *Page {
	t.Helper()
	return &Page{b: startBrowser(t, Chromium(t), limit), width: width, height: height, dark: dark}
}

// Visit opens url and waits until it has loaded.
func (p *Page) Visit(url string) {
	p.b.t.Helper()
	p.b.visit(url, p.width, p.height, p.dark)
}

// Evaluate returns the value of a JavaScript expression on the page as JSON. A promise
// is waited for.
func (p *Page) Evaluate(expression string) string {
	p.b.t.Helper()
	return string(p.b.evaluate(expression))
}

// Until waits until an expression is true, looking every few milliseconds, and fails the
// test with what if it never is.
func (p *Page) Until(what, expression string) {
	p.b.t.Helper()
	got := p.Evaluate(fmt.Sprintf(`new Promise((resolve) => {
		const end = performance.now() + %d;
		const look = () => {
			let seen = false;
			try { seen = Boolean(%s); } catch {}
			if (seen || performance.now() > end) resolve(seen); else setTimeout(look, 2);
		};
		look();
	})`, patience.Milliseconds(), expression))
	if got != "true" {
		p.b.t.Fatalf("%s: %s never became true; the page reads\n%s", what, expression, p.Evaluate(`document.body.innerText.slice(0, 3000)`))
	}
}

// Follow evaluates an expression that opens another page, and waits until that has
// loaded.
func (p *Page) Follow(expression string) {
	p.b.t.Helper()
	p.b.fired["Page.loadEventFired"] = 0
	p.b.evaluate("void setTimeout(() => { " + expression + " }, 0)")
	p.b.waitFor("Page.loadEventFired")
}

// Press presses and releases a key that writes a character.
func (p *Page) Press(key string) {
	p.b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		p.b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "text": key})
	}
}

// PressAndFollow presses a key that opens another page, and waits until that has loaded.
func (p *Page) PressAndFollow(key string) {
	p.b.t.Helper()
	p.b.fired["Page.loadEventFired"] = 0
	p.Press(key)
	p.b.waitFor("Page.loadEventFired")
}

// Picture saves a picture of the window like [Screenshot], and returns its path. The name
// is added to that of the test.
func (p *Page) Picture(name string) string {
	p.b.t.Helper()
	return savePicture(p.b.t, p.b.picture(), p.width, p.dark, name)
}

// Complaints fails the test with what was written to the console as an error, since the
// last call.
func (p *Page) Complaints() {
	p.b.t.Helper()
	p.b.evaluate("1") // what was said before has arrived then
	p.b.reportComplaints("the page")
	p.b.complaints = nil
}

// JSON decodes what Evaluate returned.
func JSON[T any](t testing.TB, value string) (out T) {
	t.Helper()
	if err := json.Unmarshal([]byte(value), &out); err != nil {
		t.Fatalf("decode %s: %v", value, err)
	}
	return out
}
