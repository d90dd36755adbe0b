package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"partwork/internal/mailaddr"
)

// maxFallbacks and maxDomains bound what a file may list.
const (
	maxFallbacks = 9
	maxDomains   = 200
)

// collection is a key that holds any number of sections with the same keys.
type collection string

// The collections: a list in order of preference, and limits by domain.
const (
	fallbacks collection = "smtp.fallbacks"
	domains   collection = "limits.domains"
)

func collectionOf(key string) (collection, bool) {
	c := collection(key)
	return c, c == fallbacks || c == domains
}

// collectionsIn returns the collections, or sections of one, directly inside a section.
func collectionsIn(section string) []string {
	switch section {
	case "":
		return []string{"limits"}
	case "smtp":
		return []string{"fallbacks"}
	case "limits":
		return []string{"domains"}
	}
	return nil
}

func isList(node ast.Node) bool {
	_, ok := node.(*ast.SequenceNode)
	return ok
}

// readCollection makes room for the sections of a collection and reads them.
func (l *loader) readCollection(c collection, value ast.Node) {
	if _, empty := value.(*ast.NullNode); empty {
		return // everything in it is commented out
	}
	if c == fallbacks {
		l.readFallbacks(value)
		return
	}
	m, ok := value.(ast.MapNode)
	if !ok {
		l.report(string(c), "it takes the names of domains", `write lines like "example.org: {rate: 2}", indented`)
		return
	}
	l.readDomains(m)
}

func (l *loader) readFallbacks(value ast.Node) {
	list, ok := value.(*ast.SequenceNode)
	if !ok {
		l.report(string(fallbacks), "it takes a list of relays", `begin each relay with "- host: ", on a line of its own`)
		return
	}
	if len(list.Values) > maxFallbacks {
		l.report(string(fallbacks), fmt.Sprintf("there are %d relays", len(list.Values)), fmt.Sprintf("name at most %d", maxFallbacks))
		return
	}
	l.growTo(len(list.Values))
	for i, relay := range list.Values {
		key := fmt.Sprintf("%s.%d", fallbacks, i+1)
		l.origins[key] = origin{line: lineOf(relay.GetToken())}
		l.readSection(key, relay)
	}
}

// growTo makes room for so many fallbacks, with the defaults of their keys. A fallback
// has no host by default: the one thing that has to be said of it.
func (l *loader) growTo(n int) {
	smtp := &l.cfg.SMTP
	have := len(smtp.Fallbacks)
	if n <= have {
		return
	}
	smtp.Fallbacks = append(smtp.Fallbacks, make([]SMTP, n-have)...)
	l.refield(func(key string) bool {
		rest, in := strings.CutPrefix(key, string(fallbacks)+".")
		number, _, _ := strings.Cut(rest, ".")
		at, err := strconv.Atoi(number)
		return in && err == nil && at > have
	})
	for i := have; i < n; i++ {
		smtp.Fallbacks[i].Host = ""
	}
}

// refield finds the fields anew, after sections were added, and gives those that are
// new their defaults.
func (l *loader) refield(isNew func(key string) bool) {
	l.fields = fieldsOf(l.cfg)
	l.sections = sectionsOf(l.fields)
	for _, f := range l.fields {
		if isNew(f.key) {
			f.set(f.def)
		}
	}
}

// fallbackVariable is the name of a variable that sets a key of a fallback.
var fallbackVariable = regexp.MustCompile(`^PARTWORK_SMTP_FALLBACKS_([1-9])_`)

// growFallbacks makes room for the fallbacks that variables name.
func (l *loader) growFallbacks(environ []string) {
	n := 0
	for _, entry := range environ {
		m := fallbackVariable.FindStringSubmatch(entry)
		if _, value, _ := strings.Cut(entry, "="); m != nil && value != "" {
			n = max(n, int(m[1][0]-'0'))
		}
	}
	l.growTo(n)
}

// readDomains reads the limits of domains. Names are compared in the form in which
// addresses have them: lower case, A-labels.
func (l *loader) readDomains(m ast.MapNode) {
	type section struct {
		key  string
		node ast.Node
	}
	var sections []section
	for it := m.MapRange(); it.Next() && len(l.findings) < maxFindings; {
		token := it.Key().GetToken()
		name, ok := domainName(token.Value)
		key := string(domains) + "." + name
		first, twice := l.origins[key]
		switch {
		case !ok:
			l.reportLine(lineOf(token), string(domains), quote(token.Value)+" is not a domain", `write one such as gmail.com, or "*" in quotes for all others`)
			continue
		case twice:
			l.reportLine(lineOf(token), key, fmt.Sprintf("set twice, first on line %d", first.line), "remove one")
			continue
		case len(sections) == maxDomains:
			l.reportLine(lineOf(token), string(domains), "there are too many domains", fmt.Sprintf("name at most %d", maxDomains))
			return
		}
		l.origins[key] = origin{line: lineOf(token)}
		l.cfg.Limits.Domains = append(l.cfg.Limits.Domains, DomainLimit{Name: name})
		sections = append(sections, section{key, it.Value()})
	}
	l.refield(func(key string) bool { return strings.HasPrefix(key, string(domains)+".") })
	for _, s := range sections {
		l.readSection(s.key, s.node)
	}
}

// domainName returns the form of a domain in which addresses have it; "*" stands for
// every other one.
func domainName(text string) (string, bool) {
	if text == AnyDomain {
		return text, true
	}
	address, err := mailaddr.Parse("a@" + text)
	if err != nil {
		return "", false
	}
	return address.Domain(), true
}
