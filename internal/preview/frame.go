package preview

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"partwork/internal/compose"
)

// frame serves the HTML part for the sandboxed frame.
func (p *Preview) frame(w http.ResponseWriter, r *http.Request) {
	s := p.find(w, r)
	if s == nil {
		return
	}
	if s.message == nil {
		p.missing(w)
		return
	}
	w.Header().Set("Content-Security-Policy", framePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprint(w, s.inert(r.URL.RequestURI()))
}

// inert returns the HTML part for looking at: its links lead nowhere, images are in the
// page itself, and what no mail program runs is left out. A message that cannot be
// parsed is left out rather than shown as it is. The reader's own links lead to a page
// that says what they do, and from there to back; with an empty back there is no such page.
func (s *shown) inert(back string) string {
	doc, err := html.Parse(strings.NewReader(s.illustrated()))
	if err != nil {
		return ""
	}
	v := viewer{back: back, blind: s.look.images == "off"}
	if back != "" {
		v.links = s.ownLinks()
	}
	v.walk(doc)
	tint(doc, s.look.colors == "dark")
	if s.look.colors == "inverted" {
		invert(doc)
	}
	var out strings.Builder
	if err := html.Render(&out, doc); err != nil {
		return ""
	}
	return out.String()
}

// illustrated returns the HTML part with all images in it: those that come along, and
// those that readers would fetch from a server that may not have them yet.
func (s *shown) illustrated() string {
	edition := s.copy.Edition
	page, bundle := edition.ForBrowser(s.message.HTML), edition.Bundle()
	if !bundle.HostedImages {
		return page
	}
	for _, img := range bundle.Images {
		page = strings.ReplaceAll(page, `"`+s.state.Links.Images+"/"+img.Name()+`"`, `"`+dataURL(img)+`"`)
	}
	return page
}

func dataURL(img compose.Image) string {
	return "data:" + img.Type + ";base64," + base64.StdEncoding.EncodeToString(img.Data)
}

// ownLinks are the reader's own links, by address.
func (s *shown) ownLinks() map[string]string {
	l := s.state.Links
	return map[string]string{
		l.Unsubscribe: "unsubscribe", l.Confirm: "confirm", l.Preferences: "preferences", l.View: "view",
	}
}

// viewer makes a message fit to be looked at.
type viewer struct {
	links map[string]string
	back  string
	blind bool // without images
}

// active are elements that mail programs leave out.
var active = map[atom.Atom]bool{
	atom.Script: true, atom.Iframe: true, atom.Object: true, atom.Embed: true, atom.Applet: true, atom.Frame: true,
	atom.Frameset: true, atom.Base: true, atom.Link: true, atom.Audio: true, atom.Video: true,
}

func (v *viewer) walk(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode && (active[c.DataAtom] || c.DataAtom == atom.Meta && attribute(c, "http-equiv") != "") {
			n.RemoveChild(c)
		} else {
			v.element(c)
			v.walk(c)
		}
		c = next
	}
}

// element makes one element harmless.
func (v *viewer) element(n *html.Node) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		switch key := strings.ToLower(a.Key); {
		case strings.HasPrefix(key, "on"), key == "target", key == "ping", key == "srcset":
		case v.blind && (key == "src" || key == "background"):
		default:
			kept = append(kept, a)
		}
	}
	n.Attr = kept
	if n.DataAtom != atom.A && n.DataAtom != atom.Area {
		return
	}
	for i, a := range n.Attr {
		if a.Key != "href" {
			continue
		}
		if what, own := v.links[a.Val]; own {
			n.Attr[i].Val = "/_link-" + what + "?back=" + url.QueryEscape(v.back)
			return
		}
		// It shows where it leads, and does not lead there: nothing may open a window.
		n.Attr[i].Val = harmless(a.Val)
		n.Attr = append(n.Attr, html.Attribute{Key: "target", Val: "_blank"}, html.Attribute{Key: "title", Val: a.Val})
		return
	}
}

// harmless returns a link that can be hovered over, or nothing for what would run.
func harmless(href string) string {
	lower := strings.ToLower(strings.TrimSpace(href))
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if strings.HasPrefix(lower, scheme) {
			return href
		}
	}
	return "about:blank"
}

// schemeForm is how a style asks for the colors that its reader prefers.
var schemeForm = regexp.MustCompile(`(?i)\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)`)

// tint answers the question for the colors of the reader, which are those of the view and
// not those of this browser: with what holds always, or never.
func tint(doc *html.Node, dark bool) {
	answer := func(question string) string {
		if strings.Contains(strings.ToLower(question), "dark") == dark {
			return "(min-width:0)"
		}
		return "(max-width:0)"
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Style {
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				c.Data = schemeForm.ReplaceAllStringFunc(c.Data, answer)
			}
		}
	}
}

// inversion is how mail programs that know no dark mode of the message make it dark:
// light and dark change places, the hues stay, and pictures stay as they are.
const inversion = "html{background:#fff;filter:invert(1) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}"

// invert adds the style.
func invert(doc *html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Head {
			style := &html.Node{Type: html.ElementNode, Data: "style", DataAtom: atom.Style}
			style.AppendChild(&html.Node{Type: html.TextNode, Data: inversion})
			n.AppendChild(style)
			return
		}
	}
}

// foreignImages counts the images that a mail program would fetch from other servers,
// which the preview does not.
func foreignImages(page, hosted string) (n int) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return 0
	}
	for e := range root.Descendants() {
		src := attribute(e, "src")
		if e.Type == html.ElementNode && e.DataAtom == atom.Img && strings.HasPrefix(src, "http") &&
			(hosted == "" || !strings.HasPrefix(src, hosted+"/")) {
			n++
		}
	}
	return n
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
