package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Log implements [store.Reports].
func (s *Store) Log(ctx context.Context, filter store.LogFilter) ([]store.LogEntry, error) {
	var entries []store.LogEntry
	err := s.read(ctx, func(r *snapshot) error {
		rows, args, err := r.logRows(filter)
		if err != nil {
			return err
		}
		entries = nil
		return r.each(func(rows *sql.Rows) error {
			var entry store.LogEntry
			err := rows.Scan(append(toDelivery(&entry.Delivery), &entry.Tries,
				toNumber[drip.SubscriberID]{&entry.Subscriber}, &entry.Email, &entry.Campaign, &entry.IssueID)...)
			entries = append(entries, entry)
			return err
		}, `
			SELECT `+deliveryColumns+`, `+triesColumn+`, e.subscriber_id, s.email, c.name, i.name
			FROM (`+rows+`) l
			CROSS JOIN deliveries d ON d.enrollment_id = l.enrollment_id AND d.issue_id = l.issue_id
			CROSS JOIN enrollments e ON e.id = d.enrollment_id
			CROSS JOIN subscribers s ON s.id = e.subscriber_id
			CROSS JOIN campaigns c ON c.id = e.campaign_id
			CROSS JOIN issues i ON i.id = d.issue_id
			ORDER BY `+latestFirst, args...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return entries, nil
}

// logRows returns the text that selects the keys of what is listed, with its parameters.
// They are found in the ledger alone, and their names are looked up for these.
func (r *snapshot) logRows(filter store.LogFilter) (string, []any, error) {
	if !byBlocks(filter) {
		where, args := logWhere(filter)
		return `SELECT d.enrollment_id, d.issue_id FROM deliveries d WHERE ` + where + ` ORDER BY ` + latestFirst + ` LIMIT ?`,
			append(args, limit(filter.Limit)), nil
	}
	found, err := r.latest(filter)
	keys := make([][2]int64, 0, len(found))
	for _, m := range found {
		keys = append(keys, [2]int64{int64(m.enrollment), int64(m.issue)})
	}
	text, _ := json.Marshal(keys) // numbers always can be
	return `SELECT value ->> 0 AS enrollment_id, value ->> 1 AS issue_id FROM json_each(?)`, []any{string(text)}, err
}

// latestFirst is the order of the log. Nothing is indexed by it, for the ledger is the
// largest table by far.
const latestFirst = laterAt + ` DESC, d.enrollment_id DESC, d.issue_id DESC`

// logWhere returns the condition on deliveries d of a filter, with its parameters.
func logWhere(filter store.LogFilter) (string, []any) {
	where, args := `1 = 1`, []any(nil)
	if filter.Campaign != 0 {
		args = append(args, int64(filter.Campaign))
		where += ` AND d.issue_id IN (SELECT i.id FROM issues i WHERE i.campaign_id = ?)`
	}
	if filter.Subscriber != 0 {
		args = append(args, int64(filter.Subscriber))
		where += ` AND d.enrollment_id IN (SELECT e.id FROM enrollments e WHERE e.subscriber_id = ?)`
	}
	if filter.Issue != 0 {
		args = append(args, int64(filter.Issue))
		where += ` AND d.issue_id = ?`
	}
	if filter.Delivery != (drip.DeliveryKey{}) {
		args = append(args, int64(filter.Delivery.Enrollment), int64(filter.Delivery.Issue))
		where += ` AND d.enrollment_id = ? AND d.issue_id = ?`
	}
	if len(filter.States) == 1 && filter.States[0] == drip.DeliveryUnknown {
		// Said literally, so that the index of the few unknown ones is found.
		return where + ` AND d.state = 'unknown'`, args
	}
	if len(filter.States) > 0 {
		where += ` AND d.state IN ` + list(len(filter.States))
		for _, state := range filter.States {
			args = append(args, string(state))
		}
	}
	return where, args
}

// Attempts implements [store.Reports].
func (s *Store) Attempts(ctx context.Context, key drip.DeliveryKey) ([]store.Attempt, error) {
	var list []store.Attempt
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			a := store.Attempt{DeliveryKey: key}
			err := rows.Scan(&a.Attempt, toTime{&a.At}, toText[drip.Class]{&a.Class},
				toText[drip.Phase]{&a.Reply.Phase}, &a.Reply.Code, &a.Reply.Enhanced, &a.Reply.Text)
			list = append(list, a)
			return err
		}, `
			SELECT attempt, tried_at, class, phase, code, enhanced, reply FROM attempts
			WHERE enrollment_id = $1 AND issue_id = $2 ORDER BY id`, int64(key.Enrollment), int64(key.Issue))
	})
	if err != nil {
		return nil, fmt.Errorf("list attempts of enrollment %d, issue %d: %w", key.Enrollment, key.Issue, err)
	}
	return list, nil
}

