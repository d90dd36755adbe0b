package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Texts that a test explains. $1 is the campaign, $2 and $3 the first and the last
// enrollment of a part, $4 the confirmation.
const (
	slotInstant = `(d.slot_wall * 1000 - d.slot_offset)`

	// courseIssues reads the ledger in its order; that an issue is the campaign's
	// says the same of its enrollment.
	courseIssues = `
		SELECT d.issue_id, d.state, COUNT(*), COUNT(CASE WHEN d.state = 'sent' AND d.sent_at > ` + slotInstant + ` + $5 THEN 1 END)
		FROM deliveries d
		WHERE d.enrollment_id BETWEEN $2 AND $3
		  AND d.issue_id IN (SELECT id FROM issues WHERE campaign_id = $1 AND id <> $4)
		GROUP BY d.issue_id, d.state`
	courseLeft = `
		SELECT COALESCE((
		         SELECT d.issue_id FROM deliveries d
		         WHERE d.enrollment_id = e.id AND d.state ` + mailedStates + ` AND d.issue_id <> $4
		         ORDER BY ` + lastMark + ` DESC, d.issue_id DESC LIMIT 1), 0) AS issue, COUNT(*)
		FROM enrollments e
		WHERE e.campaign_id = $1 AND e.state = 'left' AND e.id BETWEEN $2 AND $3
		  AND e.left_reason IN ('reader', 'suppressed') AND e.joined_at IS NOT NULL
		GROUP BY issue`
	courseReaders = `
		SELECT e.state, COUNT(*) FROM enrollments e
		WHERE e.campaign_id = $1 AND e.id BETWEEN $2 AND $3 AND e.left_reason IS NOT 'restarted'
		GROUP BY e.state`
	// courseSpans counts by the span in which somebody joined, left and finished. $4 is
	// when the first span begins and $5 how long each is.
	courseSpans = `
		SELECT CASE WHEN before.left_reason IS NOT 'restarted' THEN e.joined_at END < $4,
		       CASE WHEN before.left_reason IS NOT 'restarted' THEN (e.joined_at - $4) / $5 END,
		       CASE WHEN e.finished_at IS NULL AND e.left_reason <> 'restarted' THEN e.left_at END < $4,
		       CASE WHEN e.finished_at IS NULL AND e.left_reason <> 'restarted' THEN (e.left_at - $4) / $5 END,
		       e.finished_at < $4, (e.finished_at - $4) / $5,
		       COUNT(*)
		FROM enrollments e
		LEFT JOIN enrollments before ON before.id = e.follows_id
		WHERE e.campaign_id = $1 AND e.id BETWEEN $2 AND $3 AND e.joined_at IS NOT NULL
		GROUP BY 1, 2, 3, 4, 5, 6`
)

// Course implements [store.Courses].
func (s *Store) Course(ctx context.Context, query store.CourseQuery) (store.Course, error) {
	c, err := s.course(ctx, query)
	if err != nil {
		return store.Course{}, fmt.Errorf("sum up campaign %d: %w", query.Campaign, err)
	}
	return c, nil
}

