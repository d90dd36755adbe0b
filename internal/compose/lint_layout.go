package compose

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"partwork/internal/drip"
)

// frame reports what an operator's layout has lost: what the law and the mailbox
// providers ask of every message. The findings are about the layouts' files.
func (r *reviewer) frame(m *Message, leave string) []drip.Finding {
	var out []drip.Finding
	missing := func(severity drip.Severity, file, rule, message, fix string) {
		out = append(out, drip.Finding{File: file, Severity: severity, Rule: rule, Message: message, Fix: fix})
	}
	page, err := html.Parse(strings.NewReader(m.HTML))
	if err != nil {
		return nil // the layout has been parsed before
	}
	links, title := linksOf(page)
	text := m.Text
	leaves := false
	for _, href := range links {
		leaves = leaves || href == leave
		if href != leave && !strings.Contains(text, strings.TrimPrefix(href, "mailto:")) {
			missing(drip.SeverityWarning, fileText, "text-link",
				fmt.Sprintf("the text part lacks the link to %q that the HTML part has", clean(href, 60)), "put it into both layouts")
		}
	}
	if !leaves {
		missing(drip.SeverityError, fileHTML, "leave-link", "the HTML part has no link to leave the series", `add <a href="{{.Unsubscribe}}">Leave this series</a>`)
	}
	if !strings.Contains(text, leave) {
		missing(drip.SeverityError, fileText, "leave-link", "the text part has no link to leave the series", "add <{{.Unsubscribe}}>")
	}
	if first, _, _ := strings.Cut(strings.TrimSpace(r.e.bundle.PostalAddress), "\n"); first != "" && !strings.Contains(textOf(page), strings.TrimSpace(first)) {
		missing(drip.SeverityWarning, fileHTML, "postal-address", "the HTML part lacks the postal address, which the law of many countries asks for", "add {{.Address}}")
	}
	if title != m.Subject {
		missing(drip.SeverityWarning, fileHTML, "title", "the title of the HTML part is not the subject; spam filters compare them", "write <title>{{.Subject}}</title>")
	}
	return out
}

// linksOf returns the targets of a page's links, and its title.
func linksOf(page *html.Node) (links []string, title string) {
	for n := range page.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Title:
			title = strings.TrimSpace(textOf(n))
		case n.DataAtom == atom.A:
			for _, a := range n.Attr {
				if a.Key == "href" {
					links = append(links, a.Val)
				}
			}
		}
	}
	return links, title
}

// textOf returns the text of a node.
func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}
