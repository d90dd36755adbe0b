package sqlite

import (
	"database/sql"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// A copy that is put back may know nothing of a person, or of their being in a series,
// that the journal says they left. Whoever is on a list afterwards must not be taken for new there.

// keepLeaving keeps that a series was left by somebody who, by this database, never was in it.
// The person is 0 if they are not known.
func (t *tx) keepLeaving(w drip.Withdrawal, id drip.SubscriberID) error {
	var was bool
	err := t.row([]any{&was}, `
		SELECT EXISTS (SELECT 1 FROM enrollments e JOIN campaigns c ON c.id = e.campaign_id
		               WHERE e.subscriber_id = $1 AND c.public_key = $2)`, int64(id), w.Campaign)
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

// recallCampaign does so for a series that is new, and everybody who is known.
func (t *tx) recallCampaign(key string) error {
	people := make(map[drip.SubscriberID]mailaddr.Hash)
	err := t.each(func(rows *sql.Rows) error {
		var id drip.SubscriberID
		var hash mailaddr.Hash
		err := rows.Scan(toNumber[drip.SubscriberID]{&id}, toHash{hash[:]})
		people[id] = hash
		return err
	}, `
		SELECT s.id, s.email_hash FROM subscribers s
		WHERE s.email_hash IN (SELECT hash FROM leavings WHERE campaign = $1)`, key)
	if err != nil {
		return err
	}
	for id, hash := range people {
		if err := t.recall(id, hash); err != nil {
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
