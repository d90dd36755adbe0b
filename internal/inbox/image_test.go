package inbox

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"strings"
	"testing"

	"partwork/internal/testkit"
)

// tiny is an image of one pixel.
func tiny(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// illustrated is a message whose HTML stands beside its images (RFC 2387): more
// parts of the related ones, each with its delimiter.
func illustrated(html, more string) string {
	return "Subject: Pots\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n" +
		"--a\r\nContent-Type: text/plain\r\n\r\n[Pots]\r\n" +
		"--a\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=r\r\n\r\n" +
		"--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html + "\r\n" + more + "--r--\r\n--a--\r\n"
}

// part is one of the related parts.
func part(kind, id, disposition string, data []byte) string {
	return "--r\r\nContent-Type: " + kind + "\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <" + id + ">\r\n" +
		"Content-Disposition: " + disposition + "\r\n\r\n" + base64.StdEncoding.EncodeToString(data) + "\r\n"
}

// TestFrameShowsTheImagesThatCameAlong reads a message as mail programs do. The
// policy of the frame lets images of the page itself in, and no others.
func TestFrameShowsTheImagesThatCameAlong(t *testing.T) {
	t.Parallel()
	pots := tiny(t)
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(pots)
	along := part("image/png", "pots@example.org", "inline", pots) +
		part("image/svg+xml", "svg@example.org", "inline", []byte("<svg/>")) +
		part("image/gif", "file@example.org", "attachment", []byte("GIF89a"))
	for name, tc := range map[string]struct{ html, want string }{
		"an image":                        {`<img src="cid:pots@example.org" alt="Pots">`, data},
		"in single quotes":                {`<IMG alt="" SRC = 'cid:pots@example.org'>`, data},
		"with an escaped name":            {`<img src="cid:pots&#64;example.org">`, data},
		"with a name escaped as a URL is": {`<img src="cid:pots%40example.org">`, data},
		"that did not come along":         {`<img src="cid:pans@example.org">`, "cid:pans@example.org"},
		"that is a document":              {`<img src="cid:svg@example.org">`, "cid:svg@example.org"},
		"that is an attachment":           {`<img src="cid:file@example.org">`, "cid:file@example.org"},
		"from elsewhere":                  {`<img src="https://example.org/pots.png">`, "https://example.org/pots.png"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := New(Options{})
			b.add("", "anna@example.net", []byte(illustrated("<!doctype html><p>"+tc.html, along)))
			w := get(t, b.Handler(PageOptions{}), "/m/1/frame")
			if got := testkit.ParseHTML(t, w.Body.String()).One(t, "img").Attr("src"); got != tc.want {
				t.Errorf("the image is %q, want %q", got, tc.want)
			}
			if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'; ") || !strings.Contains(policy, "img-src data:;") {
				t.Errorf("the policy is %q", policy)
			}
		})
	}
}

// TestPageIsBounded names one image so often that all of them would fill the
// memory.
func TestPageIsBounded(t *testing.T) {
	t.Parallel()
	c := Content{HTML: strings.Repeat(`<img src="cid:x">`, 100), Images: map[string]Image{"x": {Type: "image/png", Data: make([]byte, 1<<20)}}}
	if got := strings.Count(c.page(), "data:"); got != maxShown>>20 {
		t.Errorf("%d images are shown", got)
	}
}
