package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"partwork/campaigns"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// parsed is a message as another program reads it.
type parsed struct {
	header     mail.Header
	text, html string
}

// parse reads a message with the standard library and fails on anything that this
// package never writes.
func parse(t testing.TB, raw []byte) parsed {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("read message: %v", err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the content type is %q (%v)", msg.Header.Get("Content-Type"), err)
	}
	p := parsed{header: msg.Header}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for i, into := range []*string{&p.text, &p.html} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
		want := []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"}[i]
		if got := part.Header.Get("Content-Type"); got != want {
			t.Errorf("part %d is %q, want %q", i, got, want)
		}
		if got := part.Header.Get("Content-Transfer-Encoding"); got != "quoted-printable" {
			t.Errorf("part %d is encoded as %q", i, got)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
		*into = strings.ReplaceAll(string(b), "\r\n", "\n")
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Errorf("after two parts: %v, want the end", err)
	}
	return p
}

// allHeaders are the headers of an issue, in the order on the wire.
var allHeaders = []string{
	"Auto-Submitted", "Date", "Feedback-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version",
	"Message-ID", "Precedence", "Subject", "X-Auto-Response-Suppress", "From", "To", "Content-Type",
}

// names returns the names of headers.
func names(headers []Header) []string {
	var out []string
	for _, h := range headers {
		out = append(out, h.Name)
	}
	return out
}

