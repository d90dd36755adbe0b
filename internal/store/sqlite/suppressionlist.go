package sqlite

import (
	"context"
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
	switch {
	case id == 0:
		return nil
	case entry.Campaign != "":
		return t.endSeries(id, entry)
	}
	if entry.Reason == drip.SuppressedByReader {
		if err := t.suppressFormer(id, entry.Reason, entry.At); err != nil {
			return err
		}
	}
	return t.suppressPerson(id, entry.At)
}

// Lift implements [store.Suppressions].
func (s *Store) Lift(ctx context.Context, hash mailaddr.Hash, campaign string, address mailaddr.Address) (drip.Suppression, error) {
	entry := drip.Suppression{Hash: hash, Campaign: campaign}
	err := s.write(ctx, func(t *tx) error {
		if campaign != "" {
			return found(t.row([]any{toText[drip.SuppressionReason]{&entry.Reason}, toTime{&entry.At}}, `
				DELETE FROM campaign_suppressions WHERE hash = $1 AND campaign = $2 RETURNING reason, suppressed_at`, hash[:], campaign))
		}
		return t.liftEverything(&entry, address)
	})
	if err != nil {
		return drip.Suppression{}, fmt.Errorf("lift the suppression of %s: %w", hash, err)
	}
	return entry, nil
}

// liftEverything removes the entry of an address for everything, and fills it in.
func (t *tx) liftEverything(entry *drip.Suppression, address mailaddr.Address) error {
	err := t.row([]any{toText[drip.SuppressionReason]{&entry.Reason}, toTime{&entry.At}},
		`SELECT reason, suppressed_at FROM suppressions WHERE hash = $1`, entry.Hash[:])
	switch {
	case err != nil:
		return found(err)
	case entry.Reason == drip.SuppressedByErasure:
		return drip.ErrConflict
	}
	if _, err = t.exec(`DELETE FROM suppressions WHERE hash = $1`, entry.Hash[:]); err != nil {
		return err
	}
	_, err = t.exec(`
		UPDATE subscribers SET suppressed_at = NULL, revision = revision + 1
		WHERE email_key = $1 AND suppressed_at IS NOT NULL`, address.Key())
	return err
}