// CampaignCounts implements [store.Reports].
func (s *Store) CampaignCounts(ctx context.Context, campaign drip.CampaignNo) (store.Counts, error) {
	var counts store.Counts
	err := s.read(ctx, func(r *snapshot) error {
		var err error
		counts, err = r.counts(int64(campaign))
		return err
	})
	if err != nil {
		return store.Counts{}, fmt.Errorf("count campaign %d: %w", campaign, err)
	}
	return counts, nil
}

func (r *snapshot) counts(campaign int64) (store.Counts, error) {
	counts := store.Counts{
		Enrollments: make(map[drip.EnrollmentState]int), Left: make(map[drip.LeaveReason]int),
		Deliveries: make(map[drip.DeliveryState]int), Confirmations: make(map[drip.DeliveryState]int),
	}
	var confirmation int64
	err := r.row([]any{&confirmation}, `SELECT id FROM issues WHERE campaign_id = $1 AND name = $2`,
		campaign, drip.ConfirmationID)
	if err != nil {
		return counts, found(err)
	}
	err = r.each(tally(counts.Enrollments), `
		SELECT state, SUM(readers) AS n FROM reader_tallies WHERE campaign_id = $1 GROUP BY state HAVING n > 0`, campaign)
	if err != nil {
		return counts, err
	}
	err = r.each(tally(counts.Left), `
		SELECT left_reason, SUM(readers) AS n FROM reader_tallies
		WHERE campaign_id = $1 AND state = 'left' GROUP BY left_reason HAVING n > 0`, campaign)
	if err != nil {
		return counts, err
	}
	err = r.each(tallyDeliveries(&counts), ledgerByState, campaign, confirmation)
	if err != nil {
		return counts, err
	}
	counts.NextAt, err = r.nextHint(campaign, counts.Enrollments[drip.EnrollmentPending]+counts.Enrollments[drip.EnrollmentActive])
	return counts, err
}

// fewReaders are as many as can be looked at one by one in no time.
const fewReaders = 10_000

// nextHint returns the earliest hint of a campaign's open enrollments, of which there are
// so many. Those of a few are looked at; else the first hint of all that is one of theirs is
// soon found.
func (r *snapshot) nextHint(campaign int64, open int) (at time.Time, err error) {
	query := hintOfFew
	if open > fewReaders {
		query = hintOfMany
	}
	err = r.row([]any{toTime{&at}}, query, campaign)
	return at, err
}

const (
	hintOfFew = `SELECT MIN(next_at) FROM enrollments WHERE campaign_id = $1 AND state IN ('pending', 'active')`
	// hintOfMany goes by the hints: the plus hides the index of the campaign.
	hintOfMany = `SELECT (SELECT next_at FROM enrollments WHERE next_at IS NOT NULL AND +campaign_id = $1 ORDER BY next_at LIMIT 1)`
)

// ledgerByState adds up what is counted already and what is not: never the ledger. $1 is
// the campaign, $2 its confirmation.
const ledgerByState = `
	WITH own AS (SELECT id FROM issues WHERE campaign_id = $1),
	done AS MATERIALIZED (
	  SELECT t.issue_id, SUM(t.sent) AS sent, SUM(t.refused) AS refused, SUM(t.skipped) AS skipped
	  FROM issue_tallies t WHERE t.issue_id IN (SELECT id FROM own) GROUP BY t.issue_id)
	SELECT x.state, x.issue_id = $2, x.n FROM (
	  SELECT issue_id, 'sent' AS state, sent AS n FROM done
	  UNION ALL SELECT issue_id, 'refused', refused FROM done
	  UNION ALL SELECT issue_id, 'skipped', skipped FROM done
	  UNION ALL ` + courseOpen + `
	  UNION ALL ` + courseUnknown + `) x
	WHERE x.n > 0 AND x.issue_id IN (SELECT id FROM own)`

// tallyDeliveries counts deliveries, and those of them that are confirmations.
func tallyDeliveries(counts *store.Counts) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var state drip.DeliveryState
		var confirms bool
		var n int
		err := rows.Scan(toText[drip.DeliveryState]{&state}, &confirms, &n)
		counts.Deliveries[state] += n
		if confirms {
			counts.Confirmations[state] += n
		}
		return err
	}
}

// tally fills a map of counts.
func tally[K ~string](counts map[K]int) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var key K
		var n int
		err := rows.Scan(toText[K]{&key}, &n)
		counts[key] = n
		return err
	}
}

// Instance implements [store.Reports].
func (s *Store) Instance(ctx context.Context) (store.Instance, error) {
	var instance store.Instance
	err := s.read(ctx, func(r *snapshot) error {
		err := r.row([]any{&instance.UUID, &instance.Epoch, toTime{&instance.CreatedAt}},
			`SELECT uuid, epoch, created_at FROM instance WHERE id = 1`)
		if err == nil {
			instance.Schema, err = schemaVersion(ctx, r.reader.conn)
		}
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = drip.ErrNotFound
	}
	if err != nil {
		return store.Instance{}, fmt.Errorf("read instance: %w", err)
	}
	return instance, nil
}
