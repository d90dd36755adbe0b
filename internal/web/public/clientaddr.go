package public

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of the proxies in front of the pages. Only what they say is
// believed of who asks: everybody else can write into a header what they like. With none,
// who asks is who connects.
type Proxies []netip.Prefix

// ClientAddr returns the address of whoever asks: that of the connection, or, if a trusted
// proxy made it, the one from which the outermost trusted proxy was asked, by
// X-Forwarded-For or Forwarded (RFC 7239 §5.2). What that hop says itself is not believed,
// so nobody can choose their address. A request in which the two headers disagree is one
// that a proxy has passed on with a header it does not know, and counts for the proxy; so
// does what cannot be read, such as "unknown" (§6.2). The address has no zone, and is the
// zero Addr only for a connection without one, such as a test's.
func (p Proxies) ClientAddr(r *http.Request) netip.Addr {
	peer := hostAddr(r.RemoteAddr)
	if !p.trusted(peer) {
		return peer
	}
	theirs := r.Header.Values("X-Forwarded-For")
	standard := r.Header.Values("Forwarded")
	if len(theirs) == 0 {
		return p.outermost(peer, forwardedFor(standard))
	}
	client := p.outermost(peer, strings.Split(strings.Join(theirs, ","), ","))
	if len(standard) > 0 && p.outermost(peer, forwardedFor(standard)) != client {
		return peer
	}
	return client
}

// outermost follows the hops from the nearest one outwards for as long as they are
// trusted, and returns the last that is known.
func (p Proxies) outermost(peer netip.Addr, hops []string) netip.Addr {
	known := peer
	for i := len(hops) - 1; i >= 0; i-- {
		hop := hostAddr(hops[i])
		if !hop.IsValid() {
			return known
		}
		if known = hop; !p.trusted(hop) {
			break
		}
	}
	return known
}

func (p Proxies) trusted(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// hostAddr reads an address as headers and connections have it: with a port or without,
// IPv6 in brackets or without. It returns the zero Addr for anything else.
func hostAddr(text string) netip.Addr {
	text = strings.TrimSpace(text)
	if pair, err := netip.ParseAddrPort(text); err == nil {
		return pair.Addr().Unmap().WithZone("")
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		text, ok = strings.CutSuffix(inner, "]")
		if !ok {
			return netip.Addr{}
		}
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// splitQuoted splits the lines of Forwarded, which count as one (RFC 9110 §5.3), where a
// sign stands outside of quotes.
func splitQuoted(lines []string, sign byte) []string {
	var hops []string
	text, quoted, start := strings.Join(lines, ","), false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++ // whatever follows is itself
		case c == '"':
			quoted = !quoted
		case c == sign && !quoted:
			hops = append(hops, text[start:i])
			start = i + 1
		}
	}
	return append(hops, text[start:])
}

// forwardedFor returns the for parameter of every hop of Forwarded (RFC 7239 §4), empty for
// a hop without one.
func forwardedFor(lines []string) []string {
	var hops []string
	for _, element := range splitQuoted(lines, ',') {
		client := ""
		for _, pair := range splitQuoted([]string{element}, ';') {
			name, value, _ := strings.Cut(pair, "=")
			if strings.EqualFold(strings.TrimSpace(name), "for") {
				client = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
		hops = append(hops, client)
	}
	return hops
}
