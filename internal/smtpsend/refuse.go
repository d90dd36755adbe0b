package smtpsend

import (
	"bytes"
	"fmt"
	"strings"

	"partwork/internal/drip"
)

// refuse says no to an envelope that this relay, or SMTP, cannot take. The
// replies are the ones the relay would have given, and refuse the message and
// nobody's address.
func (c *Conn) refuse(e Envelope) (reply drip.Reply, refused bool) {
	defer func() { reply.Local = refused }()
	switch {
	case !sendable(e.From), !sendable(e.To), e.To == "":
		return drip.Reply{Phase: drip.PhaseRcpt, Code: 553,
			Text: "not sent: the address cannot be written in an SMTP command"}, true
	case !e.UTF8 && !ascii(e.From+e.To):
		return drip.Reply{Phase: drip.PhaseMail, Code: 553, Enhanced: "5.6.7",
			Text: "not sent: the address needs SMTPUTF8, which was not asked for"}, true
	case e.UTF8 && !c.utf8Offered:
		return drip.Reply{Phase: drip.PhaseMail, Code: 553, Enhanced: "5.6.7",
			Text: "not sent: relay does not offer SMTPUTF8"}, true // RFC 6531 §3.5
	case c.sizeLimit > 0 && e.Size > c.sizeLimit:
		return drip.Reply{Phase: drip.PhaseMail, Code: 552, Enhanced: "5.3.4", // RFC 1870 §6.1
			Text: fmt.Sprintf("not sent: the message has %d bytes, the relay takes %d", e.Size, c.sizeLimit)}, true
	}
	return drip.Reply{}, false
}

// sendable says that an address cannot break out of its angle brackets. It is
// the last wall only; addresses are validated where they come in.
func sendable(addr string) bool {
	return !strings.ContainsFunc(addr, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' })
}

// ascii says that all bytes are below 128.
func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// wellFormed says that every line of a message ends with CRLF and that CR and
// LF are nowhere else: anything looser can be read as the end of the message
// by one server and not by the next (RFC 5321 §2.3.8).
func wellFormed(msg []byte) bool {
	for rest := msg; ; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return bytes.IndexByte(rest, '\r') < 0
		}
		if i == 0 || bytes.IndexByte(rest[:i], '\r') != i-1 {
			return false
		}
		rest = rest[i+1:]
	}
}
