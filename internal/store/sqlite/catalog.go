package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"partwork/internal/drip"
	"partwork/internal/store"
)

const campaignColumns = `c.id, c.name, c.public_key, c.paused_at, c.closed_at, c.stopped_at, c.pause_reason, c.floor,
	c.timetable, c.outline, c.definition`

func toCampaign(c *store.CampaignRecord) []any {
	return []any{
		toNumber[drip.CampaignNo]{&c.No}, &c.ID, &c.Key,
		toTime{&c.PausedAt}, toTime{&c.ClosedAt}, toTime{&c.StoppedAt}, toText[string]{&c.PauseReason}, toTime{&c.Floor},
		&c.Timetable, &c.Outline, &c.Definition,
	}
}

// SyncCampaign implements [store.Catalog].
func (s *Store) SyncCampaign(ctx context.Context, sync store.CampaignSync) (store.CampaignRecord, error) {
	var record store.CampaignRecord
	err := s.write(ctx, func(t *tx) error {
		no, err := t.syncCampaign(sync)
		if err != nil {
			return err
		}
		if err := t.addIssues(no, sync); err != nil {
			return err
		}
		record, err = campaign(t, no)
		return err
	})
	if err != nil {
		return store.CampaignRecord{}, fmt.Errorf("sync campaign %s: %w", sync.ID, err)
	}
	return record, nil
}

// syncCampaign inserts the campaign, or does what follows from its changes.
func (t *tx) syncCampaign(sync store.CampaignSync) (drip.CampaignNo, error) {
	var no drip.CampaignNo
	var key, timetable, outline string
	var definition []byte
	err := t.row([]any{&no, &key, &timetable, &outline, &definition}, `
		SELECT id, public_key, timetable, outline, definition FROM campaigns WHERE name = $1`, sync.ID)
	if err == sql.ErrNoRows {
		err = t.row([]any{&no}, `
			INSERT INTO campaigns (name, public_key, timetable, outline, floor, created_at, definition)
			VALUES ($1, $2, $3, $4, $5, $5, $6) RETURNING id`,
			sync.ID, sync.Key, sync.Timetable, sync.Outline, sync.Now.UnixMilli(), blob(sync.Definition))
		if err != nil {
			return 0, keyTaken(err, sync.Key)
		}
		return no, t.recallCampaign(sync.Key)
	}
	same := key == sync.Key && timetable == sync.Timetable && outline == sync.Outline
	if err != nil || same && bytes.Equal(definition, sync.Definition) {
		return no, err
	}
	if !bytes.Equal(definition, sync.From) && !bytes.Equal(definition, sync.Definition) {
		return 0, drip.ErrConflict
	}
	_, err = t.exec(`
		UPDATE campaigns SET public_key = $2, timetable = $3, outline = $4, definition = $5 WHERE id = $1`,
		int64(no), sync.Key, sync.Timetable, sync.Outline, blob(sync.Definition))
	if err != nil {
		return 0, keyTaken(err, sync.Key)
	}
	if key != sync.Key {
		if err := t.recallCampaign(sync.Key); err != nil {
			return 0, err
		}
		if err := t.newKey(no, key, sync.Key, sync.Now); err != nil {
			return 0, err
		}
	}
	if outline != sync.Outline {
		if err := t.reopen(no, sync); err != nil {
			return 0, err
		}
	}
	if timetable != sync.Timetable {
		if err := t.newTimetable(no, sync.Now); err != nil {
			return 0, err
		}
	}
	if timetable != sync.Timetable || outline != sync.Outline {
		err = t.dueAll(no, drip.EnrollmentActive, sync.Now)
	}
	return no, err
}

// keyTaken explains a clash of public keys, the only one that can happen here.
func keyTaken(err error, key string) error {
	if hasCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) {
		return fmt.Errorf("the key %s is another campaign's: %w", key, drip.ErrTaken)
	}
	return err
}

// reopen makes those who finished not long ago active again. When they did stays
// on record, or edits that bring nothing new would keep them within reach forever.
func (t *tx) reopen(no drip.CampaignNo, sync store.CampaignSync) error {
	_, err := t.exec(`
		UPDATE enrollments
		SET state = 'active', floor = $2, next_at = $2, held_at = NULL, revision = revision + 1
		WHERE campaign_id = $1 AND state = 'finished' AND finished_at > $3`,
		int64(no), sync.Now.UnixMilli(), sync.Now.Add(-sync.ReopenWithin).UnixMilli())
	return err
}

// newTimetable moves the campaign's floor and withdraws claims that were made
// by the old timetable. A confirmation has no slot and stays claimed.
func (t *tx) newTimetable(no drip.CampaignNo, now time.Time) error {
	if _, err := t.exec(`UPDATE campaigns SET floor = $2 WHERE id = $1`, int64(no), now.UnixMilli()); err != nil {
		return err
	}
	return t.withdrawAll(no)
}

