package compose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// pot returns an image of that size.
func pot(t testing.TB, path string, width, height int) drip.Image {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return drip.Image{Path: path, Type: "image/png", Width: width, Height: height, Data: out.Bytes()}
}

// illustrated returns a campaign whose issue has that text and three images.
func illustrated(t testing.TB, body string) *drip.Campaign {
	t.Helper()
	c := campaign(body)
	c.Images = []drip.Image{pot(t, "img/dense@2x.png", 301, 200), pot(t, "img/pots.png", 300, 200), pot(t, "img/wide.png", 1200, 300)}
	return c
}

// part is a MIME part as another program reads it.
type part struct {
	kind   string
	header map[string][]string
	body   []byte
	parts  []part
}

// dissect reads a MIME entity and all that is in it.
func dissect(t testing.TB, header map[string][]string, r io.Reader) part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(mail.Header(header).Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	p := part{kind: kind, header: header}
	if !strings.HasPrefix(kind, "multipart/") {
		switch mail.Header(header).Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			r = quotedprintable.NewReader(r)
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, r)
		}
		if p.body, err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		return p
	}
	parts := multipart.NewReader(r, params["boundary"])
	for {
		next, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatal(err)
		}
		p.parts = append(p.parts, dissect(t, next.Header, next))
	}
}

// boundaryOf returns the boundary of a multipart.
func boundaryOf(t testing.TB, p part) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(mail.Header(p.header).Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	return params["boundary"]
}

// open reads a message.
func open(t testing.TB, raw []byte) part {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return dissect(t, msg.Header, msg.Body)
}

func TestImagesComeAlong(t *testing.T) {
	t.Parallel()
	c := illustrated(t, `Hi {{.Subscriber.Name}}.

![Two pots](img/pots.png "Ours, {{.Subscriber.city}} & \"yours\"")

{{if .Subscriber.city}}![Wide](img/wide.png){{end}}

Once more: ![Pots](img/pots.png) and ![Dense](img/dense@2x.png).
`)
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	p := open(t, m.Bytes)
	if p.kind != "multipart/alternative" || len(p.parts) != 2 || p.parts[0].kind != "text/plain" || p.parts[1].kind != "multipart/related" {
		t.Fatalf("the message is %s of %v", p.kind, p.parts)
	}
	if got := strings.ReplaceAll(string(p.parts[0].body), "\r\n", "\n"); got != m.Text {
		t.Errorf("the text part decodes to\n%s", got)
	}
	related := p.parts[1].parts
	if len(related) != 4 || strings.ReplaceAll(string(related[0].body), "\r\n", "\n") != m.HTML {
		t.Fatalf("there are %d related parts, or the HTML is another", len(related))
	}
	page := testkit.ParseHTML(t, m.HTML)
	var sizes []string
	for i, img := range page.All("img") {
		sizes = append(sizes, img.Attr("width")+"x"+img.Attr("height"))
		if !strings.Contains(img.Attr("style"), "width:100%;max-width:"+img.Attr("width")+"px;height:auto") {
			t.Errorf("image %d widens the page on a telephone: %s", i, img.Attr("style"))
		}
		if cid, ok := strings.CutPrefix(img.Attr("src"), "cid:"); !ok || !strings.Contains(string(m.Bytes), "Content-ID: <"+cid+">\r\n") {
			t.Errorf("image %d has the source %q", i, img.Attr("src"))
		}
	}
	if got := strings.Join(sizes, " "); got != "300x200 544x136 300x200 151x100" {
		t.Errorf("the sizes are %s", got)
	}
	for i, want := range []drip.Image{c.Images[1], c.Images[2], c.Images[0]} {
		if got := related[i+1]; got.kind != want.Type || !bytes.Equal(got.body, want.Data) {
			t.Errorf("the part after the HTML is %s of %d bytes, want %s", got.kind, len(got.body), want.Path)
		}
	}
	if got := page.One(t, "figcaption").Text(); got != `Ours, York & "yours"` {
		t.Errorf("the caption is %q", got)
	}
	if !strings.Contains(m.Text, "\n[Two pots]\nOurs, York & \"yours\"\n\n[Wide]\n") {
		t.Errorf("the text is\n%s", m.Text)
	}
	outer, inner := boundaryOf(t, p), boundaryOf(t, p.parts[1])
	if strings.HasPrefix(inner, outer) || strings.HasPrefix(outer, inner) { // RFC 2046 §5.1.1
		t.Errorf("the boundary %q could be taken for %q", inner, outer)
	}
	if strings.Contains(string(m.Bytes), "pots.png") || strings.Contains(string(m.Bytes), "filename") {
		t.Error("the message tells the names of files")
	}
	for line := range strings.SplitSeq(string(m.Bytes), "\r\n") {
		if len(line) > 300 {
			t.Errorf("a line of %d octets", len(line))
		}
	}
}

func TestImagesForTheBrowser(t *testing.T) {
	t.Parallel()
	c := illustrated(t, "![Two pots](img/pots.png)\n")
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	page := e.ForBrowser(send(t, e.Bundle(), anna(c, 0)).HTML)
	if want := "data:image/png;base64," + base64.StdEncoding.EncodeToString(c.Images[1].Data); testkit.ParseHTML(t, page).One(t, "img").Attr("src") != want {
		t.Errorf("the page is %s", page)
	}
}

