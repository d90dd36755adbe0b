package compose

import (
	"strings"
	"testing"

	"partwork/internal/testkit"
)

func TestSources(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ body, want string }{
		"numbered as the text names them": {
			"B first[^b], then A[^a]. B again[^b].\n\n[^a]: The A of *all* things\n[^b]: [B](https://example.com/b), a long title that needs more than one line of text\n\nGoodbye.",
			"B first[1], then A[2]. B again[1].\n\nSources\n-------\n\n[1] B <https://example.com/b>, a long title that needs more than one\n    line of text\n[2] The A of all things\n\nGoodbye.",
		},
		"under a heading of the author's": {
			"A claim[^1].\n\n## Quellen\n\n[^1]: Hier", "A claim[1].\n\nQuellen\n-------\n\n[1] Hier",
		},
		"one for each reader": {
			"A claim[^1].\n\n[^1]: {{.Subscriber.city}}", "A claim[1].\n\nSources\n-------\n\n[1] York",
		},
		"in a table and a callout": {
			"> [!EVIDENCE]\n> A[^x]\n\n| a |\n|---|\n| b[^y] |\n\n[^y]: Y\n[^x]: X",
			"| EVIDENCE\n| A[1]\n\na: b[2]\n\nSources\n-------\n\n[1] X\n[2] Y",
		},
		"within a condition": {
			"{{if .Subscriber.city}}A[^1]{{else}}B{{end}}\n\n[^1]: X", "A[1]\n\nSources\n-------\n\n[1] X",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campaign(tc.body + "\n")
			m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
			checkMessage(t, m)
			if got := body(t, m); got != tc.want {
				t.Errorf("the text is\n%s\nwant\n%s", got, tc.want)
			}
			page := testkit.ParseHTML(t, m.HTML)
			for _, ref := range page.All("sup") {
				if !strings.Contains(tc.want, ref.Text()) {
					t.Errorf("a superscript is %q", ref.Text())
				}
			}
			if got, want := len(page.All("ol.sources li")), strings.Count(tc.want, "\n["); got != want {
				t.Errorf("the HTML lists %d sources, the text %d", got, want)
			}
			if strings.Contains(m.HTML, `href="#`) || strings.Contains(m.HTML, "fn:") {
				t.Error("there are links that lead nowhere in mail")
			}
		})
	}
}

func TestWrongSources(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"a[^1]":                            "1 source: there is no source [^1]",
		"a\nb[^x] c\n\n[^1]: y":            "2 source: there is no source [^x]",
		"a[^1]\n\n[^1]: y\n[^2]: z":        "4 source: the text does not name the source [^2]",
		"a[^1]\n\n[^1]:":                   "source: the source [^1] is empty",
		"a[^1]\n\n[^1]: [x](javascript:a)": "3 link: links to javascript:",
	} {
		_, found := Compile(NewBundle(campaign(body+"\n"), 0, layouts(t)))
		var got []string
		for _, f := range found {
			got = append(got, strings.Split(f.String(), ":")[1]+" "+f.Rule+": "+f.Message)
		}
		if all := strings.Join(got, "\n"); !strings.Contains(all, want) {
			t.Errorf("%q: found %q, want %q", body, all, want)
		}
	}
	if _, found := Compile(NewBundle(campaign("`[^1]` and [^ 1] and a\\[^1] and [x^2].\n"), 0, layouts(t))); len(found) > 0 {
		t.Errorf("found %v in a text without sources", found)
	}
}
