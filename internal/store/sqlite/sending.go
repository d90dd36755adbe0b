package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// claimsPage is explained by a test. SQLite prepares a statement anew when another
// limit is bound than before, for the plan could depend on it; on a sum it cannot.
const claimsPage = `
	SELECT ` + deliveryColumns + `, ` + triesColumn + `, ` + enrollmentColumns + `, ` + subscriberColumns + `
	FROM deliveries d
	JOIN enrollments e ON e.id = d.enrollment_id
	JOIN subscribers s ON s.id = e.subscriber_id
	WHERE d.state = 'claimed' AND d.wake_at >= $2 AND (d.wake_at > $2 OR d.enrollment_id > $3) AND d.owner = $1
	ORDER BY d.wake_at, d.enrollment_id LIMIT 0 + $4`

// Claims implements [store.Sending].
func (s *Store) Claims(ctx context.Context, owner int64, after store.Cursor, n int) ([]store.Claimed, store.Cursor, error) {
	var list []store.Claimed
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var c store.Claimed
			dest := append(append(toDelivery(&c.Delivery), &c.Tries), toEnrollment(&c.Enrollment)...)
			err := rows.Scan(append(dest, toSubscriber(&c.Subscriber)...)...)
			c.Campaign = c.Enrollment.Campaign
			list = append(list, c)
			return err
		}, claimsPage, owner, after.Lease, int64(after.Enrollment), limit(n))
	})
	if err != nil {
		return nil, after, fmt.Errorf("read claims of owner %d: %w", owner, err)
	}
	if len(list) > 0 {
		last := &list[len(list)-1].Delivery
		after = store.Cursor{Lease: last.WakeAt.UnixMilli(), Enrollment: last.Enrollment}
	}
	return list, after, nil
}

// CommitRound implements [store.Sending].
func (s *Store) CommitRound(ctx context.Context, round store.Round) (store.RoundResult, error) {
	var result store.RoundResult
	err := s.write(ctx, func(t *tx) error {
		var err error
		if result.Settled, err = t.settleAll(round.Outcomes, round.Calendar, round.Machine); err != nil {
			return fmt.Errorf("outcomes: %w", err)
		}
		if result.Marked, err = t.markAll(round.Marks, round.Calendar); err != nil {
			return fmt.Errorf("marks: %w", err)
		}
		return t.countMarks(round.Marks, result.Marked)
	})
	if err != nil {
		return store.RoundResult{}, fmt.Errorf("commit round: %w", err)
	}
	return result, nil
}

// release makes a claim planned again, if the fence holds.
func (t *tx) release(f store.Fence, calendar time.Time) error {
	n, err := t.exec(`
		UPDATE deliveries SET state = 'planned', owner = NULL, wake_at = NULL
		WHERE enrollment_id = $1 AND issue_id = $2 AND attempt = $3 AND state = 'claimed'`,
		int64(f.Enrollment), int64(f.Issue), f.Attempt)
	if err != nil || n == 0 {
		return err
	}
	return t.due(f.Enrollment, calendar)
}

