package testkit

import (
	"fmt"
	"os"
	"testing"
)

// Axe is axe-core, fetched once for many looks at a [Page].
type Axe struct{ script string }

// FetchAxe returns axe-core. It skips or fails the test like [Missing] if there is none.
func FetchAxe(t testing.TB) Axe {
	t.Helper()
	return Axe{axe(t)}
}

// Audit looks at the page as it stands, without loading it anew: what a form was answered
// with cannot be visited. It does so in the colors of the window, by all rules, and, if both
// is true, in the others by those about colors. When the variable SCREENSHOTS names a
// directory, pictures of all of the page are left there, in the width of the window and in
// the others.
func (p *Page) Audit(x Axe, name string, both bool, others ...int) []Audit {
	p.b.t.Helper()
	p.b.evaluate(x.script + "\n;0")
	var found []Audit
	schemes := []bool{p.dark}
	if both {
		schemes = append(schemes, !p.dark)
	}
	for _, dark := range schemes {
		view := View{Name: name, Width: p.width, Height: p.height, Dark: dark}
		p.b.colors(dark)
		a := Audit{View: view}
		p.b.value(fmt.Sprintf("document.documentElement.scrollWidth - %d", p.width), &a.Overflow)
		// Options of a datalist are not shown, and there are hundreds.
		rules := ""
		if dark != p.dark { // the same elements, in other colors
			rules = `runOnly: ["cat.color"], `
		}
		p.b.value(fmt.Sprintf(`axe.run({exclude: ["datalist"]}, {%sresultTypes: ["violations"], iframes: false}).then(r => r.violations)`, rules), &a.Violations)
		found = append(found, a)
		if os.Getenv("SCREENSHOTS") == "" {
			continue
		}
		for _, width := range append([]int{p.width}, others...) {
			view.Width = width
			p.b.window(width, p.height)
			p.b.expand(view)
			savePicture(p.b.t, p.b.picture(), width, dark, name)
		}
		p.b.window(p.width, p.height)
	}
	p.b.colors(p.dark)
	return found
}