// checkMessage holds what is true of every message of an issue.
func checkMessage(t testing.TB, m *Message) parsed {
	t.Helper()
	if diff := cmp.Diff(allHeaders, names(m.Headers)); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	head, body, _ := bytes.Cut(m.Bytes, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(body), "\r\n") {
		if len(line) > 76 {
			t.Errorf("an encoded line of %d octets: %q", len(line), line)
		}
	}
	for line := range strings.SplitSeq(string(head)+"\r\n\r\n"+string(body), "\r\n") {
		if strings.ContainsAny(line, "\r\n") {
			t.Errorf("a bare CR or LF in %q", line)
		}
		if len(line) > 300 || strings.TrimRight(line, " \t") != line {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
		for _, c := range []byte(line) {
			if c >= 0x80 || c < ' ' {
				t.Errorf("octet %#x in %q", c, line)
			}
		}
	}
	p := parse(t, m.Bytes)
	if p.html != m.HTML || p.text != m.Text {
		t.Errorf("the parts do not decode to what the message shows:\n%s", cmp.Diff(m.Text+m.HTML, p.text+p.html))
	}
	for _, s := range []string{m.Subject, m.Preheader, m.HTML, m.Text} {
		if strings.Contains(s, "<no value>") || strings.ContainsAny(s, "\uE000\uE001\x00\r") {
			t.Errorf("something unfilled in %q", s)
		}
	}
	return p
}

func TestShippedMessagesAreWellFormed(t *testing.T) {
	t.Parallel()
	eachShipped(t, func(t *testing.T, _ string, m *Message) {
		checkMessage(t, m)
		if strings.Contains(m.HTML+m.Text+m.Subject, "{{") {
			t.Error("a merge field is left")
		}
		if len(m.HTML) > sizeWarning {
			t.Errorf("the HTML has %d bytes", len(m.HTML))
		}
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	p := checkMessage(t, m)
	for name, want := range map[string]string{
		"Date":                     "Tue, 24 Mar 2026 09:00:00 +0000",
		"Message-Id":               "<" + stamp.MessageID + ">",
		"From":                     `"MS Reading Circle" <letters@example.org>`,
		"To":                       `"Anna" <anna@example.net>`,
		"Subject":                  "The first issue",
		"List-Id":                  "<s7k2qd.example.org>",
		"List-Unsubscribe":         "<" + links.Unsubscribe + ">",
		"List-Unsubscribe-Post":    "List-Unsubscribe=One-Click",
		"Precedence":               "bulk",
		"Auto-Submitted":           "auto-generated",
		"X-Auto-Response-Suppress": "OOF, AutoReply",
	} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	head, _, _ := bytes.Cut(m.Bytes, []byte("\r\n\r\n"))
	for _, secret := range []string{c.ID, c.Title, "therap"} {
		if strings.Contains(string(head), secret) {
			t.Errorf("the headers tell %q", secret)
		}
	}
	if m.From != "letters@example.org" || m.To != "anna@example.net" || m.UTF8 {
		t.Errorf("the envelope is %s to %s, UTF8 %v", m.From, m.To, m.UTF8)
	}
}

func TestReplyToAndTest(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	c.ReplyTo = mailaddr.Mailbox{Address: addr("answers@example.org")}
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	s := stamp
	s.Test = true
	m, err := e.Compose(mailaddr.Mailbox{Address: addr("anna@example.net")}, e.Merge(anna(c, 0)), links, s)
	if err != nil {
		t.Fatal(err)
	}
	p := parse(t, m.Bytes)
	if got := p.header.Get("Reply-To"); got != "<answers@example.org>" {
		t.Errorf("Reply-To is %q", got)
	}
	if got := p.header.Get("Subject"); got != "[Test] The first issue" {
		t.Errorf("Subject is %q", got)
	}
}

// hostileNames are names as strangers type them.
var hostileNames = []string{
	"Anna\r\nBcc: victim@example.com", "Anna\nX-Evil: 1", "\r\n\r\n<html>", `Anna "the" \ O'Neil`, "=?utf-8?q?evil?=",
	"\u202Egnp.exe\u202C", "👩‍👩‍👧 Family", "{{.Subscriber.Email}}", `{{define "x"}}{{end}}`, "<script>alert(1)</script>",
	"[click](javascript:alert(1))", "**bold** _it_ `code`", "\uE0000\uE001", "\x00\x07\x1b[31m", strings.Repeat("Nebuchadnezzar ", 80),
	strings.Repeat("x", 4000), "ليلى حسن", "山田 花子", "a, b <c@d.example>", "&lt;b&gt;", "\xff\xfe", "\u2028\u2029x", "</title></style>",
	"=?", "From ", ".", ". .", "--pw-" + strings.Repeat("0", 32), "%0d%0aBcc:x", "\ufeffAnna",
}

const hostileBody = `Hi {{.Subscriber.Name | default "there"}}, and **{{.Subscriber.Name | default "x"}}**.

| who | where |
|---|---|
| {{.Subscriber.Name | default "a|b"}} | [page](<https://example.com/?q={{.Subscriber.Name | default "a b"}}>) |

> [!NOTE]
> ` + "`{{.Subscriber.Name | default \"code\"}}`" + `

{{.Series}}
`

func TestHostileNames(t *testing.T) {
	t.Parallel()
	for i, name := range hostileNames {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			c := campaign(hostileBody)
			c.Issues[0].Subject = `For {{.Subscriber.Name | default "you"}}`
			plain := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
			r := anna(c, 0)
			r.Name = name
			m := send(t, NewBundle(c, 0, layouts(t)), r)
			p := checkMessage(t, m)
			if got, want := shape(t, p.html), shape(t, plain.HTML); got != want {
				t.Errorf("the name changed the structure (-want +got):\n%s", cmp.Diff(want, got))
			}
			to, err := p.header.AddressList("To")
			if err != nil || len(to) != 1 || to[0].Address != "anna@example.net" {
				t.Errorf("To is %q: %v, %v", p.header.Get("To"), to, err)
			}
			if subject, err := new(mime.WordDecoder).DecodeHeader(p.header.Get("Subject")); err != nil || subject != m.Subject {
				t.Errorf("the subject decodes to %q (%v), want %q", subject, err, m.Subject)
			}
		})
	}
}

// shape lists the elements of a page with their attributes' names and the places
// that links lead to.
func shape(t testing.TB, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		out.WriteString(n.Data)
		for _, a := range n.Attr {
			out.WriteString(" " + a.Key)
			if a.Key == "href" {
				href, _, _ := strings.Cut(a.Val, "?")
				out.WriteString("=" + href)
			}
		}
		out.WriteByte('\n')
	}
	if out.Len() < 500 {
		t.Fatalf("hardly a page: %s", page)
	}
	return out.String()
}

