package compose

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gomail "github.com/wneessen/go-mail"

	"partwork/internal/mailaddr"
)

// This file holds what is spliced against what go-mail writes when it composes the
// same message from its parts.

// parts are what go-mail is given of a message.
type parts struct {
	e                   *Edition
	to                  mailaddr.Mailbox
	subject, text, html string
	links               Links
	stamp               Stamp
}

// partsFor fills the parts of an edition for a reader.
func partsFor(e *Edition, to mailaddr.Mailbox, v Values, l Links, s Stamp) parts {
	g := e.galley(v, l)
	defer e.release(g)
	if e.bundle.Confirmation() {
		to.Name = ""
	}
	return parts{e, to, g.subject(s.Test), g.text(), filled(e.html, g.html), l, s}
}

// byGoMail lets go-mail compose a message from its parts, all of it.
func (p *parts) byGoMail(t testing.TB, buf *bytes.Buffer) {
	t.Helper()
	mark := boundary(p.stamp.MessageID)
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(string(mark[:])))
	msg.FromMailAddress(headerAddress(mailaddr.Mailbox(p.e.bundle.From)))
	msg.ToMailAddress(headerAddress(p.to))
	if !p.e.bundle.ReplyTo.Address.IsZero() {
		msg.ReplyToMailAddress(headerAddress(mailaddr.Mailbox(p.e.bundle.ReplyTo)))
	}
	msg.Subject(p.subject)
	msg.SetMessageIDWithValue(p.stamp.MessageID)
	msg.SetGenHeader(gomail.HeaderDate, p.stamp.Date.Format(dateForm))
	p.e.massHeaders(msg, p.links, p.stamp)
	msg.SetBodyString(gomail.TypeTextPlain, p.text)
	msg.AddAlternativeString(gomail.TypeTextHTML, p.html)
	if _, err := msg.WriteTo(buf); err != nil {
		t.Fatal(err)
	}
}

// crowd draws readers of all kinds.
type crowd struct{ *rand.Rand }

// sayings are names and texts in many scripts, and what strangers type.
var sayings = append([]string{
	"", "Anna", "Anna O'Neil", "Łukasz Żółć", "山田 花子", "王小明", "김민준", "ليلى حسن", "שרה כהן", "Ольга Петрова", "Ελένη", "अनीता शर्मा",
	"สมชาย ใจดี", "José María", "Dr. Anna (Annie) Smith, Jr.", "👩‍👩‍👧 Family", "a  b", " lead", "trail ", "x=y", "=", "e\u0301le\u0300ve",
	"Anna Maria von und zu Guttenberg-Hohenzollern, the Third of Something", strings.Repeat("山田", 60), strings.Repeat("ö", 200), "Tab\there",
}, hostileNames...)

// text draws one of the sayings, or letters of any script.
func (c crowd) text() string {
	if c.IntN(4) > 0 {
		return sayings[c.IntN(len(sayings))]
	}
	scripts := [][2]rune{{' ', '~'}, {' ', '~'}, {0xA0, 0x17F}, {0x370, 0x5FF}, {0x600, 0x6FF}, {0x900, 0xDFF}, {0x3040, 0x30FF}, {0x4E00, 0x9FFF}, {0x1F300, 0x1FAFF}}
	script := scripts[c.IntN(len(scripts))]
	var out strings.Builder
	for range c.IntN(90) {
		r := script[0] + rune(c.IntN(int(script[1]-script[0])))
		if c.IntN(7) == 0 {
			r = ' '
		}
		out.WriteRune(r)
	}
	return out.String()
}

// address draws an address.
func (c crowd) address() mailaddr.Address {
	return addr([]string{
		"anna@example.net", "o'neil+x.y@sub.example.co.uk", "#!$%&'*+-/?=^_`{|}~@example.org", "ölga@bücher.example", "用户@例え.jp",
		strings.Repeat("a", 64) + "@" + strings.Repeat("b", 60) + ".example.net",
	}[c.IntN(6)])
}

// links draws links, short and long.
func (c crowd) links() Links {
	link := func(kind string) string {
		s := "https://letters.example.org" + kind + strings.Repeat("Ab-_", c.IntN(60))
		switch c.IntN(8) {
		case 0:
			return s + "?a=1&b=c%20d#~" + strings.Repeat("/x;y=z", c.IntN(90))
		case 1:
			return "http://127.0.0.1:8080" + kind + "x"
		}
		return s
	}
	return Links{Unsubscribe: link("/u/"), Confirm: link("/c/"), Preferences: link("/p/"), View: link("/v/")}
}

