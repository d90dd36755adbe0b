package compose

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// madeUp are hosts that stand for others (RFC 2606, RFC 6761), or for the machine
// that the author sat at.
var madeUp = regexp.MustCompile(`(?i)^(?:(?:.+\.)?example\.(?:com|net|org)|(?:.+\.)?(?:example|invalid|test|localhost))$`)

// shorteners hide where a link leads; spam filters refuse many of them.
var shorteners = map[string]bool{
	"bit.ly": true, "tinyurl.com": true, "goo.gl": true, "t.co": true, "ow.ly": true, "is.gd": true, "buff.ly": true, "rb.gy": true,
	"cutt.ly": true, "t.ly": true, "tiny.cc": true, "shorturl.at": true,
}

// host reports what is doubtful about where a link leads, as far as its beginning
// without merge fields tells.
func (in *inspector) host(n ast.Node, target string) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return
	}
	doubt := func(message, fix string) { in.doubt(n, "link-host", message, fix) }
	name := strings.ToLower(u.Hostname())
	switch {
	case u.User != nil:
		doubt(fmt.Sprintf("the link leads to %s, whatever stands before its @", clean(name, 60)), "leave out what is before the @")
	case madeUp.MatchString(name):
		doubt(fmt.Sprintf("the link leads to %s, which only stands for a real place", clean(name, 60)), "write the real address")
	case net.ParseIP(name) != nil:
		doubt("the link leads to a number instead of a name; spam filters count it", "use the name of the site")
	case shorteners[name]:
		doubt(fmt.Sprintf("%s hides where the link leads, and many mail servers refuse it", name), "write the whole address")
	case u.Port() != "" && u.Port() != "443" && u.Port() != "80":
		doubt(fmt.Sprintf("the link leads to port %s; spam filters count it", u.Port()), "use the site's usual address")
	}
}

// addressForm is a text that looks like the address of a page.
var addressForm = regexp.MustCompile(`^(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/?#:]\S*)?$`)

// promise reports a link whose words name another place than it leads to, and one
// whose words mean nothing on their own.
func (in *inspector) promise(n *ast.Link) {
	s := setter{value: func(int) string { return "x" }}
	words := strings.ToLower(strings.TrimSpace(string(s.fill(textReader{in.source, in.bundle}.children(n)))))
	switch strings.Trim(words, ".,:!→» ") {
	case "here", "click here", "this", "link", "this link", "read more", "more":
		in.doubt(n, "link-text", fmt.Sprintf("%q says nothing to those who jump from link to link", clean(words, 40)), "say where it leads, in words that make sense on their own")
		return
	}
	m := addressForm.FindStringSubmatch(words)
	u, err := url.Parse(string(n.Destination))
	if m == nil || err != nil || u.Host == "" {
		return
	}
	says, leads := strings.TrimPrefix(m[1], "www."), strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if says != leads && !strings.HasSuffix(leads, "."+says) {
		in.doubt(n, "link-text", fmt.Sprintf("the words of the link name %s, but it leads to %s, as in a trap", clean(says, 60), clean(leads, 60)), "name the place it leads to, or use other words")
	}
}
