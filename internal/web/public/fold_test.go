package public

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"partwork/internal/wording"
	"partwork/templates"
)

// TestFoldChangesNothing renders a template with texts in all kinds of places before and
// after, and looks which of them are asked for still.
func TestFoldChangesNothing(t *testing.T) {
	t.Parallel()
	book, err := wording.Load(templates.Files())
	if err != nil {
		t.Fatal(err)
	}
	words, _ := book.In("en")
	asked := map[string]int{}
	say := func(name string, values ...any) (template.HTML, error) {
		asked[name]++
		return words.HTML(name, values...)
	}
	const page = `{{define "part"}}<b>{{say "leave.text"}}</b>{{end}}<title>{{say "gone.tab"}}</title><p title="{{say "gone.title"}}">{{say "gone.why"}}
{{range .}}{{if eq . 1}}{{say "leave.series"}}{{else}}{{say "left.series"}} {{say "where.leaving" "next" .}}{{end}}{{else}}none{{end}}{{template "part"}}
{{with $x := say "leave.tab"}}{{$x}}{{end}}`
	set, err := template.New("page").Funcs(template.FuncMap{"say": say}).Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	render := func() string {
		var out bytes.Buffer
		if err := set.Execute(&out, []int{1, 2}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	before := render()
	fold(set, words)
	clear(asked)
	if after := render(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	for name, want := range map[string]int{
		"leave.text": 0, "gone.why": 0, "leave.series": 0, "left.series": 0,
		"gone.tab": 1, "gone.title": 1, "where.leaving": 1, "leave.tab": 1,
	} {
		if asked[name] != want {
			t.Errorf("%s is asked for %d times, want %d", name, asked[name], want)
		}
	}
	if !strings.Contains(before, "It may have been cut off") {
		t.Error(before)
	}
}