func TestHostedImages(t *testing.T) {
	t.Parallel()
	c := illustrated(t, "![Two pots](img/pots.png)\n")
	c.HostedImages = true
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	to, l := mailaddr.Mailbox{Address: addr("anna@example.net")}, links
	if _, err := e.Compose(to, e.Merge(anna(c, 0)), l, stamp); err == nil {
		t.Error("a message was composed without the address of its images")
	}
	l.Images = "https://letters.example.org/i/"
	m, err := e.Compose(to, e.Merge(anna(c, 0)), l, stamp)
	if err != nil {
		t.Fatal(err)
	}
	checkMessage(t, m)
	name, ok := strings.CutPrefix(testkit.ParseHTML(t, m.HTML).One(t, "img").Attr("src"), l.Images)
	img, found := e.Bundle().Hosted(name)
	if !ok || !found || img.Path != "img/pots.png" || strings.Contains(name, "pots") {
		t.Errorf("the image is fetched as %q", name)
	}
}

func TestBundlesPinImages(t *testing.T) {
	t.Parallel()
	c := illustrated(t, "![Two pots](img/pots.png)\n")
	b := NewBundle(c, 0, layouts(t))
	if len(b.Images) != 1 {
		t.Errorf("the bundle has %d images, want the one that is named", len(b.Images))
	}
	back, err := DecodeBundle(b.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(send(t, back, anna(c, 0)).Bytes, send(t, b, anna(c, 0)).Bytes) {
		t.Error("a stored bundle makes another message")
	}
	c.Images[1].Data = append(bytes.Clone(c.Images[1].Data), 0)
	if NewBundle(c, 0, layouts(t)).Hash() == b.Hash() {
		t.Error("another image is the same version")
	}
}

// What was stored before means what it meant, and has the bytes that it had.
func TestOldBundlesKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	c := campaign("A claim [^1] and ●●○○ dots.\n\n![x](https://example.com/a.png \"No caption\")\n\n[^1]: https://example.com/\n")
	b := NewBundle(c, 0, layouts(t))
	b.Version, b.Texts = 1, nil
	said := regexp.MustCompile(`\{\{say [^}]*\}\}`)
	b.HTML, b.Text = said.ReplaceAllString(b.HTML, "Words"), said.ReplaceAllString(b.Text, "Words")
	data := b.Encode()
	if bytes.Contains(data, []byte(`"images"`)) {
		t.Fatal("an old bundle has new keys")
	}
	old, err := DecodeBundle(data)
	if err != nil {
		t.Fatal(err)
	}
	m := send(t, old, anna(c, 0))
	if strings.Contains(m.HTML, "<figure") || strings.Contains(m.Text, "No caption") || strings.Contains(m.Text, "2 of 4") || strings.Contains(m.HTML, "<sup") {
		t.Errorf("an old text is read in the new way:\n%s", m.Text)
	}
	if got := body(t, m); got != "A claim ^1 <https://example.com/> and ●●○○ dots.\n\n[x]" {
		t.Errorf("the text is\n%s", got)
	}
	with := strings.Replace(string(data), `}`, `,"images":[{"path":"a","type":"b","width":1,"height":1,"data":""}]}`, 1)
	if _, err := DecodeBundle([]byte(with)); err == nil {
		t.Error("an old bundle with new keys was accepted")
	}
}

func TestWrongImages(t *testing.T) {
	t.Parallel()
	heavy := pot(t, "img/heavy.png", 10, 10)
	heavy.Data = append(heavy.Data, make([]byte, 300_000)...)
	for body, want := range map[string]string{
		"a\n\n![x](img/none.png)":            `3 error image: there is no image "img/none.png"`,
		"![x](img/Pots.PNG)":                 `1 error image: there is no image "img/Pots.PNG"`,
		"![x](pots.png)":                     `1 error image: there is no image "pots.png"`,
		"![x](../other/img/pots.png)":        `1 error image: there is no image`,
		"![x](img/{{.Subscriber.city}}.png)": `1 error image: there is no image`,
		"a\n![](img/pots.png)":               "2 error alt: ",
		"![x](data:image/png;base64,AAAA)":   "1 error link: ",
		"![x](//example.com/x.png)":          "1 error link: ",
		"![x](https://example.com/x.png)":    "1 warning remote-image: ",
		"b\n\n![x](img/heavy.png)":           "3 warning image-size: img/heavy.png has 300 kB",
	} {
		c := illustrated(t, body+"\n")
		c.Images = append(c.Images, heavy)
		_, found := Compile(NewBundle(c, 0, layouts(t)))
		var got []string
		for _, f := range found {
			got = append(got, strings.Join([]string{strings.Split(f.String(), ":")[1], string(f.Severity), f.Rule}, " ")+": "+f.Message)
		}
		if all := strings.Join(got, "\n"); !strings.Contains(all, want) {
			t.Errorf("%q: found %q, want %q", body, all, want)
		}
	}
}
