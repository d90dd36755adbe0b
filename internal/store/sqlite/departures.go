package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Undo implements [store.Departures].
func (s *Store) Undo(ctx context.Context, back store.Return) ([]drip.Enrollment, error) {
	back.LeftAt, back.Now = whole(back.LeftAt), whole(back.Now)
	var list []drip.Enrollment
	err := s.write(ctx, func(t *tx) error {
		ended, err := t.ended(back)
		if err != nil {
			return err
		}
		list = nil
		for _, id := range ended {
			e, err := t.goOn(id, back)
			if err == drip.ErrNotFound && back.Everything {
				continue // this one cannot go on; the others can
			}
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("undo the leaving of enrollment %d: %w", back.Enrollment, err)
	}
	return list, nil
}

// ended returns the enrollments whose leaving is to be taken back.
func (t *tx) ended(back store.Return) ([]drip.EnrollmentID, error) {
	e, err := enrollment(t, back.Enrollment)
	if err != nil {
		return nil, err
	}
	if !back.Everything {
		if e.State != drip.EnrollmentLeft || e.LeftReason != drip.LeftByReader || !e.LeftAt.Equal(back.LeftAt) {
			return nil, drip.ErrNotFound
		}
		return []drip.EnrollmentID{e.ID}, nil
	}
	lifted, err := t.lift(e.Subscriber, back)
	if err != nil {
		return nil, err
	}
	ended, err := t.endedBySuppression(e.Subscriber, back)
	if err == nil && !lifted && len(ended) == 0 {
		err = drip.ErrNotFound
	}
	return ended, err
}

// endedBySuppression returns the latest enrollment of each campaign that ended when
// the person was suppressed. One that began later is none of them, though it may have
// been left again.
func (t *tx) endedBySuppression(id drip.SubscriberID, back store.Return) (ended []drip.EnrollmentID, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var no drip.EnrollmentID
		err := rows.Scan(toNumber[drip.EnrollmentID]{&no})
		ended = append(ended, no)
		return err
	}, `
		SELECT MAX(e.id) FROM enrollments e
		WHERE e.subscriber_id = $1 AND e.left_at >= $2 AND e.left_reason IN ('reader', 'suppressed') AND e.joined_at <= $2
		GROUP BY e.campaign_id ORDER BY 1`, int64(id), back.LeftAt.UnixMilli())
	return ended, err
}

// lift removes the reader's own suppression of that date, and reports whether there
// was one. Another one, of whatever reason, is the error drip.ErrNotFound.
func (t *tx) lift(id drip.SubscriberID, back store.Return) (bool, error) {
	const theirs = `hash IN (
		SELECT email_hash FROM subscribers WHERE id = $1
		UNION SELECT hash FROM former_addresses WHERE subscriber_id = $1)`
	n, err := t.exec(`DELETE FROM suppressions WHERE reason = 'reader' AND suppressed_at = $2 AND `+theirs,
		int64(id), back.LeftAt.UnixMilli())
	if err != nil {
		return false, err
	}
	var suppressed bool
	err = t.row([]any{&suppressed}, `
		SELECT EXISTS (SELECT 1 FROM suppressions WHERE hash = (SELECT email_hash FROM subscribers WHERE id = $1))`, int64(id))
	if err == nil && suppressed {
		err = drip.ErrNotFound
	}
	if err != nil || n == 0 {
		return false, err
	}
	_, err = t.exec(`UPDATE subscribers SET suppressed_at = NULL, revision = revision + 1 WHERE id = $1`, int64(id))
	return true, err
}

