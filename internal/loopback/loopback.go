// Package loopback says which names are those of this machine, for pages that are
// meant for the person who sits at it: the preview and the inbox of the demo.
package loopback

import (
	"net"
	"strings"
)

// Host reports whether a Host header names this machine by a name that no other
// machine's owner can point here. A web site that points its own name at 127.0.0.1
// (DNS rebinding) is found out by it: the browser sends that name. RFC 6761 §6.3 keeps
// localhost and what ends in .localhost for this machine.
func Host(header string) bool {
	name := Name(header)
	ip := net.ParseIP(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || ip != nil && ip.IsLoopback()
}

// Name returns the name or address in a Host header, without port and brackets, in
// small letters.
func Name(header string) string {
	if name, _, err := net.SplitHostPort(header); err == nil {
		header = name
	} else if inner, ok := strings.CutPrefix(header, "["); ok {
		header = strings.TrimSuffix(inner, "]")
	}
	return strings.ToLower(header)
}

// Address reports whether an address to listen on, with its port, is one of this
// machine alone.
func Address(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
