package testkit

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Chromium finds a Chromium or Chrome. Without one the test is skipped; when
// the environment says CI=true, it fails instead.
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Missing(t, "no chromium on the PATH")
	return ""
}

// Screenshot opens url in a headless browser of width × height CSS pixels,
// waits until it has loaded, and returns the path of a PNG of the window. The
// test fails when the page writes an error to the console or breaks its own
// content security policy. The browser resolves no names and so reaches
// nothing but this machine. The picture lies in the directory of the variable
// SCREENSHOTS when that is set, and is removed after the test otherwise.
func Screenshot(t testing.TB, url string, width, height int, dark bool) string {
	t.Helper()
	b := openPage(t, url, width, height, dark)
	png := b.picture()
	b.reportComplaints(url)
	return savePicture(t, png, width, dark)
}

// picture returns a PNG of the window.
func (b *browser) picture() []byte {
	b.t.Helper()
	var shot struct{ Data string }
	if err := json.Unmarshal(b.call("Page.captureScreenshot", nil), &shot); err != nil {
		b.t.Fatalf("screenshot: %v", err)
	}
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatalf("screenshot: %v", err)
	}
	return png
}

// Evaluate opens url like [Screenshot] and returns the value of a JavaScript
// expression there as JSON. A promise is waited for.
func Evaluate(t testing.TB, url string, width, height int, expression string) string {
	t.Helper()
	b := openPage(t, url, width, height, false)
	value := b.evaluate(expression)
	b.reportComplaints(url)
	return string(value)
}

// evaluate returns the value of an expression on the page, as JSON.
func (b *browser) evaluate(expression string) json.RawMessage {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	raw := b.call("Runtime.evaluate", map[string]any{
		"expression": expression, "awaitPromise": true, "returnByValue": true,
	})
	if err := json.Unmarshal(raw, &answer); err != nil || answer.ExceptionDetails != nil {
		b.t.Fatalf("evaluate %.200s: %v %s", expression, err, answer.ExceptionDetails)
	}
	return answer.Result.Value
}

// openPage starts a browser and waits until it has loaded a page.
func openPage(t testing.TB, url string, width, height int, dark bool) *browser {
	t.Helper()
	b := startBrowser(t, Chromium(t), 2*patience)
	b.visit(url, width, height, dark)
	return b
}

// visit opens url in the browser's only page and waits until it has loaded.
func (b *browser) visit(url string, width, height int, dark bool) {
	b.t.Helper()
	b.window(width, height)
	b.colors(dark)
	for _, domain := range []string{"Log", "Runtime", "Page"} {
		b.call(domain+".enable", nil)
	}
	var opened struct{ ErrorText string }
	if err := json.Unmarshal(b.call("Page.navigate", map[string]any{"url": url}), &opened); err != nil || opened.ErrorText != "" {
		b.t.Fatalf("open %s: %v %s", url, err, opened.ErrorText)
	}
	b.waitFor("Page.loadEventFired")
}

// window gives the page a size in CSS pixels. A narrow one is a telephone's.
func (b *browser) window(width, height int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
	})
}

// colors has the page believe that its reader prefers the dark, or the light.
func (b *browser) colors(dark bool) {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", map[string]any{
		"features": []map[string]string{
			{"name": "prefers-color-scheme", "value": scheme(dark)},
			{"name": "prefers-reduced-motion", "value": "reduce"},
		},
	})
}

// scheme is the name of a color scheme.
func scheme(dark bool) string {
	if dark {
		return "dark"
	}
	return "light"
}

// savePicture writes a picture to a file named for the test, and further names.
func savePicture(t testing.TB, png []byte, width int, dark bool, names ...string) string {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	test := strings.NewReplacer("/", "-", " ", "_").Replace(strings.Join(append([]string{t.Name()}, names...), "-"))
	path := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", test, width, scheme(dark)))
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// startBrowser runs a browser with a profile of its own and opens a page in
// it, for as long as the limit at most. Commands go through a pipe, so no port is
// opened.
func startBrowser(t testing.TB, path string, limit time.Duration) *browser {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	toBrowser, in, err1 := os.Pipe()
	out, fromBrowser, err2 := os.Pipe()
	if err1 != nil || err2 != nil {
		t.Fatalf("pipes for chromium: %v, %v", err1, err2)
	}
	profile, err := os.MkdirTemp("", "partwork-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
		"--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	_, _ = toBrowser.Close(), fromBrowser.Close()
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		_, _ = in.Close(), out.Close()
		_ = os.RemoveAll(profile)
	})
	return attach(t, in, out)
}
