package compose

import (
	"bytes"
	"fmt"
	"mime/quotedprintable"
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
	if len(e.embedded) == 0 {
		return cutWire(body, len(e.slots)), nil
	}
	before, images, after, err := relate(body, &e.bundle, e.embedded)
	if err != nil {
		return nil, err
	}
	w := cutWire(before, len(e.slots))
	w.append(images)
	w.append(after)
	return w, nil
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

// write appends the body with its holes filled. What a condition leaves out is not
// asked for.
func (w *wire) write(buf *bytes.Buffer, boundary string, value func(kind holeKind, n int) string) error {
	buf.Grow(w.size + w.size/8)
	skip := false
	for i := range w.pieces {
		p := &w.pieces[i]
		switch p.kind {
		case holeIf, holeElse, holeEnd:
			breakLine(buf)
			skip = p.kind == holeIf && value(holeText, p.n) == "" || p.kind == holeElse && !skip
			continue
		}
		if skip {
			continue
		}
		switch p.kind {
		case holeNone:
			buf.Write(p.lit)
		case holeBoundary:
			buf.WriteString(boundary)
		default:
			if err := p.fill(buf, value(p.kind, p.n)); err != nil {
				return err
			}
		}
	}
	return nil
}

// breakLine makes sure that what follows begins a line of the encoding, wherever the
// text stands.
func breakLine(buf *bytes.Buffer) {
	if !bytes.HasSuffix(buf.Bytes(), []byte("\n")) {
		buf.WriteString(softBreak)
	}
}

// softBreak ends a line that goes on.
const softBreak = "=\r\n"

// fill appends one value between soft line breaks.
func (p *wirePiece) fill(buf *bytes.Buffer, value string) error {
	if p.before {
		breakLine(buf) // two holes may touch, so the break may be there already
	}
	if value == "" {
		return nil
	}
	if plainValue(value) {
		buf.WriteString(value)
	} else if err := quote(buf, value); err != nil {
		return err
	}
	if p.after {
		buf.WriteString(softBreak)
	}
	return nil
}

// plainValue reports whether a value is its own encoding.
func plainValue(s string) bool {
	if len(s) > 75 || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '=' {
			return false
		}
	}
	return true
}

// quote appends a value as quoted-printable.
func quote(buf *bytes.Buffer, value string) error {
	q := quotedprintable.NewWriter(buf)
	if _, err := q.Write([]byte(value)); err != nil {
		return fmt.Errorf("encode a value: %w", err)
	}
	if err := q.Close(); err != nil {
		return fmt.Errorf("encode a value: %w", err)
	}
	return nil
}
