package sim

import (
	"fmt"
	"hash"
	"hash/fnv"
	"time"
)

// nobody is the reader of a note that concerns no single one.
const nobody = -1

// note is a line of the journal.
type note struct {
	reader int
	text   string
}

// journal keeps what happened, and a hash of it: two runs of a seed are the same
// run if their hashes are.
type journal struct {
	sum   hash.Hash64
	notes []note
	buf   []byte
	// tell, if not nil, is given every line as it is written.
	tell func(string)
}

func newJournal(tell func(string)) *journal { return &journal{sum: fnv.New64a(), tell: tell} }

func (j *journal) write(at time.Time, reader int, format string, args []any) {
	j.buf = at.UTC().AppendFormat(j.buf[:0], "2006-01-02 15:04:05.000 ")
	if reader != nobody {
		j.buf = fmt.Appendf(j.buf, "reader %d: ", reader)
	}
	j.buf = fmt.Appendf(j.buf, format, args...)
	_, _ = j.sum.Write(append(j.buf, '\n'))
	line := string(j.buf)
	j.notes = append(j.notes, note{reader, line})
	if j.tell != nil {
		j.tell(line)
	}
}

// around returns the last lines that concern a reader, or everybody.
func (j *journal) around(reader, most int) []string {
	var lines []string
	for i := len(j.notes) - 1; i >= 0 && len(lines) < most; i-- {
		if n := j.notes[i]; n.reader == reader || n.reader == nobody || reader == nobody {
			lines = append(lines, n.text)
		}
	}
	for a, b := 0, len(lines)-1; a < b; a, b = a+1, b-1 {
		lines[a], lines[b] = lines[b], lines[a]
	}
	return lines
}

// digest is the hash of all lines.
func (j *journal) digest() string { return fmt.Sprintf("%016x", j.sum.Sum64()) }
