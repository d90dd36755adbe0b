package config

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Networks are ranges of addresses (RFC 4632 §3.1).
type Networks []netip.Prefix

// maxNetworks bounds how many a file may list.
const maxNetworks = 100

// parseNetworks reads networks and single addresses with commas or blanks between them.
func parseNetworks(text string) (Networks, error) {
	var networks Networks
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(word)
		if a, single := netip.ParseAddr(word); single == nil && a.Zone() == "" {
			a = a.Unmap()
			network, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil || network != network.Masked() || network.Bits() == 0 || network.Addr().Is4In6() {
			return nil, fmt.Errorf("%s is no network", word)
		}
		if networks = append(networks, network); len(networks) > maxNetworks {
			return nil, fmt.Errorf("there are more than %d networks", maxNetworks)
		}
	}
	return networks, nil
}

// networksExpected says what a field of networks takes. The network of all addresses is
// not among it: with it, everybody is believed, which is to believe nobody.
const networksExpected = "expected networks such as 10.0.0.0/8 or 2001:db8::/32, or addresses such as 127.0.0.1, with commas between them or one \"- \" a line"

// readNetworks sets a field of networks from a list with one on a line; false if the
// value is none.
func (l *loader) readNetworks(f field, value ast.Node) bool {
	list, ok := value.(*ast.SequenceNode)
	if _, networks := f.target.Interface().(Networks); !ok || !networks {
		return false
	}
	var words []string
	for _, entry := range list.Values {
		text, ok := scalar(entry)
		if !ok || strings.ContainsAny(text, ", ") {
			l.reportLine(lineOf(entry.GetToken()), f.key, "an entry of the list is no network", networksExpected)
			return true
		}
		if _, err := parseNetworks(text); err != nil {
			l.reportLine(lineOf(entry.GetToken()), f.key, quote(text)+" cannot be used", networksExpected)
			return true
		}
		words = append(words, text)
	}
	l.set(f, strings.Join(words, ","))
	return true
}

// String writes networks as a file has them.
func (n Networks) String() string {
	words := make([]string, len(n))
	for i, network := range n {
		words[i] = network.String()
	}
	return strings.Join(words, ", ")
}
