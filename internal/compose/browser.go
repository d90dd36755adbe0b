package compose

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"partwork/internal/mailaddr"
)

// hiddenAddress stands where a message has its reader's own address: whoever
// passes the link to the page on means to pass the text on.
const hiddenAddress = "your address"

// Browser returns a message of the edition as a page for a browser, for whoever
// opens its View link. It is the HTML part, made of the same pieces and values, but
// the images that came along are in the page itself, and where a value has the
// reader's address, or one they had, there are words. The errors are those of AppendTo.
func (e *Edition) Browser(address mailaddr.Address, v Values, l Links, former ...mailaddr.Address) (string, error) {
	if e.broken {
		return "", fmt.Errorf("compose: %w", ErrBroken)
	}
	if err := e.readyLinks(&l); err != nil {
		return "", err
	}
	g := e.galley(v, l)
	defer e.release(g)
	page := filled(e.html, g.without(append(addressesIn(address, v), former...)))
	if g.missing != "" {
		return "", fmt.Errorf("%w: {{.%s}}", ErrMissing, g.missing)
	}
	return e.ForBrowser(page), nil
}

// addressesIn returns the addresses to hide: the reader's, and that which they had when
// the message was made, if it has it.
func addressesIn(now mailaddr.Address, v Values) []mailaddr.Address {
	list := []mailaddr.Address{now}
	if then, err := mailaddr.Parse(v.Fields.of(fieldEmail)); err == nil && then != now {
		list = append(list, then)
	}
	return list
}

// without is html without some addresses. Conditions still see it, so that the page has
// the branches of the message.
func (g *galley) without(addresses []mailaddr.Address) func(n int) string {
	var texts, queries []string
	for _, a := range addresses {
		if !a.IsZero() {
			texts, queries = append(texts, regexp.QuoteMeta(a.String())), append(queries, regexp.QuoteMeta(url.QueryEscape(a.String())))
		}
	}
	plain := regexp.MustCompile("(?i)" + strings.Join(texts, "|"))
	query := regexp.MustCompile("(?i)" + strings.Join(queries, "|"))
	return func(n int) string {
		value, sl := g.plain(n), &g.e.slots[n]
		switch {
		case len(texts) == 0 || sl.test != testNone || sl.place == inLink:
		case sl.place == inQuery:
			value = query.ReplaceAllLiteralString(value, url.PathEscape(hiddenAddress))
		default:
			value = plain.ReplaceAllLiteralString(value, hiddenAddress)
		}
		return escape(value)
	}
}

// ImageSources returns what a page that Browser made may load its images from, as
// source expressions of a Content-Security-Policy: data: for those within the page,
// and the address of each of the others, without its query (CSP3 §2.3.1).
func ImageSources(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil // only for errors of the reader, and a string has none
	}
	var out []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != atom.Img {
			continue
		}
		for _, a := range n.Attr {
			if source := imageSource(a); source != "" && !slices.Contains(out, source) {
				out = append(out, source)
			}
		}
	}
	return out
}

// imageSource returns the source expression for a src attribute, or "".
func imageSource(a html.Attribute) string {
	if a.Key != "src" {
		return ""
	}
	if strings.HasPrefix(a.Val, "data:") {
		return "data:"
	}
	u, err := url.Parse(a.Val)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	// What ends an expression or a directive is written as an escape.
	path := strings.NewReplacer(";", "%3B", ",", "%2C", "'", "%27").Replace(u.EscapedPath())
	source := u.Scheme + "://" + u.Host + path
	if strings.ContainsAny(source, " ;,'\"\r\n\t") {
		return ""
	}
	return source
}
