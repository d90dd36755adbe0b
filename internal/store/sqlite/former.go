package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// ownerOf selects who had the address of a hash before they changed it, if nobody has it now:
// $1 is the hash, and $2 the key of the address.
const ownerOf = `
	SELECT s.id, s.suppressed_at IS NOT NULL
	FROM former_addresses f JOIN subscribers s ON s.id = f.subscriber_id
	WHERE f.hash = $1 AND NOT EXISTS (SELECT 1 FROM subscribers o WHERE o.email_key = $2)
	ORDER BY s.id DESC LIMIT 1`

// KeptOf implements [store.Imports].
func (s *Store) KeptOf(ctx context.Context, address mailaddr.Address, hash mailaddr.Hash, campaign drip.CampaignNo) (store.Kept, error) {
	var who store.Kept
	err := s.read(ctx, func(r *snapshot) error {
		err := r.row([]any{toNumber[drip.SubscriberID]{&who.Former}, &who.Suppressed}, ownerOf, hash[:], address.Key())
		if err != nil && err != sql.ErrNoRows {
			return err
		}
		return r.row([]any{&who.Left}, `
			SELECT EXISTS (SELECT 1 FROM leavings l JOIN campaigns c ON c.public_key = l.campaign
			               WHERE l.hash = $1 AND c.id = $2)`, hash[:], int64(campaign))
	})
	if err != nil {
		return store.Kept{}, fmt.Errorf("look up what is kept of %s: %w", hash, err)
	}
	return who, nil
}

// sortOutFormer drops the rows whose address its reader has changed: it would be mailed
// beside the one that they have, or though they left.
func (i *importing) sortOutFormer() error {
	var some bool
	if err := i.row([]any{&some}, `SELECT EXISTS (SELECT 1 FROM former_addresses)`); err != nil || !some {
		return err
	}
	former := make(map[mailaddr.Hash]bool)
	err := inLists(i.rows, func(n int) any { return i.chunk.Rows[n].Hash[:] }, func(list string, args []any) error {
		return i.each(func(rows *sql.Rows) error {
			var hash mailaddr.Hash
			err := rows.Scan(toHash{hash[:]})
			former[hash] = true
			return err
		}, `SELECT hash FROM former_addresses WHERE hash IN `+list, args...)
	})
	if err != nil || len(former) == 0 {
		return err
	}
	rest := i.rows[:0]
	for _, n := range i.rows {
		if former[i.chunk.Rows[n].Hash] {
			if err := i.meetFormer(n); err != nil {
				return err
			}
		}
		if i.outcomes[n].Result == "" {
			rest = append(rest, n)
		}
	}
	i.rows = rest
	return nil
}

// meetFormer notes the outcome of a row whose address somebody had before, unless it is
// somebody else's now.
func (i *importing) meetFormer(n int) error {
	var owner store.Kept
	err := i.row([]any{toNumber[drip.SubscriberID]{&owner.Former}, &owner.Suppressed}, ownerOf, i.chunk.Rows[n].Hash[:], i.keys[n])
	switch {
	case err == sql.ErrNoRows:
		return nil
	case err != nil:
		return err
	}
	i.outcomes[n] = owner.Outcome()
	return nil
}
