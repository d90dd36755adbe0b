package preview

import (
	"slices"
	"strings"
	"testing"
)

// TestWhereLinksLead: every address once, with its words and what is doubtful, and what
// the reader's own links do.
func TestWhereLinksLead(t *testing.T) {
	t.Parallel()
	s := series()
	s.Campaign.Issues[0].Body = []byte("[Read on](https://example.com/a) and [this](https://example.com/a).\n\n[Read on](https://other.example/b)\n\n" +
		"[old](http://plain.example/c)\n\n[https://bank.example/login](https://evil.example/d)\n\n[leave]({{.Links.Unsubscribe}})\n\n[write](mailto:anna@example.net)\n")
	f := shelf(t, s)
	p := page(t, server(t, f), "/garden/one?view=links")
	got := make(map[string]string)
	for _, row := range p.All(".links tbody tr") {
		got[row.One(t, "code").Text()] = strings.Join(strings.Fields(row.Text()), " ")
	}
	for address, want := range map[string][]string{
		"https://example.com/a":                 {"example.com", "Read on", "this", "2 links", "the words “Read on” lead elsewhere, too"},
		"https://other.example/b":               {"the words “Read on” lead elsewhere, too"},
		"http://plain.example/c":                {"not encrypted"},
		"https://evil.example/d":                {"the words name bank.example"},
		"mailto:anna@example.net":               {"write"},
		"https://letters.example.org/u/example": {"the reader leaves the series", "leave"},
	} {
		for _, part := range want {
			if !strings.Contains(got[address], part) {
				t.Errorf("of %s the page says %q, and not %q", address, got[address], part)
			}
		}
	}
	if row := got["https://letters.example.org/u/example"]; strings.Contains(row, "elsewhere") {
		t.Errorf("a link of Partwork's own is doubted: %s", row)
	}
	if n := len(page(t, server(t, f), "/garden/one?view=links").All(".links a[href]")); n != 0 {
		t.Errorf("%d of the addresses can be followed", n)
	}
	for _, h := range []struct{ html, want string }{
		{`<a href="https://a.example/"><img alt="A map"></a>`, "A map"}, {`<a href="https://a.example/"><b>two</b>  words</a>`, "two words"}, {`<a href="https://a.example/"><img></a>`, ""},
	} {
		if list := leads(h.html, nil); len(list) != 1 || !slices.Equal(list[0].Words, []string{h.want}) {
			t.Errorf("%s: %+v", h.html, list)
		}
	}
	if list := leads(`<a name="x">no link</a><a href="#x">[1]</a><a href="%zz">bad</a><a href="https://a.example/"></a>`, nil); len(list) != 2 ||
		!slices.Equal(list[0].Doubts, []string{"this is no address"}) || !slices.Equal(list[1].Doubts, []string{"a link without words"}) {
		t.Errorf("%+v", list)
	}
}
