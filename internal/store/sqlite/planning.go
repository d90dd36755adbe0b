package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Texts that a test explains to make sure that they read no more than they
// return.
const (
	dueByHint = `
		SELECT id, next_at FROM enrollments WHERE next_at <= $1 ORDER BY next_at, id LIMIT $2`
	// dueEnrollments and its two successors are followed by a list.
	dueEnrollments = `
		SELECT ` + enrollmentColumns + `, s.timezone,
		       s.suppressed_at IS NOT NULL OR EXISTS (SELECT 1 FROM suppressions x WHERE x.hash = s.email_hash) OR ` + isKeptOut + `,
		       i.id
		FROM enrollments e
		JOIN subscribers s ON s.id = e.subscriber_id
		JOIN campaigns c ON c.id = e.campaign_id
		JOIN issues i ON i.campaign_id = e.campaign_id AND i.name = '` + drip.ConfirmationID + `'
		WHERE e.id IN `
	dueOpen = `
		SELECT ` + deliveryColumns + ` FROM deliveries d WHERE d.state ` + openStates + ` AND d.enrollment_id IN `
	dueHistory = `
		SELECT d.enrollment_id, d.issue_id, d.state, d.slot_wall, COALESCE(d.sent_at, d.remarked_at, d.marked_at)
		FROM deliveries d WHERE d.enrollment_id IN `
	earliestHint = `SELECT MIN(next_at) FROM enrollments WHERE next_at IS NOT NULL`
	countClaims  = `
		SELECT COUNT(*) FROM (
		  SELECT 1 FROM deliveries WHERE state = 'claimed' AND wake_at > $2 AND owner = $1 LIMIT $3) c`
)

// awakeStates are the states that have a wake time.
var awakeStates = [...]drip.DeliveryState{drip.DeliveryClaimed, drip.DeliverySending, drip.DeliveryDeferred}

// States have texts of their own: whether a partial index serves a state that is a
// parameter is known only when it is bound, so SQLite prepares such a statement
// anew each time.

func dueByWake(state drip.DeliveryState) string {
	return `
		SELECT enrollment_id, wake_at FROM deliveries
		WHERE state = '` + string(state) + `' AND wake_at <= $1 ORDER BY wake_at, enrollment_id LIMIT $2`
}

func earliestWake(state drip.DeliveryState) string {
	return `SELECT MIN(wake_at) FROM deliveries WHERE state = '` + string(state) + `' AND wake_at IS NOT NULL`
}

// Due implements [store.Planning].
func (s *Store) Due(ctx context.Context, query store.DueQuery) ([]store.Due, error) {
	var list []store.Due
	err := s.read(ctx, func(r *snapshot) error {
		ids, err := r.dueIDs(query)
		if err != nil {
			return err
		}
		list, err = r.dueRows(ids)
		if err == nil && len(query.Who) > 0 {
			err = r.acquaint(list, query)
		}
		if err != nil || !query.Others {
			return err
		}
		return r.others(list, query.Calendar)
	})
	if err != nil {
		return nil, fmt.Errorf("find what is due: %w", err)
	}
	return list, nil
}

// History implements [store.Planning].
func (s *Store) History(ctx context.Context, id drip.EnrollmentID) (store.Due, error) {
	var list []store.Due
	err := s.read(ctx, func(r *snapshot) error {
		var err error
		if list, err = r.dueRows([]drip.EnrollmentID{id}); err == nil && list[0].Enrollment.ID == 0 {
			err = drip.ErrNotFound
		}
		return err
	})
	if err != nil {
		return store.Due{}, fmt.Errorf("read history of enrollment %d: %w", id, err)
	}
	return list[0], nil
}

// dueIDs returns who needs a decision, the longest waiting first. There are two
// clocks, so what is compared is how long each has waited by its own.
func (r *snapshot) dueIDs(query store.DueQuery) ([]drip.EnrollmentID, error) {
	type waiting struct {
		id drip.EnrollmentID
		ms int64
	}
	var all []waiting
	n := limit(query.Limit)
	gather := func(now int64) func(*sql.Rows) error {
		return func(rows *sql.Rows) error {
			var w waiting
			var since int64
			err := rows.Scan(toNumber[drip.EnrollmentID]{&w.id}, &since)
			w.ms = now - since
			all = append(all, w)
			return err
		}
	}
	calendar, machine := query.Calendar.UnixMilli(), query.Machine.UnixMilli()
	if err := r.each(gather(calendar), dueByHint, calendar, n); err != nil {
		return nil, err
	}
	for _, state := range awakeStates {
		if err := r.each(gather(machine), dueByWake(state), machine, n); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(b.ms, a.ms), cmp.Compare(a.id, b.id))
	})
	ids := make([]drip.EnrollmentID, 0, min(n, len(all)))
	seen := make(map[drip.EnrollmentID]bool, len(all))
	for _, w := range all {
		if len(ids) < n && !seen[w.id] {
			seen[w.id] = true
			ids = append(ids, w.id)
		}
	}
	return ids, nil
}

