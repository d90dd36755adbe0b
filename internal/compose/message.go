package compose

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"partwork/internal/mailaddr"
)

// Letter is a whole message, checked and ready to be sent.
type Letter struct {
	// From and To are the addresses of the envelope.
	From, To string
	// UTF8 says that one of them can only be given to a relay that offers
	// SMTPUTF8 (RFC 6531).
	UTF8 bool
	// Bytes is the message as it goes over the wire, CRLF line ends, before
	// dot-stuffing.
	Bytes []byte
}

// Message is a letter for people and tests to look at.
type Message struct {
	Letter
	// Subject, Preheader, HTML and Text are what the reader sees; LF line ends.
	Subject, Preheader, HTML, Text string
	// Headers are the top-level headers in the order on the wire.
	Headers []Header
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
	// ReturnPath is the envelope sender, which bounces go to (RFC 5321 §4.4); the
	// zero address means that of the From header.
	ReturnPath mailaddr.Address
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

// AppendTo fills the edition for one person and appends the message to dst, in its
// array if there is room. Letter.Bytes is what dst became, so give it an empty one:
// dst[:0] of a letter that nobody reads any more makes composing free of allocations.
// Equal arguments give equal messages. The confirmation leaves out the name of the
// recipient, whoever typed it.
//
// The error is ErrBroken, ErrMissing when the issue needs a value that the reader
// lacks, ErrSigning, or says what is wrong with a link, an address or the stamp.
// Nothing that can be retried fails here. It ends up in logs, so it names neither
// the issue, which may be named for its topic, nor the person.
func (e *Edition) AppendTo(dst []byte, to mailaddr.Mailbox, v Values, l Links, s Stamp) (Letter, error) {
	if err := e.ready(to, &l, &s); err != nil {
		return Letter{}, err
	}
	if e.bundle.Confirmation() {
		to.Name = ""
	}
	g := e.galley(v, l)
	defer e.release(g)
	if s.ReturnPath.IsZero() {
		s.ReturnPath = e.bundle.From.Address
	}
	letter := Letter{
		From: s.ReturnPath.String(), To: to.Address.String(),
		UTF8: s.ReturnPath.NeedsSMTPUTF8() || e.bundle.From.Address.NeedsSMTPUTF8() || e.bundle.ReplyTo.Address.NeedsSMTPUTF8() || to.Address.NeedsSMTPUTF8(),
	}
	var err error
	if letter.Bytes, err = g.write(dst, to, &s, letter.UTF8); err != nil {
		return Letter{}, fmt.Errorf("compose: %w", err)
	}
	return letter, nil
}

// write appends the whole message, signed.
func (g *galley) write(dst []byte, to mailaddr.Mailbox, s *Stamp, utf8 bool) ([]byte, error) {
	e, begin := g.e, len(dst)
	dst = slices.Grow(dst, e.wire.size+e.wire.size/8+roomForHeaders)
	head := e.heads[realHead]
	if s.Test {
		head = e.heads[testHead]
	}
	dst = head.appendTo(dst, g, to, s)
	if err := checkWire(dst[begin:], utf8); err != nil {
		return nil, err
	}
	g.boundary = boundary(s.MessageID)
	dst = e.wire.appendTo(dst, g)
	// The preheader stands in the HTML or, in a layout of somebody's own, nowhere.
	g.field = appendPieces(g.field[:0], e.preheader, g.set.value)
	if g.missing != "" {
		return nil, fmt.Errorf("%w: {{.%s}}", ErrMissing, g.missing)
	}
	if s.Signer == nil {
		return dst, nil
	}
	signatures, err := s.Signer.sign(dst[begin:], e.bundle.From.Address.Domain(), s.Date)
	if err != nil {
		return nil, err
	}
	return slices.Insert(dst, begin, signatures...), nil
}

// roomForHeaders is more than the headers of nearly all messages take.
const roomForHeaders = 2048

// Compose is AppendTo for those who look at what a message says. It checks every
// octet of the message.
func (e *Edition) Compose(to mailaddr.Mailbox, v Values, l Links, s Stamp) (*Message, error) {
	letter, err := e.AppendTo(nil, to, v, l, s)
	if err != nil {
		return nil, err
	}
	if err := checkWire(letter.Bytes, letter.UTF8); err != nil {
		return nil, fmt.Errorf("compose: %w", err)
	}
	g := e.galley(v, l)
	defer e.release(g)
	return &Message{
		Letter: letter, Subject: g.subject(s.Test), Preheader: filled(e.preheader, g.plain),
		HTML: filled(e.html, g.html), Text: g.text(), Headers: readHeaders(letter.Bytes),
	}, nil
}

// isMessageID reports whether s is a Message-ID of RFC 5322 §3.6.4 without quoting.
func isMessageID(s string) bool {
	left, right, found := strings.Cut(s, "@")
	if !found || left == "" || len(left) > maxMessageIDLeft {
		return false
	}
	for i := range len(left) {
		if left[i] != '.' && (!atomText(left[i]) || left[i] == '`') {
			return false
		}
	}
	return isHost(right)
}

// maxMessageIDLeft is as long as the left side of an address may be.
const maxMessageIDLeft = 64

// isHost reports whether s is words of letters, digits and hyphens, with dots between
// them.
func isHost(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
		case c == '.' && i > 0 && i < len(s)-1 && s[i-1] != '.':
		default:
			return false
		}
	}
	return s != ""
}

// ready checks what comes from outside.
func (e *Edition) ready(to mailaddr.Mailbox, l *Links, s *Stamp) error {
	switch {
	case e.broken:
		return fmt.Errorf("compose: %w", ErrBroken)
	case to.Address.IsZero():
		return errors.New("compose: there is no recipient")
	case e.bundle.From.Address.IsZero():
		return errors.New("compose: the campaign has no from address")
	case !isMessageID(s.MessageID):
		return fmt.Errorf("compose: %q is no Message-ID", s.MessageID)
	case s.Date.IsZero():
		return errors.New("compose: there is no date")
	}
	return e.readyLinks(l)
}

// readyLinks checks the links that the edition uses.
func (e *Edition) readyLinks(l *Links) error {
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
	if len(s) > maxLink {
		return fmt.Errorf("the link is longer than %d octets", maxLink)
	}
	if plainLink(s) {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return errors.New("the link is not an absolute https address")
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || strings.IndexByte("<>\"'`\\{}|^,", s[i]) >= 0 {
			return errors.New("the link has a character that must be escaped")
		}
	}
	return nil
}

// plainLink reports whether s is an absolute web address of the simplest kind: a host,
// and a path of letters, digits, hyphens and slashes. There is nothing in it that
// could be wrong, and all links that we make are such.
func plainLink(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	host, path, _ := strings.Cut(rest, "/")
	if !ok || !isHost(host) {
		return false
	}
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '/', c == '.', c == '~':
		default:
			return false
		}
	}
	return true
}
