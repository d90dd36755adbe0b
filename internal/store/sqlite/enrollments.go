package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// enrollment reads one enrollment.
func enrollment(q querier, id drip.EnrollmentID) (drip.Enrollment, error) {
	var e drip.Enrollment
	err := q.row(toEnrollment(&e), `SELECT `+enrollmentColumns+` FROM enrollments e WHERE e.id = $1`, int64(id))
	return e, found(err)
}

// Enroll implements [store.Enrollments].
func (s *Store) Enroll(ctx context.Context, enroll store.NewEnrollment) (drip.Enrollment, error) {
	var e drip.Enrollment
	err := s.write(ctx, func(t *tx) error {
		var err error
		if e, err = t.openEnrollment(enroll); err != nil {
			return err
		}
		id, err := t.enroll(enroll)
		if err != nil {
			return err
		}
		e, err = enrollment(t, id)
		return err
	})
	if err != nil {
		return e, fmt.Errorf("enroll subscriber %d in campaign %d: %w", enroll.Subscriber, enroll.Campaign, err)
	}
	return e, nil
}

// openEnrollment returns the error that forbids a new enrollment, if there is
// one, and the enrollment that is in the way.
func (t *tx) openEnrollment(enroll store.NewEnrollment) (drip.Enrollment, error) {
	var suppressed, out, closed bool
	err := t.row([]any{&suppressed, &out, &closed}, `
		SELECT s.suppressed_at IS NOT NULL OR EXISTS (SELECT 1 FROM suppressions x WHERE x.hash = s.email_hash), `+isKeptOut+`,
		       c.closed_at IS NOT NULL OR c.stopped_at IS NOT NULL
		FROM subscribers s, campaigns c WHERE s.id = $1 AND c.id = $2`,
		int64(enroll.Subscriber), int64(enroll.Campaign))
	if err != nil {
		return drip.Enrollment{}, found(err)
	}
	switch {
	case suppressed:
		return drip.Enrollment{}, drip.ErrSuppressed
	case out:
		return drip.Enrollment{}, drip.ErrKeptOut
	}
	var e drip.Enrollment
	err = t.row(toEnrollment(&e), `
		SELECT `+enrollmentColumns+` FROM enrollments e
		WHERE e.subscriber_id = $1 AND e.campaign_id = $2 AND e.state <> 'left'`,
		int64(enroll.Subscriber), int64(enroll.Campaign))
	switch {
	case err == nil:
		return e, drip.ErrEnrolled
	case err != sql.ErrNoRows:
		return drip.Enrollment{}, err
	case closed:
		return drip.Enrollment{}, drip.ErrClosed
	}
	return drip.Enrollment{}, nil
}

// enrollWidth is the number of parameters of a row of enrollInsert.
const enrollWidth = 11

// enrollInsert is followed by the tuples.
const enrollInsert = `
	INSERT INTO enrollments (subscriber_id, campaign_id, state, start, invited_at, joined_at, floor,
	                         next_at, consent_id, batch_id, pace)
	VALUES `

// enrollRow appends the parameters of one row of enrollInsert.
func enrollRow(args []any, enroll store.NewEnrollment, batch int64) []any {
	var state = drip.EnrollmentPending
	var invited, joined, floor, next any
	now := enroll.Now.UnixMilli()
	switch {
	case enroll.Consent != 0:
		state, joined, floor, next = drip.EnrollmentActive, now, now, now
	case enroll.Invite:
		invited, next = now, now
	}
	if !enroll.Floor.IsZero() {
		floor = enroll.Floor.UnixMilli()
	}
	return append(args, int64(enroll.Subscriber), int64(enroll.Campaign), string(state), string(enroll.Start),
		invited, joined, floor, next, number(enroll.Consent), number(batch), int64(1))
}

func (t *tx) enroll(enroll store.NewEnrollment) (drip.EnrollmentID, error) {
	var id drip.EnrollmentID
	err := t.row([]any{&id}, enrollInsert+tuples(1, enrollWidth)+` RETURNING id`, enrollRow(nil, enroll, 0)...)
	return id, err
}

// Enrollment implements [store.Enrollments].
func (s *Store) Enrollment(ctx context.Context, id drip.EnrollmentID) (drip.Enrollment, error) {
	var e drip.Enrollment
	err := s.glance(ctx, func(r *snapshot) (err error) {
		e, err = enrollment(r, id)
		return err
	})
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("read enrollment %d: %w", id, err)
	}
	return e, nil
}

// EnrollmentsOf implements [store.Enrollments].
func (s *Store) EnrollmentsOf(ctx context.Context, id drip.SubscriberID) ([]drip.Enrollment, error) {
	var list []drip.Enrollment
	err := s.glance(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var e drip.Enrollment
			err := rows.Scan(toEnrollment(&e)...)
			list = append(list, e)
			return err
		}, `SELECT `+enrollmentColumns+` FROM enrollments e WHERE e.subscriber_id = $1 ORDER BY e.id`, int64(id))
	})
	if err != nil {
		return nil, fmt.Errorf("list enrollments of subscriber %d: %w", id, err)
	}
	return list, nil
}

// Invite implements [store.Enrollments].
func (s *Store) Invite(ctx context.Context, id drip.EnrollmentID, now time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		if _, err := enrollment(t, id); err != nil {
			return err
		}
		_, err := t.invite(id, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("invite enrollment %d: %w", id, err)
	}
	return nil
}

// invite asks for the confirmation of a pending enrollment; it reports false if
// that was done before, or makes no sense.
func (t *tx) invite(id drip.EnrollmentID, now time.Time) (bool, error) {
	n, err := t.exec(`
		UPDATE enrollments SET invited_at = $2, next_at = $2, held_at = NULL, revision = revision + 1
		WHERE id = $1 AND state = 'pending' AND invited_at IS NULL`, int64(id), now.UnixMilli())
	return n == 1, err
}

