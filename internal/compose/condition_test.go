package compose

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// body returns the text part between heading and footer.
func body(t testing.TB, m *Message) string {
	t.Helper()
	_, rest, ok := strings.Cut(m.Text, "\nThe first issue\n\n")
	text, _, ok2 := strings.Cut(rest, "\n\n------------------------------------------------------------------------\n")
	if !ok || !ok2 {
		t.Fatalf("the text part has no body:\n%s", m.Text)
	}
	return text
}

// with returns Anna with other attributes.
func with(c *drip.Campaign, attributes ...string) Reader {
	r := anna(c, 0)
	r.Attributes = map[string]string{}
	for i := 0; i < len(attributes); i += 2 {
		r.Attributes[attributes[i]] = attributes[i+1]
	}
	return r
}

// emptyElement is an element of an issue with nothing in it.
var emptyElement = regexp.MustCompile(`<(p|li|h2|td)\b[^>]*>\s*</(p|li|h2|td)>`)

func TestConditions(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body          string
		holds, absent string // the text for a reader from York, and for one from nowhere
	}{
		"within a sentence":        {"Hi{{if .Subscriber.city}} in York{{end}}!", "Hi in York!", "Hi!"},
		"with another text":        {"Hi {{if .Subscriber.city}}you{{else}}stranger{{end}}!", "Hi you!", "Hi stranger!"},
		"asking for a value":       {`{{if eq .Subscriber.city "york"}}Ay up{{else}}Hello{{end}}, you.`, "Ay up, you.", "Hello, you."},
		"asking for another value": {`{{if eq .Subscriber.city "Hull"}}Hull{{else}}Not Hull{{end}}.`, "Not Hull.", "Not Hull."},
		"a field it grants":        {"Hi{{if .Subscriber.city}} {{.Subscriber.city}}{{end}}!", "Hi York!", "Hi!"},
		"a whole paragraph":        {"A.\n\n{{if .Subscriber.city}}B.{{end}}\n\nC.", "A.\n\nB.\n\nC.", "A.\n\nC."},
		"the first paragraph":      {"{{if .Subscriber.city}}A.{{end}}\n\nB.", "A.\n\nB.", "B."},
		"the last paragraph":       {"A.\n\n{{if .Subscriber.city}}B.{{end}}", "A.\n\nB.", "A."},
		"two that follow":          {"A.\n\n{{if .Subscriber.city}}B.{{end}}\n\n{{if .Subscriber.city}}C.{{end}}\n\nD.", "A.\n\nB.\n\nC.\n\nD.", "A.\n\nD."},
		"whole blocks": {
			"A.\n\n{{if .Subscriber.city}}\n\n## B\n\n- b\n\n{{else}}\n\nC.\n\n{{end}}\n\nD.",
			"A.\n\nB\n-\n\n- b\n\nD.", "A.\n\nC.\n\nD.",
		},
		"without blank lines": {"A.\n{{if .Subscriber.city}}\nB.\n{{else}}\nC.\n{{end}}\nD.", "A.\n\nB.\n\nD.", "A.\n\nC.\n\nD."},
		"an item of a list":   {"1. a\n2. {{if .Subscriber.city}}b{{end}}\n3. c", "1. a\n2. b\n3. c", "1. a\n2. c"},
		"a heading":           {"A.\n\n## {{if .Subscriber.city}}B{{else}}C{{end}}\n\nD.", "A.\n\nB\n-\n\nD.", "A.\n\nC\n-\n\nD."},
		"a cell":              {"| a |\n|---|\n| {{if .Subscriber.city}}b{{else}}c{{end}} |", "a: b", "a: c"},
		"around a link":       {"See {{if .Subscriber.city}}[here](https://example.com/a){{else}}**there**{{end}}.", "See here <https://example.com/a>.", "See there."},
		"within emphasis":     {"So **{{if .Subscriber.city}}b{{else}}c{{end}}**.", "So b.", "So c."},
		"in a callout":        {"> [!NOTE]\n> {{if .Subscriber.city}}\n> b\n> {{else}}\n> c\n> {{end}}", "| NOTE\n| b", "| NOTE\n| c"},
		"within a callout":    {"{{if .Subscriber.city}}\n> [!NOTE]\n> b\n{{end}}\n\nc", "| NOTE\n| b\n\nc", "c"},
		"over a line end":     {"A{{if .Subscriber.city}}\nb {{else}}\nc {{end}}d.", "A b d.", "A c d."},
		"written out":         {`\{{if .Subscriber.city}}`, "{{if .Subscriber.city}}", "{{if .Subscriber.city}}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campaign(tc.body + "\n")
			b := NewBundle(c, 0, layouts(t))
			for _, who := range []struct {
				reader Reader
				want   string
			}{{anna(c, 0), tc.holds}, {with(c), tc.absent}} {
				m := send(t, b, who.reader)
				checkMessage(t, m)
				if got := body(t, m); got != who.want {
					t.Errorf("the text is\n%s\nwant\n%s", got, who.want)
				}
				sheet := testkit.ParseHTML(t, m.HTML).One(t, "td.sheet").Text()
				for w := range words(strings.ReplaceAll(who.want, "https://example.com/a", "")) {
					if !words(sheet)[w] && w != "1" && w != "2" && w != "3" {
						t.Errorf("the HTML lacks %q: %s", w, sheet)
					}
				}
				if empty := emptyElement.FindString(m.HTML); empty != "" {
					t.Errorf("an element is empty: %s", empty)
				}
			}
		})
	}
}

