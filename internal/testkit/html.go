package testkit

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Node is an element of a parsed page.
type Node struct{ n *html.Node }

// ParseHTML parses a page as a browser does.
func ParseHTML(t testing.TB, page string) Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatalf("parse HTML: %v", err)
	}
	return Node{n}
}

// All lists the elements below n that fit the selector, in document order. A
// selector is one or more compounds with spaces between them, each within the
// one before it. A compound is a tag name and any of #id, .class, [name] and
// [name=value], such as `form.join input[name=email]`.
func (n Node) All(selector string) []Node {
	found := []Node{n}
	for _, word := range strings.Fields(selector) {
		c := parseCompound(word)
		var next []Node
		seen := map[*html.Node]bool{}
		for _, from := range found {
			for d := range from.n.Descendants() {
				if !seen[d] && c.fits(d) {
					seen[d] = true
					next = append(next, Node{d})
				}
			}
		}
		found = next
	}
	return found
}

// One is the only element that fits the selector; the test fails when there
// are none or several.
func (n Node) One(t testing.TB, selector string) Node {
	t.Helper()
	all := n.All(selector)
	if len(all) != 1 {
		t.Fatalf("%d elements fit %q, want 1", len(all), selector)
	}
	return all[0]
}

// Text is the text in n with white space collapsed.
func (n Node) Text() string {
	var b strings.Builder
	for d := range n.n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			b.WriteString(d.Data)
		}
		b.WriteByte(' ')
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Attr is the value of an attribute, empty when there is none.
func (n Node) Attr(name string) string {
	v, _ := attr(n.n, name)
	return v
}

// Tag is the element's name.
func (n Node) Tag() string { return n.n.Data }

// attr finds an attribute.
func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// compound is a selector for one element.
type compound struct {
	tag   string
	tests []func(*html.Node) bool
}

// parseCompound reads a selector without spaces.
func parseCompound(word string) compound {
	end := strings.IndexAny(word, "#.[")
	if end < 0 {
		return compound{tag: word}
	}
	c := compound{tag: word[:end]}
	for rest := word[end:]; rest != ""; {
		kind := rest[0]
		var value string
		value, rest = cutTest(rest)
		c.tests = append(c.tests, attributeTest(kind, value))
	}
	return c
}

// cutTest takes one #id, .class or [name=value] off a selector, without its
// punctuation.
func cutTest(s string) (value, rest string) {
	if s[0] == '[' {
		value, rest, _ = strings.Cut(s[1:], "]")
		return value, rest
	}
	if end := strings.IndexAny(s[1:], "#.["); end >= 0 {
		return s[1 : end+1], s[end+1:]
	}
	return s[1:], ""
}

// attributeTest says whether an element has an id, a class or an attribute.
func attributeTest(kind byte, value string) func(*html.Node) bool {
	return func(n *html.Node) bool {
		switch kind {
		case '#':
			v, _ := attr(n, "id")
			return v == value
		case '.':
			v, _ := attr(n, "class")
			return strings.Contains(" "+strings.Join(strings.Fields(v), " ")+" ", " "+value+" ")
		default:
			name, want, exact := strings.Cut(value, "=")
			v, ok := attr(n, name)
			return ok && (!exact || v == strings.Trim(want, `"'`))
		}
	}
}

// fits says whether an element matches.
func (c compound) fits(n *html.Node) bool {
	if n.Type != html.ElementNode || c.tag != "" && c.tag != n.Data {
		return false
	}
	for _, test := range c.tests {
		if !test(n) {
			return false
		}
	}
	return true
}
