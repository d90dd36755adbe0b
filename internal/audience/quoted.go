package audience

import (
	"bytes"
	"unicode/utf8"
)

// Why a record is refused before its cells are looked at.
const (
	tooLongRecord = "the row is longer than 256 KiB"
	tooLongCell   = "a cell is longer than 64 KiB"
	notUTF8       = "the row is not valid UTF-8; save the file as UTF-8 and import it again"
	hasNUL        = "the row has a NUL byte in it; save the file as plain UTF-8 text"
	hasCR         = "the row has a carriage return without a line feed in it"
	strayQuote    = `a double quote stands inside a cell that does not begin with one; put the cell in double quotes and double those inside`
	textAfter     = `text follows a closing double quote; double the quotes inside a quoted cell`
	neverClosed   = `a double quote opens a cell and is never closed; close it, or remove it`
	runsAway      = `a double quote opens a cell and is not closed on this line, and the lines below it are rows of their own; close it, or remove it`
)

// checkText says what is wrong with the bytes of a record, or nothing.
func (s *splitter) checkText(text []byte) string {
	if bytes.IndexByte(text, 0) >= 0 {
		return hasNUL
	}
	if problem := s.letters.check(text, s.line, utf8.Valid(text)); problem != "" {
		return problem
	}
	switch {
	case bytes.IndexByte(text, '\r') >= 0 && bytes.Count(text, []byte("\r")) != bytes.Count(text, []byte("\r\n")):
		return hasCR
	default:
		return ""
	}
}

// span is a cell of a record that is still being read, counted from its start.
type span struct {
	begin, end int
	doubled    bool // holds doubled quotes
}

// cellState is where a quoteReader stands between two lines.
type cellState int

const (
	atCell   cellState = iota // before a cell
	inQuotes                  // within a quoted cell, which goes on
	atEnd                     // the record is complete
)

// quoteReader reads a record with quotes, line by line.
type quoteReader struct {
	delimiter byte
	spans     []span
	state     cellState
	open      span // the quoted cell that is open
}

// readLine takes the line record[from:to] and returns why the record is
// malformed, or nothing.
func (q *quoteReader) readLine(record []byte, from, to int) (problem string) {
	i := from
	for {
		if q.state == atCell {
			begin := i
			for i < to && isBlank(record[i], q.delimiter) {
				i++
			}
			if i == to || record[i] != '"' {
				i, problem = q.bare(record, begin, to)
				if problem != "" || q.state == atEnd {
					return problem
				}
				continue
			}
			q.open = span{begin: i + 1}
			q.state = inQuotes
			i++
		}
		quote := bytes.IndexByte(record[i:to], '"')
		if quote < 0 {
			return "" // the cell goes on in the next line
		}
		i += quote + 1
		if i < to && record[i] == '"' {
			q.open.doubled = true
			i++
			continue
		}
		q.open.end = i - 1
		q.spans = append(q.spans, q.open)
		for i < to && isBlank(record[i], q.delimiter) {
			i++
		}
		switch {
		case i == to:
			q.state = atEnd
			return ""
		case record[i] != q.delimiter:
			return textAfter
		}
		q.state = atCell
		i++
	}
}

// bare reads a cell without quotes and returns where the next one begins.
func (q *quoteReader) bare(record []byte, begin, to int) (next int, problem string) {
	end := to
	if i := bytes.IndexByte(record[begin:to], q.delimiter); i >= 0 {
		end = begin + i
	} else {
		q.state = atEnd
	}
	if bytes.IndexByte(record[begin:end], '"') >= 0 {
		return 0, strayQuote
	}
	q.spans = append(q.spans, span{begin: begin, end: end})
	return end + 1, ""
}

func isBlank(c, delimiter byte) bool { return (c == ' ' || c == '\t') && c != delimiter }

// quoted returns the record whose first line has a quote in it and ends at end.
func (s *splitter) quoted(end, next int) (record, error) {
	rec := record{line: s.line}
	firstEnd := next
	q := quoteReader{delimiter: s.delimiter, spans: s.spans[:0]}
	from, lines := 0, 1
	for {
		rec.problem = q.readLine(s.buf[s.start:s.end], from, end)
		if rec.problem != "" && lines > 1 {
			rec.problem = neverClosed // what is wrong further down is a consequence
		}
		if rec.problem != "" || q.state != inQuotes {
			break
		}
		from = next
		var ok bool
		var err error
		end, next, ok, err = s.lineAt(from)
		if err != nil {
			return record{}, err
		}
		if !ok || end-q.open.begin > maxCell {
			rec.problem = neverClosed
			break
		}
		lines++
	}
	s.spans = q.spans
	text := s.buf[s.start : s.start+next]
	if rec.problem == "" && lines > 1 && s.runsAway(text[firstEnd:end]) {
		rec.problem = runsAway
	}
	if rec.problem != "" {
		s.consume(firstEnd, 1)
		return rec, nil
	}
	rec.cells = s.cut(text)
	if rec.problem = s.checkText(text[:end]); rec.problem == "" {
		rec.problem = s.checkCells()
	}
	s.letters.decode(rec)
	s.consume(next, lines)
	return rec, nil
}

// runsAway tells a lone quote that happens to find a partner further down from
// a cell with line breaks in it: more than half of the lines it would swallow
// are rows of their own. RFC 4180 reads both alike; losing neighbors is worse.
func (s *splitter) runsAway(swallowed []byte) bool {
	if s.rowLike == nil {
		return false
	}
	rows, lines := 0, 0
	for line := range bytes.SplitSeq(swallowed, []byte{s.lineEnd}) {
		lines++
		if s.rowLike(bytes.TrimSuffix(line, []byte("\r"))) {
			rows++
		}
	}
	return 2*rows > lines
}

// cut makes cells of the spans, undoubling quotes.
func (s *splitter) cut(text []byte) [][]byte {
	s.cells, s.plain = s.cells[:0], s.plain[:0]
	for _, sp := range s.spans {
		cell := text[sp.begin:sp.end]
		if sp.doubled {
			begin := len(s.plain)
			for {
				i := bytes.Index(cell, []byte(`""`))
				if i < 0 {
					break
				}
				s.plain = append(s.plain, cell[:i+1]...)
				cell = cell[i+2:]
			}
			s.plain = append(s.plain, cell...)
			// Growing plain later leaves this cell on the old array, intact.
			cell = s.plain[begin:len(s.plain):len(s.plain)]
		}
		s.cells = append(s.cells, cell)
	}
	return s.cells
}

func (s *splitter) checkCells() string {
	for _, cell := range s.cells {
		if len(cell) > maxCell {
			return tooLongCell
		}
	}
	return ""
}
