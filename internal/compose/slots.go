package compose

import (
	"regexp"
	"strconv"
	"strings"
)

// A mark stands for a slot inside text that is still being worked on: a number
// between two private-use characters, which Markdown, HTML and CSS leave alone. The
// marks of a condition have a letter before the number, or instead of it.
const (
	markOpen  = '\uE000'
	markClose = '\uE001'
)

// pieceKind says what a piece is.
type pieceKind byte

const (
	pieceText  pieceKind = 0
	pieceValue pieceKind = 'v' // the value of a slot
	pieceIf    pieceKind = 'i' // what follows is only there if the slot's condition holds
	pieceElse  pieceKind = 'e' // what follows is only there if it does not
	pieceEnd   pieceKind = 'z' // what follows is there again
)

// markOf returns a mark.
func markOf(kind pieceKind, n int) string {
	inner := strconv.Itoa(n)
	switch kind {
	case pieceIf:
		inner = string(rune(kind)) + inner
	case pieceElse, pieceEnd:
		inner = string(rune(kind))
	}
	return string(markOpen) + inner + string(markClose)
}

// readMark reads what stands between the two characters of a mark.
func readMark(inner string) (kind pieceKind, n int, ok bool) {
	switch inner {
	case "e":
		return pieceElse, 0, true
	case "z":
		return pieceEnd, 0, true
	}
	kind = pieceValue
	if rest, found := strings.CutPrefix(inner, "i"); found {
		kind, inner = pieceIf, rest
	}
	n, err := strconv.Atoi(inner)
	return kind, n, err == nil
}

// place says where a slot's value lands, and so how it is escaped.
type place uint8

const (
	inText  place = iota // text or an attribute
	inQuery              // part of a link's target
	inLink               // all of a link's target
)

// slot is a field at a place.
type slot struct {
	path     string // "Subscriber.Name"
	fallback string
	optional bool // a fallback was given, perhaps an empty one
	place    place
	// test makes the slot a condition, and want is what the value must equal.
	test test
	want string
}

// slots numbers the slots of an edition; equal ones share a number.
type slots struct {
	list  []slot
	index map[slot]int
}

// mark returns the mark of a slot that is filled in.
func (s *slots) mark(sl slot) string { return markOf(pieceValue, s.number(sl)) }

// number returns the number of a slot.
func (s *slots) number(sl slot) int {
	n, ok := s.index[sl]
	if !ok {
		if s.index == nil {
			s.index = map[slot]int{}
		}
		n = len(s.list)
		s.list = append(s.list, sl)
		s.index[sl] = n
	}
	return n
}

// piece is literal text, or a mark.
type piece struct {
	kind pieceKind
	lit  string
	slot int
}

// cut splits text at its marks.
func cut(text string) []piece {
	var out []piece
	for {
		before, rest, found := strings.Cut(text, string(markOpen))
		if before != "" {
			out = append(out, piece{lit: before})
		}
		if !found {
			return out
		}
		number, after, _ := strings.Cut(rest, string(markClose))
		if kind, n, ok := readMark(number); ok {
			out = append(out, piece{kind: kind, slot: n})
		}
		text = after
	}
}

// appendPieces joins pieces, asking value for each slot. For the slot of a condition,
// any value but "" means that it holds. What a condition leaves out is not asked for.
func appendPieces(dst []byte, pieces []piece, value func(slot int) string) []byte {
	skip := false
	for i := range pieces {
		switch p := &pieces[i]; {
		case p.kind == pieceIf:
			skip = value(p.slot) == ""
		case p.kind == pieceElse:
			skip = !skip
		case p.kind == pieceEnd:
			skip = false
		case skip:
		case p.kind == pieceValue:
			dst = append(dst, value(p.slot)...)
		default:
			dst = append(dst, p.lit...)
		}
	}
	return dst
}

// filled is appendPieces into a new string.
func filled(pieces []piece, value func(slot int) string) string {
	return string(appendPieces(nil, pieces, value))
}

// marked joins pieces and leaves their marks in place: what was cut.
func marked(pieces []piece) string {
	var out strings.Builder
	for _, p := range pieces {
		if p.kind == pieceText {
			out.WriteString(p.lit)
		} else {
			out.WriteString(markOf(p.kind, p.slot))
		}
	}
	return out.String()
}

// inOrder reports whether every condition among the pieces begins, may turn once,
// and ends, before the next one begins.
func inOrder(pieces []piece) bool {
	open, turned := false, false
	for _, p := range pieces {
		switch p.kind {
		case pieceIf:
			if open {
				return false
			}
			open, turned = true, false
		case pieceElse:
			if !open || turned {
				return false
			}
			turned = true
		case pieceEnd:
			if !open {
				return false
			}
			open = false
		}
	}
	return !open
}

// markReference is a character of marks in the disguise that Markdown and HTML
// undo.
var markReference = regexp.MustCompile(`(?i)&#(?:0*5734[45]|x0*e00[01])\b;?`)

// dropMarks removes the characters of marks from text an author wrote. References
// to them become U+FFFD: if they just went, what is around them could be one.
func dropMarks(text string) string {
	text = strings.NewReplacer(string(markOpen), "", string(markClose), "").Replace(text)
	return markReference.ReplaceAllString(text, "\uFFFD")
}
