package sqlite

import (
	"database/sql"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// A copy that is put back may know nothing of a person, or of their being in a series,
// that the journal says they left. Whoever is on a list afterwards must not be taken for new there.

// keepLeaving keeps that a series was left by somebody who, by this database, never was in it.
// The person is 0 if they are not known. Of whom was erased nothing is kept: they are suppressed.
func (t *tx) keepLeaving(w drip.Withdrawal, id drip.SubscriberID) error {
	var was bool
	err := t.row([]any{&was}, `
		SELECT EXISTS (SELECT 1 FROM enrollments e JOIN campaigns c ON c.id = e.campaign_id
		               WHERE e.subscriber_id = $1 AND c.public_key = $2)
		    OR EXISTS (SELECT 1 FROM suppressions WHERE hash = $3 AND reason = '`+string(drip.SuppressedByErasure)+`')`,
		int64(id), w.Campaign, w.Hash[:])
	if err != nil || was {
		return err
	}
	_, err = t.exec(`
		INSERT INTO leavings (hash, campaign, left_reason, left_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hash, campaign) DO UPDATE SET left_reason = excluded.left_reason, left_at = excluded.left_at
		WHERE excluded.left_at > left_at`, w.Hash[:], w.Campaign, string(w.Left), w.At.UnixMilli())
	if err != nil || id == 0 {
		return err
	}
	return t.recall(id, w.Hash)
}

// recall makes what was kept of an address enrollments of its person that were left, of those
// series that there are.
func (t *tx) recall(id drip.SubscriberID, hash mailaddr.Hash) error {
	_, err := t.exec(`
		INSERT INTO enrollments (subscriber_id, campaign_id, state, start, left_at, left_reason)
		SELECT $1, c.id, 'left', 'at-slot', l.left_at, l.left_reason
		FROM leavings l JOIN campaigns c ON c.public_key = l.campaign
		WHERE l.hash = $2 AND NOT EXISTS (
			SELECT 1 FROM enrollments e WHERE e.subscriber_id = $1 AND e.campaign_id = c.id)`, int64(id), hash[:])
	if err == nil {
		_, err = t.exec(`DELETE FROM leavings WHERE hash = $1 AND campaign IN (SELECT public_key FROM campaigns)`, hash[:])
	}
	return err
}

// recallCampaign does so for a series that is new, or known by another key, and everybody who
// is known. They may be in it.
func (t *tx) recallCampaign(key string) error {
	var some bool
	if err := t.row([]any{&some}, `SELECT EXISTS (SELECT 1 FROM leavings WHERE campaign = $1)`, key); err != nil || !some {
		return err // else it takes a look at everybody
	}
	people := make(map[drip.SubscriberID]drip.Withdrawal)
	err := t.each(func(rows *sql.Rows) error {
		var id drip.SubscriberID
		w := drip.Withdrawal{Campaign: key}
		err := rows.Scan(toNumber[drip.SubscriberID]{&id}, toHash{w.Hash[:]}, toText[drip.LeaveReason]{&w.Left}, toTime{&w.At})
		people[id] = w
		return err
	}, `
		SELECT s.id, l.hash, l.left_reason, l.left_at
		FROM subscribers s CROSS JOIN leavings l ON l.hash = s.email_hash AND l.campaign = $1`, key)
	if err != nil {
		return err
	}
	for id, w := range people {
		_, err := t.exec(`DELETE FROM leavings WHERE hash = $1 AND campaign = $2`, w.Hash[:], key)
		if err == nil {
			err = t.leaveAgain(w, id, new(store.Withdrawn))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recallNew does so for the people that a chunk of a list brought.
func (i *importing) recallNew() error {
	var some bool
	if err := i.row([]any{&some}, `SELECT EXISTS (SELECT 1 FROM leavings)`); err != nil || !some {
		return err
	}
	kept := make(map[mailaddr.Hash]bool)
	err := inLists(i.enrollable, func(n int) any { return i.chunk.Rows[n].Hash[:] }, func(list string, args []any) error {
		return i.each(func(rows *sql.Rows) error {
			var hash mailaddr.Hash
			err := rows.Scan(toHash{hash[:]})
			kept[hash] = true
			return err
		}, `SELECT hash FROM leavings WHERE hash IN `+list, args...)
	})
	if err != nil {
		return err
	}
	for _, n := range i.enrollable {
		if hash := i.chunk.Rows[n].Hash; kept[hash] {
			if err := i.recall(i.outcomes[n].Subscriber, hash); err != nil {
				return err
			}
			i.recalled = true
		}
	}
	return nil
}

// forgetLeavings forgets what was kept of an address.
func (t *tx) forgetLeavings(hash mailaddr.Hash) error {
	_, err := t.exec(`DELETE FROM leavings WHERE hash = $1`, hash[:])
	return err
}

// forgetFormerLeavings does so for the addresses that a person had before.
func (t *tx) forgetFormerLeavings(id drip.SubscriberID) error {
	_, err := t.exec(`
		DELETE FROM leavings WHERE hash IN (
			SELECT f.hash FROM former_addresses f
			WHERE f.subscriber_id = $1 AND NOT EXISTS (SELECT 1 FROM subscribers s WHERE s.email_hash = f.hash AND s.id <> $1))`, int64(id))
	return err
}
