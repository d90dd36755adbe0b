package sqlite

import (
	"database/sql"

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
	var owner drip.SubscriberID
	var suppressed bool
	err := i.row([]any{toNumber[drip.SubscriberID]{&owner}, &suppressed}, ownerOf, i.chunk.Rows[n].Hash[:], i.keys[n])
	switch {
	case err == sql.ErrNoRows:
		return nil
	case err != nil:
		return err
	case suppressed:
		i.outcomes[n].Result = store.RowSuppressed
	default:
		i.outcomes[n] = store.RowOutcome{Result: store.RowUnchanged, Subscriber: owner, Former: true}
	}
	return nil
}
