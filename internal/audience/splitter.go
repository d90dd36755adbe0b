package audience

import (
	"bytes"
	"errors"
	"io"

	"partwork/internal/drip"
)

// The bounds of a list. They keep the memory of an import flat, whatever the
// file holds.
const (
	maxCell   = 64 << 10  // bytes of one cell
	maxRecord = 256 << 10 // bytes of one record, over all its lines
	readAhead = 64 << 10  // least room for a read
)

// record is one row of a list. Its cells are valid until the next call of
// splitter.next.
type record struct {
	line    int // the physical line it begins on, from 1
	cells   [][]byte
	problem string // why the row is refused; empty if it is well formed
	// types are those of the cells; nil if all are texts, as in CSV.
	types []drip.AttributeType
}

// size returns the bytes of the cells.
func (r record) size() int {
	n := 0
	for _, cell := range r.cells {
		n += len(cell)
	}
	return n
}

// splitter cuts a stream into records by RFC 4180 §2, so that one malformed
// record costs exactly one line: reading goes on at the line after the one the
// record began on. (encoding/csv cannot do that: a lone quote makes it read on,
// and with LazyQuotes swallow, until the next quote, whatever lies between.)
//
// More lenient than the RFC: blanks around a quoted cell are dropped, and lines
// of nothing but blanks are skipped. Stricter: cells and records are bounded,
// must be UTF-8 (or what letters makes of them) and hold neither NUL nor a bare CR.
type splitter struct {
	src        io.Reader
	buf        []byte
	start, end int // the unread bytes are buf[start:end]
	atEOF      bool
	line       int   // the physical line that begins at start
	read       int64 // bytes taken from src

	delimiter byte
	lineEnd   byte // '\n' (with an optional '\r' before it), or '\r'
	letters   letters
	// rowLike tells whether a line would do as a row of this list. It judges
	// the lines that a quoted cell spans; nil means no.
	rowLike func(line []byte) bool

	spans []span
	cells [][]byte
	plain []byte // cells with doubled quotes, undoubled
}

func newSplitter(src io.Reader) *splitter {
	return &splitter{src: src, buf: make([]byte, maxRecord+readAhead), line: 1, delimiter: ',', lineEnd: '\n'}
}

// offset returns how many bytes of the stream have been consumed.
func (s *splitter) offset() int64 { return s.read - int64(s.end-s.start) }

// fill reads more, moving the unread bytes to the front when room is short. It
// reports false when there is nothing more, or no more room.
func (s *splitter) fill() (bool, error) {
	if len(s.buf)-s.end < readAhead && s.start > 0 {
		s.end = copy(s.buf, s.buf[s.start:s.end])
		s.start = 0
	}
	// io.Reader allows reads of nothing without an error, but not for ever.
	for range 100 {
		if s.atEOF || s.end == len(s.buf) {
			return false, nil
		}
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		s.read += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			s.atEOF = true
		case err != nil:
			return n > 0, err
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, io.ErrNoProgress
}

// lineAt returns the physical line that begins from bytes after start: its last
// byte and the first byte of the next line, both counted from start. It reports
// false if the line does not end within maxRecord bytes of start, or if nothing
// is left.
func (s *splitter) lineAt(from int) (end, next int, ok bool, err error) {
	for scanned := from; ; {
		window := s.buf[s.start+scanned : s.end]
		if i := bytes.IndexByte(window, s.lineEnd); i >= 0 {
			end = scanned + i
			next = end + 1
			if s.lineEnd == '\n' && end > from && s.buf[s.start+end-1] == '\r' {
				end--
			}
			return end, next, next <= maxRecord, nil
		}
		scanned = s.end - s.start
		if scanned > maxRecord {
			return 0, 0, false, nil
		}
		more, err := s.fill()
		if err != nil {
			return 0, 0, false, err
		}
		if !more {
			return scanned, scanned, scanned > from, nil
		}
	}
}

// next returns the next record that is not blank. The error is io.EOF at the
// end of the stream, or what reading it gave.
func (s *splitter) next() (record, error) {
	for {
		end, next, ok, err := s.lineAt(0)
		if err != nil {
			return record{}, err
		}
		if !ok {
			if s.start == s.end {
				return record{}, io.EOF
			}
			return s.skipLine()
		}
		line := s.buf[s.start : s.start+end]
		if len(bytes.TrimSpace(line)) == 0 {
			s.consume(next, 1)
			continue
		}
		if bytes.IndexByte(line, '"') >= 0 {
			return s.quoted(end, next)
		}
		rec := record{line: s.line, cells: s.split(line), problem: s.checkText(line)}
		if rec.problem == "" && len(line) > maxCell {
			rec.problem = s.checkCells()
		}
		s.letters.decode(rec)
		s.consume(next, 1)
		return rec, nil
	}
}

// consume moves on. The bytes stay where they are until the next fill.
func (s *splitter) consume(bytes, lines int) {
	s.start += bytes
	s.line += lines
}

// split cuts a line without quotes.
func (s *splitter) split(line []byte) [][]byte {
	s.cells = s.cells[:0]
	for {
		i := bytes.IndexByte(line, s.delimiter)
		if i < 0 {
			s.cells = append(s.cells, line)
			return s.cells
		}
		s.cells = append(s.cells, line[:i])
		line = line[i+1:]
	}
}

// skipLine passes over a line that is longer than a record may be.
func (s *splitter) skipLine() (record, error) {
	rec := record{line: s.line, problem: tooLongRecord}
	for {
		if i := bytes.IndexByte(s.buf[s.start:s.end], s.lineEnd); i >= 0 {
			s.consume(i+1, 1)
			return rec, nil
		}
		s.start, s.end = 0, 0
		more, err := s.fill()
		if err != nil {
			return record{}, err
		}
		if !more {
			s.line++
			return rec, nil
		}
	}
}