func TestAuthorsTextIsEscaped(t *testing.T) {
	t.Parallel()
	hostile := `</title><script>alert("1")</script> & 'more' &amp;`
	c := campaign("{{.Campaign.Title}}\n\n{{.Series}}\n")
	plain := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	c.Title, c.PostalAddress = hostile, hostile
	c.Issues[0].Subject, c.Issues[0].Preheader = hostile, hostile
	r := anna(c, 0)
	r.Dates[0].Text = hostile
	m := send(t, NewBundle(c, 0, layouts(t)), r)
	checkMessage(t, m)
	if got, want := shape(t, m.HTML), shape(t, plain.HTML); got != want {
		t.Errorf("the texts changed the structure (-want +got):\n%s", cmp.Diff(want, got))
	}
	if got := testkit.ParseHTML(t, m.HTML).One(t, "title").Text(); got != hostile || m.Subject != hostile {
		t.Errorf("the title is %q, the subject %q", got, m.Subject)
	}
}

func TestValuesInLinksAreEscaped(t *testing.T) {
	t.Parallel()
	c := campaign(`[x](<https://example.com/p?q={{.Subscriber.Name | default "a b"}}&r=1#f>)` + "\n")
	r := anna(c, 0)
	for name, want := range map[string]string{
		"a&b=c d/é#": "https://example.com/p?q=a%26b%3Dc%20d%2F%C3%A9%23&r=1#f",
		"":           "https://example.com/p?q=a%20b&r=1#f",
	} {
		r.Name = name
		m := send(t, NewBundle(c, 0, layouts(t)), r)
		if got := testkit.ParseHTML(t, m.HTML).One(t, "td.sheet a").Attr("href"); got != want || !strings.Contains(m.Text, "<"+want+">") {
			t.Errorf("%q gives %s, want %s", name, got, want)
		}
	}
}

func TestPinnedValuesAreNotTrusted(t *testing.T) {
	t.Parallel()
	c := campaign("{{.Subscriber.Name}}\n")
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	v := Values{Number: 1, Count: 1, Fields: Fields{{fieldName, "a\r\nb\uE0000\uE001\u202E"}}}
	m, err := e.Compose(mailaddr.Mailbox{Address: addr("anna@example.net")}, v, links, stamp)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(m.Text, "\na b0\n") {
		t.Errorf("the text is %q", m.Text)
	}
}

func TestMarksCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{
		"\uE00099\uE001", "&#xE000;99&#xE001;", "&#57344;99&#57345;", "&#x0e000;99&#X0e001;",
		"&#xE0\uE00000;99&#xE0&#xE000;01;", "&#xE0&#xE000;00;99&#xE001;",
	} {
		c := campaign("Before " + mark + " after.\n\n## H " + mark + "\n\n[l](https://example.com/" + mark + ")\n")
		c.Title, c.PostalAddress = mark, mark
		c.Issues[0].Subject, c.Issues[0].Preheader = "S "+mark, mark
		b := NewBundle(c, 0, layouts(t))
		b.HTML = strings.Replace(b.HTML, "{{.Content}}", "{{.Content}}"+mark, 1)
		b.Text = strings.Replace(b.Text, "{{.Content}}", "{{.Content}}\n"+mark, 1)
		if p := checkMessage(t, send(t, b, anna(c, 0))); !strings.Contains(p.text, " after.") {
			t.Errorf("%q took words along:\n%s", mark, p.text)
		}
	}
}

func TestBoundaryBelongsToTheMessage(t *testing.T) {
	t.Parallel()
	if boundary("1@example.org") == boundary("2@example.org") {
		t.Error("two messages share a boundary")
	}
}

