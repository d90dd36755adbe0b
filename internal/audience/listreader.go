package audience

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// The bounds of a chunk, which is one transaction. Sorted by key it touches each
// page of the store's index once, so more rows mean fewer pages per row; but
// sending waits while it is written, and two of them are in memory.
const (
	chunkRows  = 20_000
	chunkBytes = 4 << 20 // of cells, for lists with long ones
)

// chunk is a piece of a list on its way to the store.
type chunk struct {
	people []store.Person // sorted by Email.Key(), each key once
	// How far the list had been read when the chunk was complete.
	bytes    int64
	rowsRead int
	line     int
	rejected []store.RejectedRow
	columns  []string // of the rejected rows; nil if nothing was rejected
}

// seenAddresses remembers which addresses a list has had. 16-byte keyed hashes
// in a map without pointers: 20 to 40 bytes a row, depending on how full the
// map happens to be, and nothing for the garbage collector to follow.
type seenAddresses map[mailaddr.Hash]struct{}

// add reports whether the hash is seen for the first time.
func (s seenAddresses) add(h mailaddr.Hash) bool {
	before := len(s)
	s[h] = struct{}{}
	return len(s) > before
}

// listReader turns a list into chunks and reports what never gets there.
type listReader struct {
	list   rowSource
	rows   rowReader
	seen   seenAddresses
	report *reporter
	// taken is how many rows an earlier run has taken in. They are read again, so that
	// the report and what is remembered of addresses are complete, and go nowhere.
	taken int
	most  atomic.Int64 // rows of a chunk
	// repeated is set once an address came again, to say that it must not be mailed.
	repeated bool
}

// read sends chunks until the list ends; rejected rows, duplicates and doubts
// are in the report when it returns.
func (l *listReader) read(ctx context.Context, chunks chan<- chunk) error {
	var people []store.Person
	size := 0
	for {
		rec, err := l.list.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read the list after line %d: %w", l.list.reached()-1, err)
		}
		if err == nil {
			if person, ok := l.person(rec); ok && !l.takenIn(person) {
				people = append(people, person)
				size += rec.size()
			}
		}
		if len(people) >= int(l.most.Load()) || size >= chunkBytes || err != nil {
			if sendErr := l.send(ctx, chunks, people); sendErr != nil {
				return sendErr
			}
			people, size = make([]store.Person, 0, len(people)), 0
		}
		if err != nil {
			return nil
		}
	}
}

func (l *listReader) send(ctx context.Context, chunks chan<- chunk, people []store.Person) error {
	sorted := slices.SortFunc[[]store.Person]
	if l.repeated {
		sorted = slices.SortStableFunc[[]store.Person] // of two reasons not to mail an address the first one counts
	}
	sorted(people, func(a, b store.Person) int { return strings.Compare(a.Email.Key(), b.Email.Key()) })
	c := chunk{people: people, bytes: l.list.offset(), rowsRead: l.report.Rows, line: l.list.reached() - 1, rejected: l.report.takeRejected()}
	if len(c.rejected) > 0 {
		c.columns = rejectedColumns(l.report.rejected.header, l.report.rejected.from)
	}
	select {
	case chunks <- c:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// takenIn reports whether an earlier run has taken the row in that was read last. What
// the store does not count of it is counted here.
func (l *listReader) takenIn(p store.Person) bool {
	if l.report.Rows > l.taken {
		return false
	}
	if reason := p.Withdraws(); reason != "" {
		l.report.withdrew(reason, 1)
	}
	return true
}

// person reads one record, or reports why not.
func (l *listReader) person(rec record) (store.Person, bool) {
	if rec.problem == "" && allBlank(rec.cells) {
		return store.Person{}, false
	}
	l.report.Rows++
	if rec.problem != "" {
		l.report.reject(rec.line, rec.problem, rec.cells)
		return store.Person{}, false
	}
	person, zone, problem := l.rows.read(rec)
	if problem != "" {
		l.report.reject(rec.line, problem, rec.cells)
		return store.Person{}, false
	}
	first := l.seen.add(person.Hash)
	if person.Withdraws() != "" {
		l.repeated = l.repeated || !first
		return person, true // also if they stand further up as somebody who is mailed
	}
	if !first {
		l.report.Duplicates++
		return store.Person{}, false
	}
	l.report.note(rec.line, person.Email.IsRole(), zone.strange)
	l.report.look(rec.line, person.Email, l.rows.undated)
	return person, true
}
