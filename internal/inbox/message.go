package inbox

import (
	"bytes"
	"mime"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// Message is one message for one recipient.
type Message struct {
	// ID is counted from 1 in the order of arrival.
	ID int
	// Mailbox is the number of the mailbox it is in.
	Mailbox int
	// To is the recipient in lower case; EnvelopeFrom the reverse-path as
	// the client gave it (RFC 5321 §4.1.1.2).
	To, EnvelopeFrom string
	// Arrived is when, by the clock of [Options].
	Arrived time.Time
	// Subject and From are the decoded headers; From is the display name, or
	// the address when there is none.
	Subject, From string
	// Preheader is how the message begins, as a mail program would show it
	// beside the subject.
	Preheader string
	// Raw is the message as it arrived.
	Raw []byte
}

// Content is what a message says.
type Content struct {
	// Header has the header fields, undecoded.
	Header mail.Header
	// Text and HTML are the first parts of their type, decoded to UTF-8;
	// empty when there is none.
	Text, HTML string
	// Images are those that the HTML can show, by Content-ID without brackets.
	Images map[string]Image
}

// Content takes the message apart (RFC 2045, RFC 2046). What cannot be decoded
// is shown as it is: whoever looks at a broken message wants to see it.
func (m Message) Content() Content {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return Content{Text: string(m.Raw)}
	}
	c := Content{Header: parsed.Header}
	c.part(textproto.MIMEHeader(parsed.Header), parsed.Body, 0)
	return c
}

// summarize sets what a list of messages shows.
func (m *Message) summarize() {
	c := m.Content()
	m.Subject = decodeWords(c.Header.Get("Subject"))
	m.From = decodeWords(c.Header.Get("From"))
	if from, err := mail.ParseAddress(c.Header.Get("From")); err == nil {
		m.From = from.Name
		if from.Name == "" {
			m.From = from.Address
		}
	}
	m.Preheader = beginning(c)
}

// decodeWords decodes a header field (RFC 2047).
func decodeWords(field string) string {
	var d mime.WordDecoder
	if text, err := d.DecodeHeader(field); err == nil {
		field = text
	}
	return strings.ToValidUTF8(field, "\ufffd")
}
