package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// RelayIsLoopback reports whether every relay is this machine: a loopback address, or
// localhost (RFC 6761 §6.3). What such a relay takes need not leave the machine.
func (c *Config) RelayIsLoopback() bool {
	for _, r := range c.relaysAt() {
		if !isLoopback(r.Host) {
			return false
		}
	}
	return true
}

// BeyondLoopback returns the host of the first relay that is not this machine; empty if
// there is none.
func (c *Config) BeyondLoopback() string {
	for _, r := range c.relaysAt() {
		if !isLoopback(r.Host) {
			return r.Host
		}
	}
	return ""
}

func isLoopback(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// HeloName returns the name for EHLO: SMTP.Helo, or the host of PublicURL; an IP
// address as the literal that RFC 5321 §4.1.3 asks for.
func (c *Config) HeloName() string {
	if c.SMTP.Helo != "" {
		return c.SMTP.Helo
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return ""
	}
	ip, err := netip.ParseAddr(u.Hostname())
	switch {
	case err != nil:
		return u.Hostname()
	case ip.Is4():
		return "[" + ip.String() + "]"
	default:
		return "[IPv6:" + ip.WithZone("").String() + "]"
	}
}

// Placeholders returns the keys whose values no reader could use: public_url while
// it is a placeholder or this machine. The from and postal_address of campaigns are
// for their own files to check, with [IsPlaceholder].
func (c *Config) Placeholders() []string {
	u, err := url.Parse(c.PublicURL)
	if err != nil || IsPlaceholder(c.PublicURL) || isLoopback(u.Hostname()) {
		return []string{"public_url"}
	}
	return nil
}

// CheckRelay returns what must be put right before a letter may leave, as
// [Findings]: a file with the password or a signing key that is missing, and, for a
// relay beyond loopback, placeholders.
func (c *Config) CheckRelay() error {
	var findings Findings
	add := func(key, message, fix string) {
		findings = append(findings, Finding{File: "configuration", Key: key, Message: message, Fix: fix})
	}
	for _, r := range c.relaysAt() {
		if r.PasswordFile != "" && !r.Password.IsSet() {
			add(r.key("password_file"), strconv.Quote(r.PasswordFile)+" does not exist", "write the password into it and run chmod 600 on it")
		}
		for _, k := range r.DKIM.Keys() {
			if !k.Key.IsSet() {
				add(r.key("dkim."+k.Algorithm+".file"), strconv.Quote(k.File)+" does not exist",
					"restore it from a backup, or make new keys with `partwork dkim new`")
			}
		}
	}
	if !c.RelayIsLoopback() {
		for _, key := range c.Placeholders() {
			add(key, "readers cannot reach "+quote(c.PublicURL), "write the address under which they reach these pages")
		}
		if c.Bounces.Address != "" && IsPlaceholder(c.Bounces.Address) {
			add("bounces.address", quote(c.Bounces.Address)+" is nobody's mailbox", "write the address of yours, or remove the line")
		}
	}
	return findings.err()
}

// The names that RFC 2606 and RFC 6761 keep for examples, and the words of forms
// nobody filled in. Words that mean something in another language ("todo") count in
// capitals only.
var (
	exampleHost = regexp.MustCompile(`(?i)(^|[@./\s<])(example\.(com|net|org|edu)|[a-z0-9-]+\.(example|invalid|test))\.?($|[^a-z0-9.-])`)
	formWord    = regexp.MustCompile(`(?i)\bchange[ _-]?(me|this)\b|\bplaceholder\b|\bfixme\b|\bfill[ _-](me[ _-])?in\b|` +
		`\bx{3,}\b|…|\.\.\.|\byour[ _-](name|company|organi[sz]ation|(postal |street )?address|street|city|domain)\b|(?-i:\bTODO\b)`)
)

// IsPlaceholder reports whether a host, URL, address or line of text was evidently
// left as it came: empty, example.org and its like, "change me", "your address", "…".
func IsPlaceholder(text string) bool {
	return strings.TrimSpace(text) == "" || exampleHost.MatchString(text) || formWord.MatchString(text)
}
