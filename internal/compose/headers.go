package compose

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// massHeaders adds the headers of mass mail. They name neither the campaign nor
// the reader. "OOF, AutoReply" silences absence notices; "All" would silence
// bounces too. The confirmation is asked for one by one, so it is no bulk mail;
// with its one-click link, whoever did not ask for it is rid of it for good.
func (e *Edition) massHeaders(msg *gomail.Msg, l Links, s Stamp) {
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	if !e.bundle.Confirmation() {
		msg.SetGenHeader(gomail.HeaderPrecedence, "bulk")
	}
	msg.SetGenHeader("List-Id", "<"+e.bundle.Key+"."+e.bundle.From.Address.Domain()+">") // RFC 2919 §3
	msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+l.Unsubscribe+">")                // RFC 2369 §3.2
	msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")     // RFC 8058 §3.1
	msg.SetGenHeader("Feedback-ID", e.feedbackID(s))
}

// feedbackID says under which headings a mailbox provider is to count complaints:
// the campaign's key, the sending address, the kind of mail, and, last and always
// the same, the sender. There is nothing in it of the reader. Nor of the issue: its
// id may name a topic, which anybody could find again in a hash of it.
func (e *Edition) feedbackID(s Stamp) string {
	kind := "issue"
	switch {
	case s.Test:
		kind = "test"
	case e.bundle.Confirmation():
		kind = "confirmation"
	}
	from := e.bundle.From.Address
	return e.bundle.Key + ":" + opaque("feedback address", from.Key()) + ":" + kind + ":" +
		opaque("feedback sender", from.Domain())
}

// opaque returns a name of 12 letters and digits for a value, always the same.
func opaque(purpose, value string) string {
	sum := sha256.Sum256([]byte(purpose + "\x00" + value))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12])
}
