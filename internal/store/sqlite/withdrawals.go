package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// Withdrawals implements [store.Withdrawals].
func (s *Store) Withdrawals(ctx context.Context) ([]drip.Withdrawal, error) {
	var list []drip.Withdrawal
	err := s.read(ctx, func(r *snapshot) error {
		err := r.each(func(rows *sql.Rows) error {
			var w drip.Withdrawal
			err := rows.Scan(toHash{w.Hash[:]}, toText[drip.SuppressionReason]{&w.Suppressed}, toTime{&w.At})
			list = append(list, w)
			return err
		}, `SELECT hash, reason, suppressed_at FROM suppressions`)
		if err != nil {
			return err
		}
		entries, err := r.suppressions(`SELECT hash, campaign, reason, suppressed_at FROM campaign_suppressions`)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			list = append(list, drip.Withdrawal{Hash: entry.Hash, At: entry.At, Suppressed: entry.Reason, Campaign: entry.Campaign})
		}
		return r.each(func(rows *sql.Rows) error {
			var w drip.Withdrawal
			err := rows.Scan(toHash{w.Hash[:]}, &w.Campaign, toText[drip.LeaveReason]{&w.Left}, toTime{&w.At})
			list = append(list, w)
			return err
		}, `
			SELECT s.email_hash, c.public_key, e.left_reason, e.left_at
			FROM enrollments e
			JOIN subscribers s ON s.id = e.subscriber_id
			JOIN campaigns c ON c.id = e.campaign_id
			WHERE e.left_at IS NOT NULL AND e.left_reason IN ('`+string(drip.LeftByReader)+`', '`+string(drip.LeftByAdmin)+`')
			UNION ALL SELECT hash, campaign, left_reason, left_at FROM leavings`)
	})
	if err != nil {
		return nil, fmt.Errorf("list withdrawals: %w", err)
	}
	return list, nil
}

// Withdraw implements [store.Withdrawals].
func (s *Store) Withdraw(ctx context.Context, list []drip.Withdrawal) (store.Withdrawn, error) {
	if len(list) == 0 {
		return store.Withdrawn{}, nil
	}
	var done store.Withdrawn
	list = withoutLifted(list)
	err := s.write(ctx, func(t *tx) error {
		people, err := t.peopleOf(list)
		if err != nil {
			return err
		}
		for _, w := range list {
			id := people[w.Hash]
			switch {
			case w.Lifted:
				err = t.liftAgain(w, id, &done)
			case w.Suppressed != "":
				err = t.suppressAgain(w, id, &done)
			default:
				err = t.leaveAgain(w, id, &done)
			}
			if err != nil {
				return err
			}
			if w.Suppressed == drip.SuppressedByErasure {
				delete(people, w.Hash)
			}
		}
		return nil
	})
	if err != nil {
		return store.Withdrawn{}, fmt.Errorf("apply withdrawals again: %w", err)
	}
	if done.Erased > 0 {
		s.forget(ctx)
	}
	return done, nil
}

// withoutLifted leaves out the suppressions that a later withdrawal lifts: to apply them would
// end what went on since.
func withoutLifted(list []drip.Withdrawal) []drip.Withdrawal {
	kept := make([]drip.Withdrawal, 0, len(list))
	type key struct {
		hash     mailaddr.Hash
		campaign string
		reason   drip.SuppressionReason
	}
	lifted := make(map[key]drip.Withdrawal)
	for _, w := range slices.Backward(list) {
		k := key{w.Hash, w.Campaign, w.Suppressed}
		switch lift, ok := lifted[k]; {
		case w.Lifted:
			if !ok {
				lifted[k] = w
			}
		case ok && w.Suppressed == lift.Suppressed && !w.At.After(lift.At):
			continue
		}
		kept = append(kept, w)
	}
	slices.Reverse(kept)
	return kept
}

// peopleOf finds the subscribers with the hashes. Hashes are not indexed, for the
// reason given at suppressee; one look at everybody serves for the whole list.
func (t *tx) peopleOf(list []drip.Withdrawal) (map[mailaddr.Hash]drip.SubscriberID, error) {
	people := make(map[mailaddr.Hash]drip.SubscriberID, len(list))
	for _, w := range list {
		people[w.Hash] = 0
	}
	return people, t.each(func(rows *sql.Rows) error {
		var id drip.SubscriberID
		var hash mailaddr.Hash
		err := rows.Scan(&id, toHash{hash[:]})
		if _, wanted := people[hash]; wanted {
			people[hash] = id
		}
		return err
	}, `SELECT id, email_hash FROM subscribers`)
}

// suppressAgain suppresses an address, or erases its person.
func (t *tx) suppressAgain(w drip.Withdrawal, id drip.SubscriberID, done *store.Withdrawn) error {
	entry := drip.Suppression{Hash: w.Hash, Campaign: w.Campaign, Reason: w.Suppressed, At: w.At}
	known, err := t.addSuppression(entry)
	if err != nil {
		return err
	}
	if !known {
		done.Suppressed++
	}
	erased := w.Suppressed == drip.SuppressedByErasure
	if erased {
		if err := t.addErasure(entry); err != nil {
			return err
		}
	}
	switch {
	case id == 0:
		return nil
	case erased:
		done.Erased++
		if err := t.eraseTraces(id); err != nil {
			return err
		}
		return t.erase(id)
	case w.Campaign != "" && !known:
		return t.endSeries(id, entry)
	case known:
		return nil // done when it became known
	}
	return t.suppressPerson(id, w.At)
}

// liftAgain takes the suppression of an address back that its person took back.
func (t *tx) liftAgain(w drip.Withdrawal, id drip.SubscriberID, done *store.Withdrawn) error {
	if w.Campaign != "" {
		n, err := t.exec(`DELETE FROM campaign_suppressions WHERE hash = $1 AND campaign = $2 AND reason = $3 AND suppressed_at <= $4`,
			w.Hash[:], w.Campaign, string(w.Suppressed), w.At.UnixMilli())
		done.Lifted += int(n)
		return err
	}
	n, err := t.exec(`DELETE FROM suppressions WHERE hash = $1 AND reason = $2 AND suppressed_at <= $3`,
		w.Hash[:], string(w.Suppressed), w.At.UnixMilli())
	if err != nil || n == 0 {
		return err
	}
	done.Lifted++
	_, err = t.exec(`UPDATE subscribers SET suppressed_at = NULL, revision = revision + 1 WHERE id = $1`, int64(id))
	return err
}

// leaveAgain ends a passage that began no later than it was left, or keeps that it was.
func (t *tx) leaveAgain(w drip.Withdrawal, id drip.SubscriberID, done *store.Withdrawn) error {
	var open drip.EnrollmentID
	err := t.row([]any{&open}, `
		SELECT e.id FROM enrollments e
		JOIN campaigns c ON c.id = e.campaign_id
		WHERE e.subscriber_id = $1 AND e.state <> 'left' AND c.public_key = $2
		  AND COALESCE(e.joined_at, e.invited_at, 0) <= $3`, int64(id), w.Campaign, w.At.UnixMilli())
	if err == sql.ErrNoRows {
		return t.keepLeaving(w, id)
	}
	if err != nil {
		return err
	}
	done.Left++
	_, err = t.leave(`id = $1`, int64(open), w.Left, w.At)
	return err
}
