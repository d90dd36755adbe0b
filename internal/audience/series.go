package audience

import (
	"context"
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// Planner knows the campaigns in force and how planning sees an enrollment. It
// must be safe for concurrent use.
type Planner interface {
	// Series returns a campaign in force; false if it has none with that number.
	Series(no drip.CampaignNo) (Series, bool)
	// Passage translates what the store knows of an enrollment in a campaign in
	// force for the calendar.
	Passage(due *store.Due) (calendar.Passage, error)
}

// Series is a campaign in force.
type Series struct {
	Campaign *drip.Campaign
	// Sendable tells for each of Campaign.Issues whether it may be sent: with
	// review: required, some wait for approval.
	Sendable []bool
}

// series returns a campaign in force.
func (a *Audience) series(no drip.CampaignNo) (Series, bool) {
	if a.planner == nil {
		return Series{}, false
	}
	return a.planner.Series(no)
}

// history returns how an enrollment stands, and who the reader is if planning has to know.
func (a *Audience) history(ctx context.Context, id drip.EnrollmentID) (store.Due, error) {
	due, err := a.stores.History(ctx, id)
	if err != nil {
		return due, err
	}
	if series, ok := a.series(due.Enrollment.Campaign); ok && series.Campaign.Selective() {
		err = store.Acquaint(ctx, a.stores, &due)
	}
	return due, err
}

// zone returns the zone that rules a reader in a campaign. If the campaign's
// files are not at hand it is the person's own.
func (a *Audience) zone(ctx context.Context, id drip.EnrollmentID) (*time.Location, error) {
	due, err := a.stores.History(ctx, id)
	if err != nil {
		return nil, err
	}
	passage, _, err := a.standing(&due)
	return passage.Zone, err
}

// standing returns the passage of a reader through a campaign in force. Without one, the
// passage has the zone, and false is returned.
func (a *Audience) standing(due *store.Due) (calendar.Passage, bool, error) {
	if _, ok := a.series(due.Enrollment.Campaign); ok {
		p, err := a.planner.Passage(due)
		return p, true, err
	}
	if due.Timezone != "" {
		loc, err := a.zones.Load(due.Timezone)
		return calendar.Passage{Zone: loc}, false, err
	}
	return calendar.Passage{Zone: time.UTC}, false, nil
}

// upcoming plans a passage up to the first step at which an issue leaves or
// waits, or nothing is left: those that will be skipped or given up are passed.
func upcoming(c *drip.Campaign, p calendar.Passage, now time.Time) calendar.Step {
	p.Had = slices.Clone(p.Had)
	for {
		step := calendar.Plan(c, p, now)
		if step.Kind != calendar.Skip && step.Kind != calendar.Refuse {
			return step
		}
		p.Open = nil
		if step.Issue >= 0 {
			p.Had = append(p.Had, make([]bool, max(0, step.Issue+1-len(p.Had)))...)
			p.Had[step.Issue] = true
		}
	}
}