// stamp draws a stamp.
func (c crowd) stamp() Stamp {
	zone := time.FixedZone("", 1800*(c.IntN(53)-26))
	return Stamp{
		MessageID: strings.Repeat("m", 1+c.IntN(64)) + "@" + strings.Repeat("d", 1+c.IntN(60)) + ".example.org",
		Date:      time.Unix(c.Int64N(4e9), 0).In(zone), Test: c.IntN(6) == 0,
	}
}

// editions are compiled for the comparison: subjects with and without values, bodies
// with all that depends on the reader.
func editions(t testing.TB) []*Edition {
	t.Helper()
	subjects := []string{
		`For {{.Subscriber.Name | default "you"}}, {{if .Subscriber.city}}in {{.Subscriber.city}}, {{end}}with a subject of some length, to be folded`,
		"The same for all", "Přílišžluťoučký kůň, for all, in a subject so long that it takes more than one word",
	}
	bodies := []string{hostileBody, "Plain.\n", `# T {{.Subscriber.city | default ""}}

{{if .Subscriber.city}}

Yes, {{.Subscriber.city}} stands in a line that is much too long for the text part, so that it is broken.

{{else}}

- no {{.Subscriber.Name | default "=="}}
- [leave]({{.Links.Unsubscribe}})

{{end}}

1. one
2. {{if .Subscriber.city}}two{{end}}
3. three [https://a.org/{{.Subscriber.city | default "a"}}](https://a.org/{{.Subscriber.city | default "a"}})

> quoted, {{.Issue.Number}} of {{.Issue.Count}}
`}
	var out []*Edition
	for i, subject := range subjects {
		for _, body := range bodies {
			c := campaign(body)
			c.Issues[0].Subject = subject
			if i == 2 {
				c.From.Name = "Čtenářský kroužek, roztroušená skleróza a co s ní: dopisy pro všechny"
				c.ReplyTo = mailaddr.Mailbox{Name: `Anna "the" Editor`, Address: addr("answers@example.org")}
			}
			b := NewBundle(c, 0, layouts(t))
			b.Preferences, b.View = i > 0, i > 0
			e, found := Compile(b)
			if e.Broken() {
				t.Fatal(found)
			}
			out = append(out, e)
		}
	}
	e, _ := Compile(NewConfirmation(campaign(""), layouts(t)))
	return append(out, e)
}

// TestSplicedAsGoMailWouldWrite composes messages for thousands of readers and lets
// go-mail compose each of them from its parts. The headers are the same, octet for
// octet; the parts decode to the same.
func TestSplicedAsGoMailWouldWrite(t *testing.T) {
	t.Parallel()
	for i, e := range editions(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			c := crowd{rand.New(rand.NewPCG(1, uint64(i)))}
			var buf []byte
			for range 400 {
				r := Reader{Email: c.address(), Name: c.text(), Number: c.IntN(300), Count: 300, Attributes: map[string]string{"city": c.text()}}
				r.Dates = []Date{{Issue: "one", Text: c.text()}}
				to, v, l, s := mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), c.links(), c.stamp()
				letter, err := e.AppendTo(buf[:0], to, v, l, s)
				if err != nil {
					t.Fatal(err)
				}
				buf = letter.Bytes
				var theirs bytes.Buffer
				p := partsFor(e, to, v, l, s)
				p.byGoMail(t, &theirs)
				likeGoMail(t, letter, theirs.Bytes())
			}
		})
	}
}

// likeGoMail holds a letter against what go-mail made.
func likeGoMail(t *testing.T, letter Letter, theirs []byte) {
	t.Helper()
	end := func(raw []byte) int { return bytes.Index(raw, []byte("Content-Type: ")) }
	if diff := cmp.Diff(string(theirs[:end(theirs)]), string(letter.Bytes[:end(letter.Bytes)])); diff != "" {
		t.Fatalf("headers (-go-mail +spliced):\n%s", diff)
	}
	a, b := parse(t, theirs), parse(t, letter.Bytes)
	if a.text != b.text || a.html != b.html {
		t.Fatalf("parts (-go-mail +spliced):\n%s", cmp.Diff(a.text+a.html, b.text+b.html))
	}
	if err := checkWire(letter.Bytes, letter.UTF8); err != nil {
		t.Fatalf("%v:\n%s", err, letter.Bytes)
	}
	for line := range bytes.SplitSeq(letter.Bytes[end(letter.Bytes):], []byte("\r\n")) {
		if len(line) > encodedLine {
			t.Fatalf("an encoded line of %d octets: %q", len(line), line)
		}
	}
}
