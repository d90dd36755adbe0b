package app

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/report"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// reportWeeks is how many weeks a report looks back.
const reportWeeks = 26

// Report returns how a series goes. The error is drip.ErrNotFound if the database
// knows no such campaign.
func (o *Observer) Report(ctx context.Context, id string) (report.Series, error) {
	record := o.record(id)
	if record.No == 0 {
		return report.Series{}, drip.ErrNotFound
	}
	now := o.calendar()
	from := monday(now).AddDate(0, 0, -7*(reportWeeks-1))
	s := report.Series{Campaign: id, State: stateOf(record)}
	course, err := o.Store.Course(ctx, store.CourseQuery{
		Campaign: record.No, From: from, Span: 7 * 24 * time.Hour, Spans: reportWeeks,
	})
	if err != nil {
		return report.Series{}, err
	}
	if s.Zones, err = o.zonesOf(ctx, record); err != nil {
		return report.Series{}, err
	}
	s.LeftBefore = course.Issues[0].LeftAfter
	if s.Title, s.Issues, err = o.issuesOf(record, course); err != nil {
		return report.Series{}, err
	}
	s.Weeks, s.Churn = weeksOf(course, from)
	s.Readers = report.Readers{
		Active: course.Readers[drip.EnrollmentActive], Pending: course.Readers[drip.EnrollmentPending],
		Finished: course.Readers[drip.EnrollmentFinished], Left: course.Readers[drip.EnrollmentLeft],
	}
	return s, o.findStuck(ctx, record, &s)
}

// monday returns the beginning of a week in UTC.
func monday(t time.Time) time.Time {
	day := timing.DateAt(t.UTC())
	since := (int(day.Weekday()) + 6) % 7 // Sunday is 0
	return day.AddDays(-since).Start(time.UTC)
}

// stateOf says which of the operator's verbs holds: the one that matters most.
func stateOf(r store.CampaignRecord) string {
	switch {
	case !r.StoppedAt.IsZero():
		return "stopped"
	case !r.PausedAt.IsZero():
		return "paused"
	case !r.ClosedAt.IsZero():
		return "closed"
	}
	return "open"
}

// issuesOf lists the issues of a series in their order, and then those that were
// removed and have numbers.
func (o *Observer) issuesOf(record store.CampaignRecord, course store.Course) (title string, list []report.Issue, err error) {
	program, err := o.Program(record.ID)
	if err != nil && !errors.Is(err, drip.ErrNotFound) {
		return "", nil, err
	}
	list = []report.Issue{}
	known := make(map[string]bool)
	for i := range program.Campaign.Issues {
		is := &program.Campaign.Issues[i]
		known[is.ID] = true
		if is.Draft {
			continue
		}
		row := issueOf(course.Issues[record.Issues[is.ID]])
		row.Issue, row.Subject = is.ID, is.Subject
		list = append(list, row)
	}
	for _, name := range slices.Sorted(maps.Keys(record.Issues)) {
		numbers, any := course.Issues[record.Issues[name]]
		if known[name] || !any || name == drip.ConfirmationID {
			continue
		}
		row := issueOf(numbers)
		row.Issue, row.Removed = name, true
		list = append(list, row)
	}
	return program.Campaign.Title, list, nil
}

// issueOf writes the numbers of an issue down.
func issueOf(c store.IssueCourse) report.Issue {
	row := report.Issue{
		Sent: c.States[drip.DeliverySent], Deferred: c.States[drip.DeliveryDeferred], Unknown: c.States[drip.DeliveryUnknown],
		Waiting: c.States[drip.DeliveryClaimed] + c.States[drip.DeliverySending],
		Refused: c.States[drip.DeliveryRefused], Skipped: c.States[drip.DeliverySkipped],
		Late: c.Late, LeftAfter: c.LeftAfter,
	}
	row.Due = row.Sent + row.Waiting + row.Deferred + row.Unknown + row.Refused + row.Skipped
	return row
}

// weeksOf lists the weeks from the first in which there was anybody.
func weeksOf(course store.Course, from time.Time) ([]report.Week, report.Churn) {
	weeks := []report.Week{}
	readers := course.Before
	var churn report.Churn
	for i, span := range course.Spans {
		if i == len(course.Spans)-report.ChurnWeeks {
			churn.Of = readers
		}
		if i >= len(course.Spans)-report.ChurnWeeks {
			churn.Of, churn.Left = churn.Of+span.Joined, churn.Left+span.Left
		}
		before := readers
		readers += span.Joined - span.Left - span.Finished
		if len(weeks) == 0 && before == 0 && span == (store.SpanCourse{}) && i < len(course.Spans)-1 {
			continue
		}
		weeks = append(weeks, report.Week{
			From: from.AddDate(0, 0, 7*i), Joined: span.Joined, Left: span.Left, Finished: span.Finished, Readers: readers,
		})
	}
	return weeks, churn
}

// zonesOf counts the readers by zone, the most frequent first.
func (o *Observer) zonesOf(ctx context.Context, record store.CampaignRecord) ([]report.Zone, error) {
	counts, err := o.Store.ReaderZones(ctx, record.No)
	zones := make([]report.Zone, 0, len(counts))
	for name, n := range counts {
		zones = append(zones, report.Zone{Zone: name, Readers: n})
	}
	slices.SortFunc(zones, func(a, b report.Zone) int {
		return cmp.Or(cmp.Compare(b.Readers, a.Readers), cmp.Compare(a.Zone, b.Zone))
	})
	return zones, err
}

func (o *Observer) findStuck(ctx context.Context, record store.CampaignRecord, s *report.Series) error {
	list, all, err := o.Store.Stuck(ctx, store.StuckQuery{Campaign: record.No, Since: o.calendar().Add(-report.StuckAfter)})
	if err != nil {
		return err
	}
	names := make(map[drip.IssueNo]string, len(record.Issues))
	for name, no := range record.Issues {
		names[no] = name
	}
	s.Stuck = report.Stuck{All: all, List: []report.StuckReader{}}
	for _, one := range list {
		s.Stuck.List = append(s.Stuck.List, report.StuckReader{
			Subscriber: one.Subscriber, Issue: names[one.Issue], Why: string(one.Why), Since: one.Since,
		})
	}
	return nil
}
