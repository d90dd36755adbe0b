package app

import (
	"context"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// OwnSeries is when one subscriber had the issues of a series, and when they will get
// the others. The zero value knows of none.
type OwnSeries struct {
	campaign *drip.Campaign
	walls    map[string]timing.Wall // by issue
}

// OwnSeries looks up one subscriber's dates of a campaign as its files are. The error is
// drip.ErrNotFound if they never were in it.
func (o *Observer) OwnSeries(ctx context.Context, c *drip.Campaign, who drip.SubscriberID) (OwnSeries, error) {
	own := OwnSeries{campaign: c, walls: make(map[string]timing.Wall)}
	record := o.record(c.ID)
	enrollment, err := o.latest(ctx, record.No, who)
	if err != nil {
		return OwnSeries{}, err
	}
	if err := own.remember(ctx, o.Store, record.No, who); err != nil {
		return OwnSeries{}, err
	}
	due, err := o.Store.History(ctx, enrollment)
	if err != nil {
		return OwnSeries{}, err
	}
	if err := Acquaint(ctx, o.Store, c, &due); err != nil {
		return OwnSeries{}, err
	}
	program := scheduler.Program{Campaign: c, Record: record, Contents: make([]drip.ContentID, len(c.Issues))}
	for i := range program.Contents {
		program.Contents[i] = 1 // what still has to be approved has a date as well
	}
	passage, err := o.Passage(program, &due)
	if err != nil {
		return OwnSeries{}, err
	}
	now := o.calendar()
	if err := FillDay(ctx, o.Store, o.Config.DailyLimit, who, &passage, now); err != nil {
		return OwnSeries{}, err
	}
	for _, next := range newSide(program, now).foresee(passage).Dues {
		own.walls[c.Issues[next.Issue].ID] = next.Slot.Wall
	}
	return own, nil
}

// latest returns somebody's latest enrollment in a campaign.
func (o *Observer) latest(ctx context.Context, campaign drip.CampaignNo, who drip.SubscriberID) (id drip.EnrollmentID, err error) {
	list, err := o.Store.EnrollmentsOf(ctx, who)
	if err != nil {
		return 0, err
	}
	for _, e := range list { // the oldest first
		if e.Campaign == campaign {
			id = e.ID
		}
	}
	if id == 0 {
		return 0, drip.ErrNotFound
	}
	return id, nil
}

// remember notes what was sent, or may have been. If somebody has begun anew, the later
// time counts.
func (s *OwnSeries) remember(ctx context.Context, from store.Reports, campaign drip.CampaignNo, who drip.SubscriberID) error {
	entries, err := from.Log(ctx, store.LogFilter{Campaign: campaign, Subscriber: who})
	if err != nil {
		return err
	}
	for _, entry := range entries {
		switch entry.State {
		case drip.DeliverySent, drip.DeliveryUnknown, drip.DeliverySending:
			s.walls[entry.IssueID] = max(s.walls[entry.IssueID], entry.Slot.Wall)
		}
	}
	return nil
}

// Dates are those that {{.Series}} has in the issue at a position, as in a message that
// is sent: of the issue itself and of what comes after it. There are none if it has no
// date itself, because a draft is before it, or the subscriber has left.
// The layouts have the form of a date in the language of the campaign.
func (s OwnSeries) Dates(at int, l *compose.Layouts) []compose.Date {
	if s.campaign == nil || at < 0 {
		return nil
	}
	own, ok := s.walls[s.campaign.Issues[at].ID]
	if !ok {
		return nil
	}
	var dates []compose.Date
	for i := range s.campaign.Issues {
		id := s.campaign.Issues[i].ID
		if wall, ok := s.walls[id]; ok && wall >= own {
			dates = append(dates, compose.Date{Issue: id, Text: l.DateText(s.campaign, time.Unix(int64(wall), 0).UTC())})
		}
	}
	return dates
}