// Release implements [store.Sending].
func (s *Store) Release(ctx context.Context, fences []store.Fence, calendar time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		for _, f := range fences {
			if err := t.release(f, calendar); err != nil {
				return fmt.Errorf("enrollment %d, issue %d: %w", f.Enrollment, f.Issue, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("release claims: %w", err)
	}
	return nil
}

// due makes an enrollment due for planning at calendar, if it was not earlier.
// Its revision grows, so that no plan made before can clear the hint again.
func (t *tx) due(id drip.EnrollmentID, calendar time.Time) error {
	_, err := t.exec(`
		UPDATE enrollments
		SET next_at = CASE WHEN next_at < $2 THEN next_at ELSE $2 END, held_at = NULL, revision = revision + 1
		WHERE id = $1 AND state IN ('pending', 'active')`, int64(id), calendar.UnixMilli())
	return err
}

// settled gives an enrollment one of whose deliveries became done a hint, if it
// has none. If it has, nothing is written: a plan made before names the attempt
// that is over, which keeps it from clearing the hint.
func (t *tx) settled(id drip.EnrollmentID, calendar time.Time) error {
	_, err := t.exec(settledMany+list(1), calendar.UnixMilli(), int64(id))
	return err
}

const settledMany = `
	UPDATE enrollments SET next_at = ?, held_at = NULL, revision = revision + 1
	WHERE next_at IS NULL AND state IN ('pending', 'active') AND id IN `

// settle applies one outcome; false says that it came too late to count.
func (t *tx) settle(o *store.Outcome, calendar, machine time.Time) (bool, error) {
	var ok bool
	var err error
	switch o.State {
	case drip.DeliverySent, drip.DeliveryUnknown, drip.DeliveryRefused:
		ok, err = t.settleDone(o, calendar)
	case drip.DeliveryDeferred, drip.DeliveryPlanned:
		ok, err = t.settleAgain(o, calendar, machine)
	default:
		return false, fmt.Errorf("%q is not how an attempt ends", o.State)
	}
	if err != nil || !ok {
		return false, err
	}
	if o.Class != drip.ClassAccepted && o.Class != "" {
		err = t.addAttempt(store.Attempt{
			DeliveryKey: o.DeliveryKey, Attempt: o.Attempt, At: calendar, Class: o.Class, Reply: o.Reply,
		})
	}
	if err == nil && o.Suppress != "" {
		err = t.suppressRecipient(o.Fence, o.Suppress, calendar)
	}
	return true, err
}

// The states in which an outcome still counts.
const (
	whenSending  = `('sending')`
	whenMarked   = `('sending', 'unknown')`
	whenOffered  = `('sending', 'unknown', 'claimed')`
	settleUpdate = `
		UPDATE deliveries
		SET state = $4, reason = $5, sent_at = $6, reply = $7, owner = NULL, wake_at = NULL
		WHERE enrollment_id = $1 AND issue_id = $2 AND attempt = $3 AND state IN `
)

// settleDone applies an outcome after which the series goes on.
func (t *tx) settleDone(o *store.Outcome, calendar time.Time) (bool, error) {
	var from string
	var reason drip.DeliveryReason
	var sent any
	reply := verbatim(replyText(o.Reply))
	switch o.State {
	case drip.DeliverySent:
		from, sent = whenMarked, calendar.UnixMilli()
		if !o.SentAt.IsZero() {
			sent = o.SentAt.UnixMilli()
		}
	case drip.DeliveryUnknown:
		from = whenSending
	default:
		from, reason = whenOffered, cmp.Or(o.Reason, drip.ReasonMessage)
	}
	n, err := t.exec(settleUpdate+from, int64(o.Enrollment), int64(o.Issue), o.Attempt,
		string(o.State), text(reason), sent, text(reply))
	if err != nil || n == 0 {
		return false, err
	}
	if o.State == drip.DeliveryRefused {
		// The hint was set as if it were accepted; without an acceptance the
		// next issue may be due earlier.
		return true, t.due(o.Enrollment, calendar)
	}
	return true, t.settled(o.Enrollment, calendar)
}

// settleAgain applies an outcome after which the delivery is tried again, or
// skipped, if there is nobody any more to whom it may be sent.
func (t *tx) settleAgain(o *store.Outcome, calendar, machine time.Time) (bool, error) {
	state, reason, ok, err := t.again(o)
	if err != nil || !ok {
		return false, err
	}
	var wake any
	if state == drip.DeliveryDeferred {
		wake = machine.UnixMilli()
		if !o.RetryAt.IsZero() {
			wake = o.RetryAt.UnixMilli()
		}
	}
	_, err = t.exec(`
		UPDATE deliveries
		SET state = $3, reason = $4, reply = $5, wake_at = $6, owner = NULL
		WHERE enrollment_id = $1 AND issue_id = $2`,
		int64(o.Enrollment), int64(o.Issue), string(state), text(reason), text(verbatim(replyText(o.Reply))), wake)
	if err != nil {
		return false, err
	}
	switch state {
	case drip.DeliveryPlanned:
		err = t.due(o.Enrollment, calendar)
	case drip.DeliverySkipped:
		err = t.settled(o.Enrollment, calendar)
	}
	return true, err
}

// again decides what becomes of a delivery that could be tried again; ok is
// false if the outcome does not count.
func (t *tx) again(o *store.Outcome) (state drip.DeliveryState, reason drip.DeliveryReason, ok bool, err error) {
	var now drip.DeliveryState
	var enrollment drip.EnrollmentState
	var left drip.LeaveReason
	var confirmation, overtaken bool
	err = t.row([]any{
		toText[drip.DeliveryState]{&now}, toText[drip.EnrollmentState]{&enrollment},
		toText[drip.LeaveReason]{&left}, &confirmation, &overtaken,
	}, `
		SELECT d.state, e.state, e.left_reason, i.name = '`+drip.ConfirmationID+`',
		       EXISTS (
		         SELECT 1 FROM deliveries x
		         WHERE x.enrollment_id = d.enrollment_id AND x.issue_id <> d.issue_id
		           AND (x.state `+openStates+` OR COALESCE(x.remarked_at, x.marked_at) > COALESCE(d.remarked_at, d.marked_at)))
		FROM deliveries d
		JOIN enrollments e ON e.id = d.enrollment_id
		JOIN issues i ON i.id = d.issue_id
		WHERE d.enrollment_id = $1 AND d.issue_id = $2 AND d.attempt = $3
		  AND d.state IN `+whenOffered, int64(o.Enrollment), int64(o.Issue), o.Attempt)
	if err == sql.ErrNoRows {
		return "", "", false, nil
	}
	if err != nil {
		return "", "", false, err
	}
	late := now == drip.DeliveryUnknown
	switch {
	case late && overtaken:
		return "", "", false, nil // the series went on; going back would be out of order
	case enrollment == drip.EnrollmentLeft && left == drip.LeftSuppressed:
		return drip.DeliverySkipped, drip.ReasonSuppressed, true, nil
	case enrollment == drip.EnrollmentLeft:
		return drip.DeliverySkipped, drip.ReasonLeft, true, nil
	case confirmation && enrollment != drip.EnrollmentPending:
		return drip.DeliverySkipped, drip.ReasonBehind, true, nil
	case late && enrollment == drip.EnrollmentFinished:
		return o.State, "", true, t.unfinish(o.Enrollment)
	}
	return o.State, "", true, nil
}

// unfinish makes an enrollment active whose last issue turns out not to have
// been sent.
func (t *tx) unfinish(id drip.EnrollmentID) error {
	_, err := t.exec(`
		UPDATE enrollments SET state = 'active', finished_at = NULL, revision = revision + 1
		WHERE id = $1`, int64(id))
	return err
}

// suppressRecipient suppresses the person of a delivery, unless it went to an address
// that they have left behind since.
func (t *tx) suppressRecipient(f store.Fence, reason drip.SuppressionReason, at time.Time) error {
	if moved, err := t.movedSince(f); err != nil || moved {
		return err
	}
	var person drip.SubscriberID
	var hash mailaddr.Hash
	err := t.row([]any{toNumber[drip.SubscriberID]{&person}, toHash{hash[:]}}, `
		SELECT s.id, s.email_hash FROM enrollments e JOIN subscribers s ON s.id = e.subscriber_id
		WHERE e.id = $1`, int64(f.Enrollment))
	if err != nil {
		return err
	}
	if _, err := t.addSuppression(drip.Suppression{Hash: hash, Reason: reason, At: at}); err != nil {
		return err
	}
	return t.suppressPerson(person, at)
}

// addAttempt keeps a transaction that was not a plain success.
func (t *tx) addAttempt(a store.Attempt) error {
	_, err := t.exec(`
		INSERT INTO attempts (enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		int64(a.Enrollment), int64(a.Issue), a.Attempt, string(a.Class), string(a.Reply.Phase),
		a.Reply.Code, a.Reply.Enhanced, a.Reply.Text, a.At.UnixMilli())
	return err
}

// replyText writes a reply as a relay would, such as "550 5.1.1 no such user".
func replyText(r drip.Reply) string {
	var parts []string
	if r.Code != 0 {
		parts = append(parts, strconv.Itoa(r.Code))
	}
	for _, part := range []string{r.Enhanced, r.Text} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}
