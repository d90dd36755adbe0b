package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// errDryRun rolls a dry run back.
var errDryRun = errors.New("it was a dry run")

// UndoImport implements [store.Batches].
func (s *Store) UndoImport(ctx context.Context, undo store.Undoing) (store.Undone, error) {
	var u *undoing
	err := s.write(ctx, func(t *tx) error {
		u = &undoing{tx: t, Undoing: undo, undone: store.Undone{Kept: make(map[store.KeptReason]int)}}
		if err := u.run(); err != nil {
			return err
		}
		if undo.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return store.Undone{}, fmt.Errorf("undo import %d: %w", undo.Batch, err)
	}
	return u.undone, nil
}

// undoing is the work on one page.
type undoing struct {
	*tx
	store.Undoing
	undone store.Undone
}

// touched is somebody who is in the batch.
type touched struct {
	id             drip.SubscriberID
	made           bool // added by it
	enrolled, said int  // enrollments by it, and whether it gave their consent
	kept           store.KeptReason
}

func (u *undoing) run() error {
	var undone bool
	err := u.row([]any{&undone}, `SELECT b.undone_at IS NOT NULL FROM batches b WHERE b.id = $1`, u.Batch)
	if err != nil {
		return found(err)
	}
	if !undone && !u.DryRun {
		if err := u.begin(); err != nil {
			return err
		}
	}
	page, err := u.page()
	if err != nil {
		return err
	}
	for _, p := range page {
		if p.kept == "" {
			if p.kept, err = u.takeBack(p); err != nil {
				return fmt.Errorf("subscriber %d: %w", p.id, err)
			}
		}
		if p.kept != "" {
			u.undone.Kept[p.kept]++
		}
	}
	if u.undone.Tags > 0 {
		return u.forgetTags()
	}
	return nil
}

// begin closes the batch: no chunk of it commits any more.
func (u *undoing) begin() error {
	if _, err := u.exec(`UPDATE batches SET undone_at = $2 WHERE id = $1`, u.Batch, u.Now.UnixMilli()); err != nil {
		return err
	}
	_, err := u.note(store.AuditLine{At: u.Now, Who: u.Who, Act: store.ActUndo, Batch: u.Batch})
	return err
}

// page looks at the next subscribers and returns those who are in the batch.
func (u *undoing) page() ([]touched, error) {
	var last drip.SubscriberID
	err := u.row([]any{toNumber[drip.SubscriberID]{&last}}, `
		SELECT MAX(id) FROM (SELECT id FROM subscribers WHERE id > $1 ORDER BY id LIMIT $2)`, int64(u.After), limit(u.Limit))
	if err != nil || last == 0 {
		return nil, err
	}
	u.undone.Next = last
	var page []touched
	err = u.each(func(rows *sql.Rows) error {
		var p touched
		err := rows.Scan(toNumber[drip.SubscriberID]{&p.id}, &p.made, &p.enrolled, &p.said, toText[store.KeptReason]{&p.kept})
		page = append(page, p)
		return err
	}, undoable, u.Batch, int64(u.After), int64(last))
	return page, err
}

// undoable finds those among some subscribers who are in a batch, and what keeps them.
// Of people whom it did not add, only their enrollments by it count, and what it told.
const undoable = `
	WITH those AS (
	  SELECT s.id, s.suppressed_at, s.revision, s.batch_id IS $1 AS made,
	         EXISTS (SELECT 1 FROM consents c WHERE c.id = s.consent_id AND c.batch_id = $1) AS said,
	         EXISTS (SELECT 1 FROM told_values v WHERE v.subscriber_id = s.id AND v.batch_id = $1)
	         OR EXISTS (SELECT 1 FROM told_tags g WHERE g.subscriber_id = s.id AND g.batch_id = $1) AS told,
	         (SELECT COUNT(*) FROM enrollments e WHERE e.subscriber_id = s.id AND e.batch_id = $1) AS enrolled
	  FROM subscribers s WHERE s.id > $2 AND s.id <= $3
	)
	SELECT t.id, t.made, t.enrolled, t.said, CASE
	  WHEN t.suppressed_at IS NOT NULL THEN '` + string(store.KeptSuppressed) + `'
	  WHEN EXISTS (` + theirs + ` AND e.left_at IS NOT NULL) THEN '` + string(store.KeptLeft) + `'
	  WHEN EXISTS (` + theirs + ` AND (
	         EXISTS (SELECT 1 FROM consents c WHERE c.id = e.consent_id AND c.source = 'confirmed')
	         OR EXISTS (SELECT 1 FROM requests r WHERE r.enrollment_id = e.id))) THEN '` + string(store.KeptConfirmed) + `'
	  WHEN EXISTS (` + theirs + ` AND EXISTS (
	         SELECT 1 FROM deliveries d WHERE d.enrollment_id = e.id AND d.marked_at IS NOT NULL)) THEN '` + string(store.KeptSent) + `'
	  WHEN EXISTS (
	         SELECT 1 FROM mentions m JOIN batches b ON b.id > $1 AND b.id <= m.batch_id AND b.undone_at IS NULL
	         WHERE m.subscriber_id = t.id)
	       OR t.made AND EXISTS (
	         SELECT 1 FROM enrollments e WHERE e.subscriber_id = t.id AND e.batch_id IS NOT $1) THEN '` + string(store.KeptLater) + `'
	  WHEN t.made AND (t.revision > 1
	         OR EXISTS (SELECT 1 FROM notices n WHERE n.subscriber_id = t.id)
	         OR EXISTS (SELECT 1 FROM former_addresses f WHERE f.subscriber_id = t.id))
	       OR EXISTS (` + theirs + ` AND (e.pace <> 1 OR e.paused_at IS NOT NULL OR e.asked_at IS NOT NULL OR e.follows_id IS NOT NULL))
	    THEN '` + string(store.KeptChanged) + `'
	  END
	FROM those t WHERE t.made OR t.said OR t.told OR t.enrolled > 0 ORDER BY t.id`

const theirs = `SELECT 1 FROM enrollments e WHERE e.subscriber_id = t.id AND (t.made OR e.batch_id = $1)`

// takeBack removes what the batch added for somebody whom nobody has touched since, or
// says that somebody has.
func (u *undoing) takeBack(p touched) (store.KeptReason, error) {
	if p.made {
		u.undone.People++
		return "", u.erase(p.id)
	}
	if untouched, err := u.takeBackTold(p.id); err != nil || !untouched {
		return store.KeptChanged, err
	}
	if err := u.takeBackEnrollments(p); err != nil || p.said == 0 {
		return "", err
	}
	return "", u.takeBackConsent(p.id)
}

func (u *undoing) takeBackEnrollments(p touched) error {
	for _, query := range []string{
		`DELETE FROM attempts WHERE enrollment_id IN (` + byBatch + `)`,
		`DELETE FROM deliveries WHERE enrollment_id IN (` + byBatch + `)`,
		`DELETE FROM notices WHERE enrollment_id IN (` + byBatch + `)`,
		`DELETE FROM enrollments WHERE subscriber_id = $1 AND batch_id = $2`,
	} {
		if _, err := u.exec(query, int64(p.id), u.Batch); err != nil {
			return err
		}
	}
	u.undone.Enrollments += p.enrolled
	return nil
}

// takeBackConsent removes a consent that nothing is sent by.
func (u *undoing) takeBackConsent(id drip.SubscriberID) error {
	var consent int64
	if err := u.row([]any{&consent}, `SELECT consent_id FROM subscribers WHERE id = $1`, int64(id)); err != nil {
		return err
	}
	n, err := u.exec(`
		UPDATE subscribers SET consent_id = NULL, updated_at = $3, revision = revision + 1
		WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.subscriber_id = $1 AND e.consent_id = $2)`,
		int64(id), consent, u.Now.UnixMilli())
	if err != nil || n == 0 {
		return err
	}
	u.undone.Consents++
	// What a list told of one person is theirs alone.
	_, err = u.exec(`DELETE FROM consents WHERE id = $1 AND stated_id IS NOT NULL`, consent)
	return err
}

const byBatch = `SELECT id FROM enrollments WHERE subscriber_id = $1 AND batch_id = $2`