// withdrawAll gives back what was claimed for a campaign's active readers by a plan
// that does not hold any more.
func (t *tx) withdrawAll(no drip.CampaignNo) error {
	_, err := t.exec(`
		UPDATE deliveries SET state = 'planned', owner = NULL, wake_at = NULL
		WHERE state = 'claimed' AND wake_at IS NOT NULL
		  AND enrollment_id IN (SELECT id FROM enrollments WHERE campaign_id = $1 AND state = 'active')`, int64(no))
	return err
}

// dueAll makes all enrollments in a state due for planning. Their revision
// grows, so that no plan made before can clear the hint again.
func (t *tx) dueAll(no drip.CampaignNo, state drip.EnrollmentState, now time.Time) error {
	_, err := t.exec(`
		UPDATE enrollments
		SET next_at = CASE WHEN next_at < $3 THEN next_at ELSE $3 END, held_at = NULL, revision = revision + 1
		WHERE campaign_id = $1 AND state = $2`, int64(no), string(state), now.UnixMilli())
	return err
}

// addIssues numbers the ids that are new.
func (t *tx) addIssues(no drip.CampaignNo, sync store.CampaignSync) error {
	known, err := issues(t, no)
	if err != nil {
		return err
	}
	for _, id := range append([]string{drip.ConfirmationID}, sync.Issues...) {
		if known[id] != 0 {
			continue
		}
		var issue drip.IssueNo
		err := t.row([]any{&issue}, `
			INSERT INTO issues (campaign_id, name, created_at) VALUES ($1, $2, $3) RETURNING id`,
			int64(no), id, sync.Now.UnixMilli())
		if err != nil {
			return fmt.Errorf("issue %s: %w", id, err)
		}
		known[id] = issue
	}
	return nil
}

// campaign reads one record.
func campaign(q querier, no drip.CampaignNo) (store.CampaignRecord, error) {
	var c store.CampaignRecord
	err := q.row(toCampaign(&c), `SELECT `+campaignColumns+` FROM campaigns c WHERE c.id = $1`, int64(no))
	if err != nil {
		return c, found(err)
	}
	c.Issues, err = issues(q, no)
	return c, err
}

// issues reads the numbers of a campaign's issues.
func issues(q querier, no drip.CampaignNo) (map[string]drip.IssueNo, error) {
	numbers := make(map[string]drip.IssueNo)
	err := q.each(func(rows *sql.Rows) error {
		var name string
		var issue drip.IssueNo
		err := rows.Scan(&issue, &name)
		numbers[name] = issue
		return err
	}, `SELECT id, name FROM issues WHERE campaign_id = $1`, int64(no))
	return numbers, err
}

