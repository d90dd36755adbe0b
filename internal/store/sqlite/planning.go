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
	dueByWake = `
		SELECT enrollment_id, wake_at FROM deliveries
		WHERE state = $1 AND wake_at <= $2 ORDER BY wake_at, enrollment_id LIMIT $3`
	// dueEnrollments and its two successors are followed by a list.
	dueEnrollments = `
		SELECT ` + enrollmentColumns + `, s.timezone,
		       s.suppressed_at IS NOT NULL OR EXISTS (SELECT 1 FROM suppressions x WHERE x.hash = s.email_hash),
		       i.id
		FROM enrollments e
		JOIN subscribers s ON s.id = e.subscriber_id
		JOIN issues i ON i.campaign_id = e.campaign_id AND i.name = '` + drip.ConfirmationID + `'
		WHERE e.id IN `
	dueOpen = `
		SELECT ` + deliveryColumns + ` FROM deliveries d WHERE d.state ` + openStates + ` AND d.enrollment_id IN `
	dueHistory = `
		SELECT d.enrollment_id, d.issue_id, d.state, d.slot_wall, COALESCE(d.sent_at, d.remarked_at, d.marked_at)
		FROM deliveries d WHERE d.enrollment_id IN `
	earliestHint = `SELECT MIN(next_at) FROM enrollments WHERE next_at IS NOT NULL`
	earliestWake = `SELECT MIN(wake_at) FROM deliveries WHERE state = $1 AND wake_at IS NOT NULL`
	countClaims  = `
		SELECT COUNT(*) FROM (
		  SELECT 1 FROM deliveries WHERE state = 'claimed' AND wake_at > $2 AND owner = $1 LIMIT $3) c`
)

