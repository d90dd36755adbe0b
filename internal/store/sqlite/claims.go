package sqlite

import (
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// claim is a claim that may be made, as columns.
type claim struct {
	enrollment drip.EnrollmentID
	values     []any
	next       any // when its enrollment is due again
}

// gather adds a claim to those that are made together, unless a process still answers
// for the delivery, which is not robbed, or another one is open: no second is opened.
func (t *tx) gather(claims *[]claim, plan *store.PlanCommit, d *store.Decision, s *standing) error {
	if s.issue != 0 && (s.issue != d.Issue || s.open == drip.DeliverySending || s.inFlight(plan.Machine)) {
		return nil
	}
	wall, zone, offset, err := t.slot(d.Slot)
	if err != nil {
		return err
	}
	*claims = append(*claims, claim{
		enrollment: d.Enrollment, next: ms(d.NextAt),
		values: []any{
			int64(d.Enrollment), int64(d.Issue), wall, zone, offset, d.Moves, ms(d.SendBy),
			plan.Owner, d.Lease.UnixMilli(), number(d.Content),
		},
	})
	return nil
}

// claimMany makes deliveries their owner's, and returns the enrollments of those that
// were not done meanwhile.
func claimMany(table string) string {
	return `
		INSERT INTO deliveries (enrollment_id, issue_id, state, slot_wall, slot_zone, slot_offset, moves, send_by,
		                        attempt, owner, wake_at, content_id)
		SELECT column1, column2, 'claimed', column3, column4, column5, column6, column7, 1, column8, column9, column10
		FROM ` + table + ` WHERE true
		ON CONFLICT (enrollment_id, issue_id) DO UPDATE
		SET state = 'claimed', slot_wall = excluded.slot_wall, slot_zone = excluded.slot_zone,
		    slot_offset = excluded.slot_offset, moves = excluded.moves, send_by = excluded.send_by,
		    attempt = deliveries.attempt + 1, owner = excluded.owner, wake_at = excluded.wake_at,
		    content_id = CASE WHEN deliveries.marked_at IS NULL THEN excluded.content_id ELSE deliveries.content_id END
		WHERE deliveries.state IN ('planned', 'claimed', 'deferred')
		RETURNING enrollment_id`
}

// awaitMany sets when enrollments are due again. The revision grows here, with an
// update that is due anyway, and not when the outcome comes: whoever decided before the
// claim must not decide after it, and whoever decided during it names its attempt.
func awaitMany(table string) string {
	return `
		UPDATE enrollments SET next_at = v.column2, held_at = NULL, revision = revision + 1
		FROM ` + table + `
		WHERE id = v.column1 AND state IN ('pending', 'active')`
}

// claimAll makes claims and returns how many of them were made.
func (t *tx) claimAll(claims []claim) (int, error) {
	next := make(map[drip.EnrollmentID]any, len(claims))
	for i := range claims {
		next[claims[i].enrollment] = claims[i].next
	}
	var made []drip.EnrollmentID
	err := inGroups(claims, func(c *claim) []any { return c.values }, func(table string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var id drip.EnrollmentID
			err := rows.Scan(toNumber[drip.EnrollmentID]{&id})
			made = append(made, id)
			return err
		}, claimMany(table), args...)
	})
	if err != nil {
		return 0, fmt.Errorf("claims: %w", err)
	}
	value := func(id *drip.EnrollmentID) []any { return []any{int64(*id), next[*id]} }
	err = inGroups(made, value, func(table string, args []any) error {
		_, err := t.exec(awaitMany(table), args...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("enrollments of claims: %w", err)
	}
	return len(made), nil
}
