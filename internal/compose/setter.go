package compose

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// setter sets flows in lines for one reader. It keeps its memory between readers.
type setter struct {
	// value returns the text for a slot; for a condition, any but "" means that it
	// holds. What a condition leaves out is not asked for.
	value func(slot int) string
	// out holds the lines, each ended by "\n", and count says how many they are.
	out   []byte
	count int
	// leads are what every line begins with now, and words a text to be broken.
	leads []lead
	words []byte
	// longest is the length of the longest line since it was reset, without leads.
	longest int
}

// lead is what lines begin with: the first one differs.
type lead struct {
	first, rest string
	used        bool
}

// reset forgets the lines.
func (s *setter) reset() { s.out, s.leads, s.count = s.out[:0], s.leads[:0], 0 }

// set appends the lines of a flow, at most width long.
func (s *setter) set(f *flow, width int) {
	switch f.kind {
	case flowStack:
		s.stack(f, width)
	case flowWords:
		s.wrap(s.fill(f.words), width)
	case flowHeading:
		s.longest = 0
		s.wrap(s.fill(f.words), width)
		s.begin()
		for range s.longest {
			s.out = append(s.out, '-')
		}
		s.end()
	case flowCode:
		for line := range bytes.SplitSeq(s.fill(f.words), []byte("\n")) {
			s.begin()
			s.out = append(s.out, line...)
			s.end()
		}
	case flowLines:
		for _, line := range f.lines {
			s.begin()
			s.out = append(s.out, line...)
			s.end()
		}
	case flowHang:
		s.push(f.first, f.rest)
		s.stack(f, width-len(f.first))
		s.pop()
	case flowIf:
		if s.value(f.slot) != "" {
			s.set(&f.parts[0], width)
		} else {
			s.set(&f.parts[1], width)
		}
	case flowList:
		s.list(f, width)
	case flowTable:
		s.table(f, width)
	}
}

// stack sets parts below one another. A part without lines has no blank line either.
func (s *setter) stack(f *flow, width int) {
	from := s.count
	for i := range f.parts {
		s.part(&f.parts[i], width, f.loose && s.count > from)
	}
}

// part sets one part, after a blank line if apart.
func (s *setter) part(f *flow, width int, apart bool) {
	if !apart {
		s.set(f, width)
		return
	}
	length, count := len(s.out), s.count
	s.begin()
	s.end()
	s.set(f, width)
	if s.count == count+1 {
		s.out, s.count = s.out[:length], count
	}
}

// list sets the items that the reader gets, and gives each its bullet.
func (s *setter) list(f *flow, width int) {
	from, n := s.count, 0
	for i := range f.parts {
		item := &f.parts[i]
		if item.slot >= 0 && (s.value(item.slot) != "") != item.holds {
			continue
		}
		bullet := f.bullets[n]
		n++
		hung := flow{kind: flowHang, first: bullet, rest: blanks[:len(bullet)], parts: item.parts, loose: item.loose}
		s.part(&hung, width, f.loose && s.count > from)
	}
}

// blanks are as wide as any bullet.
const blanks = "                        "

// table sets a record of "heading: cell" lines for each row.
func (s *setter) table(f *flow, width int) {
	from := s.count
	for _, row := range f.rows {
		if s.count > from {
			s.begin()
			s.end()
		}
		for i, cell := range row {
			s.words = s.words[:0]
			if i < len(f.heads) {
				s.trimmed(f.heads[i])
				if len(s.words) > 0 {
					s.words = append(s.words, ": "...)
				}
			}
			s.trimmed(cell)
			s.push("", "  ")
			s.wrap(s.words, width-2)
			s.pop()
		}
	}
}

// trimmed appends the text of runs to the words, without blanks around it.
func (s *setter) trimmed(runs []run) {
	at := len(s.words)
	s.words = s.appendRuns(s.words, runs)
	n := copy(s.words[at:], bytes.TrimSpace(s.words[at:]))
	s.words = s.words[:at+n]
}

// fill returns the text of runs; it is good until the next call.
func (s *setter) fill(runs []run) []byte {
	s.words = s.appendRuns(s.words[:0], runs)
	return s.words
}

// appendRuns appends the text of runs.
func (s *setter) appendRuns(out []byte, runs []run) []byte {
	skip := false
	for i := range runs {
		switch r := &runs[i]; {
		case r.kind == pieceIf:
			skip = s.value(r.slot) == ""
		case r.kind == pieceElse:
			skip = !skip
		case r.kind == pieceEnd:
			skip = false
		case skip:
		case r.kind == pieceValue:
			out = append(out, s.value(r.slot)...)
		case r.kind == pieceLink:
			out = s.appendLink(out, r)
		default:
			out = append(out, r.lit...)
		}
	}
	return out
}

// appendLink appends what linked returns for a link.
func (s *setter) appendLink(out []byte, r *run) []byte {
	at := len(out)
	out = s.appendRuns(out, r.words)
	end := len(out)
	out = s.appendRuns(append(out, " <"...), r.target)
	words, target := out[at:end], out[end+len(" <"):]
	switch {
	case len(target) == 0, bytes.Equal(words, target), string(target[:min(len(mailto), len(target))]) == mailto && bytes.Equal(words, target[len(mailto):]):
		return out[:end]
	case len(words) == 0:
		out = slices.Delete(out, at, at+1)
	}
	return append(out, '>')
}

// wrap breaks text at blanks into lines of at most width runes; "\n" always
// breaks, and a word that is longer has a line of its own.
func (s *setter) wrap(text []byte, width int) {
	used := 0
	for len(text) > 0 {
		end, n := 0, 0
		for ; end < len(text) && text[end] != ' ' && text[end] != '\n'; end++ {
			if utf8.RuneStart(text[end]) {
				n++
			}
		}
		if end > 0 {
			if used > 0 && used+1+n > width {
				s.end()
				used = 0
			}
			if used > 0 {
				s.out = append(s.out, ' ')
				used++
			} else {
				s.begin()
			}
			s.out = append(s.out, text[:end]...)
			used += n
			s.longest = max(s.longest, used)
		}
		if end < len(text) && text[end] == '\n' && used > 0 {
			s.end()
			used = 0
		}
		text = text[min(end+1, len(text)):]
	}
	if used > 0 {
		s.end()
	}
}

// wrap is setter.wrap into new strings.
func wrap(text string, width int) []string {
	var s setter
	s.wrap([]byte(text), width)
	return s.result()
}

// result returns the lines.
func (s *setter) result() []string {
	if s.count == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(s.out), "\n"), "\n")
}

// push and pop begin and end a part whose lines have a lead.
func (s *setter) push(first, rest string) {
	s.leads = append(s.leads, lead{first: first, rest: rest})
}

func (s *setter) pop() { s.leads = s.leads[:len(s.leads)-1] }

// begin begins a line.
func (s *setter) begin() {
	for i := range s.leads {
		if l := &s.leads[i]; l.used {
			s.out = append(s.out, l.rest...)
		} else {
			s.out, l.used = append(s.out, l.first...), true
		}
	}
}

// end ends a line. No blanks are left at the end of it.
func (s *setter) end() {
	if len(s.leads) > 0 {
		s.out = bytes.TrimRight(s.out, " ")
	}
	s.out = append(s.out, '\n')
	s.count++
}
