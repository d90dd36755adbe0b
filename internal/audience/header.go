package audience

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
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
	attributes            []string // a key for every other column, "" for those three
}

// columnWords are the spellings, as attributeKey writes them, of the columns
// that have a meaning.
var columnWords = map[string][]string{
	"email":    {"email", "e_mail", "mail", "email_address", "e_mail_address", "emailaddress", "mail_address"},
	"name":     {"name", "full_name", "fullname", "display_name"},
	"timezone": {"timezone", "time_zone", "tz"},
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
	if problem := foreign(first); problem != "" {
		return &ListError{Problem: problem}
	}
	if bytes.HasPrefix(first, []byte("\xef\xbb\xbf")) {
		s.start += 3
		first = first[3:]
	}
	if bytes.IndexByte(first, '\n') < 0 && bytes.IndexByte(first, '\r') >= 0 {
		s.lineEnd = '\r' // as old Macintosh programs write it
	}
	return s.detectDelimiter()
}

// foreign names the formats that people mistake for CSV.
func foreign(first []byte) string {
	switch {
	case bytes.HasPrefix(first, []byte("\xff\xfe")), bytes.HasPrefix(first, []byte("\xfe\xff")),
		len(first) > 1 && (first[0] == 0 || first[1] == 0):
		return "the file is UTF-16; save it as CSV UTF-8"
	case bytes.HasPrefix(first, []byte("PK\x03\x04")):
		return "the file is a spreadsheet or a ZIP archive; export the sheet as CSV UTF-8"
	case bytes.HasPrefix(first, []byte("\x1f\x8b")):
		return "the file is compressed with gzip; unpack it first"
	}
	return ""
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
func readHeader(s *splitter) (header, error) {
	if err := s.begin(); err != nil {
		return header{}, err
	}
	rec, err := s.next()
	switch {
	case errors.Is(err, io.EOF):
		return header{}, &ListError{Problem: `the file is empty; expected a line of column names such as "email,name,timezone"`}
	case err != nil:
		return header{}, err
	case rec.problem != "":
		return header{}, &ListError{Line: rec.line, Problem: "the header cannot be read: " + rec.problem}
	case len(rec.cells) > maxColumns:
		return header{}, &ListError{Line: rec.line, Problem: fmt.Sprintf("there are %d columns; at most %d are allowed", len(rec.cells), maxColumns)}
	}
	h, problem := nameColumns(rec.cells)
	if problem != "" {
		return header{}, &ListError{Line: rec.line, Problem: problem}
	}
	return h, nil
}

// nameColumns gives every column its meaning, or says what is wrong.
func nameColumns(cells [][]byte) (header, string) {
	if bytes.IndexByte(bytes.Join(cells, nil), '@') >= 0 {
		return header{}, `there are no column names, the first line has an address in it; put a line such as "email,name,timezone" above it`
	}
	h := header{email: -1, name: -1, timezone: -1, attributes: make([]string, len(cells))}
	seen := map[string]int{}
	for i, cell := range cells {
		typed := strings.TrimSpace(string(cell))
		if typed == "" {
			return header{}, fmt.Sprintf("column %d has no name; give it one or remove it", i+1)
		}
		key := attributeKey(typed)
		if key == "" {
			return header{}, fmt.Sprintf("column %d, %s, has neither a Latin letter nor a digit in its name; rename it", i+1, quoteShort(typed))
		}
		for word, spellings := range columnWords {
			for _, spelling := range spellings {
				if key == spelling {
					key = word
				}
			}
		}
		if before, twice := seen[key]; twice {
			return header{}, fmt.Sprintf("columns %d and %d, %s and %s, mean the same (%s); rename or remove one",
				before+1, i+1, quoteShort(string(cells[before])), quoteShort(typed), key)
		}
		seen[key] = i
		switch key {
		case "email":
			h.email = i
		case "name":
			h.name = i
		case "timezone":
			h.timezone = i
		default:
			h.attributes[i] = key
		}
	}
	if h.email < 0 {
		return header{}, "there is no column \"email\"; found " + listColumns(cells) + "; name the column with the addresses \"email\""
	}
	return h, ""
}

// attributeKey writes a column's name with lower-case letters, digits and
// underscores only.
func attributeKey(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.TrimSuffix(b.String(), "_")
}

func listColumns(cells [][]byte) string {
	names := make([]string, 0, 8)
	for _, cell := range cells[:min(len(cells), 8)] {
		names = append(names, quoteShort(strings.TrimSpace(string(cell))))
	}
	if len(cells) > 8 {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// quoteShort quotes at most 40 runes of s, with everything unprintable escaped.
func quoteShort(s string) string {
	n := 0
	for i := range s {
		if n++; n > 40 {
			return fmt.Sprintf("%q…", s[:i])
		}
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "?")
	}
	return fmt.Sprintf("%q", s)
}
