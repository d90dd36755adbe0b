package compose

import (
	"strings"
	"testing"
	"unicode/utf8"

	"partwork/internal/mailaddr"
)

// Whatever stands in an issue, it is refused, or makes messages that decode to what
// they show.
func FuzzIssue(f *testing.F) {
	for _, seed := range []string{
		hostileBody, "{{if .Subscriber.city}}a{{else}}b{{end}}", "> [!NOTE]\n> {{if .Subscriber.city}}\n> - a\n> {{end}}\n",
		"a[^1] b[^2]\n\n[^2]: x\n    y\n[^1]: {{.Subscriber.Name}}", "![a *b*](img/pots.png \"c\")", "[![a](img/pots.png)](https://a.org)",
		"●●○○ `●●○` ○○●", "1. {{if .Subscriber.city}}a{{end}}\n2. ##b\n\n| a |\n|--|\n| {{.Series}} |\n", "![^1]\n\n[^1]: [^1]",
		"{{if eq .Subscriber.city \"York\"}}\n\n# x\n\n{{else}}\n***\n{{end}}", "a\\\n{{if .Subscriber.city}}b  \nc{{end}}\n---\n",
	} {
		f.Add(seed)
	}
	l := layouts(f)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Skip("such files are refused before")
		}
		c := illustrated(t, text)
		e, _ := Compile(NewBundle(c, 0, l))
		if e.Broken() {
			return
		}
		for _, r := range []Reader{anna(c, 0), with(c)} {
			m, err := e.Compose(mailaddr.Mailbox{Address: r.Email}, e.Merge(r), links, stamp)
			if err != nil {
				continue
			}
			if len(e.embedded) == 0 {
				checkMessage(t, m)
			} else if p := open(t, m.Bytes); strings.ReplaceAll(string(p.parts[1].parts[0].body), "\r\n", "\n") != m.HTML {
				t.Error("the HTML decodes to something else")
			}
		}
	})
}
