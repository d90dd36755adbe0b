package compose

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// visible is what a page shows, the title and hidden text included.
func visible(t testing.TB, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// authors puts strings where an organizer writes, past the reading of the files,
// which would refuse many of them: what is stored may be older than that.
type authors struct {
	layouts *Layouts
	// plain are frames with and without a preheader.
	plain map[bool]frame
}

func newAuthors(t testing.TB) authors {
	t.Helper()
	a := authors{layouts(t), map[bool]frame{}}
	for _, s := range []string{"Plain", ""} {
		a.plain[s == ""] = framed(t, sendTo(t, a.compile(t, s), visitor("Anna")), "From", "Subject")
	}
	return a
}

// compile has all that an organizer writes be one string, but for the body.
func (a authors) compile(t testing.TB, s string) *Edition {
	t.Helper()
	c := campaign("{{.Campaign.Title}}\n\n{{.Series}}\n")
	c.Title, c.PostalAddress, c.From.Name = s, s, s
	c.Issues[0].Subject, c.Issues[0].Preheader = s, s
	b := NewBundle(c, 0, a.layouts)
	b.Footer = "Footer " + s
	e, found := Compile(b)
	for _, f := range found {
		if strings.ContainsFunc(f.String(), acts) {
			t.Errorf("%+q: the finding %+q would act on a terminal", s, f)
		}
	}
	return e
}

// holdsForAuthors: either the edition is refused, or the message stays what it is.
func (a authors) holdsForAuthors(t testing.TB, s string) (refused bool) {
	t.Helper()
	e := a.compile(t, s)
	r := visitor("Anna")
	m, err := e.Compose(mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), links, stamp)
	if err != nil {
		if !e.Broken() || !errors.Is(err, ErrBroken) {
			t.Errorf("%+q: %v, but no finding says so", s, err)
		}
		return true
	}
	checkLines(t, s, m.Bytes)
	want := a.plain[!strings.Contains(m.HTML, `class="preheader"`)]
	if diff := cmp.Diff(want, framed(t, m, "From", "Subject")); diff != "" {
		t.Errorf("%+q changes the message (-want +got):\n%s", s, diff)
	}
	got := readStandard(t, m.Bytes)
	if want := (box{mailaddr.CleanName(s), "letters@example.org"}); got.From != want || got.Subject != m.Subject {
		t.Errorf("%+q: the sender is %+v, the subject %q", s, got.From, got.Subject)
	}
	if shown := strings.Contains(visible(t, m.HTML), s); harmless(s) && dropMarks(s) == s && !strings.Contains(s, "{{") && (m.Subject != s || !shown) {
		t.Errorf("%+q: the subject is %q, and the HTML shows it: %v", s, m.Subject, shown)
	}
	return false
}

func TestHostileAuthors(t *testing.T) {
	t.Parallel()
	a, refused := newAuthors(t), 0
	all := share(Hostile(t))
	for _, s := range all {
		if a.holdsForAuthors(t, s) {
			refused++
		}
	}
	t.Logf("%d of %d strings are refused", refused, len(all))
	if refused == 0 || refused > len(all)/4 {
		t.Errorf("%d of %d strings are refused", refused, len(all))
	}
}

// TestHostileBodies: Markdown may make elements, but none that act, no links that
// are not links, and nothing outside the body of the HTML part.
func TestHostileBodies(t *testing.T) {
	t.Parallel()
	l := layouts(t)
	plain := framed(t, send(t, NewBundle(campaign("Hello.\n"), 0, l), visitor("Anna")))
	for _, s := range share(Hostile(t)) {
		e, _ := Compile(NewBundle(campaign("Hello.\n\n"+s+"\n\nin a line: "+s+"\n\n| a |\n|---|\n| "+s+" |\n"), 0, l))
		r := visitor("Anna")
		m, err := e.Compose(mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), links, stamp)
		if errors.Is(err, ErrBroken) || errors.Is(err, ErrMissing) {
			continue
		}
		if err != nil {
			t.Errorf("%+q: %v", s, err)
			continue
		}
		got := framed(t, m)
		got.Shape = plain.Shape
		if diff := cmp.Diff(plain, got); diff != "" {
			t.Errorf("%+q changes the message (-want +got):\n%s", s, diff)
		}
		checkInert(t, s, m.HTML)
	}
}

// checkInert fails for elements that act or load.
func checkInert(t testing.TB, s, page string) {
	t.Helper()
	p := testkit.ParseHTML(t, page)
	for _, tag := range []string{"script", "iframe", "form", "input", "link", "base", "object", "svg", "template", "math"} {
		if len(p.All(tag)) > 0 {
			t.Errorf("%+q makes an element %s", s, tag)
		}
	}
	for _, a := range p.All("a") {
		if href := a.Attr("href"); !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "mailto:") {
			t.Errorf("%+q makes a link to %q", s, href)
		}
	}
}
