package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Texts that a test explains. $1 is the campaign, $2 and $3 the first and the
// last number of a part.
const (
	censusRows = `
		SELECT e.id, e.subscriber_id, e.state, e.start, e.pace, e.follows_id, e.joined_at, e.floor,
		       e.paused_until, e.asked_at, s.timezone,
		       GROUP_CONCAT(d.issue_id),
		       MAX(CASE WHEN d.sent_at IS NOT NULL OR d.state <> 'skipped' THEN d.slot_wall END),
		       MAX(CASE WHEN d.sent_at IS NOT NULL THEN d.sent_at
		                WHEN d.state IN ('sending', 'unknown') THEN COALESCE(d.remarked_at, d.marked_at) END)
		FROM enrollments e
		CROSS JOIN subscribers s ON s.id = e.subscriber_id
		LEFT JOIN deliveries d ON d.enrollment_id = e.id AND d.issue_id <> $4
		      AND (d.sent_at IS NOT NULL OR d.state IN ('sending', 'refused', 'skipped', 'unknown'))
		WHERE e.campaign_id = $1 AND e.id BETWEEN $2 AND $3
		  AND e.state = $5 AND ($6 IS NULL OR e.finished_at > $6)
		  AND s.suppressed_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.hash = s.email_hash)
		GROUP BY e.id`
	censusOpen = `
		SELECT d.enrollment_id, d.issue_id, d.state, d.slot_wall,
		       (SELECT z.name FROM zones z WHERE z.id = d.slot_zone), d.slot_wall * 1000 - d.slot_offset, d.moves
		FROM deliveries d
		JOIN enrollments e ON e.id = d.enrollment_id
		WHERE d.state ` + openStates + ` AND d.state <> 'sending' AND d.enrollment_id BETWEEN $2 AND $3
		  AND e.campaign_id = $1 AND d.issue_id <> $4`
	censusSpan = `
		SELECT COALESCE((SELECT MIN(id) FROM enrollments), 0), COALESCE((SELECT MAX(id) FROM enrollments), 0)`
)

// Census implements [store.Reports].
func (s *Store) Census(ctx context.Context, query store.CensusQuery, yield func(int, *store.CensusRow) error) error {
	if err := s.census(ctx, query, yield); err != nil {
		return fmt.Errorf("take a census of campaign %d: %w", query.Campaign, err)
	}
	return nil
}

func (s *Store) census(ctx context.Context, query store.CensusQuery, yield func(int, *store.CensusRow) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts, err := s.censusParts(ctx, query)
	if err != nil {
		return err
	}
	errs := make([]error, len(parts))
	var reading sync.WaitGroup
	for i := range parts {
		reading.Go(func() {
			part := &parts[i]
			part.yield = func(row *store.CensusRow) error { return yield(i, row) }
			if errs[i] = s.read(ctx, part.read); errs[i] != nil {
				cancel()
			}
		})
	}
	reading.Wait()
	return firstCause(errs)
}

// firstCause returns the error that made the others end, rather than one of
// those that only say so.
func firstCause(errs []error) error {
	var first error
	for _, err := range errs {
		if err != nil && (first == nil || errors.Is(first, context.Canceled)) {
			first = err
		}
	}
	return first
}

// censusPart is a range of enrollments that one reader reads.
type censusPart struct {
	campaign, confirmation int64
	from, to               int64
	finishedAfter          any
	yield                  func(*store.CensusRow) error
}

// censusParts cuts the enrollments into ranges of about equal length.
func (s *Store) censusParts(ctx context.Context, query store.CensusQuery) ([]censusPart, error) {
	all := censusPart{campaign: int64(query.Campaign), finishedAfter: ms(query.FinishedAfter)}
	err := s.read(ctx, func(r *snapshot) error {
		err := r.row([]any{&all.confirmation}, `SELECT id FROM issues WHERE campaign_id = $1 AND name = $2`,
			all.campaign, drip.ConfirmationID)
		if err != nil {
			return found(err)
		}
		return r.row([]any{&all.from, &all.to}, censusSpan)
	})
	if err != nil {
		return nil, err
	}
	n := int64(max(query.Parts, 1))
	length := (all.to-all.from)/n + 1
	var parts []censusPart
	for from := all.from; from <= all.to; from += length {
		part := all
		part.from, part.to = from, min(from+length-1, all.to)
		parts = append(parts, part)
	}
	return parts, nil
}

// read yields the enrollments of the part.
func (p *censusPart) read(r *snapshot) error {
	open, err := p.open(r)
	if err != nil {
		return err
	}
	var row store.CensusRow
	var wall sql.NullInt64
	dest := []any{
		toNumber[drip.EnrollmentID]{&row.Enrollment}, toNumber[drip.SubscriberID]{&row.Subscriber},
		toText[drip.EnrollmentState]{&row.State}, toText[drip.Start]{&row.Start}, toNumber[int]{&row.Pace},
		toNumber[drip.EnrollmentID]{&row.Follows}, toTime{&row.JoinedAt}, toTime{&row.Floor},
		toTime{&row.PausedUntil}, toTime{&row.AskedAt}, toText[string]{&row.Timezone},
		toText[store.IssueSet]{&row.Had}, &wall, toTime{&row.Last.AcceptedAt},
	}
	scan := func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		row.Last.Slot, row.Last.HasSlot = timing.Wall(wall.Int64), wall.Valid
		row.Open = open[row.Enrollment]
		return p.yield(&row)
	}
	err = r.each(scan, censusRows, p.campaign, p.from, p.to, p.confirmation, string(drip.EnrollmentActive), nil)
	if err != nil || p.finishedAfter == nil {
		return err
	}
	return r.each(scan, censusRows, p.campaign, p.from, p.to, p.confirmation, string(drip.EnrollmentFinished), p.finishedAfter)
}

// open reads the deliveries of the part that are not done, of which there are
// few.
func (p *censusPart) open(r *snapshot) (map[drip.EnrollmentID]*drip.Delivery, error) {
	open := make(map[drip.EnrollmentID]*drip.Delivery)
	err := r.each(func(rows *sql.Rows) error {
		d := new(drip.Delivery)
		dest := append([]any{
			toNumber[drip.EnrollmentID]{&d.Enrollment}, toNumber[drip.IssueNo]{&d.Issue}, toText[drip.DeliveryState]{&d.State},
		}, toSlot(&d.Slot)...)
		err := rows.Scan(append(dest, &d.Moves)...)
		open[d.Enrollment] = d
		return err
	}, censusOpen, p.campaign, p.from, p.to, p.confirmation)
	return open, err
}

// ReaderZones implements [store.Reports].
func (s *Store) ReaderZones(ctx context.Context, campaign drip.CampaignNo) (map[string]int, error) {
	zones := make(map[string]int)
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(tally(zones), `
			SELECT t.timezone, t.readers FROM reader_tallies t
			WHERE t.campaign_id = $1 AND t.state = 'active' AND t.left_reason = '' AND t.readers > 0`, int64(campaign))
	})
	if err != nil {
		return nil, fmt.Errorf("count the readers of campaign %d by zone: %w", campaign, err)
	}
	return zones, nil
}
