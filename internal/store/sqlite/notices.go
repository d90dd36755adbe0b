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

const noticeColumns = `n.id, n.subscriber_id, n.enrollment_id, n.kind, n.email, n.asked_at, n.wake_at, n.tries, n.closed_at`

func toNotice(n *drip.Notice) []any {
	return []any{
		toNumber[drip.NoticeID]{&n.ID}, toNumber[drip.SubscriberID]{&n.Subscriber}, toNumber[drip.EnrollmentID]{&n.Enrollment},
		toText[drip.NoticeKind]{&n.Kind}, toAddressOrNone{&n.Email}, toTime{&n.AskedAt}, toTime{&n.WakeAt}, &n.Tries, toTime{&n.ClosedAt},
	}
}

// toAddressOrNone scans an address; NULL is the zero address.
type toAddressOrNone struct{ to *mailaddr.Address }

// Scan implements sql.Scanner.
func (d toAddressOrNone) Scan(src any) error {
	if src == nil {
		*d.to = mailaddr.Address{}
		return nil
	}
	return toAddress(d).Scan(src)
}

func notice(q querier, id drip.NoticeID) (drip.Notice, error) {
	var n drip.Notice
	err := q.row(toNotice(&n), `SELECT `+noticeColumns+` FROM notices n WHERE n.id = $1`, int64(id))
	return n, found(err)
}

// AskNotice implements [store.Notices].
func (s *Store) AskNotice(ctx context.Context, n drip.Notice, limit store.NoticeLimit) (stored drip.Notice, ok bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		if ok, err = t.mayNotice(n, limit); err != nil || !ok {
			return err
		}
		var email, key any
		if !n.Email.IsZero() {
			email, key = n.Email.String(), n.Email.Tally()
		}
		var id drip.NoticeID
		err := t.row([]any{toNumber[drip.NoticeID]{&id}}, `
			INSERT INTO notices (subscriber_id, enrollment_id, kind, email, email_key, asked_at, wake_at)
			VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
			int64(n.Subscriber), int64(n.Enrollment), string(n.Kind), email, key, n.AskedAt.UnixMilli())
		if err == nil {
			stored, err = notice(t, id)
		}
		return err
	})
	if err != nil {
		return drip.Notice{}, false, fmt.Errorf("ask for a notice to subscriber %d: %w", n.Subscriber, err)
	}
	return stored, ok, nil
}

// tallyOf is what the column email_key of a notice has: it is there to be counted by.
func tallyOf(a mailaddr.Address) string {
	if a.IsZero() {
		return ""
	}
	return a.Tally()
}

// mayNotice reports whether one more notice is within the limit.
func (t *tx) mayNotice(n drip.Notice, limit store.NoticeLimit) (bool, error) {
	var ofPerson, toAddress int
	err := t.row([]any{&ofPerson, &toAddress}, `
		SELECT (SELECT COUNT(*) FROM notices WHERE subscriber_id = $1 AND kind = $2 AND asked_at > $3),
		       (SELECT COUNT(*) FROM notices WHERE email_key = $4 AND asked_at > $3)`,
		int64(n.Subscriber), string(n.Kind), limit.Since.UnixMilli(), tallyOf(n.Email))
	return (limit.PerPerson == 0 || ofPerson < limit.PerPerson) &&
		(limit.PerAddress == 0 || n.Email.IsZero() || toAddress < limit.PerAddress), err
}

// Notice implements [store.Notices].
func (s *Store) Notice(ctx context.Context, id drip.NoticeID) (n drip.Notice, err error) {
	err = s.read(ctx, func(r *snapshot) (err error) {
		n, err = notice(r, id)
		return err
	})
	if err != nil {
		return drip.Notice{}, fmt.Errorf("read notice %d: %w", id, err)
	}
	return n, nil
}

// TakeNotices implements [store.Notices].
func (s *Store) TakeNotices(ctx context.Context, machine time.Time, n int) ([]drip.Notice, error) {
	var list []drip.Notice
	due := func(q querier) error {
		list = nil
		return q.each(func(rows *sql.Rows) error {
			var n drip.Notice
			err := rows.Scan(toNotice(&n)...)
			list = append(list, n)
			return err
		}, `
			SELECT `+noticeColumns+` FROM notices n WHERE n.wake_at IS NOT NULL AND n.wake_at <= $1
			ORDER BY n.wake_at, n.id LIMIT $2`, machine.UnixMilli(), limit(n))
	}
	// Nearly always there is none, and then nothing is written.
	err := s.read(ctx, func(r *snapshot) error { return due(r) })
	if err == nil && len(list) > 0 {
		err = s.write(ctx, func(t *tx) error {
			err := due(t)
			for i := range list {
				if err != nil {
					return err
				}
				list[i].WakeAt, list[i].Tries = time.Time{}, list[i].Tries+1
				_, err = t.exec(`UPDATE notices SET wake_at = NULL, tries = tries + 1 WHERE id = $1`, int64(list[i].ID))
			}
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("take notices: %w", err)
	}
	return list, nil
}

// RetryNotice implements [store.Notices].
func (s *Store) RetryNotice(ctx context.Context, id drip.NoticeID, at time.Time) error {
	return s.changeNotice(ctx, id, `UPDATE notices SET wake_at = $2 WHERE id = $1 AND closed_at IS NULL`, at)
}

// CloseNotice implements [store.Notices].
func (s *Store) CloseNotice(ctx context.Context, id drip.NoticeID, machine time.Time) error {
	return s.changeNotice(ctx, id, `
		UPDATE notices SET closed_at = $2, wake_at = NULL WHERE id = $1 AND closed_at IS NULL`, machine)
}

func (s *Store) changeNotice(ctx context.Context, id drip.NoticeID, query string, at time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		if _, err := notice(t, id); err != nil {
			return err
		}
		_, err := t.exec(query, int64(id), at.UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("change notice %d: %w", id, err)
	}
	return nil
}

// ForgetNotices implements [store.Notices].
func (s *Store) ForgetNotices(ctx context.Context, before time.Time) error {
	const old = `FROM notices WHERE asked_at < $1`
	var n int
	err := s.one(ctx, []any{&n}, `SELECT COUNT(*) `+old, before.UnixMilli())
	if err == nil && n > 0 {
		err = s.write(ctx, func(t *tx) error {
			_, err := t.exec(`DELETE `+old, before.UnixMilli())
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("forget notices: %w", err)
	}
	return nil
}
