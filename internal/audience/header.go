package audience

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"partwork/internal/drip"
	"partwork/internal/segment"
)

// maxColumns bounds what a header may ask for.
const maxColumns = 200

// ListError says why a whole list was refused: nothing of it was taken in.
type ListError struct {
	// Line is the physical line, from 1; 0 means the whole file.
	Line int
	// Problem says what was found, what was expected and what to do. It repeats
	// column names at most, never a cell.
	Problem string
}

// Error returns "line 1: the problem".
func (e *ListError) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
}

// header says what the columns of a list mean.
type header struct {
	email, name, timezone int      // columns from 0; -1 if there is none
	first, last           int      // the parts of the name; likewise
	attributes            []string // a key for every column that is an attribute, "" for the others
	columns               []column
	// carried are the columns that only the lists of other programs have.
	carried []int
	program *program
	// unnamed is set if a column has no name.
	unnamed bool
	// ours is how many columns the list has in front that mean nothing and Partwork put
	// there, and front how many with the one that tells a state.
	ours, front int

	words map[string]column
	maps  []Mapping
	used  []bool         // which of maps were
	seen  map[string]int // the columns by meaning, or key
}

// begin looks at the first bytes: encoding, line ends, delimiter. It leaves the
// stream before the header.
func (s *splitter) begin() error {
	for bytes.IndexByte(s.buf[s.start:s.end], '\n') < 0 && s.end-s.start < readAhead {
		more, err := s.fill()
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	first := s.buf[s.start:s.end]
	if bytes.HasPrefix(first, []byte("\xef\xbb\xbf")) {
		s.start += 3
		first = first[3:]
	}
	if bytes.IndexByte(first, '\n') < 0 && bytes.IndexByte(first, '\r') >= 0 {
		s.lineEnd = '\r' // as old Macintosh programs write it
	}
	return s.detectDelimiter()
}

// detectDelimiter counts the candidates in the first line that is not blank. A
// line "sep=;" before it, as Excel writes it, settles the question.
func (s *splitter) detectDelimiter() error {
	for {
		end, next, ok, err := s.lineAt(0)
		if err != nil {
			return err
		}
		if !ok {
			return nil // empty, or too long: next tells which
		}
		line := s.buf[s.start : s.start+end]
		if len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) {
			s.delimiter = line[4]
			s.consume(next, 1)
			return nil
		}
		if len(bytes.TrimSpace(line)) > 0 {
			s.delimiter = commonest(line)
			return nil
		}
		s.consume(next, 1)
	}
}

// commonest returns which of comma, semicolon and tab a line has most often
// outside of quotes; the comma if there are none.
func commonest(line []byte) byte {
	var counts [256]int
	quoted := false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// readHeader reads the names of the columns.
func readHeader(s *splitter, maps []Mapping) (*header, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	rec, err := s.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &ListError{Problem: `the file is empty; expected a line of column names such as "email,name,timezone"`}
	case err != nil:
		return nil, err
	case rec.problem != "":
		return nil, &ListError{Line: rec.line, Problem: "the header cannot be read: " + rec.problem}
	}
	h, problem := nameColumns(rec.cells, maps)
	if problem != "" {
		return nil, &ListError{Line: rec.line, Problem: problem}
	}
	return h, nil
}

// nameColumns gives every column its meaning, or says what is wrong.
func nameColumns(cells [][]byte, maps []Mapping) (*header, string) {
	if len(cells) > maxColumns {
		return nil, tooManyColumns(len(cells))
	}
	if bytes.IndexByte(bytes.Join(cells, nil), '@') >= 0 {
		return nil, `there are no column names, the first line has an address in it; put a line such as "email,name,timezone" above it`
	}
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = strings.TrimSpace(string(cell))
	}
	h := newHeader(names, maps)
	for _, name := range names {
		if problem := h.add(name); problem != "" {
			return nil, problem
		}
	}
	if problem := h.unused(names); problem != "" {
		return nil, problem
	}
	if h.email < 0 {
		return nil, "there is no column \"email\"; found " + listColumns(names) + "; name the column with the addresses \"email\", or say --map \"Their column=email\""
	}
	return h, ""
}

// newHeader returns the header of a list whose columns are still to be added.
func newHeader(names []string, maps []Mapping) *header {
	h := &header{email: -1, name: -1, timezone: -1, first: -1, last: -1, seen: map[string]int{}, maps: maps, used: make([]bool, len(maps))}
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = segment.AttributeName(name)
	}
	h.program = programOf(keys)
	h.words = columnWords(h.program)
	return h
}

