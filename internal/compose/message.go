package compose

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"partwork/internal/mailaddr"
)

// Message is a whole message, checked and ready to be sent.
type Message struct {
	// From and To are the addresses of the envelope.
	From, To string
	// UTF8 says that one of them can only be given to a relay that offers
	// SMTPUTF8 (RFC 6531).
	UTF8 bool
	// Subject, Preheader, HTML and Text are what the reader sees; LF line ends.
	Subject, Preheader, HTML, Text string
	// Headers are the top-level headers in the order on the wire.
	Headers []Header
	// Bytes is the message as it goes over the wire, CRLF line ends, before
	// dot-stuffing.
	Bytes []byte
}

// Header is a header field.
type Header struct {
	Name string
	// Value is unfolded and still encoded.
	Value string
}

// Stamp is what tells one message of an edition from all others.
type Stamp struct {
	// MessageID is the id without angle brackets, the same for every attempt.
	MessageID string
	// Date is the Date header's instant; its location gives the zone.
	Date time.Time
	// Test marks a test send in the subject.
	Test bool
	// Signer signs the message if it covers the domain of the From header; nil
	// signs nothing.
	Signer *Signer
}

// The limits of the parts of a message.
const (
	maxSubject = 250 // runes
	maxLink    = 900 // octets; List-Unsubscribe is one line of at most 998
	maxLine    = 998 // octets, RFC 5322 §2.1.1
)

// ErrBroken says that the edition has an error that check reports.
var ErrBroken = errors.New("the issue has errors and cannot be sent; run check")

// Compose fills the edition for one person. Equal arguments give equal bytes. The
// confirmation leaves out the name of the recipient, whoever typed it.
//
// The error is ErrBroken, ErrMissing when the issue needs a value that the reader
// lacks, ErrSigning, or says what is wrong with a link, an address or the stamp.
// Nothing that can be retried fails here. It ends up in logs, so it names neither
// the issue, which may be named for its topic, nor the person.
func (e *Edition) Compose(to mailaddr.Mailbox, v Values, l Links, s Stamp) (*Message, error) {
	if err := e.ready(to, l, s); err != nil {
		return nil, err
	}
	r := values{e: e, v: &v, l: &l}
	m := &Message{
		From: e.bundle.From.Address.String(), To: to.Address.String(),
		UTF8:      e.bundle.From.Address.NeedsSMTPUTF8() || e.bundle.ReplyTo.Address.NeedsSMTPUTF8() || to.Address.NeedsSMTPUTF8(),
		Subject:   cleanHeader(filled(e.subject, r.raw), maxSubject),
		Preheader: filled(e.preheader, r.raw),
	}
	var html strings.Builder
	html.Grow(e.size)
	fill(&html, e.html, r.html)
	m.HTML = html.String()
	blocks := e.blocks(&r)
	m.Text = e.plainText(&r, blocks)
	if s.Test {
		m.Subject = "[Test] " + m.Subject
	}
	if r.missing != "" {
		return nil, fmt.Errorf("compose: %w: {{.%s}}", ErrMissing, r.missing)
	}
	if e.bundle.Confirmation() {
		to.Name = ""
	}
	value := func(kind holeKind, n int) string {
		switch kind {
		case holeHTML:
			return r.html(n)
		case holeBlock:
			return blocks[n]
		}
		return r.plain(n)
	}
	if err := e.write(m, to, l, s, value); err != nil {
		return nil, fmt.Errorf("compose: %w", err)
	}
	return m, nil
}

// blocks breaks the lines of those parts of the text that depend on the reader.
func (e *Edition) blocks(r *values) []string {
	out := make([]string, len(e.text))
	w := textWriter{source: e.source, value: r.plain}
	for i, part := range e.text {
		if part.block != nil {
			out[i] = strings.Join(w.block(part.block, textWidth), "\n")
		}
	}
	return out
}

// plainText fills the text part.
func (e *Edition) plainText(r *values, blocks []string) string {
	var out strings.Builder
	out.Grow(e.wire.size / 3)
	for i, part := range e.text {
		if part.block == nil {
			fill(&out, part.pieces, r.plain)
			continue
		}
		out.WriteString(blocks[i])
		out.WriteByte('\n')
	}
	return out.String()
}

// plain returns the value of a slot for the text part.
func (r *values) plain(n int) string {
	value := r.raw(n)
	if r.e.slots[n].place == inQuery {
		return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	}
	return value
}

// html returns the value of a slot for the HTML part.
func (r *values) html(n int) string { return escape(r.plain(n)) }

// messageIDForm is a Message-ID of RFC 5322 §3.6.4 without quoting.
var messageIDForm = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$`)

// ready checks what comes from outside.
func (e *Edition) ready(to mailaddr.Mailbox, l Links, s Stamp) error {
	switch {
	case e.broken:
		return fmt.Errorf("compose: %w", ErrBroken)
	case to.Address.IsZero():
		return errors.New("compose: there is no recipient")
	case e.bundle.From.Address.IsZero():
		return errors.New("compose: the campaign has no from address")
	case !messageIDForm.MatchString(s.MessageID):
		return fmt.Errorf("compose: %q is no Message-ID", s.MessageID)
	case s.Date.IsZero():
		return errors.New("compose: there is no date")
	}
	return e.readyLinks(l)
}

// readyLinks checks the links that the edition uses.
func (e *Edition) readyLinks(l Links) error {
	b := &e.bundle
	for _, link := range []struct {
		name, url string
		needed    bool
	}{
		{fieldUnsubscribe, l.Unsubscribe, true},
		{fieldConfirm, l.Confirm, b.Confirmation()},
		{fieldPreferences, l.Preferences, b.Preferences},
		{fieldView, l.View, b.View},
		{fieldImages, l.Images, e.hosts},
	} {
		if !link.needed {
			continue
		}
		if err := checkLink(link.url); err != nil {
			return fmt.Errorf("compose: %s: %w", link.name, err)
		}
	}
	return nil
}

// checkLink returns an error unless s is an absolute web address in plain ASCII
// that needs no escaping in HTML or in a header.
func checkLink(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return errors.New("the link is not an absolute https address")
	}
	if len(s) > maxLink {
		return fmt.Errorf("the link is longer than %d octets", maxLink)
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || strings.IndexByte("<>\"'`\\{}|^,", s[i]) >= 0 {
			return errors.New("the link has a character that must be escaped")
		}
	}
	return nil
}
