package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// Suppress implements [store.Suppressions].
func (s *Store) Suppress(ctx context.Context, suppression drip.Suppression, address mailaddr.Address) error {
	err := s.write(ctx, func(t *tx) error {
		known, err := t.addSuppression(suppression)
		if err != nil {
			return err
		}
		return t.stopMailing(suppression, address, known)
	})
	if err != nil {
		return fmt.Errorf("suppress %s: %w", suppression.Hash, err)
	}
	return nil
}

// stopMailing ends what is open of the person whose address is suppressed, if there is one.
func (t *tx) stopMailing(suppression drip.Suppression, address mailaddr.Address, known bool) error {
	id, err := t.suppressee(suppression.Hash, address, known)
	if err != nil {
		return err
	}
	return t.stopPerson(id, suppression)
}

// addSuppression stores a hash unless it is known. What others say of the address takes the
// place of what its reader asked for, which they may take back within the hour.
func (t *tx) addSuppression(suppression drip.Suppression) (known bool, err error) {
	if suppression.Campaign != "" {
		return t.keepOut(suppression)
	}
	added, err := t.exec(`
		INSERT INTO suppressions (hash, reason, suppressed_at) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO NOTHING`,
		suppression.Hash[:], string(suppression.Reason), suppression.At.UnixMilli())
	if err != nil || added > 0 || suppression.Reason == drip.SuppressedByReader {
		return added == 0, err
	}
	_, err = t.exec(`UPDATE suppressions SET reason = $2, suppressed_at = $3 WHERE hash = $1 AND reason = 'reader'`,
		suppression.Hash[:], string(suppression.Reason), suppression.At.UnixMilli())
	return true, err
}

// addErasure stores a hash whose person is erased. That takes the place of an earlier
// reason: what is known of withdrawals must erase the person in an older copy, too.
func (t *tx) addErasure(erasure drip.Suppression) error {
	_, err := t.exec(`
		INSERT INTO suppressions (hash, reason, suppressed_at) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET reason = excluded.reason, suppressed_at = excluded.suppressed_at
		WHERE reason <> excluded.reason`,
		erasure.Hash[:], string(erasure.Reason), erasure.At.UnixMilli())
	if err != nil {
		return err
	}
	return t.forgetLeavings(erasure.Hash)
}

// suppressee finds the person, or 0. Without an address it has to look at
// everybody, because hashes are not indexed: that would slow every import down
// for the sake of a rare errand.
func (t *tx) suppressee(hash mailaddr.Hash, address mailaddr.Address, known bool) (drip.SubscriberID, error) {
	var id drip.SubscriberID
	var err error
	switch {
	case !address.IsZero():
		err = t.row([]any{&id}, `SELECT id FROM subscribers WHERE email_key = $1`, address.Key())
	case known:
		return 0, nil // done when it became known; suppressed people cannot come in again
	default:
		err = t.row([]any{&id}, `SELECT id FROM subscribers WHERE email_hash = $1`, hash[:])
	}
	if err == sql.ErrNoRows {
		return 0, nil
	}
	return id, err
}

// suppressPerson marks the person and ends what is open. The date is not
// earlier than their latest mark, for the reason given at leave.
func (t *tx) suppressPerson(id drip.SubscriberID, at time.Time) error {
	_, err := t.exec(`
		UPDATE subscribers
		SET revision = revision + 1,
		    suppressed_at = COALESCE((
		      SELECT MAX(COALESCE(d.remarked_at, d.marked_at))
		      FROM enrollments e JOIN deliveries d ON d.enrollment_id = e.id
		      WHERE e.subscriber_id = $1 AND COALESCE(d.remarked_at, d.marked_at) > $2), $2)
		WHERE id = $1 AND suppressed_at IS NULL`, int64(id), at.UnixMilli())
	if err != nil {
		return err
	}
	_, err = t.leave(`subscriber_id = $1`, int64(id), drip.LeftSuppressed, at)
	return err
}

// Suppressed implements [store.Suppressions].
func (s *Store) Suppressed(ctx context.Context, hash mailaddr.Hash) (drip.Suppression, error) {
	suppression := drip.Suppression{Hash: hash}
	err := s.one(ctx, []any{toText[drip.SuppressionReason]{&suppression.Reason}, toTime{&suppression.At}}, `
		SELECT reason, suppressed_at FROM suppressions WHERE hash = $1`, hash[:])
	if err != nil {
		return drip.Suppression{}, fmt.Errorf("look up suppression of %s: %w", hash, found(err))
	}
	return suppression, nil
}
