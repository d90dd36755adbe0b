package preview

import (
	"mime"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// wordDecoder decodes RFC 2047.
var wordDecoder mime.WordDecoder

// inert makes the links of a message harmless: every link gets a target of its own,
// which the frame's sandbox does not open, except for those that begin with keep.
// A message that cannot be parsed is left out rather than shown as it is.
func inert(message, keep string) string {
	doc, err := html.Parse(strings.NewReader(message))
	if err != nil {
		return ""
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.A && !strings.HasPrefix(attribute(n, "href"), keep) {
			n.Attr = append(n.Attr, html.Attribute{Key: "target", Val: "_blank"})
		}
	}
	var out strings.Builder
	if err := html.Render(&out, doc); err != nil {
		return ""
	}
	return out.String()
}

// attribute returns the value of an attribute, or "".
func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
