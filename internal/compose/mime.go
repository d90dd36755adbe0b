package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"partwork/internal/mailaddr"
)

// write composes the bytes of m: the headers by go-mail, the body by the edition's
// wire. It reads the headers back, and signs what may leave as it is.
func (e *Edition) write(m *Message, to mailaddr.Mailbox, l Links, s Stamp, value func(holeKind, int) string) error {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(headerAddress(mailaddr.Mailbox(e.bundle.From)))
	msg.ToMailAddress(headerAddress(to))
	if !e.bundle.ReplyTo.Address.IsZero() {
		msg.ReplyToMailAddress(headerAddress(mailaddr.Mailbox(e.bundle.ReplyTo)))
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(s.MessageID)
	msg.SetGenHeader(gomail.HeaderDate, s.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	e.massHeaders(msg, l, s)

	var buf bytes.Buffer
	buf.Grow(e.wire.size + e.wire.size/8 + 2048)
	if _, err := msg.WriteTo(&buf); err != nil {
		return fmt.Errorf("write the headers: %w", err)
	}
	if err := e.wire.write(&buf, boundary(s.MessageID), value); err != nil {
		return err
	}
	m.Bytes = buf.Bytes()
	if err := checkWire(m.Bytes, m.UTF8); err != nil {
		return err
	}
	m.Headers = readHeaders(m.Bytes)
	if s.Signer != nil {
		return s.Signer.sign(m, e.bundle.From.Address.Domain(), s.Date)
	}
	return nil
}

// headerAddress returns a mailbox whose name is fit for a header.
func headerAddress(m mailaddr.Mailbox) *mail.Address {
	return &mail.Address{Name: mailaddr.CleanName(m.Name), Address: m.Address.String()}
}

// boundary derives the boundary between the parts.
func boundary(messageID string) string {
	sum := sha256.Sum256([]byte("boundary\x00" + messageID))
	return "pw-" + hex.EncodeToString(sum[:16])
}

// checkWire makes sure that what leaves is fit for any relay: CRLF line ends and no
// others, no line beyond the limit, and seven bits, unless utf8.
func checkWire(b []byte, utf8 bool) error {
	if !utf8 {
		if at := eighthBit(b); at >= 0 {
			return fmt.Errorf("octet %#x is not allowed", b[at])
		}
	}
	lines := 0
	for rest := b; len(rest) > 0; lines++ {
		end := bytes.IndexByte(rest, '\n')
		if end < 1 || rest[end-1] != '\r' {
			return errors.New("a line does not end in CRLF")
		}
		if end-1 > maxLine {
			return fmt.Errorf("a line has more than %d octets", maxLine)
		}
		rest = rest[end+1:]
	}
	if bytes.Count(b, []byte("\r")) != lines {
		return errors.New("a line does not end in CRLF")
	}
	return nil
}

// eighthBit returns the offset of the first octet that is not ASCII, or -1. It looks
// at eight at a time.
func eighthBit(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&0x8080808080808080 != 0 {
			break
		}
	}
	for ; i < len(b); i++ {
		if b[i] >= 0x80 {
			return i
		}
	}
	return -1
}

// readHeaders returns the headers of a message, unfolded.
func readHeaders(b []byte) []Header {
	head, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	var out []Header
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if len(out) > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			last := &out[len(out)-1]
			last.Value = strings.TrimSpace(last.Value + line)
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		out = append(out, Header{Name: name, Value: strings.TrimSpace(value)})
	}
	return out
}
