package compose

import (
	"bytes"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"testing"

	gomail "github.com/wneessen/go-mail"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// pages is as little of a PDF as can be told from other files, with octets of all
// values in it.
func pages() []byte {
	data := []byte("%PDF-1.7\n")
	for i := range 1000 {
		data = append(data, byte(i), byte(i>>3))
	}
	return append(data, "\n%%EOF\n"...)
}

// packed returns a campaign whose issue has these attachments: names of PDF files.
func packed(body string, names ...string) *drip.Campaign {
	c := campaign(body)
	for i, name := range names {
		c.Issues[0].Attachments = append(c.Issues[0].Attachments, drip.Attachment{
			File: "a.pdf", Name: name, Type: "application/pdf", Data: append(pages(), byte(i)), Line: 4,
		})
	}
	return c
}

func TestAttachmentsComeAlong(t *testing.T) {
	t.Parallel()
	c := packed("Hi {{.Subscriber.Name}}.\n\n![Two pots](img/pots.png)\n", "questions.pdf", "Fragen für den Termin.pdf")
	c.Images = illustrated(t, "").Images
	c.Issues[0].Attachments = append(c.Issues[0].Attachments, drip.Attachment{Name: "note.txt", Type: "text/plain", Data: []byte("Grüße\nan alle\r\n")})
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	p := open(t, m.Bytes)
	if p.kind != "multipart/mixed" || len(p.parts) != 4 || p.parts[0].kind != "multipart/alternative" {
		t.Fatalf("the message is %s of %d parts", p.kind, len(p.parts))
	}
	shown := p.parts[0].parts
	if len(shown) != 2 || unix(string(shown[0].body)) != m.Text || shown[1].kind != "multipart/related" || unix(string(shown[1].parts[0].body)) != m.HTML {
		t.Fatal("what is shown is another than without attachments")
	}
	for i, a := range c.Issues[0].Attachments {
		part := p.parts[i+1]
		disposition, params, err := mime.ParseMediaType(mail.Header(part.header).Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || params["filename"] != a.Name || part.kind != a.Type || !bytes.Equal(part.body, a.Data) {
			t.Errorf("part %d is %s %v, %s, of %d octets (%v)", i, disposition, params, part.kind, len(part.body), err)
		}
	}
	if got := mail.Header(p.parts[3].header).Get("Content-Type"); !strings.Contains(got, "charset=UTF-8") {
		t.Errorf("the text is %q", got)
	}
	outer, middle, inner := boundaryOf(t, p), boundaryOf(t, p.parts[0]), boundaryOf(t, shown[1])
	for _, pair := range [][2]string{{outer, middle}, {outer, inner}, {middle, outer}, {inner, outer}} {
		if strings.HasPrefix(pair[0], pair[1]) { // RFC 2046 §5.1.1
			t.Errorf("the boundary %q could be taken for %q", pair[0], pair[1])
		}
	}
	_, body, _ := bytes.Cut(m.Bytes, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(body), "\r\n") {
		if len(line) > encodedLine {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
}

// TestBothPartsTellOfAttachments: a reader is told what came along, and who sent it on
// purpose.
func TestBothPartsTellOfAttachments(t *testing.T) {
	t.Parallel()
	c := packed("Hi.\n", "Fragen & Antworten.pdf", "b.pdf")
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	if !strings.Contains(m.Text, "\nHi.\n\nAttached: Fragen & Antworten.pdf (2 kB)\nAttached: b.pdf (2 kB)\n\n-----") {
		t.Errorf("the text is\n%s", m.Text)
	}
	if got := testkit.ParseHTML(t, m.HTML).One(t, "p.attached").Text(); got != "Attached: Fragen & Antworten.pdf (2 kB) Attached: b.pdf (2 kB)" {
		t.Errorf("the page says %q", got)
	}
	c.Issues[0].Attachments = nil
	m = send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	if strings.Contains(m.HTML, "Attached:") || strings.Contains(m.Text, "Attached:") || !strings.Contains(m.Text, "\nHi.\n\n-----") {
		t.Errorf("a message without attachments speaks of some:\n%s", m.Text)
	}
	if open(t, m.Bytes).kind != "multipart/alternative" {
		t.Error("a message without attachments has another structure")
	}
}

// TestBundlesPinAttachments holds that what was begun is finished with the same bytes.
func TestBundlesPinAttachments(t *testing.T) {
	t.Parallel()
	c := packed("Hi.\n", "a.pdf")
	b := NewBundle(c, 0, layouts(t))
	back, err := DecodeBundle(b.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(send(t, back, anna(c, 0)).Bytes, send(t, b, anna(c, 0)).Bytes) {
		t.Error("a stored bundle makes another message")
	}
	for what, change := range map[string]func(a *drip.Attachment){
		"content": func(a *drip.Attachment) { a.Data = append(bytes.Clone(a.Data), 0) },
		"name":    func(a *drip.Attachment) { a.Name = "b.pdf" },
		"type":    func(a *drip.Attachment) { a.Type = "text/plain" },
	} {
		other := packed("Hi.\n", "a.pdf")
		change(&other.Issues[0].Attachments[0])
		if now := NewBundle(other, 0, layouts(t)); now.Hash() == b.Hash() || now.Manuscript() == b.Manuscript() {
			t.Errorf("another %s is the same version", what)
		}
	}
	moved := packed("Hi.\n", "a.pdf")
	moved.Issues[0].Attachments[0].File, moved.Issues[0].Attachments[0].Line = "files/b.pdf", 9
	if NewBundle(moved, 0, layouts(t)).Hash() != b.Hash() {
		t.Error("a file that was moved is another version")
	}
	b.Version = 2
	if _, err := DecodeBundle(b.Encode()); err == nil {
		t.Error("an old bundle with attachments was accepted")
	}
}

// TestAttachmentsAreSigned: a signature covers what comes along.
func TestAttachmentsAreSigned(t *testing.T) {
	t.Parallel()
	c := packed("Hi.\n", "Übung.pdf", "b.pdf")
	m := signed(t, c, anna(c, 0), newSigner(t, nil))
	mustVerify(t, m.Bytes, 2)
	if holds := pythonVerify(t, python(t), m.Bytes); len(holds) != 2 || !holds[0] || !holds[1] {
		t.Errorf("dkimpy says %v", holds)
	}
	for what, change := range map[string][2]string{
		"its bytes": {"JVBERi0", "JVBERi1"}, "its name": {"%9Cbung", "%9Cbunk"}, "its type": {"Content-Type: application/pdf", "Content-Type: application/exe"},
		"the frame": {"multipart/mixed", "multipart/other"},
	} {
		raw := bytes.Replace(m.Bytes, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(raw, m.Bytes) {
			t.Fatalf("%s is not in the message", what)
		}
		if good, bad := verify(t, raw); good != 0 || bad != 2 {
			t.Errorf("with %s changed, %d signatures hold", what, good)
		}
	}
}

// TestAttachmentsAreEncodedOnce: what comes along costs a reader no memory, and no more
// time than copying it takes.
func TestAttachmentsAreEncodedOnce(t *testing.T) {
	c := packed("Hi {{.Subscriber.Name}}.\n", "a.pdf", "Übung.pdf")
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	r := anna(c, 0)
	to, v, buf := mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), []byte(nil)
	g := e.galley(v, links)
	n := testing.AllocsPerRun(100, func() {
		clear(g.known)
		var err error
		if buf, err = g.write(buf[:0], to, &stamp, false); err != nil {
			t.Fatal(err)
		}
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestAttachedAsGoMailWould composes the same with go-mail. The parts have the same
// order, types and octets; names it writes in a way that RFC 2047 §5 forbids.
func TestAttachedAsGoMailWould(t *testing.T) {
	t.Parallel()
	c := packed("Hi.\n", "a.pdf", "b.pdf")
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	for _, a := range c.Issues[0].Attachments {
		if err := msg.AttachReader(a.Name, bytes.NewReader(a.Data), gomail.WithFileContentType(gomail.ContentType(a.Type))); err != nil {
			t.Fatal(err)
		}
	}
	var theirs bytes.Buffer
	if _, err := msg.WriteTo(&theirs); err != nil {
		t.Fatal(err)
	}
	if ours, rival := makeup(t, open(t, m.Bytes)), makeup(t, open(t, theirs.Bytes())); ours != rival {
		t.Errorf("the message is\n%s\nand go-mail's is\n%s", ours, rival)
	}
}

// makeup is what a message is made of, with names and fingerprints.
func makeup(t testing.TB, p part) string {
	t.Helper()
	if p.parts == nil {
		_, params, _ := mime.ParseMediaType(mail.Header(p.header).Get("Content-Disposition"))
		body := p.body
		if strings.HasPrefix(p.kind, "text/") {
			body = bytes.TrimSpace([]byte(unix(string(body))))
		}
		return fmt.Sprintf("%s %q %s", p.kind, params["filename"], digest(body))
	}
	var out []string
	for _, inner := range p.parts {
		out = append(out, makeup(t, inner))
	}
	return p.kind + " {\n" + strings.Join(out, "\n") + "\n}"
}
