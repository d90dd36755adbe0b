package testkit

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// View is a page and how it is looked at.
type View struct {
	// Name is what the view is called in pictures.
	Name string
	URL  string
	// Width and Height are those of the window in CSS pixels.
	Width, Height int
	Dark          bool
	// Forgive says that errors on the page's console are not held against it,
	// as when the page itself is an error, or its images are missing on purpose.
	Forgive bool
}

// Audit is what was found in a view.
type Audit struct {
	View View
	// Violations are what axe-core says breaks its rules.
	Violations []Violation
	// Overflow is by how many pixels the page is wider than the window.
	Overflow int
}

// Violation is a rule of axe-core that some elements of a page break.
type Violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	// Nodes are the elements.
	Nodes []struct {
		HTML string `json:"html"`
		// Summary says how to mend it.
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Grave reports whether people who depend on assistance are kept from the content.
func (v Violation) Grave() bool { return v.Impact == "serious" || v.Impact == "critical" }

// String returns the rule and the elements, a line each.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s\n    %s", n.HTML, strings.Join(strings.Fields(n.Summary), " "))
	}
	return b.String()
}

// Audits looks at pages with axe-core in one browser, one view after the other. It
// skips or fails the test like [Missing] when there is no browser or no axe-core.
// A page that writes an error to the console fails it, unless forgiven. When the variable
// SCREENSHOTS names a directory, a picture of every view is left there.
func Audits(t testing.TB, views []View) []Audit {
	t.Helper()
	path, script := Chromium(t), axe(t)
	b := startBrowser(t, path, 2*patience+time.Duration(len(views))*patience/4)
	var out []Audit
	for _, v := range views {
		out = append(out, b.audit(v, script))
	}
	return out
}

// ScrollWidths opens pages in one browser and returns how wide each would have to be so
// that nothing needs to be scrolled sideways, in CSS pixels: the width of its window, or
// more. Pictures are left as by [Audits], and without a browser it does as [Missing].
func ScrollWidths(t testing.TB, views []View) []int {
	t.Helper()
	b := startBrowser(t, Chromium(t), 2*patience+time.Duration(len(views))*patience/4)
	widths := make([]int, len(views))
	for i, v := range views {
		b.visit(v.URL, v.Width, v.Height, v.Dark)
		b.value("Math.max(document.scrollingElement.scrollWidth, window.innerWidth)", &widths[i])
		if os.Getenv("SCREENSHOTS") != "" {
			b.expand(v)
			savePicture(b.t, b.picture(), v.Width, v.Dark, v.Name)
		}
		if !v.Forgive {
			b.reportComplaints(v.URL)
		}
		b.complaints = nil
	}
	return widths
}

// audit looks at one view.
func (b *browser) audit(v View, script string) Audit {
	b.t.Helper()
	b.visit(v.URL, v.Width, v.Height, v.Dark)
	a := Audit{View: v}
	b.value(fmt.Sprintf("document.documentElement.scrollWidth - %d", v.Width), &a.Overflow)
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		b.expand(v)
		savePicture(b.t, b.picture(), v.Width, v.Dark, v.Name)
	}
	b.evaluate(script + "\n;0")
	// Frames are pages of their own: axe-core would wait for an answer out of one that
	// runs no scripts.
	b.value(`axe.run(document, {resultTypes: ["violations"], iframes: false}).then(r => r.violations)`, &a.Violations)
	if !v.Forgive {
		b.reportComplaints(v.URL)
	}
	b.complaints = nil
	return a
}

// expand makes the window as high as the page, for a picture of all of it.
func (b *browser) expand(v View) {
	b.t.Helper()
	var height int
	b.value("document.documentElement.scrollHeight", &height)
	b.window(v.Width, max(v.Height, height))
}

// value reads the value of an expression on the page into what into points to.
func (b *browser) value(expression string, into any) {
	b.t.Helper()
	raw := b.evaluate(expression)
	if err := json.Unmarshal(raw, into); err != nil {
		b.t.Fatalf("%s is %.200s: %v", expression, raw, err)
	}
}