// Confirm implements [store.Enrollments].
func (s *Store) Confirm(ctx context.Context, id drip.EnrollmentID, yes store.Confirmation) (drip.Enrollment, error) {
	var e drip.Enrollment
	err := s.write(ctx, func(t *tx) (err error) {
		if e, err = enrollment(t, id); err != nil || e.State != drip.EnrollmentPending {
			return err
		}
		if err := t.confirm(e, yes); err != nil {
			return err
		}
		e, err = enrollment(t, id)
		return err
	})
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("confirm enrollment %d: %w", id, err)
	}
	return e, nil
}

func (t *tx) confirm(e drip.Enrollment, yes store.Confirmation) error {
	start, continues := drip.StartOnJoin, yes.Continue != 0
	if continues {
		start = drip.StartAtSlot
		if err := t.resumable(e, yes.Continue); err != nil {
			return fmt.Errorf("continue enrollment %d: %w", yes.Continue, err)
		}
	}
	no, err := t.addConsent(yes.Consent, 0)
	if err != nil {
		return err
	}
	if err := t.answerRequest(e, yes.Consent, no); err != nil {
		return err
	}
	// Only the confirmation can have a delivery while the enrollment is pending.
	if err := t.skipOpen(`enrollment_id = $1`, int64(e.ID), drip.ReasonBehind); err != nil {
		return err
	}
	_, err = t.exec(`
		UPDATE enrollments
		SET state = 'active', start = $4, joined_at = $2, floor = $2, next_at = $2, held_at = NULL,
		    consent_id = $3, follows_id = $5, continues = $6, revision = revision + 1
		WHERE id = $1`,
		int64(e.ID), yes.Consent.At.UnixMilli(), int64(no), string(start), number(yes.Continue), continues)
	return err
}

// resumable returns drip.ErrNotFound unless the earlier enrollment is one that
// the same person left in the same campaign.
func (t *tx) resumable(e drip.Enrollment, earlier drip.EnrollmentID) error {
	before, err := enrollment(t, earlier)
	if err != nil {
		return err
	}
	if before.Subscriber != e.Subscriber || before.Campaign != e.Campaign || before.State != drip.EnrollmentLeft || earlier >= e.ID {
		return drip.ErrNotFound
	}
	return nil
}

func (t *tx) addConsent(consent drip.Consent, batch int64) (drip.ConsentID, error) {
	var no drip.ConsentID
	err := t.row([]any{&no}, `
		INSERT INTO consents (source, statement, batch_id, given_at) VALUES ($1, $2, $3, $4) RETURNING id`,
		string(consent.Source), consent.Text, number(batch), consent.At.UnixMilli())
	return no, err
}

// Leave implements [store.Enrollments].
func (s *Store) Leave(ctx context.Context, id drip.EnrollmentID, reason drip.LeaveReason, now time.Time) (drip.Enrollment, error) {
	var e drip.Enrollment
	err := s.write(ctx, func(t *tx) error {
		open, err := t.openSibling(id)
		if err != nil {
			return err
		}
		if _, err = t.leave(`id = $1`, int64(open), reason, now); err == nil {
			e, err = enrollment(t, open)
		}
		return err
	})
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("leave enrollment %d: %w", id, err)
	}
	return e, nil
}

// openSibling returns the open enrollment of the same person in the same
// campaign, or the given one if none is open.
func (t *tx) openSibling(id drip.EnrollmentID) (drip.EnrollmentID, error) {
	var open drip.EnrollmentID
	err := t.row([]any{toNumber[drip.EnrollmentID]{&open}}, `
		SELECT COALESCE((
		  SELECT o.id FROM enrollments o
		  WHERE o.subscriber_id = e.subscriber_id AND o.campaign_id = e.campaign_id AND o.state <> 'left'), e.id)
		FROM enrollments e WHERE e.id = $1`, int64(id))
	return open, found(err)
}

// leave ends the open enrollments for which the condition on $1 holds, skips
// what was not marked, and returns how many there were. An enrollment whose
// latest mark is dated later than now (processes' clocks differ a little) is
// left at that mark: marks made before leaving must not look like marks after.
func (t *tx) leave(where string, arg int64, reason drip.LeaveReason, now time.Time) (int64, error) {
	why := drip.ReasonLeft
	if reason == drip.LeftSuppressed {
		why = drip.ReasonSuppressed
	}
	err := t.skipOpen(`enrollment_id IN (SELECT id FROM enrollments WHERE `+where+`)`, arg, why)
	if err != nil {
		return 0, err
	}
	return t.exec(`
		UPDATE enrollments
		SET state = 'left', left_reason = $2, next_at = NULL, held_at = NULL, revision = revision + 1,
		    left_at = COALESCE((
		      SELECT MAX(COALESCE(d.remarked_at, d.marked_at)) FROM deliveries d
		      WHERE d.enrollment_id = enrollments.id AND COALESCE(d.remarked_at, d.marked_at) > $3), $3)
		WHERE `+where+` AND state <> 'left'`, arg, string(reason), now.UnixMilli())
}

// openStates selects the deliveries that are not done, in the very words of
// the index deliveries_open.
const openStates = `IN ('planned', 'claimed', 'sending', 'deferred')`

// skipOpen skips the deliveries that were not marked and for which the
// condition on $1 holds.
func (t *tx) skipOpen(where string, arg int64, reason drip.DeliveryReason) error {
	_, err := t.exec(`
		UPDATE deliveries SET state = 'skipped', reason = $2, owner = NULL, wake_at = NULL
		WHERE state `+openStates+` AND state <> 'sending' AND `+where, arg, string(reason))
	return err
}
