package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// pageSize is the length of lists whose length was not asked for.
const pageSize = 1000

// limit returns n, or pageSize for zero.
func limit(n int) int {
	if n <= 0 {
		return pageSize
	}
	return n
}

// Subscriber implements [store.People].
func (s *Store) Subscriber(ctx context.Context, id drip.SubscriberID) (drip.Subscriber, error) {
	var person drip.Subscriber
	err := s.one(ctx, toSubscriber(&person), `
		SELECT `+subscriberColumns+` FROM subscribers s WHERE s.id = $1`, int64(id))
	if err != nil {
		return drip.Subscriber{}, fmt.Errorf("read subscriber %d: %w", id, found(err))
	}
	return person, nil
}

// SubscriberByEmail implements [store.People].
func (s *Store) SubscriberByEmail(ctx context.Context, email mailaddr.Address) (drip.Subscriber, error) {
	var person drip.Subscriber
	err := s.one(ctx, toSubscriber(&person), `
		SELECT `+subscriberColumns+` FROM subscribers s WHERE s.email_key = $1`, email.Key())
	if err != nil {
		// Errors end up in logs, addresses must not.
		return drip.Subscriber{}, fmt.Errorf("find subscriber by address: %w", found(err))
	}
	return person, nil
}

// Subscribers implements [store.People].
func (s *Store) Subscribers(ctx context.Context, filter store.SubscriberFilter) ([]drip.Subscriber, error) {
	var list []drip.Subscriber
	err := s.read(ctx, func(r *snapshot) error {
		query, args, err := r.subscriberQuery(subscriberColumns, filter, true)
		if err != nil {
			return err
		}
		return r.each(func(rows *sql.Rows) error {
			var person drip.Subscriber
			err := rows.Scan(toSubscriber(&person)...)
			list = append(list, person)
			return err
		}, query, args...)
	})
	if err != nil {
		return nil, fmt.Errorf("list subscribers: %w", err)
	}
	return list, nil
}

// Erase implements [store.People].
func (s *Store) Erase(ctx context.Context, id drip.SubscriberID, suppression drip.Suppression) error {
	err := s.write(ctx, func(t *tx) error {
		if err := t.suppressFormer(id, suppression.Reason, suppression.At); err != nil {
			return err
		}
		if err := t.forgetFormerLeavings(id); err != nil {
			return err
		}
		if err := t.eraseTraces(id); err != nil {
			return err
		}
		if err := t.erase(id); err != nil {
			return err
		}
		return t.addErasure(suppression)
	})
	if err != nil {
		return fmt.Errorf("erase subscriber %d: %w", id, err)
	}
	s.forget(ctx)
	return nil
}

// erase deletes the person's rows, the dependent ones first. A consent goes
// with the person unless others share it.
func (t *tx) erase(id drip.SubscriberID) error {
	var consents []int64
	err := t.each(func(rows *sql.Rows) error {
		var no int64
		err := rows.Scan(&no)
		consents = append(consents, no)
		return err
	}, `
		SELECT consent_id FROM enrollments WHERE subscriber_id = $1 AND consent_id IS NOT NULL
		UNION SELECT consent_id FROM subscribers WHERE id = $1 AND consent_id IS NOT NULL`, int64(id))
	if err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM notices WHERE subscriber_id = $1 OR email_key = (SELECT email_key FROM subscribers WHERE id = $1)`,
		`DELETE FROM former_addresses WHERE subscriber_id = $1`,
		`DELETE FROM subscriber_tags WHERE subscriber_id = $1`,
		`DELETE FROM attempts WHERE enrollment_id IN (SELECT id FROM enrollments WHERE subscriber_id = $1)`,
		`DELETE FROM deliveries WHERE enrollment_id IN (SELECT id FROM enrollments WHERE subscriber_id = $1)`,
		`DELETE FROM enrollments WHERE subscriber_id = $1`,
	} {
		if _, err := t.exec(query, int64(id)); err != nil {
			return err
		}
	}
	n, err := t.exec(`DELETE FROM subscribers WHERE id = $1`, int64(id))
	if err != nil {
		return err
	}
	if n == 0 {
		return drip.ErrNotFound
	}
	for _, no := range consents {
		// A confirmation is one person's own, and so is what a list told of them; a batch's
		// consent is shared.
		_, err := t.exec(`DELETE FROM consents WHERE id = $1 AND (source = 'confirmed' OR stated_id IS NOT NULL)`, no)
		if err != nil {
			return err
		}
	}
	return t.forgetTags()
}

// forget writes the file anew and empties the log. secure_delete overwrites what
// is deleted, but not what SQLite left behind in the gaps of pages when it moved
// rows about earlier; and the log still holds what the pages held before. It takes
// seconds for each gigabyte, which is right for something so rare and so final. If
// readers are in the way, the log is overwritten later.
func (s *Store) forget(ctx context.Context) {
	if s.writer.take(ctx) != nil {
		return
	}
	defer s.writer.give()
	ctx, conn := context.WithoutCancel(ctx), s.writer.conn
	_ = patiently(ctx, func() error { // an import may hold the lock but for short gaps
		_, err := conn.ExecContext(ctx, `VACUUM`)
		return err
	})
	_ = waitFor(ctx, conn, busyTimeout)
	_, _ = conn.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	_ = waitFor(ctx, conn, lockWait)
}
