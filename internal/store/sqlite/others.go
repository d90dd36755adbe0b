package sqlite

import (
	"database/sql"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// mailedStates selects the deliveries of which the person has, or may have, a
// message.
const mailedStates = `IN ('sending', 'sent', 'unknown')`

// Texts that a test explains. Each is followed by a list of persons.
const (
	// otherEnrollments takes the calendar time.
	otherEnrollments = `
		SELECT e.id, e.subscriber_id, e.campaign_id,
		       COALESCE(e.next_at <= ?, 0) OR EXISTS (
		         SELECT 1 FROM deliveries d WHERE d.enrollment_id = e.id AND d.state ` + openStates + ` AND d.state = 'claimed'),
		       COALESCE((
		         SELECT MAX(COALESCE(d.sent_at, d.remarked_at, d.marked_at)) FROM deliveries d
		         WHERE d.enrollment_id = e.id AND d.state IN ('sent', 'unknown')), e.joined_at)
		FROM enrollments e
		WHERE e.state = 'active' AND e.subscriber_id IN `
	// otherDates takes the earliest date.
	otherDates = `
		SELECT e.subscriber_id, d.local_date
		FROM enrollments e
		JOIN deliveries d ON d.enrollment_id = e.id
		JOIN issues i ON i.id = d.issue_id
		WHERE d.local_date >= ? AND d.state ` + mailedStates + ` AND i.name <> '` + drip.ConfirmationID + `'
		  AND e.subscriber_id IN `
)

// others adds what else the persons get. What was sent two days ago, on any
// clock, fills no day any more.
func (r *snapshot) others(list []store.Due, calendar time.Time) error {
	of := make(map[drip.SubscriberID][]int, len(list))
	var people []drip.SubscriberID
	for i := range list {
		person := list[i].Enrollment.Subscriber
		if of[person] == nil {
			people = append(people, person)
		}
		of[person] = append(of[person], i)
	}
	value := func(id drip.SubscriberID) any { return int64(id) }
	earliest := timing.DateAt(calendar.UTC()).AddDays(-2)
	return inLists(people, value, func(in string, args []any) error {
		if err := r.each(func(rows *sql.Rows) error {
			var o store.Other
			var person drip.SubscriberID
			err := rows.Scan(toNumber[drip.EnrollmentID]{&o.Enrollment}, toNumber[drip.SubscriberID]{&person},
				toNumber[drip.CampaignNo]{&o.Campaign}, &o.Waits, toTime{&o.Since})
			for _, i := range of[person] {
				if list[i].Enrollment.ID == o.Enrollment {
					list[i].Since = o.Since // what the others compare theirs with
				} else {
					list[i].Others = append(list[i].Others, o)
				}
			}
			return err
		}, otherEnrollments+in+` ORDER BY e.id`, after(calendar.UnixMilli(), args)...); err != nil {
			return err
		}
		return r.each(func(rows *sql.Rows) error {
			var person drip.SubscriberID
			var date timing.Date
			err := rows.Scan(toNumber[drip.SubscriberID]{&person}, toNumber[timing.Date]{&date})
			for _, i := range of[person] {
				list[i].Dates = append(list[i].Dates, date)
			}
			return err
		}, otherDates+in+` ORDER BY d.local_date`, after(int64(earliest), args)...)
	})
}

// after returns the arguments of a list with one before them.
func after(first int64, list []any) []any { return append([]any{first}, list...) }