// awakeStates are the states that have a wake time.
func awakeStates() []drip.DeliveryState {
	return []drip.DeliveryState{drip.DeliveryClaimed, drip.DeliverySending, drip.DeliveryDeferred}
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
		return err
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
	for _, state := range awakeStates() {
		if err := r.each(gather(machine), dueByWake, string(state), machine, n); err != nil {
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
	return list, err
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
	if h.key.Issue == confirmation {
		d.Confirmation = h.state
		return
	}
	if !h.state.Done() {
		return
	}
	d.Had = append(d.Had, h.key.Issue)
	if wall := timing.Wall(h.wall.Int64); h.wall.Valid && h.state != drip.DeliverySkipped && (!d.Last.HasSlot || wall > d.Last.Slot) {
		d.Last.Slot, d.Last.HasSlot = wall, true
	}
	accepted := h.state == drip.DeliverySent || h.state == drip.DeliveryUnknown
	if accepted && (d.Last.Issue == 0 || h.at.After(d.Last.AcceptedAt)) {
		d.Last.AcceptedAt, d.Last.Issue = h.at, h.key.Issue
	}
}

// Upcoming implements [store.Planning].
func (s *Store) Upcoming(ctx context.Context) (store.Upcoming, error) {
	var up store.Upcoming
	err := s.read(ctx, func(r *snapshot) error {
		if err := r.row([]any{toTime{&up.Calendar}}, earliestHint); err != nil {
			return err
		}
		for _, state := range awakeStates() {
			var wake time.Time
			if err := r.row([]any{toTime{&wake}}, earliestWake, string(state)); err != nil {
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
	if err := s.reader.QueryRowContext(ctx, countClaims, owner, machine.UnixMilli(), limit).Scan(&n); err != nil {
		return 0, fmt.Errorf("count claims of owner %d: %w", owner, err)
	}
	return n, nil
}

// CommitPlan implements [store.Planning].
func (s *Store) CommitPlan(ctx context.Context, plan store.PlanCommit) (int, error) {
	claimed := 0
	err := s.write(ctx, func(t *tx) error {
		for i := range plan.Decisions {
			d := &plan.Decisions[i]
			done, err := t.decide(&plan, d)
			if err != nil {
				return fmt.Errorf("%s enrollment %d, issue %d: %w", d.Kind, d.Enrollment, d.Issue, err)
			}
			if done && d.Kind == store.DecideClaim {
				claimed++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("commit plan: %w", err)
	}
	return claimed, nil
}

// standing is what a decision is checked against.
type standing struct {
	revision int64
	state    drip.EnrollmentState
	hint     time.Time
	// The delivery that is not done; issue is zero if there is none.
	issue   drip.IssueNo
	open    drip.DeliveryState
	attempt int
	wake    time.Time
}

// inFlight reports whether a process answers for the open delivery, or a retry
// is set, at that time.
func (s *standing) inFlight(machine time.Time) bool {
	return !s.wake.IsZero() && s.wake.After(whole(machine))
}

func (t *tx) standing(id drip.EnrollmentID) (standing, error) {
	var s standing
	err := t.row([]any{
		&s.revision, toText[drip.EnrollmentState]{&s.state}, toTime{&s.hint}, toNumber[drip.IssueNo]{&s.issue},
		toText[drip.DeliveryState]{&s.open}, toNumber[int]{&s.attempt}, toTime{&s.wake},
	}, `
		SELECT e.revision, e.state, e.next_at, d.issue_id, d.state, d.attempt, d.wake_at
		FROM enrollments e
		LEFT JOIN deliveries d ON d.enrollment_id = e.id AND d.state `+openStates+`
		WHERE e.id = $1`, int64(id))
	return s, err
}

// decide applies one decision; false says that it was dropped.
func (t *tx) decide(plan *store.PlanCommit, d *store.Decision) (bool, error) {
	s, err := t.standing(d.Enrollment)
	if err == sql.ErrNoRows {
		return false, nil // erased
	}
	if err != nil {
		return false, err
	}
	if s.revision != d.Revision || s.attempt != d.Attempt && d.Kind != store.DecideRest {
		return false, nil
	}
	switch d.Kind {
	case store.DecideClaim:
		return t.claim(plan, d, &s)
	case store.DecideRest:
		return true, t.hint(plan, d, &s)
	case store.DecideWait:
		return t.wait(plan, d, &s)
	case store.DecideSkip, store.DecideRefuse:
		return t.passOver(plan, d, &s)
	case store.DecideFinish:
		return t.finish(plan, d, &s)
	case store.DecideUnknown:
		return t.giveUpWaiting(plan, &s, d.Enrollment)
	}
	return false, fmt.Errorf("there is no decision %q", d.Kind)
}

// claim makes the delivery the owner's. A process that still answers for it is
// not robbed, and no second delivery is opened.
func (t *tx) claim(plan *store.PlanCommit, d *store.Decision, s *standing) (bool, error) {
	if s.issue != 0 && (s.issue != d.Issue || s.open == drip.DeliverySending || s.inFlight(plan.Machine)) {
		return false, nil
	}
	wall, zone, offset, err := t.slot(d.Slot)
	if err != nil {
		return false, err
	}
	n, err := t.exec(`
		INSERT INTO deliveries (enrollment_id, issue_id, state, slot_wall, slot_zone, slot_offset, moves, send_by,
		                        attempt, owner, wake_at, content_id)
		VALUES ($1, $2, 'claimed', $3, $4, $5, $6, $7, 1, $8, $9, $10)
		ON CONFLICT (enrollment_id, issue_id) DO UPDATE
		SET state = 'claimed', slot_wall = excluded.slot_wall, slot_zone = excluded.slot_zone,
		    slot_offset = excluded.slot_offset, moves = excluded.moves, send_by = excluded.send_by,
		    attempt = deliveries.attempt + 1, owner = excluded.owner, wake_at = excluded.wake_at,
		    content_id = CASE WHEN deliveries.marked_at IS NULL THEN excluded.content_id ELSE deliveries.content_id END
		WHERE deliveries.state IN ('planned', 'claimed', 'deferred')`,
		int64(d.Enrollment), int64(d.Issue), wall, zone, offset, d.Moves, ms(d.SendBy),
		plan.Owner, d.Lease.UnixMilli(), number(d.Content))
	if err != nil || n == 0 {
		return false, err
	}
	s.wake = d.Lease
	return true, t.hint(plan, d, s)
}

// hint sets the hint to NextAt. An active enrollment that is left without a
// hint and without a delivery in flight is held: somebody decided so, it was
// not forgotten.
func (t *tx) hint(plan *store.PlanCommit, d *store.Decision, s *standing) error {
	if s.state != drip.EnrollmentActive && s.state != drip.EnrollmentPending {
		return nil
	}
	if !d.NextAt.IsZero() && s.hint.Equal(whole(d.NextAt)) {
		return nil
	}
	var held any
	if d.NextAt.IsZero() && s.wake.IsZero() {
		held = plan.Calendar.UnixMilli()
	}
	_, err := t.exec(`UPDATE enrollments SET next_at = $2, held_at = $3 WHERE id = $1`,
		int64(d.Enrollment), ms(d.NextAt), held)
	return err
}

// wait plans the open delivery for a later slot. A delivery that was marked
// meanwhile stays as it is.
func (t *tx) wait(plan *store.PlanCommit, d *store.Decision, s *standing) (bool, error) {
	if s.issue != 0 && s.open != drip.DeliverySending {
		wall, zone, offset, err := t.slot(d.Slot)
		if err != nil {
			return false, err
		}
		_, err = t.exec(`
			UPDATE deliveries
			SET state = 'planned', owner = NULL, wake_at = NULL, moves = $3, send_by = $4,
			    slot_wall = COALESCE($5, slot_wall), slot_zone = COALESCE($6, slot_zone),
			    slot_offset = COALESCE($7, slot_offset)
			WHERE enrollment_id = $1 AND issue_id = $2`,
			int64(d.Enrollment), int64(s.issue), d.Moves, ms(d.SendBy), wall, zone, offset)
		if err != nil {
			return false, err
		}
		s.wake = time.Time{}
	}
	return true, t.hint(plan, d, s)
}

// passOver skips or refuses a delivery.
func (t *tx) passOver(plan *store.PlanCommit, d *store.Decision, s *standing) (bool, error) {
	state, reason := drip.DeliverySkipped, cmp.Or(d.Reason, drip.ReasonRemoved)
	if d.Kind == store.DecideRefuse {
		state, reason = drip.DeliveryRefused, cmp.Or(d.Reason, drip.ReasonGaveUp)
	}
	if s.issue == d.Issue {
		if s.open == drip.DeliverySending {
			return false, nil
		}
		s.wake = time.Time{}
	}
	wall, zone, offset, err := t.slot(d.Slot)
	if err != nil {
		return false, err
	}
	_, err = t.exec(`
		INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (enrollment_id, issue_id) DO UPDATE
		SET state = excluded.state, reason = excluded.reason, owner = NULL, wake_at = NULL
		WHERE deliveries.state IN ('planned', 'claimed', 'deferred')`,
		int64(d.Enrollment), int64(d.Issue), string(state), string(reason), wall, zone, offset)
	if err != nil {
		return false, err
	}
	return true, t.hint(plan, d, s)
}

// finish ends the enrollment. One that was reopened and got nothing finished when
// it did before. What is still open belongs to an issue that is no
// longer in the files.
func (t *tx) finish(plan *store.PlanCommit, d *store.Decision, s *standing) (bool, error) {
	if s.state != drip.EnrollmentActive || s.open == drip.DeliverySending {
		return false, nil
	}
	if s.issue != 0 {
		if err := t.skipOpen(`enrollment_id = $1`, int64(d.Enrollment), drip.ReasonRemoved); err != nil {
			return false, err
		}
	}
	_, err := t.exec(`
		UPDATE enrollments
		SET state = 'finished', next_at = NULL, held_at = NULL, revision = revision + 1,
		    finished_at = CASE
		      WHEN finished_at IS NOT NULL AND NOT EXISTS (
		        SELECT 1 FROM deliveries d
		        WHERE d.enrollment_id = enrollments.id AND COALESCE(d.remarked_at, d.marked_at) > enrollments.finished_at)
		      THEN finished_at ELSE $2 END
		WHERE id = $1`, int64(d.Enrollment), plan.Calendar.UnixMilli())
	return err == nil, err
}

// giveUpWaiting makes a sending delivery unknown whose process does not answer
// any more.
func (t *tx) giveUpWaiting(plan *store.PlanCommit, s *standing, id drip.EnrollmentID) (bool, error) {
	if s.open != drip.DeliverySending || s.inFlight(plan.Machine) {
		return false, nil
	}
	key := drip.DeliveryKey{Enrollment: id, Issue: s.issue}
	_, err := t.exec(`
		UPDATE deliveries SET state = 'unknown', owner = NULL, wake_at = NULL
		WHERE enrollment_id = $1 AND issue_id = $2`, int64(key.Enrollment), int64(key.Issue))
	if err != nil {
		return false, err
	}
	err = t.addAttempt(store.Attempt{
		DeliveryKey: key, Attempt: s.attempt, At: plan.Calendar, Class: drip.ClassUnknown,
		Reply: drip.Reply{Phase: drip.PhaseFinal, Text: "the sender stopped before it noted an answer"},
	})
	if err != nil {
		return false, err
	}
	return true, t.settled(id, plan.Calendar)
}
