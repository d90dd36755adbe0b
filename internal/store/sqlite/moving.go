package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// TakeAddress implements [store.Notices].
func (s *Store) TakeAddress(ctx context.Context, id drip.NoticeID, hash mailaddr.Hash, at store.Instant) (drip.Subscriber, error) {
	var person drip.Subscriber
	err := s.write(ctx, func(t *tx) error {
		n, err := notice(t, id)
		if err != nil {
			return err
		}
		read := func() error {
			return found(t.row(toSubscriber(&person), `
				SELECT `+subscriberColumns+` FROM subscribers s WHERE s.id = $1`, int64(n.Subscriber)))
		}
		if err := read(); err != nil {
			return err
		}
		switch {
		case n.Kind != drip.NoticeAddress:
			return drip.ErrNotFound
		case person.Email == n.Email:
			return nil // done before, or what they have
		case !n.ClosedAt.IsZero():
			return drip.ErrNotFound
		}
		if err := t.takeAddress(n, hash, at); err != nil {
			return err
		}
		return read()
	})
	if err != nil {
		return drip.Subscriber{}, fmt.Errorf("take the address of notice %d: %w", id, err)
	}
	return person, nil
}

func (t *tx) takeAddress(n drip.Notice, hash mailaddr.Hash, at store.Instant) error {
	if err := t.mayHave(n, hash); err != nil {
		return err
	}
	if err := t.followAddress(n.Subscriber, hash, at.Calendar); err != nil {
		return err
	}
	person, now := int64(n.Subscriber), at.Calendar.UnixMilli()
	for _, change := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO former_addresses (subscriber_id, hash)
		  SELECT id, email_hash FROM subscribers WHERE id = $1 ON CONFLICT DO NOTHING`, []any{person}},
		{`UPDATE subscribers SET email = $2, email_key = $3, email_hash = $4, moved_at = $5, updated_at = $5, revision = revision + 1
		  WHERE id = $1`, []any{person, n.Email.String(), n.Email.Key(), hash[:], now}},
		// It may be an address that they had before that.
		{`DELETE FROM former_addresses WHERE subscriber_id = $1 AND hash = $2`, []any{person, hash[:]}},
		{`UPDATE notices SET closed_at = COALESCE(closed_at, $2), wake_at = NULL WHERE subscriber_id = $1`,
			[]any{person, at.Machine.UnixMilli()}},
	} {
		if _, err := t.exec(change.query, change.args...); err != nil {
			return err
		}
	}
	err := t.withdraw(`enrollment_id IN (SELECT id FROM enrollments WHERE subscriber_id = $1)`, person)
	if err != nil {
		return err
	}
	_, err = t.exec(`
		UPDATE enrollments SET next_at = CASE WHEN next_at < $2 THEN next_at ELSE $2 END, held_at = NULL, revision = revision + 1
		WHERE subscriber_id = $1 AND (state = 'active' OR state = 'pending' AND invited_at IS NOT NULL)`, person, now)
	return err
}

// mayHave returns why a person may not have an address.
func (t *tx) mayHave(n drip.Notice, hash mailaddr.Hash) error {
	var suppressed, taken bool
	err := t.row([]any{&suppressed, &taken}, `
		SELECT EXISTS (
		         SELECT 1 FROM suppressions x
		         WHERE x.hash = $2 OR x.hash = (SELECT email_hash FROM subscribers WHERE id = $1))
		       OR EXISTS (
		         SELECT 1 FROM enrollments e JOIN campaigns c ON c.id = e.campaign_id
		         JOIN campaign_suppressions k ON k.hash = $2 AND k.campaign = c.public_key
		         WHERE e.subscriber_id = $1 AND e.state <> 'left'),
		       EXISTS (SELECT 1 FROM subscribers WHERE email_key = $3 AND id <> $1)`,
		int64(n.Subscriber), hash[:], n.Email.Key())
	switch {
	case err != nil:
		return err
	case suppressed:
		return drip.ErrSuppressed
	case taken:
		return drip.ErrTaken
	}
	return nil
}

// Former implements [store.Notices].
func (s *Store) Former(ctx context.Context, id drip.SubscriberID) ([]mailaddr.Hash, error) {
	var list []mailaddr.Hash
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var hash mailaddr.Hash
			err := rows.Scan(toHash{hash[:]})
			list = append(list, hash)
			return err
		}, `
			SELECT f.hash FROM former_addresses f
			WHERE f.subscriber_id = $1 AND NOT EXISTS (SELECT 1 FROM subscribers s WHERE s.email_hash = f.hash)
			ORDER BY f.hash`, int64(id))
	})
	if err != nil {
		return nil, fmt.Errorf("former addresses of subscriber %d: %w", id, err)
	}
	return list, nil
}

// suppressFormer suppresses the addresses that a person had before: whoever wants
// nothing any more does not want it there either. Hashes have no index, and it takes a look at
// everybody; few have moved, and fewer leave like that.
func (t *tx) suppressFormer(id drip.SubscriberID, reason drip.SuppressionReason, at time.Time) error {
	_, err := t.exec(`
		INSERT INTO suppressions (hash, reason, suppressed_at)
		SELECT f.hash, $2, $3 FROM former_addresses f
		WHERE f.subscriber_id = $1 AND NOT EXISTS (SELECT 1 FROM subscribers s WHERE s.email_hash = f.hash AND s.id <> $1)
		ON CONFLICT (hash) DO UPDATE SET reason = excluded.reason, suppressed_at = excluded.suppressed_at
		WHERE excluded.reason = '`+string(drip.SuppressedByErasure)+`' AND reason <> excluded.reason`, int64(id), string(reason), at.UnixMilli())
	return err
}

// movedSince reports whether the person of a delivery took another address after it
// was marked.
func (t *tx) movedSince(f store.Fence) (moved bool, err error) {
	err = t.row([]any{&moved}, `
		SELECT COALESCE(s.moved_at >= `+lastMark+`, 0)
		FROM deliveries d
		JOIN enrollments e ON e.id = d.enrollment_id
		JOIN subscribers s ON s.id = e.subscriber_id
		WHERE d.enrollment_id = $1 AND d.issue_id = $2`, int64(f.Enrollment), int64(f.Issue))
	return moved, err
}
