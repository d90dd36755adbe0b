package compose

import (
	"bytes"
	"iter"
	"mime"
	"slices"
	"strings"

	"partwork/internal/mailaddr"
)

// appendTo appends the headers of one message.
func (h headers) appendTo(dst []byte, g *galley, to mailaddr.Mailbox, s *Stamp) []byte {
	for i := range h {
		p := &h[i]
		field := g.field[:0]
		switch p.name {
		case "":
			dst = append(dst, p.lit...)
			continue
		case headerMessageID:
			field = append(append(append(field, '<'), s.MessageID...), '>')
		case headerDate:
			field = s.Date.AppendFormat(field, dateForm)
		case headerSubject:
			field = g.appendSubject(field, s.Test)
		case headerTo:
			field = appendMailbox(field, to)
		case headerUnsubscribe:
			field = append(append(append(field, '<'), g.l.Unsubscribe...), '>')
		}
		dst = appendField(dst, p.name, field)
		g.field = field
	}
	return dst
}

// appendSubject appends the subject, encoded if it has to be (RFC 2047).
func (g *galley) appendSubject(dst []byte, test bool) []byte {
	at := len(dst)
	if test {
		dst = append(dst, testMark...)
	}
	from := len(dst)
	dst = appendPieces(dst, g.e.subject, g.plain)
	if fit(dst[from:], maxSubject) && !bytes.Contains(dst[from:], []byte("=?")) {
		return dst
	}
	return append(dst[:at], mime.QEncoding.Encode("UTF-8", g.subject(test))...)
}

// appendMailbox appends a mailbox as headerAddress would write it. A name and an
// address in plain ASCII, by far the commonest case, need no looking at twice.
func appendMailbox(dst []byte, m mailaddr.Mailbox) []byte {
	address := m.Address.String()
	if !fit(m.Name, mailaddr.MaxName) || strings.Contains(m.Name, "=?") || !dotAtom(m.Address.Local()) {
		return append(dst, headerAddress(m).String()...)
	}
	if m.Name != "" {
		dst = append(dst, '"')
		for i := range len(m.Name) {
			if c := m.Name[i]; c == '"' || c == '\\' {
				dst = append(dst, '\\')
			}
			dst = append(dst, m.Name[i])
		}
		dst = append(dst, `" `...)
	}
	return append(append(append(dst, '<'), address...), '>')
}

// dotAtom reports whether the part before the @ needs no quotes (RFC 5322 §3.2.3).
func dotAtom(local string) bool {
	for i := range len(local) {
		switch c := local[i]; {
		case atomText(c):
		case c == '.' && i > 0 && i < len(local)-1 && local[i-1] != '.':
		default:
			return false
		}
	}
	return local != ""
}

// atomText reports whether c is atext of RFC 5322 §3.2.3.
func atomText(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// The lines of a header field become at most this long, where there are blanks to
// break them at: what go-mail makes of RFC 2047 §2, which puts the bound at 76.
const (
	firstLine = 72
	laterLine = 71
)

// appendField appends a header field, folded before the word that would make its line
// too long.
func appendField(dst []byte, name string, value []byte) []byte {
	dst = append(append(dst, name...), ": "...)
	room := firstLine - len(name) - len(": ")
	for first := true; ; first = false {
		word, rest, more := bytes.Cut(value, []byte(" "))
		if !first {
			dst = append(dst, ' ')
			room--
		}
		if len(word) > room {
			dst = append(bytes.TrimSuffix(dst, []byte(" ")), "\r\n "...)
			room = laterLine
		}
		dst = append(dst, word...)
		room -= len(word)
		if !more {
			return append(dst, "\r\n"...)
		}
		value = rest
	}
}

// fields returns the header fields at the beginning of a message, line ends included.
func fields(raw []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(raw) > 0 && !bytes.HasPrefix(raw, []byte("\r\n")) {
			end := 0
			for more := true; more; more = end < len(raw) && (raw[end] == ' ' || raw[end] == '\t') {
				n := bytes.IndexByte(raw[end:], '\n')
				if n < 0 {
					end = len(raw)
					break
				}
				end += n + 1
			}
			if !yield(slices.Clip(raw[:end])) {
				return
			}
			raw = raw[end:]
		}
	}
}
