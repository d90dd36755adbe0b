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

// isKeptOut reports, in a query of subscribers s and campaigns c, whether the person must
// not be mailed the campaign, though they may be mailed others.
const isKeptOut = `EXISTS (SELECT 1 FROM campaign_suppressions k WHERE k.hash = s.email_hash AND k.campaign = c.public_key)`

// keepOut stores a hash for a campaign unless it is known.
func (t *tx) keepOut(s drip.Suppression) (known bool, err error) {
	added, err := t.exec(`
		INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hash, campaign) DO NOTHING`,
		s.Hash[:], s.Campaign, string(s.Reason), s.At.UnixMilli())
	return added == 0, err
}

// endSeries ends what is open of a person in the campaign that they are kept out of. What
// a reader does not want, they do not want at the addresses either that they had before.
func (t *tx) endSeries(id drip.SubscriberID, s drip.Suppression) error {
	if s.Reason == drip.SuppressedByReader {
		_, err := t.exec(`
			INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at)
			SELECT f.hash, $2, $3, $4 FROM former_addresses f
			WHERE f.subscriber_id = $1 AND NOT EXISTS (SELECT 1 FROM subscribers s WHERE s.email_hash = f.hash AND s.id <> $1)
			ON CONFLICT (hash, campaign) DO NOTHING`, int64(id), s.Campaign, string(s.Reason), s.At.UnixMilli())
		if err != nil {
			return err
		}
	}
	var open drip.EnrollmentID
	err := t.row([]any{toNumber[drip.EnrollmentID]{&open}}, `
		SELECT e.id FROM enrollments e JOIN campaigns c ON c.id = e.campaign_id
		WHERE e.subscriber_id = $1 AND e.state <> 'left' AND c.public_key = $2`, int64(id), s.Campaign)
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = t.leave(`id = $1`, int64(open), drip.LeftSuppressed, s.At)
	return err
}

// followAddress has a person kept out of the same campaigns under an address that they take.
func (t *tx) followAddress(id drip.SubscriberID, hash mailaddr.Hash, now time.Time) error {
	_, err := t.exec(`
		INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at)
		SELECT $2, k.campaign, k.reason, $3 FROM subscribers s JOIN campaign_suppressions k ON k.hash = s.email_hash
		WHERE s.id = $1
		ON CONFLICT (hash, campaign) DO NOTHING`, int64(id), hash[:], now.UnixMilli())
	return err
}

// newKey has those who are kept out of a campaign kept out of it under its new key, and
// ends what is open there of people who were kept out of that key already.
func (t *tx) newKey(no drip.CampaignNo, before, after string, now time.Time) error {
	_, err := t.exec(`
		INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at)
		SELECT hash, $2, reason, suppressed_at FROM campaign_suppressions WHERE campaign = $1
		ON CONFLICT (hash, campaign) DO NOTHING`, before, after)
	if err == nil {
		_, err = t.exec(`DELETE FROM campaign_suppressions WHERE campaign = $1`, before)
	}
	if err != nil {
		return err
	}
	var open []int64
	err = t.each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		open = append(open, id)
		return err
	}, `
		SELECT e.id FROM enrollments e JOIN subscribers s ON s.id = e.subscriber_id JOIN campaigns c ON c.id = e.campaign_id
		WHERE e.campaign_id = $1 AND e.state <> 'left' AND `+isKeptOut, int64(no))
	for _, id := range open {
		if err == nil {
			_, err = t.leave(`id = $1`, id, drip.LeftSuppressed, now)
		}
	}
	return err
}

// sortOutKeptOut drops those who must not be mailed the campaign of the chunk.
func (i *importing) sortOutKeptOut() error {
	var key string
	var some bool
	err := i.row([]any{&key, &some}, `
		SELECT public_key, EXISTS (SELECT 1 FROM campaign_suppressions) FROM campaigns WHERE id = $1`, int64(i.chunk.Enroll.Campaign))
	if err != nil || !some {
		return err
	}
	out := make(map[mailaddr.Hash]bool)
	err = inLists(i.enrollable, func(n int) any { return i.chunk.Rows[n].Hash[:] }, func(list string, args []any) error {
		return i.each(func(rows *sql.Rows) error {
			var hash mailaddr.Hash
			err := rows.Scan(toHash{hash[:]})
			out[hash] = true
			return err
		}, `SELECT hash FROM campaign_suppressions WHERE campaign = ? AND hash IN `+list, append([]any{key}, args...)...)
	})
	if err != nil {
		return err
	}
	may := i.enrollable[:0]
	for _, n := range i.enrollable {
		if out[i.chunk.Rows[n].Hash] {
			i.outcomes[n].Enroll = store.EnrollKeptOut
		} else {
			may = append(may, n)
		}
	}
	i.enrollable = may
	return nil
}

// SuppressedIn implements [store.Suppressions].
func (s *Store) SuppressedIn(ctx context.Context, hash mailaddr.Hash, campaign drip.CampaignNo) (drip.Suppression, error) {
	entry := drip.Suppression{Hash: hash}
	err := s.one(ctx, []any{&entry.Campaign, toText[drip.SuppressionReason]{&entry.Reason}, toTime{&entry.At}}, `
		SELECT '' AS campaign, reason, suppressed_at FROM suppressions WHERE hash = $1
		UNION ALL
		SELECT k.campaign, k.reason, k.suppressed_at
		FROM campaigns c JOIN campaign_suppressions k ON k.campaign = c.public_key WHERE c.id = $2 AND k.hash = $1
		ORDER BY 1 LIMIT 1`, hash[:], int64(campaign))
	if err != nil {
		return drip.Suppression{}, fmt.Errorf("look up suppression of %s for campaign %d: %w", hash, campaign, found(err))
	}
	return entry, nil
}

// SuppressionsOf implements [store.Suppressions].
func (s *Store) SuppressionsOf(ctx context.Context, hash mailaddr.Hash) ([]drip.Suppression, error) {
	var list []drip.Suppression
	err := s.read(ctx, func(r *snapshot) (err error) {
		list, err = r.suppressions(`
			SELECT hash, '' AS campaign, reason, suppressed_at FROM suppressions WHERE hash = $1
			UNION ALL SELECT hash, campaign, reason, suppressed_at FROM campaign_suppressions WHERE hash = $1
			ORDER BY 2`, hash[:])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list suppressions of %s: %w", hash, err)
	}
	return list, nil
}

// SuppressionsAfter implements [store.Suppressions].
func (s *Store) SuppressionsAfter(ctx context.Context, after drip.Suppression, most int) ([]drip.Suppression, error) {
	var list []drip.Suppression
	err := s.read(ctx, func(r *snapshot) (err error) {
		list, err = r.suppressions(suppressionsPage, after.Hash[:], after.Campaign, limit(most))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list suppressions: %w", err)
	}
	return list, nil
}

// suppressionsPage is explained by a test.
const suppressionsPage = `
	SELECT hash, '' AS campaign, reason, suppressed_at FROM suppressions WHERE hash > $1
	UNION ALL SELECT hash, campaign, reason, suppressed_at FROM campaign_suppressions WHERE (hash, campaign) > ($1, $2)
	ORDER BY hash, campaign LIMIT $3`

func (r *snapshot) suppressions(query string, args ...any) (list []drip.Suppression, err error) {
	err = r.each(func(rows *sql.Rows) error {
		var entry drip.Suppression
		err := rows.Scan(toHash{entry.Hash[:]}, &entry.Campaign, toText[drip.SuppressionReason]{&entry.Reason}, toTime{&entry.At})
		list = append(list, entry)
		return err
	}, query, args...)
	return list, err
}