func TestWrongConditions(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"x\n\n{{if .Subscriber.a}}b": "3 merge-field: has no {{end}}",
		"b{{end}}":                   "1 merge-field: has no {{if",
		"b{{else}}":                  "1 merge-field: has no {{if",
		"{{if .Subscriber.a}}\n{{if .Subscriber.b}}c{{end}}{{end}}":      "2 merge-field: cannot be nested",
		"{{if .Subscriber.a}}b{{else}}c{{else}}d{{end}}":                 "1 merge-field: is the second one",
		`{{if .Subscriber.a}}b{{else if .Subscriber.c}}c{{end}}`:         "1 merge-field: more than a condition can say",
		`{{if .Subscriber.a}}b{{end if}}`:                                "1 merge-field: more than {{end}}",
		`{{if ne .Subscriber.a "x"}}b{{end}}`:                            "1 merge-field: is no condition",
		`{{if eq .Subscriber.a}}b{{end}}`:                                "1 merge-field: is no condition",
		`{{if eq .Subscriber.a ""}}b{{end}}`:                             "1 merge-field: is no condition",
		`{{if or .Subscriber.a .Subscriber.b}}b{{end}}`:                  "1 merge-field: is no condition",
		"{{if .Issue.Number}}b{{end}}":                                   "1 merge-field: the same for every reader",
		"{{if .Subscriber.Email}}b{{end}}":                               "1 merge-field: the same for every reader",
		"{{if .Nonsense}}b{{end}}":                                       "1 merge-field: is not known",
		"a\n\nb {{if .Subscriber.a}}c\n\nd{{end}} e":                     "3 condition: does not end where it begins",
		"a\n\n**{{if .Subscriber.a}}b** c{{end}} d":                      "3 condition: does not end where it begins",
		"- {{if .Subscriber.a}}b\n- c{{end}}":                            "1 condition: does not end where it begins",
		"| a | b |\n|---|---|\n| {{if .Subscriber.a}}b | c{{end}} |":     "3 condition: does not end where it begins",
		"a {{if .Subscriber.a}}b\n\n{{end}}":                             "1 condition: does not end where it begins",
		"`{{if .Subscriber.a}}b{{end}}`":                                 "1 condition: in code",
		"```\n{{if .Subscriber.a}}\nb\n{{end}}\n```":                     "2 condition: in code",
		`[a](https://example.com/?{{if .Subscriber.a}}b{{end}})`:         "1 condition: target of a link",
		`[a](<https://example.com/?{{if .Subscriber.a}}b{{end}}>)`:       "1 condition: target of a link",
		`[{{if .Subscriber.a}}b{{end}}](https://example.com/)`:           "1 link-text",
		`![a](https://example.com/a.png "{{if .Subscriber.a}}b{{end}}")`: "1 condition: title",
		"x <!-- {{if .Subscriber.a}} --> y{{end}}":                       "0 condition: torn apart",
	} {
		_, found := Compile(NewBundle(campaign(body+"\n"), 0, layouts(t)))
		place, message, _ := strings.Cut(want, ": ")
		ok := false
		for _, f := range found {
			ok = ok || strings.TrimSpace(fmt.Sprint(f.Line, " ", f.Rule)) == place && strings.Contains(f.Message, message)
		}
		if !ok {
			t.Errorf("%q: found %v, want %s", body, found, want)
		}
	}
}

func TestConditionInTheSubject(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	c.Issues[0].Subject = `{{if .Subscriber.city}}News for {{.Subscriber.city}}{{else}}News{{end}} & more`
	for _, r := range []Reader{anna(c, 0), with(c)} {
		m := send(t, NewBundle(c, 0, layouts(t)), r)
		checkMessage(t, m)
		want := "News & more"
		if r.Attributes["city"] != "" {
			want = "News for York & more"
		}
		p := testkit.ParseHTML(t, m.HTML)
		if m.Subject != want || p.One(t, "title").Text() != want || p.One(t, "h1").Text() != want || !strings.Contains(m.Text, "\n"+want+"\n") {
			t.Errorf("the subject is %q, title %q, want %q", m.Subject, p.One(t, "title").Text(), want)
		}
	}
}

