package preview

import (
	"mime"
	"net/http"
	"testing"

	"partwork/internal/drip"
)

// TestAttachmentsAreOffered: an author can see under which name a file comes along, and
// open it.
func TestAttachmentsAreOffered(t *testing.T) {
	t.Parallel()
	const name = `Übung "1" <b>.pdf`
	s := series()
	s.Campaign.Issues[0].Attachments = []drip.Attachment{
		{File: "a.txt", Name: "a.txt", Type: "text/plain", Data: []byte("hello")},
		{File: "b.pdf", Name: name, Type: "application/pdf", Data: []byte("%PDF-1.7 %%EOF")},
	}
	h := server(t, shelf(t, s))
	links := page(t, h, "/garden/one").All("ul.attachments a")
	if len(links) != 2 || links[1].Text() != name {
		t.Fatalf("%d attachments are offered", len(links))
	}
	w := get(t, h, links[1].Attr("href"))
	_, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
	if err != nil || params["filename"] != name || w.Body.String() != "%PDF-1.7 %%EOF" || w.Header().Get("Content-Type") != "application/pdf" {
		t.Errorf("the file is %q, %v (%v)", w.Body, w.Header(), err)
	}
	if policy := w.Header().Get("Content-Security-Policy"); policy != "sandbox; default-src 'none'" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the policy is %q", policy)
	}
	if n := len(page(t, h, "/garden/two").All("ul.attachments")); n != 0 {
		t.Error("an issue without attachments offers some")
	}
	for _, at := range []string{"/garden/one/attachment/0", "/garden/one/attachment/3", "/garden/one/attachment/x", "/garden/two/attachment/1"} {
		if got := get(t, h, at).Code; got != http.StatusNotFound {
			t.Errorf("%s answers %d", at, got)
		}
	}
}
