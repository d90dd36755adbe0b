package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"partwork/internal/mailaddr"
)

// headers are the headers of an edition's messages as go-mail wrote them once, with
// holes for those that differ.
type headers []headerPiece

// headerPiece is whole header fields, or the name of one that differs.
type headerPiece struct {
	lit  []byte
	name string
}

// The header fields that differ from message to message.
const (
	headerMessageID   = string(gomail.HeaderMessageID)
	headerDate        = string(gomail.HeaderDate)
	headerSubject     = string(gomail.HeaderSubject)
	headerTo          = string(gomail.HeaderTo)
	headerUnsubscribe = string(gomail.HeaderListUnsubscribe)
)

// dateForm is the form of a Date header (RFC 5322 §3.3).
const dateForm = "Mon, 02 Jan 2006 15:04:05 -0700"

// newHeaders lets go-mail write the headers of a message of the edition, of a test
// send or a real one, and cuts out those that differ.
func newHeaders(e *Edition, test bool) (headers, error) {
	subject, fixed := e.fixedSubject(test)
	to := mailaddr.Mailbox{Address: e.bundle.From.Address} // somebody
	msg := e.prototype(to, subject, Links{}, Stamp{MessageID: "none@invalid", Test: test})
	var buf bytes.Buffer
	if _, err := msg.WriteTo(&buf); err != nil {
		return nil, fmt.Errorf("write the headers: %w", err)
	}
	var out headers
	for field := range fields(buf.Bytes()) {
		name, _, _ := strings.Cut(string(field), ":")
		switch name {
		case headerSubject:
			if !fixed {
				out = append(out, headerPiece{name: name})
				continue
			}
		case headerMessageID, headerDate, headerTo, headerUnsubscribe:
			out = append(out, headerPiece{name: name})
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].name == "" {
			out[last].lit = append(out[last].lit, field...)
		} else {
			out = append(out, headerPiece{lit: bytes.Clone(field)})
		}
	}
	return out, nil
}

// fixedSubject returns the subject if it is the same for every reader.
func (e *Edition) fixedSubject(test bool) (string, bool) {
	for _, p := range e.subject {
		if p.kind != pieceText {
			return "", false
		}
	}
	subject := cleanHeader(marked(e.subject), maxSubject)
	if test {
		subject = testMark + subject
	}
	return subject, true
}

// prototype returns a message without a body.
func (e *Edition) prototype(to mailaddr.Mailbox, subject string, l Links, s Stamp) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(headerAddress(mailaddr.Mailbox(e.bundle.From)))
	msg.ToMailAddress(headerAddress(to))
	if !e.bundle.ReplyTo.Address.IsZero() {
		msg.ReplyToMailAddress(headerAddress(mailaddr.Mailbox(e.bundle.ReplyTo)))
	}
	msg.Subject(subject)
	msg.SetMessageIDWithValue(s.MessageID)
	msg.SetGenHeader(gomail.HeaderDate, s.Date.Format(dateForm))
	e.massHeaders(msg, l, s)
	return msg
}

// headerAddress returns a mailbox whose name is fit for a header.
func headerAddress(m mailaddr.Mailbox) *mail.Address {
	return &mail.Address{Name: mailaddr.CleanName(m.Name), Address: m.Address.String()}
}

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