func TestWhatIsLeftOutIsNotNeeded(t *testing.T) {
	t.Parallel()
	c := campaign(`{{if eq .Subscriber.plan "gold"}}Your number is {{.Subscriber.number}}.{{else}}Hello.{{end}}` + "\n")
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	for _, tc := range []struct {
		reader Reader
		fails  bool
	}{
		{with(c), false}, {with(c, "plan", "tin"), false},
		{with(c, "plan", "GOLD", "number", "7"), false}, {with(c, "plan", "gold"), true},
	} {
		_, err := e.Compose(mailaddr.Mailbox{Address: tc.reader.Email}, e.Merge(tc.reader), links, stamp)
		if errors.Is(err, ErrMissing) != tc.fails {
			t.Errorf("%v: the error is %v", tc.reader.Attributes, err)
		}
	}
}

func TestLintConditions(t *testing.T) {
	t.Parallel()
	c := campaign("")
	gold, plain := with(c, "plan", "gold", "city", "York"), with(c, "city", "Hull")
	for name, tc := range map[string]struct {
		body    string
		readers []Reader
		want    string
	}{
		"every branch has a persona":        {`{{if eq .Subscriber.plan "gold"}}a{{else}}b{{end}}`, []Reader{gold, plain}, ""},
		"nobody takes the first branch":     {"x\n\n" + `{{if eq .Subscriber.plan "tin"}}a{{else}}b{{end}}`, []Reader{gold, plain}, "warning 8 branch"},
		"nobody takes the second branch":    {`{{if eq .Subscriber.plan "gold"}}a{{else}}b{{end}}`, []Reader{gold}, "warning 6 branch"},
		"a second branch that is not there": {`{{if eq .Subscriber.plan "gold"}}a{{end}}`, []Reader{gold}, ""},
		"a field nobody in the branch lacks": {
			`{{if eq .Subscriber.plan "gold"}}{{.Subscriber.plan}}{{else}}b{{end}}`, []Reader{gold, plain}, "",
		},
		"a field somebody in the branch lacks": {
			`{{if .Subscriber.city}}{{.Subscriber.plan}}{{else}}b{{end}}`, []Reader{gold, plain}, "error 6 merge-missing",
		},
		"a field somebody else lacks": {
			`{{if eq .Subscriber.plan "tin"}}a{{else}}{{.Subscriber.city}}{{end}}{{if eq .Subscriber.plan "gold"}}{{.Subscriber.plan}} {{.Subscriber.number}}{{end}}`,
			[]Reader{with(c, "plan", "gold", "number", "7", "city", "York"), with(c, "plan", "tin")}, "warning 6 merge-default, warning 6 merge-default",
		},
		"an attribute nobody has": {`{{if .Subscriber.pet}}a{{else}}b{{end}}`, []Reader{gold}, "warning 0 merge-stranger"},
		"a branch too long for Gmail": {
			"{{if .Subscriber.pet}}\n" + strings.Repeat("A sentence of some length. ", 4000) + "\n{{end}}", nil, "error 0 size",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campaign(tc.body + "\n")
			var got []string
			for _, f := range Lint(c, layouts(t), tc.readers) {
				got = append(got, fmt.Sprintf("%s %d %s", f.Severity, f.Line, f.Rule))
			}
			if all := strings.Join(got, ", "); tc.want == "" && all != "" || !strings.Contains(all, tc.want) {
				t.Errorf("found %v, want %q", got, tc.want)
			}
		})
	}
}

// Whatever stands around and within conditions, the wire decodes to what the message
// shows, for every reader.
func TestConditionsKeepTheEncodingLegal(t *testing.T) {
	t.Parallel()
	l := layouts(t)
	part := rapid.SampledFrom([]string{
		"", " ", "a", "word ", "é", "=", "ü = ", "\n", ".", "From ", strings.Repeat("x", 70), strings.Repeat("é", 13), "{{.Subscriber.Name}}",
		"**b**", "*", "山田", "\n\n", "- ", "> ", "1. ", "    ", "## ", "`", "```\n", "| a |\n|---|\n| ", "[l](https://a.org/", ")", "> [!ASK]\n", "[^1]", "\n\n[^1]: ", "●●○", "\n{{if .Subscriber.city}}\nB\n{{else}}\nC\n{{end}}\n",
		"{{if .Subscriber.city}}", "{{else}}", "{{end}}", "{{if .Subscriber.city}}y{{end}}", "{{if .Subscriber.pet}}{{.Subscriber.pet}}{{else}} n {{end}}",
	})
	rapid.Check(t, func(rt *rapid.T) {
		c := campaign(strings.Join(rapid.SliceOfN(part, 1, 12).Draw(rt, "parts"), "") + "\n")
		e, _ := Compile(NewBundle(c, 0, l))
		if e.Broken() {
			return
		}
		for _, r := range []Reader{anna(c, 0), with(c), with(c, "pet", "Rex = é ")} {
			m, err := e.Compose(mailaddr.Mailbox{Address: r.Email}, e.Merge(r), links, stamp)
			if err != nil {
				rt.Fatal(err)
			}
			checkMessage(t, m)
			if t.Failed() {
				rt.Fatalf("the body is %q", c.Issues[0].Body)
			}
		}
	})
}