// Campaigns implements [store.Catalog].
func (s *Store) Campaigns(ctx context.Context) ([]store.CampaignRecord, error) {
	var records []store.CampaignRecord
	err := s.read(ctx, func(r *snapshot) error {
		err := r.each(func(rows *sql.Rows) error {
			var c store.CampaignRecord
			err := rows.Scan(toCampaign(&c)...)
			records = append(records, c)
			return err
		}, `SELECT `+campaignColumns+` FROM campaigns c ORDER BY c.id`)
		for i := range records {
			if err == nil {
				records[i].Issues, err = issues(r, records[i].No)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	return records, nil
}

// ChangeCampaign implements [store.Catalog].
func (s *Store) ChangeCampaign(ctx context.Context, change store.CampaignChange) (store.CampaignRecord, error) {
	var record store.CampaignRecord
	err := s.write(ctx, func(t *tx) error {
		before, err := campaign(t, change.Campaign)
		if err != nil {
			return err
		}
		if err := t.changeCampaign(before, change); err != nil {
			return err
		}
		record, err = campaign(t, change.Campaign)
		return err
	})
	if err != nil {
		return store.CampaignRecord{}, fmt.Errorf("%s campaign %d: %w", change.Verb, change.Campaign, err)
	}
	return record, nil
}

func (t *tx) changeCampaign(c store.CampaignRecord, change store.CampaignChange) error {
	no, now := int64(c.No), change.Now.UnixMilli()
	paused, closed, stopped := !c.PausedAt.IsZero(), !c.ClosedAt.IsZero(), !c.StoppedAt.IsZero()
	var err error
	switch change.Verb {
	case store.PauseCampaign:
		if !paused {
			_, err = t.exec(`UPDATE campaigns SET paused_at = $2, pause_reason = $3 WHERE id = $1`, no, now, text(change.Reason))
		}
	case store.ResumeCampaign:
		if paused {
			err = t.resume(c.No, change.Now)
		}
	case store.CloseCampaign:
		if !closed {
			_, err = t.exec(`UPDATE campaigns SET closed_at = $2 WHERE id = $1`, no, now)
		}
	case store.OpenCampaign:
		if stopped {
			return fmt.Errorf("it was stopped: %w", drip.ErrClosed)
		}
		if closed {
			_, err = t.exec(`UPDATE campaigns SET closed_at = NULL WHERE id = $1`, no)
		}
	case store.StopCampaign:
		if !stopped {
			err = t.stop(c.No, change.Now)
		}
	default:
		err = fmt.Errorf("there is no verb %q", change.Verb)
	}
	return err
}

// resume ends a pause and has everybody planned again. What was claimed before it is
// for a slot that is over.
func (t *tx) resume(no drip.CampaignNo, now time.Time) error {
	_, err := t.exec(`UPDATE campaigns SET paused_at = NULL, pause_reason = NULL, floor = $2 WHERE id = $1`, int64(no), now.UnixMilli())
	if err != nil {
		return err
	}
	if err := t.withdrawAll(no); err != nil {
		return err
	}
	if err := t.dueAll(no, drip.EnrollmentActive, now); err != nil {
		return err
	}
	_, err = t.exec(`
		UPDATE enrollments
		SET next_at = CASE WHEN next_at < $2 THEN next_at ELSE $2 END, held_at = NULL, revision = revision + 1
		WHERE campaign_id = $1 AND state = 'pending' AND invited_at IS NOT NULL`, int64(no), now.UnixMilli())
	return err
}

// stop ends the campaign for everybody.
func (t *tx) stop(no drip.CampaignNo, now time.Time) error {
	_, err := t.exec(`
		UPDATE campaigns SET stopped_at = $2, closed_at = COALESCE(closed_at, $2) WHERE id = $1`,
		int64(no), now.UnixMilli())
	if err != nil {
		return err
	}
	_, err = t.leave(`campaign_id = $1`, int64(no), drip.LeftByStop, now)
	return err
}

// SaveContent implements [store.Catalog].
func (s *Store) SaveContent(ctx context.Context, hash [32]byte, content []byte, at time.Time) (drip.ContentID, error) {
	var id drip.ContentID
	err := s.write(ctx, func(t *tx) error {
		err := t.row([]any{&id}, `SELECT id FROM contents WHERE hash = $1`, hash[:])
		if err != sql.ErrNoRows {
			return err
		}
		return t.row([]any{&id}, `
			INSERT INTO contents (hash, bytes, created_at) VALUES ($1, $2, $3) RETURNING id`,
			hash[:], blob(content), at.UnixMilli())
	})
	if err != nil {
		return 0, fmt.Errorf("save content %x: %w", hash[:6], err)
	}
	return id, nil
}

// blob returns bytes to store; none are not NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Content implements [store.Catalog].
func (s *Store) Content(ctx context.Context, id drip.ContentID) ([]byte, error) {
	var b []byte
	err := s.one(ctx, []any{&b}, `SELECT bytes FROM contents WHERE id = $1`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("read content %d: %w", id, found(err))
	}
	return b, nil
}

// Approve implements [store.Catalog].
func (s *Store) Approve(ctx context.Context, a store.Approval) error {
	err := s.write(ctx, func(t *tx) error {
		var no drip.CampaignNo
		err := t.row([]any{&no}, `
			SELECT i.campaign_id FROM issues i, contents c WHERE i.id = $1 AND c.id = $2`,
			int64(a.Issue), int64(a.Content))
		if err != nil {
			return found(err)
		}
		var inForce drip.ContentID
		err = t.row([]any{&inForce}, `
			SELECT content_id FROM approvals WHERE issue_id = $1 ORDER BY id DESC LIMIT 1`, int64(a.Issue))
		if err != nil && err != sql.ErrNoRows || inForce == a.Content {
			return err
		}
		_, err = t.exec(`
			INSERT INTO approvals (issue_id, content_id, approved_by, approved_at) VALUES ($1, $2, $3, $4)`,
			int64(a.Issue), int64(a.Content), a.By, a.At.UnixMilli())
		if err != nil {
			return err
		}
		// Those who were held go on at their next slot, not late for an old one.
		_, err = t.exec(`
			UPDATE enrollments SET floor = $2
			WHERE campaign_id = $1 AND state = 'active' AND held_at IS NOT NULL`, int64(no), a.At.UnixMilli())
		if err != nil {
			return err
		}
		return t.dueAll(no, drip.EnrollmentActive, a.At)
	})
	if err != nil {
		return fmt.Errorf("approve content %d for issue %d: %w", a.Content, a.Issue, err)
	}
	return nil
}

// Approvals implements [store.Catalog].
func (s *Store) Approvals(ctx context.Context, no drip.CampaignNo) (map[drip.IssueNo]store.Approval, error) {
	approvals := make(map[drip.IssueNo]store.Approval)
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var a store.Approval
			err := rows.Scan(toNumber[drip.IssueNo]{&a.Issue}, toNumber[drip.ContentID]{&a.Content},
				toHash{a.Hash[:]}, &a.By, toTime{&a.At})
			approvals[a.Issue] = a // the latest comes last
			return err
		}, `
			SELECT a.issue_id, a.content_id, c.hash, a.approved_by, a.approved_at
			FROM issues i
			JOIN approvals a ON a.issue_id = i.id
			JOIN contents c ON c.id = a.content_id
			WHERE i.campaign_id = $1
			ORDER BY a.id`, int64(no))
	})
	if err != nil {
		return nil, fmt.Errorf("list approvals of campaign %d: %w", no, err)
	}
	return approvals, nil
}
