package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Texts that a test explains. $1 is the campaign.
const (
	slotInstant = `(d.slot_wall * 1000 - d.slot_offset)`
	// lateAfter is store.LateAfter, as the triggers that count have it.
	lateAfter = `3600000`

	// courseDone are the issues of which something is counted, and how much.
	courseDone = `
		SELECT t.issue_id, SUM(t.sent), SUM(t.late), SUM(t.refused), SUM(t.skipped)
		FROM issue_tallies t
		WHERE t.issue_id IN (SELECT id FROM issues WHERE campaign_id = $1 AND name <> '` + drip.ConfirmationID + `')
		GROUP BY t.issue_id`
	// courseOwn are the issues of a campaign.
	courseOwn = `SELECT id FROM issues WHERE campaign_id = $1 AND name <> '` + drip.ConfirmationID + `'`
	// courseOpen and courseUnknown count what the tallies have not.
	courseOpen    = `SELECT d.issue_id, d.state, COUNT(*) FROM deliveries d WHERE d.state ` + openStates + ` GROUP BY d.issue_id, d.state`
	courseUnknown = `SELECT d.issue_id, d.state, COUNT(*) FROM deliveries d WHERE d.state = 'unknown' GROUP BY d.issue_id, d.state`
	// courseLeft counts those who left, by the last issue that they were sent.
	courseLeft = `
		SELECT COALESCE(x.issue_id, 0), COUNT(*) FROM departures x WHERE x.campaign_id = $1 GROUP BY x.issue_id`
	// courseReaders counts people; whoever started over goes on in another enrollment.
	courseReaders = `
		SELECT t.state, SUM(t.readers) AS n FROM reader_tallies t
		WHERE t.campaign_id = $1 AND t.left_reason <> 'restarted' GROUP BY t.state HAVING n > 0`
	// courseSpan counts who joined, left and finished from $2 until before $3. The plus
	// keeps it from looking through all who joined the campaign for those who left.
	courseSpan = `
		SELECT (SELECT COUNT(*) FROM enrollments e
		        WHERE e.campaign_id = $1 AND e.joined_at >= $2 AND e.joined_at < $3 AND (e.follows_id IS NULL OR NOT EXISTS (
		          SELECT 1 FROM enrollments before
		          WHERE before.id = e.follows_id AND before.left_reason = 'restarted' AND before.finished_at IS NULL))),
		       (SELECT COUNT(*) FROM enrollments e
		        WHERE e.left_at >= $2 AND e.left_at < $3 AND +e.campaign_id = $1
		          AND e.left_reason <> 'restarted' AND e.finished_at IS NULL AND e.joined_at IS NOT NULL),
		       (SELECT COUNT(*) FROM enrollments e WHERE e.campaign_id = $1 AND e.finished_at >= $2 AND e.finished_at < $3)`
)

// Course implements [store.Courses].
func (s *Store) Course(ctx context.Context, query store.CourseQuery) (store.Course, error) {
	var sum store.Course
	err := s.read(ctx, func(r *snapshot) (err error) {
		sum, err = r.course(query)
		return err
	})
	if err != nil {
		return store.Course{}, fmt.Errorf("sum up campaign %d: %w", query.Campaign, err)
	}
	return sum, nil
}

// change changes an issue of a course.
func change(issues map[drip.IssueNo]store.IssueCourse, no drip.IssueNo, do func(*store.IssueCourse)) {
	is := issues[no]
	if is.States == nil {
		is.States = make(map[drip.DeliveryState]int)
	}
	do(&is)
	issues[no] = is
}

// course sums a campaign up.
func (r *snapshot) course(query store.CourseQuery) (store.Course, error) {
	sum := store.Course{Readers: make(map[drip.EnrollmentState]int)}
	var no int64
	err := r.row([]any{&no}, `SELECT id FROM campaigns WHERE id = $1`, int64(query.Campaign))
	if err != nil {
		return sum, found(err)
	}
	if sum.Issues, err = r.courseIssues(query.Campaign); err != nil {
		return sum, err
	}
	if err := r.each(tally(sum.Readers), courseReaders, int64(query.Campaign)); err != nil {
		return sum, err
	}
	reading := sum.Readers[drip.EnrollmentActive]
	if query.Spans == 0 {
		return sum, nil
	}
	// From the readers of now, back to those of then.
	sum.Before = reading
	from, length := query.From.UnixMilli(), query.Span.Milliseconds()
	for i := range int64(query.Spans) + 1 {
		to := from + length*(i+1)
		if i == int64(query.Spans) {
			to = math.MaxInt64
		}
		span, err := r.courseSpan(query.Campaign, from+length*i, to)
		if err != nil {
			return sum, err
		}
		sum.Before += span.Left + span.Finished - span.Joined
		sum.Spans = append(sum.Spans, span)
	}
	sum.Spans = sum.Spans[:query.Spans]
	return sum, nil
}

// courseIssues counts the deliveries of each issue that has any, and those who left after
// it.
func (r *snapshot) courseIssues(campaign drip.CampaignNo) (map[drip.IssueNo]store.IssueCourse, error) {
	issues, own := make(map[drip.IssueNo]store.IssueCourse), make(map[drip.IssueNo]bool)
	err := r.each(func(rows *sql.Rows) error {
		var no drip.IssueNo
		err := rows.Scan(toNumber[drip.IssueNo]{&no})
		own[no] = true
		return err
	}, courseOwn, int64(campaign))
	if err != nil {
		return nil, err
	}
	err = r.each(func(rows *sql.Rows) error {
		var no drip.IssueNo
		var sent, late, refused, skipped int
		err := rows.Scan(toNumber[drip.IssueNo]{&no}, &sent, &late, &refused, &skipped)
		for state, n := range map[drip.DeliveryState]int{drip.DeliverySent: sent, drip.DeliveryRefused: refused, drip.DeliverySkipped: skipped} {
			if n > 0 {
				change(issues, no, func(is *store.IssueCourse) { is.States[state], is.Late = n, late })
			}
		}
		return err
	}, courseDone, int64(campaign))
	for _, query := range []string{courseOpen, courseUnknown} {
		if err != nil {
			break
		}
		err = r.each(func(rows *sql.Rows) error {
			var no drip.IssueNo
			var state drip.DeliveryState
			var n int
			err := rows.Scan(toNumber[drip.IssueNo]{&no}, toText[drip.DeliveryState]{&state}, &n)
			if own[no] { // and not of another campaign, or the confirmation
				change(issues, no, func(is *store.IssueCourse) { is.States[state] = n })
			}
			return err
		}, query)
	}
	if err != nil {
		return nil, err
	}
	return issues, r.each(func(rows *sql.Rows) error {
		var no drip.IssueNo
		var n int
		err := rows.Scan(toNumber[drip.IssueNo]{&no}, &n)
		change(issues, no, func(is *store.IssueCourse) { is.LeftAfter = n })
		return err
	}, courseLeft, int64(campaign))
}

// courseSpan counts who came and went from one instant until before another.
func (r *snapshot) courseSpan(campaign drip.CampaignNo, from, to int64) (store.SpanCourse, error) {
	var span store.SpanCourse
	err := r.row([]any{&span.Joined, &span.Left, &span.Finished}, courseSpan, int64(campaign), from, to)
	return span, err
}

// Texts that a test explains, each with one reason to be stuck.
var stuckRows = map[store.StuckReason]string{
	store.StuckUnplanned: `
		SELECT e.subscriber_id, e.id, NULL, e.next_at FROM enrollments e
		WHERE e.next_at < $2 AND +e.campaign_id = $1`,
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
