package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// SuppressAll implements [store.Suppressions].
func (s *Store) SuppressAll(ctx context.Context, list []drip.Suppression) (added int, err error) {
	err = s.write(ctx, func(t *tx) error {
		added = 0
		hashes := make([]drip.Withdrawal, len(list))
		for n, entry := range list {
			hashes[n].Hash = entry.Hash
		}
		people, err := t.peopleOf(hashes)
		if err != nil {
			return err
		}
		for _, entry := range list {
			known, err := t.addSuppression(entry)
			if err != nil {
				return err
			}
			if known {
				continue
			}
			added++
			if err := t.stopPerson(people[entry.Hash], entry); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("suppress %d hashes: %w", len(list), err)
	}
	return added, nil
}

// stopPerson ends what is open of somebody; 0 is nobody.
func (t *tx) stopPerson(id drip.SubscriberID, entry drip.Suppression) error {
	if id == 0 {
		return nil
	}
	if entry.Reason == drip.SuppressedByReader {
		if err := t.suppressFormer(id, entry.Reason, entry.At); err != nil {
			return err
		}
	}
	return t.suppressPerson(id, entry.At)
}

// SuppressionsAfter implements [store.Suppressions].
func (s *Store) SuppressionsAfter(ctx context.Context, after mailaddr.Hash, most int) ([]drip.Suppression, error) {
	var list []drip.Suppression
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var entry drip.Suppression
			err := rows.Scan(toHash{entry.Hash[:]}, toText[drip.SuppressionReason]{&entry.Reason}, toTime{&entry.At})
			list = append(list, entry)
			return err
		}, `SELECT hash, reason, suppressed_at FROM suppressions WHERE hash > $1 ORDER BY hash LIMIT $2`, after[:], limit(most))
	})
	if err != nil {
		return nil, fmt.Errorf("list suppressions: %w", err)
	}
	return list, nil
}

// Lift implements [store.Suppressions].
func (s *Store) Lift(ctx context.Context, hash mailaddr.Hash, address mailaddr.Address) (drip.Suppression, error) {
	entry := drip.Suppression{Hash: hash}
	err := s.write(ctx, func(t *tx) error {
		err := t.row([]any{toText[drip.SuppressionReason]{&entry.Reason}, toTime{&entry.At}},
			`SELECT reason, suppressed_at FROM suppressions WHERE hash = $1`, hash[:])
		switch {
		case err != nil:
			return found(err)
		case entry.Reason == drip.SuppressedByErasure:
			return drip.ErrConflict
		}
		if _, err = t.exec(`DELETE FROM suppressions WHERE hash = $1`, hash[:]); err != nil {
			return err
		}
		_, err = t.exec(`
			UPDATE subscribers SET suppressed_at = NULL, revision = revision + 1
			WHERE email_key = $1 AND suppressed_at IS NOT NULL`, address.Key())
		return err
	})
	if err != nil {
		return drip.Suppression{}, fmt.Errorf("lift the suppression of %s: %w", hash, err)
	}
	return entry, nil
}
