package compose

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// rules lists "line rule" of findings.
func rules(found []drip.Finding) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Rule)
	}
	return out
}

func TestMergeFields(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`Hi {{.Subscriber.Name | default "there"}}!`:                "Hi Anna!",
		`Hi {{ .Subscriber.Name|default "there" }}!`:                "Hi Anna!",
		`{{.Subscriber.city}}`:                                      "York",
		`{{.Subscriber.country | default "the \"world\" | \\ }}"}}`: `the "world" | \ }}`,
		`{{.Subscriber.country | default ""}}x`:                     "x",
		`{{.Campaign.Title}}`:                                       "Treatments for MS, one at a time",
		`{{.Issue.Number}}/{{.Issue.Count}}`:                        "1/1",
		`**{{.Subscriber.Name}}**`:                                  "Anna",
		"`{{.Subscriber.Name}}`":                                    "Anna",
		`[now]({{.Links.Preferences}})`:                             "now\n<" + links.Preferences + ">",
		`[page]({{.Links.View}})`:                                   "page\n<" + links.View + ">",
		`\{{.Subscriber.Name}}`:                                     "{{.Subscriber.Name}}",
		`# not {{.Subscriber.Name}}`:                                "not Anna",
	} {
		c := campaign(body + "\n")
		m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
		if !strings.Contains(m.Text, "\n"+want+"\n") {
			t.Errorf("%s gives\n%s\nwant a line %q", body, m.Text, want)
		}
	}
}

func TestWrongFieldsAreFoundOnTheirLine(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"x\n\n{{.Nonsense}}":                             "3 merge-field",
		"{{env \"PATH\"}}":                               "1 merge-field",
		"x\n{{range .Subscriber}}":                       "2 merge-field",
		"{{.Subscriber.Name | upper}}":                   "1 merge-field",
		"{{.Subscriber.Name | default there}}":           "1 merge-field",
		"{{.Subscriber.Name":                             "1 merge-field",
		"{{}}":                                           "1 merge-field",
		"{{.Subscriber.a.b}}":                            "1 merge-field",
		"{{.Links.Profile}}":                             "1 merge-field",
		"{{.Links.Confirm}}":                             "1 merge-field",
		"a\n\nb {{.Series}} c":                           "3 series",
		"- {{.Series}}":                                  "1 series",
		"a\n\nhttps://a.example/?c={{.Subscriber.city}}": "3 link",
		"a <https://a.example/{{.Subscriber.city}}>":     "1 link",
		"<https://{{.Subscriber.city}}.example/>":        "1 link",
		"<mailto:{{.Subscriber.city}}@a.example>":        "1 link",
		"a\n\n<div>x</div>":                              "3 raw-html",
		"a <b>x</b>":                                     "1 raw-html",
		"a\n\n[x](javascript:alert(1))":                  "3 link",
		"[x](j&Tab;avascript:alert(1))":                  "1 link",
		"[x](data:text/html,x)":                          "1 link",
		"[x](/relative)":                                 "1 link",
		"[x]({{.Subscriber.url | default \"\"}})":        "1 link",
		"[x](https://{{.Subscriber.h}}.example/)":        "1 link",
		"[x](https://example.com{{.Subscriber.h}})":      "1 link",
		"[](https://example.com)":                        "1 link-text",
		"![](https://example.com/x.png)":                 "1 alt",
		"> [!WARNING]\n> x":                              "2 callout",
		"<!-- note -->\n\n{{.Subscriber.Bad.Worse}}":     "3 merge-field",
	} {
		_, found := Compile(NewBundle(campaign(body+"\n"), 0, layouts(t)))
		got := "nothing"
		for _, f := range found {
			if f.Severity == drip.SeverityError {
				got = strings.TrimSpace(strings.Split(f.String(), ":")[1] + " " + f.Rule)
				break
			}
		}
		if got != want {
			t.Errorf("%q: found %s, want %s\n%v", body, got, want, found)
		}
	}
}

