package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// sampleSize is how many offending rows are described.
const sampleSize = 5

// pauseGrace is how much later than a pause a mark may be dated, in
// milliseconds. A mark that was committed just before the pause can carry a
// later date, because both were dated before they waited for their turn, as
// long as busyTimeout.
const pauseGrace = "15000"

// aDelivery describes a row of the ledger d; lastMark is when it was marked
// last.
const (
	aDelivery    = `'enrollment ' || d.enrollment_id || ', issue ' || d.issue_id`
	anEnrollment = `'enrollment ' || e.id`
	anIssueSent  = aDelivery + ` FROM deliveries d
			JOIN enrollments e ON e.id = d.enrollment_id
			JOIN issues i ON i.id = d.issue_id
			WHERE d.marked_at IS NOT NULL AND i.name <> '` + drip.ConfirmationID + `'`
	lastMark = `COALESCE(d.remarked_at, d.marked_at)`
)

// invariant is a query for the rows that break a rule; its one column
// describes the row. Dated is that of [store.Invariant].
type invariant struct {
	name, query string
	dated       bool
}

// dated makes an invariant that compares dates.
func dated(name, query string) invariant { return invariant{name, query, true} }

// always makes one that holds whatever the clock did.
func always(name, query string) invariant { return invariant{name, query, false} }