// goOn opens the enrollment that continues one that was left, or returns the one that
// was opened before.
func (t *tx) goOn(id drip.EnrollmentID, back store.Return) (drip.Enrollment, error) {
	var open drip.EnrollmentID
	err := t.row([]any{toNumber[drip.EnrollmentID]{&open}}, `
		SELECT o.id FROM enrollments o WHERE o.follows_id = $1 AND o.continues = 1 AND o.state <> 'left'`, int64(id))
	if err == nil {
		return enrollment(t, open)
	}
	if err != sql.ErrNoRows {
		return drip.Enrollment{}, err
	}
	if may, err := t.mayGoOn(id); err != nil || !may {
		return drip.Enrollment{}, orNotFound(err)
	}
	consent, err := t.addConsent(back.Consent, 0)
	if err != nil {
		return drip.Enrollment{}, err
	}
	// The journal has the leaving. It is applied again to what began no later.
	err = t.row([]any{toNumber[drip.EnrollmentID]{&open}}, `
		INSERT INTO enrollments (subscriber_id, campaign_id, state, start, joined_at, floor, next_at,
		                         paused_at, paused_until, pace, consent_id, follows_id, continues)
		SELECT subscriber_id, campaign_id, 'active', 'at-slot', MAX($2, left_at + 1), MAX($2, left_at + 1), MAX($2, left_at + 1),
		       CASE WHEN paused_until > $2 THEN $2 END, CASE WHEN paused_until > $2 THEN paused_until END,
		       pace, $3, id, 1
		FROM enrollments WHERE id = $1
		RETURNING id`, int64(id), back.Now.UnixMilli(), int64(consent))
	if err != nil {
		return drip.Enrollment{}, err
	}
	return enrollment(t, open)
}

func orNotFound(err error) error {
	if err == nil {
		return drip.ErrNotFound
	}
	return err
}

// mayGoOn reports whether an enrollment that was left is the person's latest in a
// campaign that goes on, and nothing keeps them from being mailed.
func (t *tx) mayGoOn(id drip.EnrollmentID) (may bool, err error) {
	err = t.row([]any{&may}, `
		SELECT e.state = 'left' AND e.joined_at IS NOT NULL AND c.stopped_at IS NULL
		   AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.hash = s.email_hash)
		   AND NOT EXISTS (
		     SELECT 1 FROM enrollments o
		     WHERE o.subscriber_id = e.subscriber_id AND o.campaign_id = e.campaign_id AND o.id > e.id)
		   AND NOT `+isKeptOut+`
		FROM enrollments e
		JOIN subscribers s ON s.id = e.subscriber_id
		JOIN campaigns c ON c.id = e.campaign_id
		WHERE e.id = $1`, int64(id))
	return may, found(err)
}

// NoteWhy implements [store.Departures].
func (s *Store) NoteWhy(ctx context.Context, id drip.EnrollmentID, why drip.LeaveWhy) error {
	err := s.write(ctx, func(t *tx) error {
		if _, err := enrollment(t, id); err != nil {
			return err
		}
		_, err := t.exec(`
			UPDATE enrollments SET left_why = $2
			WHERE id = $1 AND left_reason = 'reader' AND left_why IS NOT $2`, int64(id), string(why))
		return err
	})
	if err != nil {
		return fmt.Errorf("note why enrollment %d was left: %w", id, err)
	}
	return nil
}

// Why implements [store.Departures].
func (s *Store) Why(ctx context.Context, id drip.EnrollmentID) (why drip.LeaveWhy, err error) {
	err = s.one(ctx, []any{toText[drip.LeaveWhy]{&why}}, `SELECT left_why FROM enrollments WHERE id = $1`, int64(id))
	if err != nil {
		return "", fmt.Errorf("read why enrollment %d was left: %w", id, found(err))
	}
	return why, nil
}

// Whys implements [store.Departures].
func (s *Store) Whys(ctx context.Context, campaign drip.CampaignNo) ([]store.WhyCount, error) {
	var list []store.WhyCount
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var c store.WhyCount
			err := rows.Scan(toNumber[drip.IssueNo]{&c.Issue}, toText[drip.LeaveWhy]{&c.Why}, &c.Readers)
			list = append(list, c)
			return err
		}, `
			SELECT COALESCE((
			         SELECT d.issue_id FROM deliveries d JOIN issues i ON i.id = d.issue_id
			         WHERE d.enrollment_id = e.id AND d.state `+mailedStates+` AND i.name <> '`+drip.ConfirmationID+`'
			         ORDER BY `+lastMark+` DESC, d.issue_id DESC LIMIT 1), 0) AS issue, e.left_why, COUNT(*)
			FROM enrollments e
			WHERE e.campaign_id = $1 AND e.state = 'left' AND e.left_why IS NOT NULL
			GROUP BY issue, e.left_why ORDER BY issue, COUNT(*) DESC, e.left_why`, int64(campaign))
	})
	if err != nil {
		return nil, fmt.Errorf("count why readers left campaign %d: %w", campaign, err)
	}
	return list, nil
}