func TestSameInputsSameBytes(t *testing.T) {
	t.Parallel()
	bundle := NewBundle(campaign(hostileBody), 0, layouts(t))
	stored, err := DecodeBundle(bundle.Encode())
	if err != nil {
		t.Fatal(err)
	}
	first, _ := Compile(bundle)
	retry, _ := Compile(stored)
	rapid.Check(t, func(rt *rapid.T) {
		r := anna(campaign(hostileBody), 0)
		r.Name = rapid.String().Draw(rt, "name")
		pin := Pin{Name: r.Name, Values: first.Merge(r)}
		pinned, err := ReadPin(string(pin.AppendText(nil)))
		if err != nil {
			rt.Fatal(err)
		}
		to := mailaddr.Mailbox{Name: r.Name, Address: r.Email}
		a, err1 := first.Compose(to, first.Merge(r), links, stamp)
		b, err2 := retry.Compose(mailaddr.Mailbox{Name: pinned.Name, Address: r.Email}, pinned.Values, links, stamp)
		if err1 != nil || err2 != nil {
			rt.Fatal(err1, err2)
		}
		if !bytes.Equal(a.Bytes, b.Bytes) {
			rt.Fatalf("a retry has other bytes:\n%s", cmp.Diff(string(a.Bytes), string(b.Bytes)))
		}
		checkMessage(t, a)
	})
}

func TestConcurrentCompose(t *testing.T) {
	t.Parallel()
	c := shipped(t, campaigns.MSTherapies)
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	want := send(t, e.Bundle(), anna(c, 0)).Bytes
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				m, err := e.Compose(mailaddr.Mailbox{Name: "Anna", Address: addr("anna@example.net")}, e.Merge(anna(c, 0)), links, stamp)
				if err != nil || !bytes.Equal(m.Bytes, want) {
					t.Errorf("other bytes, or %v", err)
				}
			}
		})
	}
	wg.Wait()
}

func TestConfirmationCarriesNothingTyped(t *testing.T) {
	t.Parallel()
	c := campaign("")
	r := anna(c, 0)
	r.Name, r.Attributes = "Free pills http://spam.example", map[string]string{"city": "Spamville"}
	m := send(t, NewConfirmation(c, layouts(t)), r)
	if s := string(m.Bytes) + m.HTML + m.Text; strings.Contains(s, "pills") || strings.Contains(s, "Spamville") {
		t.Error("the confirmation carries what a stranger typed")
	}
	p := parse(t, m.Bytes)
	if got := p.header.Get("List-Unsubscribe"); got != "<"+links.Unsubscribe+">" || p.header.Get("List-Unsubscribe-Post") == "" {
		t.Errorf("whoever did not ask for it cannot refuse it with one click: List-Unsubscribe is %q", got)
	}
	if p.header.Get("Precedence") != "" {
		t.Error("the confirmation says that it is bulk mail")
	}
	button := testkit.ParseHTML(t, m.HTML).One(t, "p.button a")
	if button.Attr("href") != links.Confirm || !strings.Contains(m.Text, "<"+links.Confirm+">") {
		t.Errorf("the button leads to %q", button.Attr("href"))
	}
}

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	c := campaign("{{.Subscriber.city}}\n")
	c.Issues[0].ID = "acupuncture" // errors end up in logs, topics must not
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	r := anna(c, 0)
	for name, change := range map[string]func(to *mailaddr.Mailbox, v *Values, l *Links, s *Stamp){
		"no recipient":              func(to *mailaddr.Mailbox, _ *Values, _ *Links, _ *Stamp) { to.Address = mailaddr.Address{} },
		"a missing value":           func(_ *mailaddr.Mailbox, v *Values, _ *Links, _ *Stamp) { v.Fields = nil },
		"no way to leave":           func(_ *mailaddr.Mailbox, _ *Values, l *Links, _ *Stamp) { l.Unsubscribe = "" },
		"a link with a line end":    func(_ *mailaddr.Mailbox, _ *Values, l *Links, _ *Stamp) { l.Unsubscribe += "\r\nBcc: x" },
		"a link with a blank":       func(_ *mailaddr.Mailbox, _ *Values, l *Links, _ *Stamp) { l.Unsubscribe += "?a b" },
		"a link with a bracket":     func(_ *mailaddr.Mailbox, _ *Values, l *Links, _ *Stamp) { l.Unsubscribe += ">" },
		"a script for a link":       func(_ *mailaddr.Mailbox, _ *Values, l *Links, _ *Stamp) { l.Unsubscribe = "javascript:alert(1)" },
		"a link that is too long":   func(_ *mailaddr.Mailbox, _ *Values, l *Links, _ *Stamp) { l.Unsubscribe += strings.Repeat("a", 999) },
		"no Message-ID":             func(_ *mailaddr.Mailbox, _ *Values, _ *Links, s *Stamp) { s.MessageID = "" },
		"a Message-ID with a break": func(_ *mailaddr.Mailbox, _ *Values, _ *Links, s *Stamp) { s.MessageID += "\r\nX: y" },
		"no date":                   func(_ *mailaddr.Mailbox, _ *Values, _ *Links, s *Stamp) { s.Date = time.Time{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to, v, l, s := mailaddr.Mailbox{Address: r.Email}, e.Merge(r), links, stamp
			change(&to, &v, &l, &s)
			if m, err := e.Compose(to, v, l, s); err == nil {
				t.Errorf("it was composed:\n%s", m.Bytes)
			} else if strings.Contains(err.Error(), "anna@") || strings.Contains(err.Error(), c.Issues[0].ID) {
				t.Errorf("the error tells the address or the issue: %v", err)
			}
		})
	}
}

