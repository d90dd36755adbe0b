package preview

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// leading is an address that the HTML part leads to, as the reader's message has it.
type leading struct {
	Address string
	// Host is the part that says whose it is, as far as the address has one.
	Host string
	// Words are those of its links, each once; Times is how many links there are.
	Words []string
	Times int
	// Own says what one of the reader's own links does, which in the preview does
	// nothing; empty for any other.
	Own string
	// Doubts are what a writer may want to look at.
	Doubts []string
}

// ownDeeds says what the reader's own links do.
var ownDeeds = map[string]string{
	"unsubscribe": "the reader leaves the series", "confirm": "the reader confirms", "preferences": "the reader's own pace and pause",
	"view": "this issue in the browser",
}

// leads lists where the links of an HTML part lead, in the order in which they come.
func leads(page string, own map[string]string) []leading {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil // the HTML parser takes anything; reading a string does not fail
	}
	var list []leading
	at := make(map[string]int)
	for n := range doc.Descendants() {
		if n.DataAtom != atom.A && n.DataAtom != atom.Area {
			continue
		}
		address := strings.TrimSpace(attribute(n, "href"))
		if address == "" || strings.HasPrefix(address, "#") {
			continue // a place in the message itself, or no link at all
		}
		i, known := at[address]
		if !known {
			i, at[address] = len(list), len(list)
			list = append(list, leading{Address: address, Own: ownDeeds[own[address]]})
		}
		list[i].Times++
		if words := wordsOf(n); !slices.Contains(list[i].Words, words) {
			list[i].Words = append(list[i].Words, words)
		}
	}
	elsewhere := promises(list)
	for i := range list {
		list[i].judge(elsewhere)
	}
	return list
}

// wordsOf are the words of a link, or what stands in place of its image.
func wordsOf(link *html.Node) string {
	var words []string
	for n := range link.Descendants() {
		switch {
		case n.Type == html.TextNode:
			words = append(words, n.Data)
		case n.DataAtom == atom.Img && attribute(n, "alt") != "":
			words = append(words, attribute(n, "alt"))
		}
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// promises counts to how many addresses the same words lead.
func promises(list []leading) map[string]int {
	count := make(map[string]int)
	for _, l := range list {
		for _, words := range l.Words {
			count[strings.ToLower(words)]++
		}
	}
	return count
}

// judge notes the host, and what is worth a look. The reader's own links are Partwork's.
func (l *leading) judge(promises map[string]int) {
	u, err := url.Parse(l.Address)
	if err != nil {
		l.Doubts = append(l.Doubts, "this is no address")
		return
	}
	if l.Host = u.Host; l.Own != "" {
		return
	}
	if u.Scheme == "http" {
		l.Doubts = append(l.Doubts, "not encrypted: https is expected")
	}
	for _, words := range l.Words {
		switch shown := hostIn(words); {
		case words == "":
			l.Doubts = append(l.Doubts, "a link without words")
		case shown != "" && shown != u.Hostname():
			l.Doubts = append(l.Doubts, "the words name "+shown+", as those of a forgery do")
		case promises[strings.ToLower(words)] > 1:
			l.Doubts = append(l.Doubts, "the words “"+words+"” lead elsewhere, too")
		}
	}
}

// hostIn returns the host if the words of a link are an address themselves.
func hostIn(words string) string {
	if strings.Contains(words, " ") || !strings.HasPrefix(words, "http://") && !strings.HasPrefix(words, "https://") {
		return ""
	}
	u, err := url.Parse(words)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
