package compose

import (
	"regexp"
	"strconv"
	"strings"
)

// A mark stands for a slot inside text that is still being worked on: a number
// between two private-use characters, which Markdown, HTML and CSS leave alone.
const (
	markOpen  = '\uE000'
	markClose = '\uE001'
)

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
}

// slots numbers the slots of an edition; equal ones share a number.
type slots struct {
	list  []slot
	index map[slot]int
}

// mark returns the mark of a slot.
func (s *slots) mark(sl slot) string {
	n, ok := s.index[sl]
	if !ok {
		if s.index == nil {
			s.index = map[slot]int{}
		}
		n = len(s.list)
		s.list = append(s.list, sl)
		s.index[sl] = n
	}
	return string(markOpen) + strconv.Itoa(n) + string(markClose)
}

// piece is literal text or, if lit is empty, a slot.
type piece struct {
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
		if n, err := strconv.Atoi(number); err == nil {
			out = append(out, piece{slot: n})
		}
		text = after
	}
}

// fill joins pieces, asking value for each slot.
func fill(out *strings.Builder, pieces []piece, value func(slot int) string) {
	for _, p := range pieces {
		if p.lit != "" {
			out.WriteString(p.lit)
		} else {
			out.WriteString(value(p.slot))
		}
	}
}

// filled is fill into a new string.
func filled(pieces []piece, value func(slot int) string) string {
	var out strings.Builder
	fill(&out, pieces, value)
	return out.String()
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
