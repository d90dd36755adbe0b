package compose

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"partwork/campaigns"
	"partwork/internal/mailaddr"
)

// The page in the browser is the HTML part, octet for octet, as long as nothing came
// along with the message and nothing in it is the reader's address.
func TestBrowserShowsTheHTMLPart(t *testing.T) {
	t.Parallel()
	for _, name := range []string{campaigns.MSTherapies, campaigns.GardenNotes} {
		c := shipped(t, name)
		for i := range c.Issues {
			e, _ := Compile(NewBundle(c, i, layouts(t)))
			r := anna(c, i)
			m := send(t, e.Bundle(), r)
			got, err := e.Browser(r.Email, e.Merge(r), links)
			if err != nil || len(e.embedded) == 0 && got != m.HTML {
				t.Errorf("%s/%s differs from its mail (%v)", name, c.Issues[i].ID, err)
			}
			for _, link := range []string{links.Unsubscribe, links.Preferences, links.View} {
				if !strings.Contains(got, `href="`+link+`"`) {
					t.Errorf("%s/%s has no link to %s", name, c.Issues[i].ID, link)
				}
			}
		}
	}
}

// Whoever shares the link shares the text, not the address: neither from the field,
// nor from a name that is an address, nor within a link. Branches stay those of the
// mail.
func TestBrowserHidesTheAddress(t *testing.T) {
	t.Parallel()
	c := campaign(`Dear {{.Subscriber.Name}}, this goes to {{.Subscriber.Email}}.

{{if eq .Subscriber.Name "anna+x@example.net"}}For Anna only.{{else}}For others.{{end}}

[Sign up](https://forms.example.com/?me={{.Subscriber.Email}}&note={{.Subscriber.note}})` + "\n")
	e, found := Compile(NewBundle(c, 0, layouts(t)))
	if e.Broken() {
		t.Fatal(found)
	}
	r := anna(c, 0)
	r.Email, r.Name = addr("anna+x@example.net"), "ANNA+X@example.net"
	r.Attributes = map[string]string{"note": "write to Anna+x@Example.net, please"}
	v := e.Merge(r)
	m, err := e.Compose(mailaddr.Mailbox{Address: r.Email}, v, links, stamp)
	if err != nil || strings.Count(strings.ToLower(m.HTML), "anna") < 5 {
		t.Fatalf("the mail has no address in it (%v)", err)
	}
	page, err := e.Browser(r.Email, v, links)
	if err != nil {
		t.Fatal(err)
	}
	if lower := strings.ToLower(page); strings.Contains(lower, "anna+x") || strings.Contains(lower, "anna%2bx") || strings.Contains(lower, "anna&#43;x") {
		t.Errorf("the page has the address:\n%s", page)
	}
	if moved, err := e.Browser(addr("somewhere@example.org"), v, links); err != nil || moved != page {
		t.Errorf("who has another address now shows the old one: %v\n%s", err, moved)
	}
	for _, want := range []string{
		"Dear your address, this goes to your address.", "For Anna only.",
		"?me=your%20address&amp;note=write%20to%20your%20address%2C%20please",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestBrowserHasTheImages(t *testing.T) {
	t.Parallel()
	body := "![Pots](img/pots.png)\n\n![Far](https://img.example.com/a;b,c.png?x=1)\n"
	for _, hosted := range []bool{false, true} {
		c := illustrated(t, body)
		c.HostedImages = hosted
		e, _ := Compile(NewBundle(c, 0, layouts(t)))
		l := links
		l.Images = "https://letters.example.org/i"
		page, err := e.Browser(addr("anna@example.net"), e.Merge(anna(c, 0)), l)
		if err != nil || strings.Contains(page, "cid:") {
			t.Fatalf("hosted %v: %v, or an image that only a mail has", hosted, err)
		}
		pots := "data:"
		if hosted {
			pots = l.Images + "/" + e.Bundle().Images[0].Name()
		}
		if !strings.Contains(page, `src="`+pots) {
			t.Errorf("hosted %v: no image at %s", hosted, pots)
		}
		want := []string{pots, "https://img.example.com/a%3Bb%2Cc.png"}
		if got := ImageSources(page); !slices.Equal(got, want) {
			t.Errorf("hosted %v: images come from %q, want %q", hosted, got, want)
		}
	}
}

// What a stranger could write into a page never widens where it loads from.
func TestImageSourcesAreNothingElse(t *testing.T) {
	t.Parallel()
	page := `<img src="javascript:x"><img src="/a.png"><img src="https://a.example/x y.png; script-src *"><img src="https://a.example/q'.png">` +
		`<img alt="https://b.example/"><a href="https://c.example/"><img src="https://a.example/q'.png"></a>` + "<img src=\"https://d.example/\n;x\"><img src='https://e.example:8/;*'>"
	want := []string{"https://a.example/x%20y.png%3B%20script-src%20%2A", "https://a.example/q%27.png", "https://e.example:8/%3B*"}
	if got := ImageSources(page); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBrowserRefusesLikeTheMail(t *testing.T) {
	t.Parallel()
	c := campaign("Hi {{.Subscriber.Name}}\n")
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	if _, err := e.Browser(addr("a@example.org"), e.Merge(Reader{Email: addr("a@example.org")}), links); !errors.Is(err, ErrMissing) {
		t.Errorf("no name: %v", err)
	}
	if _, err := e.Browser(addr("a@example.org"), e.Merge(anna(c, 0)), Links{Unsubscribe: links.Unsubscribe}); err == nil || !strings.Contains(err.Error(), "Links.Preferences") {
		t.Errorf("no link: %v", err)
	}
	broken, _ := Compile(NewBundle(campaign("{{.Nothing}}"), 0, layouts(t)))
	if _, err := broken.Browser(addr("a@example.org"), Values{}, links); !errors.Is(err, ErrBroken) {
		t.Errorf("broken: %v", err)
	}
}

// The confirmation has neither link: nobody is in a series yet.
func TestConfirmationHasNoReaderLinks(t *testing.T) {
	t.Parallel()
	c := campaign("x")
	e, _ := Compile(NewConfirmation(c, layouts(t)))
	r := anna(c, 0)
	m, err := e.Compose(mailaddr.Mailbox{Address: r.Email}, e.Merge(r), Links{Unsubscribe: links.Unsubscribe, Confirm: links.Confirm}, stamp)
	if err != nil || strings.Contains(m.HTML+m.Text, "/p/") || strings.Contains(m.HTML+m.Text, "/v/") {
		t.Errorf("the confirmation has such a link (%v)", err)
	}
}