func (s *Store) course(ctx context.Context, query store.CourseQuery) (store.Course, error) {
	parts, err := s.censusParts(ctx, store.CensusQuery{Campaign: query.Campaign, Parts: query.Parts})
	if err != nil {
		return store.Course{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sums, errs := make([]store.Course, len(parts)), make([]error, len(parts))
	var reading sync.WaitGroup
	for i := range parts {
		reading.Go(func() {
			errs[i] = s.read(ctx, func(r *snapshot) (err error) {
				sums[i], err = r.course(&parts[i], query)
				return err
			})
			if errs[i] != nil {
				cancel()
			}
		})
	}
	reading.Wait()
	if err := firstCause(errs); err != nil {
		return store.Course{}, err
	}
	sum := newCourse(query)
	for i := range sums {
		addCourse(&sum, &sums[i])
	}
	return sum, nil
}

func newCourse(query store.CourseQuery) store.Course {
	return store.Course{
		Issues: make(map[drip.IssueNo]store.IssueCourse), Readers: make(map[drip.EnrollmentState]int),
		Spans: make([]store.SpanCourse, query.Spans),
	}
}

// addCourse adds the numbers of a part.
func addCourse(sum, part *store.Course) {
	for no, add := range part.Issues {
		is := sum.Issues[no]
		if is.States == nil {
			is.States = make(map[drip.DeliveryState]int)
		}
		for state, n := range add.States {
			is.States[state] += n
		}
		is.Late += add.Late
		is.LeftAfter += add.LeftAfter
		sum.Issues[no] = is
	}
	for state, n := range part.Readers {
		sum.Readers[state] += n
	}
	sum.Before += part.Before
	for i, add := range part.Spans {
		sum.Spans[i].Joined += add.Joined
		sum.Spans[i].Left += add.Left
		sum.Spans[i].Finished += add.Finished
	}
}

// course sums up a part.
func (r *snapshot) course(p *censusPart, query store.CourseQuery) (store.Course, error) {
	sum := newCourse(query)
	err := r.each(func(rows *sql.Rows) error {
		var no drip.IssueNo
		var state drip.DeliveryState
		var n, late int
		err := rows.Scan(toNumber[drip.IssueNo]{&no}, toText[drip.DeliveryState]{&state}, &n, &late)
		addCourse(&sum, &store.Course{Issues: map[drip.IssueNo]store.IssueCourse{
			no: {States: map[drip.DeliveryState]int{state: n}, Late: late},
		}})
		return err
	}, courseIssues, p.campaign, p.from, p.to, p.confirmation, query.Late.Milliseconds())
	if err != nil {
		return sum, err
	}
	err = r.each(func(rows *sql.Rows) error {
		var no drip.IssueNo
		var n int
		err := rows.Scan(toNumber[drip.IssueNo]{&no}, &n)
		addCourse(&sum, &store.Course{Issues: map[drip.IssueNo]store.IssueCourse{no: {LeftAfter: n}}})
		return err
	}, courseLeft, p.campaign, p.from, p.to, p.confirmation)
	if err == nil {
		err = r.each(tally(sum.Readers), courseReaders, p.campaign, p.from, p.to)
	}
	if err != nil || query.Spans == 0 {
		return sum, err
	}
	return sum, r.each(func(rows *sql.Rows) error {
		var joined, left, finished span
		var n int
		err := rows.Scan(&joined.before, &joined.no, &left.before, &left.no, &finished.before, &finished.no, &n)
		sum.Before += n * (joined.was() - left.was() - finished.was())
		joined.add(&sum, n, func(s *store.SpanCourse) *int { return &s.Joined })
		left.add(&sum, n, func(s *store.SpanCourse) *int { return &s.Left })
		finished.add(&sum, n, func(s *store.SpanCourse) *int { return &s.Finished })
		return err
	}, courseSpans, p.campaign, p.from, p.to, query.From.UnixMilli(), query.Span.Milliseconds())
}

// span is when something happened, if it did.
type span struct {
	before sql.NullBool
	no     sql.NullInt64
}

// was is 1 if it happened before the first span, else 0.
func (s *span) was() int {
	if s.before.Bool {
		return 1
	}
	return 0
}

// add counts n people to whom it happened.
func (s *span) add(sum *store.Course, n int, counter func(*store.SpanCourse) *int) {
	if s.before.Valid && !s.before.Bool && s.no.Int64 < int64(len(sum.Spans)) {
		*counter(&sum.Spans[s.no.Int64]) += n
	}
}

// Texts that a test explains, each with one reason to be stuck.
var stuckRows = map[store.StuckReason]string{
	store.StuckUnplanned: `
		SELECT e.subscriber_id, e.id, NULL, e.next_at FROM enrollments e
		WHERE e.next_at < $2 AND e.campaign_id = $1`,
	store.StuckWaiting: `
		SELECT e.subscriber_id, e.id, d.issue_id, COALESCE(` + slotInstant + `, e.invited_at)
		FROM deliveries d JOIN enrollments e ON e.id = d.enrollment_id
		WHERE d.state IN ('claimed', 'deferred') AND d.wake_at IS NOT NULL
		  AND e.campaign_id = $1 AND COALESCE(` + slotInstant + `, e.invited_at) < $2`,
	store.StuckUnknown: `
		SELECT e.subscriber_id, e.id, d.issue_id, ` + lastMark + `
		FROM deliveries d JOIN enrollments e ON e.id = d.enrollment_id
		WHERE d.state = 'unknown' AND e.campaign_id = $1 AND ` + lastMark + ` < $2`,
}

// Stuck implements [store.Courses].
func (s *Store) Stuck(ctx context.Context, query store.StuckQuery) (list []store.Stuck, all int, err error) {
	err = s.read(ctx, func(r *snapshot) error {
		list, all = nil, 0
		var idle bool
		err := r.row([]any{&idle}, `
			SELECT stopped_at IS NOT NULL OR paused_at IS NOT NULL FROM campaigns WHERE id = $1`, int64(query.Campaign))
		if err != nil || idle {
			return found(err)
		}
		for _, why := range []store.StuckReason{store.StuckUnplanned, store.StuckWaiting, store.StuckUnknown} {
			part, n, err := r.stuck(why, query)
			if err != nil {
				return err
			}
			list, all = append(list, part...), all+n
		}
		return nil
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list who is stuck in campaign %d: %w", query.Campaign, err)
	}
	return longestWaiting(list, stuckLimit(query)), all, nil
}

// stuck lists who is stuck for one reason, and counts them.
func (r *snapshot) stuck(why store.StuckReason, query store.StuckQuery) (list []store.Stuck, n int, err error) {
	campaign, since := int64(query.Campaign), query.Since.UnixMilli()
	if err := r.row([]any{&n}, `SELECT COUNT(*) FROM (`+stuckRows[why]+`)`, campaign, since); err != nil || n == 0 {
		return nil, n, err
	}
	err = r.each(func(rows *sql.Rows) error {
		one := store.Stuck{Why: why}
		err := rows.Scan(toNumber[drip.SubscriberID]{&one.Subscriber}, toNumber[drip.EnrollmentID]{&one.Enrollment},
			toNumber[drip.IssueNo]{&one.Issue}, toTime{&one.Since})
		list = append(list, one)
		return err
	}, stuckRows[why]+` ORDER BY 4, 2, 3 LIMIT $3`, campaign, since, stuckLimit(query))
	return list, n, err
}

// stuckLimit returns how many are listed.
func stuckLimit(query store.StuckQuery) int {
	if query.Limit <= 0 {
		return 20
	}
	return query.Limit
}

// longestWaiting orders a list, and cuts it.
func longestWaiting(list []store.Stuck, most int) []store.Stuck {
	slices.SortStableFunc(list, func(a, b store.Stuck) int { return a.Since.Compare(b.Since) })
	return list[:min(len(list), most)]
}