// invariants are what must hold whatever happened. Most of them are held by
// constraints and by the re-checks at the mark as well; here they are looked at
// from the outside.
func invariants() []invariant {
	return []invariant{
		always("no issue twice", `
			SELECT 'enrollment ' || d.enrollment_id || ', issue ' || d.issue_id FROM deliveries d
			GROUP BY d.enrollment_id, d.issue_id HAVING COUNT(*) > 1`),
		dated("no issue by two enrollments at once", `
			SELECT `+aDelivery+` FROM enrollments a
			JOIN enrollments b ON b.subscriber_id = a.subscriber_id AND b.campaign_id = a.campaign_id AND b.id > a.id
			JOIN deliveries d ON d.enrollment_id = a.id AND d.state = 'sent'
			JOIN deliveries x ON x.enrollment_id = b.id AND x.issue_id = d.issue_id AND x.state = 'sent'
			WHERE a.left_at IS NULL OR COALESCE(x.remarked_at, x.marked_at) < a.left_at`),
		always("no issue twice along a line of enrollments that continue each other", `
			WITH RECURSIVE line (heir, earlier) AS (
			  SELECT e.id, e.follows_id FROM enrollments e WHERE e.continues = 1
			  UNION
			  SELECT l.heir, e.follows_id FROM line l JOIN enrollments e ON e.id = l.earlier WHERE e.continues = 1
			)
			SELECT `+aDelivery+` FROM line l
			JOIN deliveries d ON d.enrollment_id = l.heir AND d.state `+mailedStates+`
			JOIN deliveries x ON x.enrollment_id = l.earlier AND x.issue_id = d.issue_id AND x.state `+mailedStates+`
			JOIN issues i ON i.id = d.issue_id AND i.name <> '`+drip.ConfirmationID+`'`),
		always("enrollments follow an earlier one of the same person and campaign", `
			SELECT `+anEnrollment+` FROM enrollments e
			LEFT JOIN enrollments f ON f.id = e.follows_id
			WHERE e.continues = 1 AND e.follows_id IS NULL OR e.follows_id IS NOT NULL AND (
			  f.id IS NULL OR f.id >= e.id OR f.state <> 'left'
			  OR f.subscriber_id <> e.subscriber_id OR f.campaign_id <> e.campaign_id)`),
		always("none silently lost", `
			SELECT `+anEnrollment+` FROM enrollments e
			WHERE e.next_at IS NULL AND e.held_at IS NULL
			  AND (e.state = 'active' OR e.state = 'pending' AND e.invited_at IS NOT NULL)
			  AND NOT EXISTS (
			    SELECT 1 FROM deliveries d
			    WHERE d.enrollment_id = e.id AND d.state IN ('claimed', 'sending', 'deferred'))`),
		dated("none out of order", `
			SELECT `+aDelivery+` FROM (
			  SELECT d.enrollment_id, d.issue_id, `+lastMark+` AS mark,
			         LAG(`+lastMark+`) OVER earlier AS mark_before
			  FROM deliveries d JOIN issues i ON i.id = d.issue_id
			  WHERE d.state = 'sent' AND d.slot_wall IS NOT NULL AND i.name <> '`+drip.ConfirmationID+`'
			  WINDOW earlier AS (PARTITION BY d.enrollment_id ORDER BY d.slot_wall, d.issue_id)
			) d
			WHERE d.mark < d.mark_before`),
		always("no two issues for one slot", `
			SELECT `+aDelivery+` FROM (
			  SELECT d.enrollment_id, d.issue_id, d.slot_wall, LAG(d.slot_wall) OVER earlier AS slot_before
			  FROM deliveries d JOIN issues i ON i.id = d.issue_id
			  WHERE d.state = 'sent' AND d.slot_wall IS NOT NULL AND i.name <> '`+drip.ConfirmationID+`'
			  WINDOW earlier AS (PARTITION BY d.enrollment_id ORDER BY d.slot_wall, d.issue_id)
			) d
			WHERE d.slot_wall = d.slot_before`),
		dated("no mark after leaving", `
			SELECT `+aDelivery+` FROM enrollments e JOIN deliveries d ON d.enrollment_id = e.id
			WHERE e.left_at IS NOT NULL AND `+lastMark+` > e.left_at`),
		dated("no mark after suppression", `
			SELECT `+aDelivery+` FROM subscribers s
			JOIN enrollments e ON e.subscriber_id = s.id
			JOIN deliveries d ON d.enrollment_id = e.id
			WHERE s.suppressed_at IS NOT NULL AND `+lastMark+` > s.suppressed_at`),
		dated("no mark while paused", `
			SELECT `+aDelivery+` FROM campaigns c
			JOIN enrollments e ON e.campaign_id = c.id
			JOIN deliveries d ON d.enrollment_id = e.id
			WHERE c.paused_at IS NOT NULL AND `+lastMark+` > c.paused_at + `+pauseGrace+`
			UNION ALL
			SELECT `+aDelivery+` FROM enrollments e JOIN deliveries d ON d.enrollment_id = e.id
			WHERE e.paused_until IS NOT NULL AND `+lastMark+` < e.paused_until
			  AND `+lastMark+` > e.paused_at + `+pauseGrace),
		always("nothing but the confirmation without joining", `
			SELECT `+anIssueSent+` AND e.joined_at IS NULL`),
		dated("nothing but the confirmation before joining", `
			SELECT `+anIssueSent+` AND d.marked_at < e.joined_at`),
		always("none outside its window", `
			SELECT `+aDelivery+` FROM deliveries d
			WHERE d.state IN ('sending', 'sent', 'unknown') AND `+lastMark+` > d.send_by`),
		always("one open enrollment a person and campaign", `
			SELECT 'subscriber ' || e.subscriber_id || ', campaign ' || e.campaign_id FROM enrollments e
			WHERE e.state <> 'left' GROUP BY e.subscriber_id, e.campaign_id HAVING COUNT(*) > 1`),
		always("one open delivery an enrollment", `
			SELECT 'enrollment ' || d.enrollment_id FROM deliveries d
			WHERE d.state `+openStates+` GROUP BY d.enrollment_id HAVING COUNT(*) > 1`),
		always("nothing to send to those who left", `
			SELECT `+aDelivery+` FROM deliveries d JOIN enrollments e ON e.id = d.enrollment_id
			WHERE e.state = 'left' AND d.state `+openStates+` AND d.state <> 'sending'
			UNION ALL
			SELECT `+anEnrollment+` FROM enrollments e
			WHERE e.state IN ('finished', 'left') AND e.next_at IS NOT NULL`),
		always("nothing to send to those who finished", `
			SELECT `+aDelivery+` FROM deliveries d JOIN enrollments e ON e.id = d.enrollment_id
			WHERE e.state = 'finished' AND d.state `+openStates+` AND d.state <> 'sending'`),
		always("suppressed people are out", `
			SELECT 'subscriber ' || s.id FROM subscribers s
			LEFT JOIN suppressions x ON x.hash = s.email_hash
			WHERE (s.suppressed_at IS NULL) <> (x.hash IS NULL)
			   OR x.hash IS NOT NULL AND EXISTS (
			     SELECT 1 FROM enrollments e WHERE e.subscriber_id = s.id AND e.state <> 'left')`),
		always("people who are kept out of a campaign are out of it", `
			SELECT `+anEnrollment+` FROM enrollments e
			JOIN subscribers s ON s.id = e.subscriber_id
			JOIN campaigns c ON c.id = e.campaign_id
			WHERE e.state <> 'left' AND `+isKeptOut),
		always("deliveries in flight have an owner and a lease", `
			SELECT `+aDelivery+` FROM deliveries d
			WHERE (d.state IN ('claimed', 'sending')) <> (d.owner IS NOT NULL)
			   OR (d.state IN ('claimed', 'sending', 'deferred')) <> (d.wake_at IS NOT NULL)`),
		always("what was sent is dated", `
			SELECT `+aDelivery+` FROM deliveries d
			WHERE d.state IN ('sending', 'sent', 'unknown') AND d.marked_at IS NULL
			   OR (d.state = 'sent') <> (d.sent_at IS NOT NULL)`),
		dated("nothing was accepted before its mark", `
			SELECT `+aDelivery+` FROM deliveries d WHERE d.sent_at < d.marked_at`),
		always("what was not sent says why", `
			SELECT `+aDelivery+` FROM deliveries d
			WHERE (d.state IN ('refused', 'skipped')) <> (d.reason IS NOT NULL)
			UNION ALL
			SELECT `+anEnrollment+` FROM enrollments e
			WHERE (e.state = 'left') <> (e.left_at IS NOT NULL AND e.left_reason IS NOT NULL)`),
		always("issues belong to the enrollment's campaign", `
			SELECT `+aDelivery+` FROM deliveries d
			JOIN enrollments e ON e.id = d.enrollment_id
			JOIN issues i ON i.id = d.issue_id
			WHERE i.campaign_id <> e.campaign_id`),
		always("issues are counted as the ledger has them", `
			SELECT 'issue ' || x.issue_id || ', block ' || x.block FROM (
			  SELECT t.issue_id, t.block, t.sent, t.late, t.refused, t.skipped, t.latest, 0 AS reached FROM issue_tallies t
			  UNION ALL
			  SELECT d.issue_id, d.enrollment_id >> 8, -(d.state = 'sent'), -COALESCE(d.sent_at > `+slotInstant+` + `+lateAfter+`, 0),
			         -(d.state = 'refused'), -(d.state = 'skipped'), 0, `+laterAt+`
			  FROM deliveries d WHERE d.state IN ('sent', 'refused', 'skipped')) x
			GROUP BY x.issue_id, x.block
			HAVING SUM(x.sent) <> 0 OR SUM(x.late) <> 0 OR SUM(x.refused) <> 0 OR SUM(x.skipped) <> 0 OR MAX(x.latest) < MAX(x.reached)`),
		always("readers are counted as they are", `
			SELECT 'campaign ' || x.campaign_id || ', ' || x.state FROM (
			  SELECT t.campaign_id, t.state, t.left_reason, t.timezone, t.readers FROM reader_tallies t
			  UNION ALL
			  SELECT e.campaign_id, e.state, COALESCE(e.left_reason, ''), s.timezone, -1
			  FROM enrollments e JOIN subscribers s ON s.id = e.subscriber_id) x
			GROUP BY x.campaign_id, x.state, x.left_reason, x.timezone
			HAVING SUM(x.readers) <> 0`),
		always("whoever left by themselves is counted", `
			SELECT `+anEnrollment+` FROM enrollments e LEFT JOIN departures x ON x.enrollment_id = e.id
			WHERE (x.enrollment_id IS NOT NULL) <>
			      (e.state = 'left' AND COALESCE(e.left_reason, '') IN ('reader', 'suppressed') AND e.joined_at IS NOT NULL)`),
		// The table-valued pragma is SQLite's own.
		always("nothing refers to what is gone", `
			SELECT f."table" || ' ' || COALESCE(f.rowid, 0) || ' refers to ' || f.parent FROM pragma_foreign_key_check f
			UNION ALL
			SELECT 'attempt ' || a.id FROM attempts a
			LEFT JOIN deliveries d ON d.enrollment_id = a.enrollment_id AND d.issue_id = a.issue_id
			WHERE d.enrollment_id IS NULL
			UNION ALL
			SELECT `+aDelivery+` || ' refers to phrases' FROM deliveries d
			WHERE substr(d.reply, 1, 1) = '`+phraseMark+`' AND substr(d.reply, 2, 1) <> ' ' AND NOT EXISTS (
			  SELECT 1 FROM phrases p WHERE p.code = substr(d.reply, 1, 2))`),
	}
}

// Verify implements [store.Reports].
func (s *Store) Verify(ctx context.Context) ([]store.Invariant, error) {
	var results []store.Invariant
	err := s.read(ctx, func(r *snapshot) error {
		for _, inv := range slices.Concat(invariants(), auditInvariants()) {
			result, err := r.verify(inv)
			if err != nil {
				return fmt.Errorf("%s: %w", inv.name, err)
			}
			results = append(results, result)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return results, nil
}

func (r *snapshot) verify(inv invariant) (store.Invariant, error) {
	result := store.Invariant{Name: inv.name, Dated: inv.dated}
	err := r.each(func(rows *sql.Rows) error {
		var row string
		err := rows.Scan(&row)
		if result.Rows++; result.Rows <= sampleSize {
			result.Sample = append(result.Sample, row)
		}
		return err
	}, inv.query)
	return result, err
}
