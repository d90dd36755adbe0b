package sqlite

import (
	"cmp"
	"database/sql"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// The ledger has no index by time: it would be the largest one. What is not done, or of
// unknown fate, has indexes of its own; and of what is done, issue_tallies knows for each
// block of 256 enrollments how late the latest is. So the latest few are in few blocks, as
// many as there are to be found at the very most.

// mostLatest is up to how many deliveries are looked for by blocks; more are found by
// reading the ledger.
const mostLatest = 1000

const (
	// laterAt is when something happened to a delivery d, as the triggers have it.
	laterAt = `COALESCE(d.sent_at, d.remarked_at, d.marked_at, d.slot_wall * 1000 - d.slot_offset, 0)`

	latestOpen    = `SELECT ` + laterAt + `, d.enrollment_id, d.issue_id FROM deliveries d WHERE d.state ` + openStates
	latestUnknown = `SELECT ` + laterAt + `, d.enrollment_id, d.issue_id FROM deliveries d WHERE d.state = 'unknown'`
	// latestBlocks are in the order in which they may have the latest.
	latestBlocks = `SELECT t.issue_id, t.block, t.latest FROM issue_tallies t WHERE t.sent + t.refused + t.skipped > 0`
	blockOrder   = ` ORDER BY t.latest DESC, t.block DESC, t.issue_id DESC LIMIT `
	// latestOfBlock reads a block: $1 is the issue, $2 and $3 the first and the last of its
	// enrollments.
	latestOfBlock = `
		SELECT ` + laterAt + `, d.enrollment_id, d.issue_id
		FROM enrollments e CROSS JOIN deliveries d ON d.enrollment_id = e.id AND d.issue_id = $1
		WHERE e.id BETWEEN $2 AND $3 AND d.state IN ('sent', 'refused', 'skipped')`
)

// moment is a delivery with when something last happened to it.
type moment struct {
	at         int64
	enrollment drip.EnrollmentID
	issue      drip.IssueNo
}

// earlier orders the latest first, as latestFirst does.
func earlier(a, b moment) int {
	return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.enrollment, a.enrollment), cmp.Compare(b.issue, a.issue))
}

// block is an issue's deliveries to neighbors, none of which is later than latest.
type block struct {
	issue      drip.IssueNo
	no, latest int64
}

// last is the latest that a block could have.
func (b *block) last() moment { return moment{b.latest, drip.EnrollmentID(b.no<<8 | 255), b.issue} }

// latest finds the latest deliveries of a campaign, of an issue, or of all.
type latest struct {
	*snapshot
	most  int
	where string // on the issue
	args  []any
	found []moment // the latest first, and at most as many as are wanted
}

// byBlocks reports whether a filter asks for the latest of so many that they are best found
// by blocks.
func byBlocks(filter store.LogFilter) bool {
	return filter.Subscriber == 0 && filter.Delivery == (drip.DeliveryKey{}) && len(filter.States) == 0 && limit(filter.Limit) <= mostLatest
}

// latest returns the deliveries that a filter selects, the latest first.
func (r *snapshot) latest(filter store.LogFilter) ([]moment, error) {
	l := &latest{snapshot: r, most: limit(filter.Limit)}
	if filter.Campaign != 0 {
		l.where, l.args = ` AND issue_id IN (SELECT i.id FROM issues i WHERE i.campaign_id = ?)`, []any{int64(filter.Campaign)}
	}
	if filter.Issue != 0 {
		l.where, l.args = l.where+` AND issue_id = ?`, append(l.args, int64(filter.Issue))
	}
	for _, query := range []string{latestOpen, latestUnknown} {
		if err := l.look(query+l.where+` ORDER BY `+latestFirst+` LIMIT ?`, append(slices.Clone(l.args), l.most)...); err != nil {
			return nil, err
		}
	}
	// Nearly always the first few blocks have all. All of them are as many as there are in
	// issues times readers by 256.
	for _, blocks := range []int{l.most, -1} {
		if done, err := l.lookIntoBlocks(blocks); done || err != nil {
			return l.found, err
		}
	}
	return l.found, nil
}

// look adds what a query finds.
func (l *latest) look(query string, args ...any) error {
	err := l.each(func(rows *sql.Rows) error {
		var m moment
		err := rows.Scan(&m.at, toNumber[drip.EnrollmentID]{&m.enrollment}, toNumber[drip.IssueNo]{&m.issue})
		l.found = append(l.found, m)
		return err
	}, query, args...)
	slices.SortFunc(l.found, earlier)
	l.found = slices.Compact(l.found) // a block may be looked into twice
	l.found = l.found[:min(len(l.found), l.most)]
	return err
}

// lookIntoBlocks looks into the blocks that may have something later than what was found, at
// most so many if that is positive. It reports whether no other has.
func (l *latest) lookIntoBlocks(most int) (done bool, err error) {
	var blocks []block
	err = l.each(func(rows *sql.Rows) error {
		var b block
		err := rows.Scan(toNumber[drip.IssueNo]{&b.issue}, &b.no, &b.latest)
		blocks = append(blocks, b)
		return err
	}, latestBlocks+l.where+blockOrder+`?`, append(slices.Clone(l.args), most)...)
	if err != nil {
		return false, err
	}
	for i := range blocks {
		b := &blocks[i]
		if len(l.found) == l.most && earlier(l.found[l.most-1], b.last()) < 0 {
			return true, nil
		}
		if err := l.look(latestOfBlock, int64(b.issue), b.no<<8, b.no<<8|255); err != nil {
			return false, err
		}
	}
	return len(blocks) != most, nil
}