func TestBrokenEditionIsNeverSent(t *testing.T) {
	t.Parallel()
	c := campaign("{{.Nonsense}}\n")
	e, found := Compile(NewBundle(c, 0, layouts(t)))
	if len(found) == 0 || !e.Broken() {
		t.Fatalf("findings are %v", found)
	}
	_, err := e.Compose(mailaddr.Mailbox{Address: addr("anna@example.net")}, e.Merge(anna(c, 0)), links, stamp)
	if !errors.Is(err, ErrBroken) {
		t.Errorf("the error is %v, want ErrBroken", err)
	}
}

func TestNonASCIIEnvelope(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	r := anna(c, 0)
	r.Email = addr("用户@例え.jp")
	m := send(t, NewBundle(c, 0, layouts(t)), r)
	if !m.UTF8 || m.To != "用户@xn--r8jz45g.jp" {
		t.Errorf("To is %s, UTF8 %v", m.To, m.UTF8)
	}
}

func TestDiscreet(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	c.Discreet = true
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	head, _, _ := bytes.Cut(m.Bytes, []byte("\r\n\r\n"))
	for _, topic := range []string{"MS", "first issue"} {
		if strings.Contains(string(head), topic) || strings.Contains(m.Preheader, topic) {
			t.Errorf("the topic %q shows outside of the body", topic)
		}
	}
	p := testkit.ParseHTML(t, m.HTML)
	if got := p.One(t, "h1").Text(); got != "The first issue" {
		t.Errorf("the heading is %q", got)
	}
	if got := p.One(t, "title").Text(); got != m.Subject {
		t.Errorf("the title is %q, the subject %q", got, m.Subject)
	}
}

func TestValuesHoldOnlyWhatIsUsed(t *testing.T) {
	t.Parallel()
	c := campaign(`{{.Subscriber.Name | default "x"}}` + "\n")
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	got, want := e.Merge(anna(c, 0)), Values{Number: 1, Count: 1, Fields: Fields{{fieldName, "Anna"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPosition(t *testing.T) {
	t.Parallel()
	c := &drip.Campaign{Issues: []drip.Issue{{}, {Draft: true}, {}}}
	var got []int
	for i := range c.Issues {
		n, of := Position(c, i)
		got = append(got, n, of)
	}
	if want := []int{1, 2, 2, 3, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("positions are %v, want %v", got, want)
	}
}
