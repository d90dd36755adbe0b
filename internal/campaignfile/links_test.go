package campaignfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/drip"
)

// TestLinks finds addresses as Markdown reads them, with their lines.
func TestLinks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body string
		want string // line, address, and ? if it is nobody's; by blank
	}{
		"a link":                         {"[a](https://a.org/x)", "5 https://a.org/x"},
		"with a title":                   {`[a](https://a.org/x "title")`, "5 https://a.org/x"},
		"in angle brackets":              {"[a](<https://a.org/x>)", "5 https://a.org/x"},
		"with parentheses":               {"([a](https://a.org/x_(y)).)", "5 https://a.org/x_(y)"},
		"with an open parenthesis":       {`[a](https://a.org/\(x)`, "5 https://a.org/(x"},
		"with an entity":                 {"[a](https://a.org/?x=1&amp;y=2)", "5 https://a.org/?x=1&y=2"},
		"upper case":                     {"[a](HTTPS://A.org/)", "5 HTTPS://A.org/"},
		"a button":                       {"**[a](https://a.org/x)**", "5 https://a.org/x"},
		"an image":                       {"![a](https://a.org/x.png)", "5 https://a.org/x.png"},
		"an image within a link":         {"[![a](https://a.org/x.png)](https://b.org/)", "5 https://a.org/x.png 5 https://b.org/"},
		"an address as its words":        {"[https://a.org](https://b.org)", "5 https://b.org"},
		"a bare address":                 {"See https://a.org/x, or (https://b.org/y). **https://c.org**!", "5 https://a.org/x 5 https://b.org/y 5 https://c.org"},
		"alone in its line":              {"\n\nhttps://a.org/x", "7 https://a.org/x"},
		"a bare address in brackets":     {"<https://a.org/x>.", "5 https://a.org/x"},
		"a name":                         {"[a][b]\n\n[b]: https://a.org/x. 'title'", "7 https://a.org/x."},
		"a source":                       {"A[^b].\n\n[^b]: https://a.org/x.", "7 https://a.org/x"},
		"in a box":                       {"> [!NOTE]\n> See [a](https://a.org/x).", "6 https://a.org/x"},
		"in a table":                     {"| a |\n|---|\n|https://a.org/x|", "7 https://a.org/x"},
		"in a condition":                 {"{{if .Subscriber.x}}https://a.org/x{{else}}https://b.org/y{{end}}", "5 https://a.org/x 5 https://b.org/y"},
		"with a default":                 {`[a](<https://a.org/?x={{.Subscriber.x | default "new york"}}#b>)`, "5 https://a.org/?x=new+york#b"},
		"with a field":                   {"[a](https://a.org/{{.Subscriber.x}}/b)", "5 https://a.org//b?"},
		"not with http":                  {"[a](http://a.org/x)", ""},
		"not in code":                    {"`https://a.org`\n\n```\nhttps://a.org\n```\n\n    https://a.org\n", ""},
		"not in a note":                  {"<!--\nhttps://a.org\n-->\n\n[a](https://b.org/)", "9 https://b.org/"},
		"not in quotes":                  {`He wrote "https://a.org".`, ""},
		"not the reader's own":           {"[a]({{.Links.Unsubscribe}})", ""},
		"nothing that is not closed":     {"<https://a.org and so on", ""},
		"nothing that is only mentioned": {`xhttps://a.org`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, link := range Links(&drip.Issue{Body: []byte(tc.body), BodyLine: 5}) {
				text := fmt.Sprint(link.Line, " ", link.URL)
				if link.Personal {
					text += "?"
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzLinks looks for addresses in anything.
func FuzzLinks(f *testing.F) {
	f.Add("[a](<https://a.org/?x={{.Subscriber.x | default \"y\"}}>) https://b.org/(x).")
	f.Add("[b]: https://a.org\\")
	f.Fuzz(func(t *testing.T, body string) {
		is := drip.Issue{Body: []byte(body), BodyLine: 1}
		for _, link := range Links(&is) {
			if link.Line < 1 || link.Line > strings.Count(body, "\n")+1 || strings.ContainsAny(link.URL, "\n") {
				t.Errorf("%+v in %q", link, body)
			}
		}
	})
}