func TestDangerousLinksAreNotRendered(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "j&Tab;avascript:x", "vbscript:x",
		"data:text/html;base64,x", "file:///etc/passwd", "//evil.example", "<javascript:alert(1)>", " javascript:x",
	} {
		for _, body := range []string{"[x](" + target + ")", "<" + target + ">", "[x][y]\n\n[y]: " + target, "![x](" + target + ")"} {
			e, _ := Compile(NewBundle(campaign(body+"\n"), 0, layouts(t)))
			page := filled(e.html, func(int) string { return "https://ok.example" })
			for _, n := range testkit.ParseHTML(t, page).All("a") {
				if href := n.Attr("href"); !strings.HasPrefix(href, "https://ok.example") {
					t.Errorf("%s renders a link to %q", body, href)
				}
			}
			if strings.Contains(page, "<img") {
				t.Errorf("%s renders an image", body)
			}
		}
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	c := campaign("Before.\n\n<!-- check this number -->\n\nAfter.\n")
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	if strings.Contains(m.HTML+m.Text, "number") {
		t.Error("an author's note is in the message")
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	c := campaign(`Hi {{.Subscriber.Name | default "there"}}, "quoted" & *said*, with [a link](https://example.com/a?b=c&d=e) to follow up on later.

## A heading

- one
- two,
  which is long enough that it has to be broken into a second line somewhere

1. first

   more
2. second

> [!ASK]
> "Why?"

> quoted

| Who | What |
|---|---|
| Anna | this |
| Ben | that |

    code  here

<https://example.com/>

***

{{.Series}}
`)
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	testkit.Golden(t, "testdata/text.golden", []byte(m.Text))
}

func TestHTML(t *testing.T) {
	t.Parallel()
	c := campaign("Hi {{.Subscriber.Name}}, [leave]({{.Links.Unsubscribe}}).\n\n> [!SAFETY]\n> | a | b |\n> |---|--:|\n> | 1 | 2 |\n\n{{.Series}}\n")
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	testkit.Golden(t, "testdata/html.golden", []byte(m.HTML))
}

// words lists the words of a text, without marks and in lower case.
func words(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		out[w] = true
	}
	return out
}

func TestTextAndHTMLSayTheSame(t *testing.T) {
	t.Parallel()
	eachShipped(t, func(t *testing.T, _ string, m *Message) {
		page := testkit.ParseHTML(t, m.HTML)
		text := words(m.Text)
		for _, part := range page.All("td.sheet p") {
			for w := range words(part.Text()) {
				if !text[w] {
					t.Errorf("the text part lacks %q of %q", w, part.Text())
				}
			}
		}
		for _, a := range page.All("a") {
			if !strings.Contains(m.Text, "<"+a.Attr("href")+">") {
				t.Errorf("the text part lacks the link %s", a.Attr("href"))
			}
		}
	})
}

func TestShippedHTMLIsAccessible(t *testing.T) {
	t.Parallel()
	eachShipped(t, func(t *testing.T, _ string, m *Message) {
		p := testkit.ParseHTML(t, m.HTML)
		root := p.One(t, "html")
		if root.Attr("lang") != "en" || root.Attr("dir") != "ltr" {
			t.Errorf("lang is %q, dir %q", root.Attr("lang"), root.Attr("dir"))
		}
		if got := p.One(t, "title").Text(); got != m.Subject {
			t.Errorf("the title is %q, the subject %q", got, m.Subject)
		}
		p.One(t, "h1")
		p.One(t, "a.leave")
		if style := p.One(t, "td.sheet").Attr("style"); !strings.Contains(style, "font-size:17px") {
			t.Errorf("the text is small: %s", style)
		}
		for _, table := range p.All("table") {
			if data := strings.Contains(table.Attr("class"), "data"); data == (table.Attr("role") == "presentation") {
				t.Errorf("the table %q has role %q", table.Attr("class"), table.Attr("role"))
			}
		}
		for _, th := range p.All("th") {
			if th.Attr("scope") != "col" {
				t.Error("a heading cell without scope")
			}
		}
		for _, tag := range []string{"script", "img", "iframe", "form", "link", "base", "object"} {
			if n := len(p.All(tag)); n > 0 {
				t.Errorf("%d elements %s", n, tag)
			}
		}
		for _, want := range []string{"<!--[if mso]>", "prefers-color-scheme: dark", "color-scheme: light dark", "max-width:600px", `name="color-scheme"`} {
			if !strings.Contains(m.HTML, want) {
				t.Errorf("the HTML lacks %q", want)
			}
		}
		if strings.Contains(m.HTML, "var(") || strings.Contains(m.HTML, "@import") || strings.Contains(m.HTML, "url(") {
			t.Error("the CSS uses what mail readers do not know, or loads something")
		}
	})
}

