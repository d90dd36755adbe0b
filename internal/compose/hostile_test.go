package compose

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// Hostile returns the strings of testdata/hostile.
func Hostile(t testing.TB) []string {
	t.Helper()
	return testkit.Hostile(t, "testdata/hostile/strings.txt")
}

// share returns those of the strings that are tried in this run.
func share(strings []string) []string {
	var out []string
	for i := 0; i < len(strings); i += tortureShare {
		out = append(out, strings[i])
	}
	return out
}

// frame is what nothing that is put into a message may change: which headers there
// are and what is in those that are nobody's to fill, what parts there are, and the
// elements of the HTML with the places that its links lead to.
type frame struct {
	Headers []string
	Parts   string
	Shape   string
}

// framed takes the frame of a message. The named headers may have any value.
func framed(t testing.TB, m *Message, free ...string) frame {
	t.Helper()
	f := frame{Parts: outline(open(t, m.Bytes), ""), Shape: strings.ReplaceAll(shape(t, m.HTML), "br\n", "")}
	for _, h := range m.Headers {
		if slices.Contains(free, h.Name) {
			h.Value = "any"
		}
		f.Headers = append(f.Headers, h.Name+": "+h.Value)
	}
	return f
}

// harmless reports whether a text can be shown as it is: one line of visible
// characters, not too long. Only what is harmless must arrive verbatim.
func harmless(s string) bool {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
	return strings.IndexFunc(s, hidden) < 0 && s == strings.Join(strings.Fields(s), " ") &&
		!strings.Contains(s, "=?") && utf8.RuneCountInString(s) <= mailaddr.MaxName
}

// checkLines fails unless a message can pass every relay: printable ASCII in lines
// of at most 998 octets that end in CRLF (RFC 5321 §4.5.3.1.6).
func checkLines(t testing.TB, s string, raw []byte) {
	t.Helper()
	for line := range strings.SplitAfterSeq(string(raw), "\n") {
		text, ended := strings.CutSuffix(line, "\r\n")
		unprintable := func(r rune) bool { return r < ' ' && r != '\t' || r > '~' }
		if line != "" && (!ended || len(text) > 998 || strings.ContainsFunc(text, unprintable)) {
			t.Errorf("%+q: a line %q of %d octets", s, line, len(line))
		}
	}
}

// hostileFields has the reader's fields wherever an author can put one.
const hostileFields = `Hi {{.Subscriber.Name | default "there"}}, and **{{.Subscriber.city | default "x"}}**.

## For {{.Subscriber.group | default "all"}}

- in a list: {{.Subscriber.city | default "x"}}, {{.Subscriber.Timezone | default "UTC"}}

| who | where |
|---|---|
| {{.Subscriber.Name | default "a|b"}} | [page](<https://example.com/?q={{.Subscriber.Name | default "a b"}}>) |

> [!NOTE]
> ` + "`{{.Subscriber.Name | default \"code\"}}`" + `{{if .Subscriber.nothing}} never{{end}}

{{.Series}}
`

// target is an edition that shows the reader's fields in the inbox and the body.
type target struct {
	*Edition
	plain frame
}

func newTarget(t testing.TB) target {
	t.Helper()
	c := campaign(hostileFields)
	c.Issues[0].Subject = `For {{.Subscriber.Name | default "you"}} of {{.Subscriber.city | default "here"}}`
	c.Issues[0].Preheader = `{{.Subscriber.group | default "All"}}, read on.`
	e, found := Compile(NewBundle(c, 0, layouts(t)))
	if e.Broken() {
		t.Fatal(found)
	}
	return target{e, framed(t, sendTo(t, e, anna(c, 0)), "To", "Subject")}
}

// sendTo composes an edition for a reader.
func sendTo(t testing.TB, e *Edition, r Reader) *Message {
	t.Helper()
	m, err := e.Compose(mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), links, stamp)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// visitor is a reader all of whose data is one string.
func visitor(s string) Reader {
	return Reader{
		Email: addr("anna@example.net"), Name: s, Timezone: s, Attributes: map[string]string{"city": s, "group": s},
		Number: 1, Count: 1, Dates: []Date{{Issue: "one", Text: s}},
	}
}

// holdsForReaders puts a string into everything that a reader fills in.
func (to target) holdsForReaders(t testing.TB, s string) *Message {
	t.Helper()
	m := sendTo(t, to.Edition, visitor(s))
	if diff := cmp.Diff(to.plain, framed(t, m, "To", "Subject")); diff != "" {
		t.Errorf("%+q changes the message (-want +got):\n%s", s, diff)
	}
	checkLines(t, s, m.Bytes)
	got := readStandard(t, m.Bytes)
	if want := (box{mailaddr.CleanName(s), "anna@example.net"}); got.To != want || got.Subject != m.Subject || got.Text != m.Text || got.HTML != m.HTML {
		t.Errorf("%+q: the message says %+v, %q", s, got.To, got.Subject)
	}
	if s == "" || !harmless(s) {
		return m
	}
	for where, text := range map[string]string{"text": m.Text, "HTML": visible(t, m.HTML), "preheader": m.Preheader} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), s) {
			t.Errorf("%+q does not arrive in the %s", s, where)
		}
	}
	if want := "For " + s + " of " + s; len([]rune(want)) <= maxSubject && m.Subject != want {
		t.Errorf("%+q: the subject is %q", s, m.Subject)
	}
	if mailaddr.CheckName(s) == nil && got.To.Name != s {
		t.Errorf("%+q: the name is %q", s, got.To.Name)
	}
	return m
}

func TestHostileReaders(t *testing.T) {
	t.Parallel()
	to := newTarget(t)
	var all []proof
	for i, s := range share(Hostile(t)) {
		m := to.holdsForReaders(t, s)
		if i%5 == 0 {
			all = append(all, proof{strconv.Quote(s), m.Bytes, meant(printed{Edition: to.Edition}, persona{Name: s, Email: addr("anna@example.net")}, m)})
		}
	}
	compare(t, all)
}

// TestHostileAddresses: what is no address is refused, and what is one stays where
// addresses belong.
func TestHostileAddresses(t *testing.T) {
	t.Parallel()
	to, accepted := newTarget(t), 0
	for _, s := range share(Hostile(t)) {
		for _, typed := range []string{s, s + "@example.net", "anna@" + s, "anna@" + s + ".example"} {
			address, err := mailaddr.Parse(typed)
			if err != nil {
				continue
			}
			accepted++
			r := visitor("Anna")
			r.Email = address
			m := sendTo(t, to.Edition, r)
			if diff := cmp.Diff(to.plain, framed(t, m, "To", "Subject")); diff != "" {
				t.Errorf("%+q changes the message (-want +got):\n%s", typed, diff)
			}
			if got := readStandard(t, m.Bytes).To; got.Address != address.String() || m.To != address.String() {
				t.Errorf("%+q: mail goes to %q, the header says %q", typed, m.To, got.Address)
			}
		}
	}
	if accepted == 0 {
		t.Error("no address was accepted, so nothing was tried")
	}
}

// FuzzHostile looks for the string that the corpus lacks. It begins with a part of
// the corpus, all of which the other tests have tried.
func FuzzHostile(f *testing.F) {
	for i, s := range Hostile(f) {
		if i%20 == 0 {
			f.Add(s)
		}
	}
	to, from := newTarget(f), newAuthors(f)
	f.Fuzz(func(t *testing.T, s string) {
		to.holdsForReaders(t, s)
		from.holdsForAuthors(t, s)
	})
}