// dueRows reads all that the decisions about the enrollments need.
func (r *snapshot) dueRows(ids []drip.EnrollmentID) ([]store.Due, error) {
	list := make([]store.Due, len(ids))
	confirmations := make([]drip.IssueNo, len(ids))
	at := make(map[drip.EnrollmentID]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	value := func(id drip.EnrollmentID) any { return int64(id) }
	err := inLists(ids, value, func(in string, args []any) error {
		if err := r.each(func(rows *sql.Rows) error {
			var d store.Due
			var confirmation drip.IssueNo
			dest := append(toEnrollment(&d.Enrollment), &d.Timezone, &d.Suppressed, toNumber[drip.IssueNo]{&confirmation})
			err := rows.Scan(dest...)
			i := at[d.Enrollment.ID]
			list[i], confirmations[i] = d, confirmation
			return err
		}, dueEnrollments+in, args...); err != nil {
			return err
		}
		if err := r.each(func(rows *sql.Rows) error {
			open := new(drip.Delivery)
			err := rows.Scan(toDelivery(open)...)
			list[at[open.Enrollment]].Open = open
			return err
		}, dueOpen+in, args...); err != nil {
			return err
		}
		return r.each(func(rows *sql.Rows) error {
			var h history
			err := rows.Scan(h.dest()...)
			i := at[h.key.Enrollment]
			h.addTo(&list[i], confirmations[i])
			return err
		}, dueHistory+in, args...)
	})
	if err != nil {
		return nil, err
	}
	return list, r.inherit(list, at, confirmations)
}

// history is what a plan needs of a delivery that is done.
type history struct {
	key   drip.DeliveryKey
	state drip.DeliveryState
	wall  sql.NullInt64
	at    time.Time // of the acceptance or possible acceptance
}

func (h *history) dest() []any {
	return []any{
		toNumber[drip.EnrollmentID]{&h.key.Enrollment}, toNumber[drip.IssueNo]{&h.key.Issue},
		toText[drip.DeliveryState]{&h.state}, &h.wall, toTime{&h.at},
	}
}

// addTo adds the delivery to the summary.
func (h *history) addTo(d *store.Due, confirmation drip.IssueNo) {
	switch {
	case h.key.Issue == confirmation:
		d.Confirmation = h.state
	case h.state.Done():
		d.Had = append(d.Had, h.key.Issue)
		h.addToLast(&d.Last, true)
	}
}

// addToLast makes the delivery the last if it has the latest slot, or was
// accepted last. It is of the running passage, or of one that this continues; or
// else it only keeps its distance.
func (h *history) addToLast(last *store.Last, running bool) {
	if h.wall.Valid && h.state != drip.DeliverySkipped {
		wall := timing.Wall(h.wall.Int64)
		last.Earlier = !running && (!last.HasSlot || last.Earlier)
		if !last.HasSlot || wall > last.Slot {
			last.Slot, last.HasSlot = wall, true
		}
	}
	if h.mailed() && (last.Issue == 0 || h.at.After(last.AcceptedAt)) {
		last.AcceptedAt, last.Issue = h.at, h.key.Issue
	}
}

// mailed reports whether the reader has, or may have, the message.
func (h *history) mailed() bool {
	return h.state == drip.DeliverySent || h.state == drip.DeliveryUnknown || h.state == drip.DeliverySending
}

// Upcoming implements [store.Planning].
func (s *Store) Upcoming(ctx context.Context) (store.Upcoming, error) {
	var up store.Upcoming
	err := s.read(ctx, func(r *snapshot) error {
		if err := r.row([]any{toTime{&up.Calendar}}, earliestHint); err != nil {
			return err
		}
		for _, state := range awakeStates {
			var wake time.Time
			if err := r.row([]any{toTime{&wake}}, earliestWake(state)); err != nil {
				return err
			}
			if up.Machine.IsZero() || !wake.IsZero() && wake.Before(up.Machine) {
				up.Machine = wake
			}
		}
		return nil
	})
	if err != nil {
		return store.Upcoming{}, fmt.Errorf("find what comes next: %w", err)
	}
	return up, nil
}

// Backlog implements [store.Planning].
func (s *Store) Backlog(ctx context.Context, owner int64, machine time.Time, limit int) (int, error) {
	var n int
	if err := s.one(ctx, []any{&n}, countClaims, owner, machine.UnixMilli(), limit); err != nil {
		return 0, fmt.Errorf("count claims of owner %d: %w", owner, err)
	}
	return n, nil
}
