package compose

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// wire is the body of an edition's messages as go-mail wrote it once, encoded, with
// holes where the slots are. Encoding is most of the work of composing, and it is
// the same for every reader but in the holes.
//
// A hole begins and ends with a soft line break (RFC 2045 §6.7), which decodes to
// nothing, so a value of any length can be put in without touching the lines around
// it.
type wire struct {
	pieces []wirePiece
	size   int
}

// wirePiece is literal bytes or a hole.
type wirePiece struct {
	lit  []byte
	kind holeKind
	n    int
	// before and after say whether a soft line break is needed there.
	before, after bool
}

// holeKind says what fills a hole.
type holeKind uint8

const (
	holeNone     holeKind = iota // literal
	holeBoundary                 // the boundary between the parts
	holeText                     // slot n in the text part
	holeHTML                     // slot n in the HTML part
	holeBlock                    // part n of the text part
	holeIf                       // nothing; what follows is only there if slot n holds
	holeElse                     // nothing; what follows is only there if it does not
	holeEnd                      // nothing; what follows is there again
)

// protoBoundary stands for the boundary. "=_" never occurs in quoted-printable.
const protoBoundary = "=_boundary"

// holeForm is an encoded mark, or the boundary. Lines may be broken anywhere
// between two characters of a mark, but never within an escape.
var holeForm = regexp.MustCompile(`=_boundary|=EE(?:=\r\n)?=80(?:=\r\n)?=80(?:=\r\n)?((?:[0-9iez](?:=\r\n)?)+)=EE(?:=\r\n)?=80(?:=\r\n)?=81`)

// newWire lets go-mail compose the edition with its marks and finds them again.
func newWire(e *Edition) (*wire, error) {
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent(),
		gomail.WithBoundary(protoBoundary))
	msg.SetMessageIDWithValue("none@invalid")
	msg.SetBodyString(gomail.TypeTextPlain, e.protoText())
	msg.AddAlternativeString(gomail.TypeTextHTML, marked(e.html))
	var buf bytes.Buffer
	if _, err := msg.WriteTo(&buf); err != nil {
		return nil, fmt.Errorf("write the prototype: %w", err)
	}
	at := bytes.Index(buf.Bytes(), []byte("Content-Type: multipart/alternative"))
	if at < 0 {
		return nil, fmt.Errorf("the prototype is no multipart message")
	}
	body := buf.Bytes()[at:]
	before, images, after := body, []byte(nil), []byte(nil)
	if len(e.embedded) > 0 {
		var err error
		if before, images, after, err = relate(body, &e.bundle, e.embedded); err != nil {
			return nil, err
		}
	}
	w := cutWire(before, len(e.slots))
	w.append(images)
	w.append(after)
	w.enclose(e.bundle.Attachments)
	return w, w.check()
}

// append adds bytes in which only boundaries are holes.
func (w *wire) append(body []byte) {
	for i, lit := range bytes.Split(body, []byte(protoBoundary)) {
		if i > 0 {
			w.pieces = append(w.pieces, wirePiece{kind: holeBoundary})
		}
		w.pieces = append(w.pieces, wirePiece{lit: lit})
	}
	w.size += len(body)
}

// protoText is the text part with marks; blocks have the numbers after the slots.
func (e *Edition) protoText() string {
	var out strings.Builder
	for i, part := range e.text {
		if part.block != nil {
			out.WriteString(keepMark(len(e.slots)+i) + "\n")
			continue
		}
		out.WriteString(marked(part.pieces))
	}
	return out.String()
}

// cutWire splits an encoded body at its holes. The third boundary begins the HTML
// part: the first is the header's parameter, the second begins the text.
func cutWire(body []byte, slots int) *wire {
	w := &wire{size: len(body)}
	boundaries, last := 0, 0
	for _, m := range holeForm.FindAllSubmatchIndex(body, -1) {
		w.pieces = append(w.pieces, wirePiece{lit: body[last:m[0]]})
		last = m[1]
		if m[2] < 0 {
			boundaries++
			w.pieces = append(w.pieces, wirePiece{kind: holeBoundary})
			continue
		}
		hole := wirePiece{kind: holeText}
		var kind pieceKind
		kind, hole.n, _ = readMark(strings.ReplaceAll(string(body[m[2]:m[3]]), softBreak, ""))
		switch {
		case kind == pieceIf:
			hole.kind = holeIf
		case kind == pieceElse:
			hole.kind = holeElse
		case kind == pieceEnd:
			hole.kind = holeEnd
		case hole.n >= slots:
			hole.kind, hole.n = holeBlock, hole.n-slots
		case boundaries >= 3:
			hole.kind = holeHTML
		}
		hole.before = m[0] > 0 && body[m[0]-1] != '\n'
		hole.after = !bytes.HasPrefix(body[m[1]:], []byte("\r\n")) && !bytes.HasPrefix(body[m[1]:], []byte("=\r\n"))
		w.pieces = append(w.pieces, hole)
	}
	w.pieces = append(w.pieces, wirePiece{lit: body[last:]})
	return w
}

