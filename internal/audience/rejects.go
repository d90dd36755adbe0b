package audience

import (
	"slices"
	"strings"
	"unicode/utf8"

	"partwork/internal/segment"
	"partwork/internal/store"
)

// The bounds of what is kept of rows that were rejected, so that a file with nothing
// but errors fills no disk.
const (
	maxKeptRejects = 10_000
	maxKeptCells   = 8 << 10 // bytes
)

// The columns that a list of rejected rows has in front of its own. Imports pass over
// the first two, so that such a list can be put right and imported. The third is there if
// the list was of people who must not be mailed, or never confirmed, as only its name told.
const (
	RejectedLine   = "partwork_line"
	RejectedReason = "partwork_reason"
	RejectedState  = "partwork_state"
)

// isOurs reports whether a column is one of those by its name.
func isOurs(name string) bool {
	key := segment.AttributeName(name)
	return key == RejectedLine || key == RejectedReason || key == RejectedState
}

// rejectedRows are the rows that were rejected since the latest chunk.
type rejectedRows struct {
	after  int // rows that an earlier run has dealt with
	from   standing
	header *header
	rows   []store.RejectedRow
}

// rejectedColumns are the names of the cells that are kept of a rejected row.
func rejectedColumns(h *header, from standing) []string {
	if word := from.word(); word != "" {
		return slices.Concat([]string{RejectedState}, h.names())
	}
	return h.names()
}

// keep keeps a row that is rejected, until the next chunk takes it. Letters that could
// not be read are no help to whoever puts the row right, and must not come back as
// others: the row is kept without its cells then.
func (r *reporter) keep(line int, reason string, cells [][]byte) {
	if r.Rows <= r.rejected.after || r.Rejected > maxKeptRejects {
		return
	}
	row := store.RejectedRow{Line: line, Reason: reason}
	if h := r.rejected.header; h != nil && len(cells) >= h.ours && legible(cells) {
		if word := r.rejected.from.word(); word != "" {
			row.Cells = append(row.Cells, word)
		}
		for _, cell := range cells[h.ours:] {
			row.Cells = append(row.Cells, string(cell))
		}
	}
	r.rejected.rows = append(r.rejected.rows, row)
}

// legible reports whether cells can be kept as texts.
func legible(cells [][]byte) bool {
	size := 0
	for _, cell := range cells {
		size += len(cell)
		if !utf8.Valid(cell) || strings.ContainsRune(string(cell), utf8.RuneError) {
			return false
		}
	}
	return size <= maxKeptCells
}

// takeRejected returns the rows that were rejected since it was called last.
func (r *reporter) takeRejected() []store.RejectedRow {
	rows := r.rejected.rows
	r.rejected.rows = nil
	return rows
}