// add gives the next column its meaning, or says what is wrong with its name.
func (h *header) add(name string) string {
	i := len(h.columns)
	c, problem := h.meaningOf(name, i)
	if problem != "" {
		return problem
	}
	c.typed = name
	what := c.as.words()
	if c.as == asAttribute {
		what = c.key
	}
	if before, twice := h.seen[what]; twice && (c.as.single() || c.as == asAttribute) {
		return fmt.Sprintf("columns %d and %d, %s and %s, mean the same (%s); rename or remove one, or leave it out with --map \"#%d=skip\"",
			before+1, i+1, quoteShort(h.columns[before].typed), quoteShort(name), what, h.position(i))
	}
	h.seen[what] = i
	h.columns = append(h.columns, c)
	if i == h.front && isOurs(name) {
		h.front++
		if c.as == asOurs {
			h.ours++
		}
	}
	h.attributes = append(h.attributes, h.place(c, i))
	return ""
}

// place notes where a column is, and returns its key if it is an attribute.
func (h *header) place(c column, i int) string {
	switch c.as {
	case asEmail:
		h.email = i
	case asName:
		h.name = i
	case asTimezone:
		h.timezone = i
	case asFirstName:
		h.first = i
		return "first_name"
	case asLastName:
		h.last = i
		return "last_name"
	case asAttribute:
		if c.kind != drip.TextAttribute {
			h.carried = append(h.carried, i)
		}
		return c.key
	case asTags, asState, asConsentDate, asConsentSource, asObject:
		h.carried = append(h.carried, i)
	case asUnnamed:
		h.unnamed = true
	case asNothing, asOurs:
	}
	return ""
}

// meaningOf returns what the column i means by its name, or by what was said of it.
func (h *header) meaningOf(name string, i int) (column, string) {
	front := i == h.front && isOurs(name)
	for n, m := range h.maps {
		if !front && (strings.EqualFold(m.Column, name) || m.Column == fmt.Sprintf("#%d", h.position(i))) {
			h.used[n] = true
			return column{as: m.as, key: m.key, kind: m.kind, strict: true}, ""
		}
	}
	if name == "" {
		return column{as: asUnnamed}, ""
	}
	key := segment.AttributeName(name)
	if key == "" {
		return column{}, fmt.Sprintf("column %d, %s, has neither a Latin letter nor a digit in its name; rename it, or say --map \"#%d=attribute:NAME\"",
			i+1, quoteShort(name), h.position(i))
	}
	c := h.words[key]
	if c.key = key; h.program != nil && h.program.renames[key] != "" {
		c.key = h.program.renames[key]
	}
	return c, ""
}

// position is the number of the column i, from 1, by which --map knows it: columns that
// Partwork put in front do not count, so that a list of rejected rows takes the same mapping.
func (h *header) position(i int) int { return i + 1 - h.front }

// names are those of the columns, as they were typed.
func (h *header) names() []string {
	names := make([]string, 0, len(h.columns))
	for _, c := range h.columns[h.ours:] {
		names = append(names, c.typed)
	}
	return names
}

// unused says which column of a mapping the list does not have.
func (h *header) unused(names []string) string {
	for i, used := range h.used {
		if !used {
			return fmt.Sprintf("there is no column %s, which --map names; found %s", quoteShort(h.maps[i].Column), listColumns(names))
		}
	}
	return ""
}

func tooManyColumns(n int) string {
	return fmt.Sprintf("there are %d columns; at most %d are allowed", n, maxColumns)
}

func listColumns(names []string) string {
	quoted := make([]string, 0, 9)
	for _, name := range names[:min(len(names), 8)] {
		quoted = append(quoted, quoteShort(name))
	}
	if len(names) > 8 {
		quoted = append(quoted, "…")
	}
	return strings.Join(quoted, ", ")
}

// quoteShort quotes at most 40 runes of s, with everything unprintable escaped.
func quoteShort(s string) string { return quoteUpTo(s, 40) }

// quoteLong is quoteShort for names that have to be typed.
func quoteLong(s string) string { return quoteUpTo(s, 200) }

func quoteUpTo(s string, most int) string {
	n := 0
	for i := range s {
		if n++; n > most {
			return fmt.Sprintf("%q…", s[:i])
		}
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "?")
	}
	return fmt.Sprintf("%q", s)
}