// appendTo appends the body with its holes filled. What a condition leaves out is not
// asked for.
func (w *wire) appendTo(dst []byte, g *galley) []byte {
	skip := false
	for i := range w.pieces {
		p := &w.pieces[i]
		switch p.kind {
		case holeIf, holeElse, holeEnd:
			dst = breakLine(dst)
			skip = p.kind == holeIf && g.plain(p.n) == "" || p.kind == holeElse && !skip
			continue
		}
		if skip {
			continue
		}
		switch p.kind {
		case holeNone:
			dst = append(dst, p.lit...)
		case holeBoundary:
			dst = append(dst, g.boundary[:]...)
		case holeBlock:
			dst = splice(dst, p, g.block(p.n))
		case holeHTML:
			dst = splice(dst, p, g.html(p.n))
		default:
			dst = splice(dst, p, g.plain(p.n))
		}
	}
	return dst
}

// check makes sure that what is the same in every message is fit for any relay, so
// that nothing but what is spliced in has to be looked at later. A line may lack its
// beginning or its end; what is spliced in there is a boundary, or a value between
// soft line breaks, neither of which is longer than encoded lines are.
func (w *wire) check() error {
	for i := range w.pieces {
		for line := range bytes.SplitAfterSeq(w.pieces[i].lit, []byte("\n")) {
			whole := line
			if bytes.HasSuffix(line, []byte("\n")) {
				line = bytes.TrimSuffix(line[:len(line)-1], []byte("\r"))
				if len(whole)-len(line) != len("\r\n") {
					return errLineEnd
				}
			}
			if bytes.IndexByte(line, '\r') >= 0 {
				return errLineEnd
			}
			if len(line) > maxLine-2*encodedLine {
				return fmt.Errorf("an encoded line has %d octets", len(line))
			}
			if at := eighthBit(line); at >= 0 {
				return fmt.Errorf("octet %#x is not encoded", line[at])
			}
		}
	}
	return nil
}

// breakLine makes sure that what follows begins a line of the encoding, wherever the
// text stands.
func breakLine(dst []byte) []byte {
	if len(dst) == 0 || dst[len(dst)-1] != '\n' {
		return append(dst, softBreak...)
	}
	return dst
}

// softBreak ends a line that goes on.
const softBreak = "=\r\n"

// splice appends one value between soft line breaks.
func splice[T string | []byte](dst []byte, p *wirePiece, value T) []byte {
	if p.before {
		dst = breakLine(dst) // two holes may touch, so the break may be there already
	}
	if len(value) == 0 {
		return dst
	}
	dst = appendQuoted(dst, value)
	if p.after {
		dst = append(dst, softBreak...)
	}
	return dst
}

// encodedLine is the longest line of quoted-printable (RFC 2045 §6.7).
const encodedLine = 76

// appendQuoted appends a value as quoted-printable, beginning at the start of a line.
// Line ends become CRLF. Nothing else than printable ASCII, blanks and CRLF leaves it,
// whatever the value.
func appendQuoted[T string | []byte](dst []byte, s T) []byte {
	width := 0
	for i := 0; i < len(s); {
		// As much as is its own encoding, and fits.
		end := i
		for limit := min(len(s), i+encodedLine-1-width); end < limit && ownEncoding[s[end]]; {
			end++
		}
		atEnd := end == len(s) || s[end] == '\n' || s[end] == '\r'
		if atEnd && end > i && (s[end-1] == ' ' || s[end-1] == '\t') {
			end-- // would be lost on the way
		}
		dst = append(dst, s[i:end]...)
		width += end - i
		if i = end; i == len(s) {
			break
		}
		switch c := s[i]; {
		case c == '\n' && i > 0 && s[i-1] == '\r':
			i++
		case c == '\n' || c == '\r':
			dst, width = append(dst, '\r', '\n'), 0
			i++
		case ownEncoding[c] && !lastBlank(s, i):
			dst, width = append(dst, softBreak...), 0
		default:
			if encodedLine-1-width < len("=XX") {
				dst, width = append(dst, softBreak...), 0
			}
			dst = append(dst, '=', hexDigits[c>>4], hexDigits[c&0x0f])
			width += len("=XX")
			i++
		}
	}
	return dst
}

// lastBlank reports whether a blank stands at offset i, and at the end of its line.
func lastBlank[T string | []byte](s T, i int) bool {
	return (s[i] == ' ' || s[i] == '\t') && (i+1 == len(s) || s[i+1] == '\n' || s[i+1] == '\r')
}

const hexDigits = "0123456789ABCDEF"

// ownEncoding says of every octet whether quoted-printable leaves it as it is, but for
// blanks at the end of a line.
var ownEncoding = func() (own [256]bool) {
	for c := ' '; c <= '~'; c++ {
		own[c] = c != '='
	}
	own['\t'] = true
	return own
}()