func TestBundleRoundTrip(t *testing.T) {
	t.Parallel()
	c := campaign("{{.Series}}\n")
	b := NewBundle(c, 0, layouts(t))
	back, err := DecodeBundle(b.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(b, back) || b.Hash() != back.Hash() {
		t.Errorf("a bundle changes when stored: %s, was %s", back.Encode(), b.Encode())
	}
	for _, bad := range []string{"", "{}", `{"version":3}`, `{"version":0}`, string(b.Encode()) + " ", strings.Replace(string(b.Encode()), `"issue"`, `"isue"`, 1)} {
		if _, err := DecodeBundle([]byte(bad)); err == nil {
			t.Errorf("%.40q was accepted", bad)
		}
	}
}

func TestWhatChangesAVersion(t *testing.T) {
	t.Parallel()
	base := func() *drip.Campaign {
		c := campaign("Hello.\n")
		c.Issues = append(c.Issues, drip.Issue{ID: "two", Subject: "Two", Body: []byte("{{.Series}}\n")})
		return c
	}
	l := layouts(t)
	one, two := NewBundle(base(), 0, l).Hash(), NewBundle(base(), 1, l).Hash()
	for name, tc := range map[string]struct {
		change             func(c *drip.Campaign)
		changes1, changes2 bool
	}{
		"nothing":         {func(*drip.Campaign) {}, false, false},
		"another issue":   {func(c *drip.Campaign) { c.Issues = append(c.Issues, drip.Issue{ID: "three", Subject: "Three"}) }, false, true},
		"another draft":   {func(c *drip.Campaign) { c.Issues = append(c.Issues, drip.Issue{ID: "three", Draft: true}) }, false, false},
		"a moved file":    {func(c *drip.Campaign) { c.Issues[0].File = "x.md" }, false, false},
		"the body":        {func(c *drip.Campaign) { c.Issues[0].Body = []byte("Hi.\n") }, true, false},
		"the subject":     {func(c *drip.Campaign) { c.Issues[0].Subject = "New" }, true, true},
		"the title":       {func(c *drip.Campaign) { c.Title = "New" }, true, true},
		"the postal line": {func(c *drip.Campaign) { c.PostalAddress = "New" }, true, true},
	} {
		c := base()
		tc.change(c)
		if got := NewBundle(c, 0, l).Hash() != one; got != tc.changes1 {
			t.Errorf("%s: the first issue changes: %v", name, got)
		}
		if got := NewBundle(c, 1, l).Hash() != two; got != tc.changes2 {
			t.Errorf("%s: the issue with the series changes: %v", name, got)
		}
	}
}

func TestRightToLeft(t *testing.T) {
	t.Parallel()
	c := campaign("שלום\n")
	c.Language = "he"
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	if dir := testkit.ParseHTML(t, m.HTML).One(t, "html").Attr("dir"); dir != "rtl" {
		t.Errorf("dir is %q", dir)
	}
}
