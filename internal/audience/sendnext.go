package audience

import (
	"context"
	"fmt"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// SendNext has the next issue leave now instead of at the coming slot. What the
// person asks for may be named, so that asking twice brings one issue: if issue
// is not empty and they have had it, there is nothing to do. The error is
// drip.ErrNotFound, or a Refusal if it could not leave now.
func (a *Audience) SendNext(ctx context.Context, id drip.EnrollmentID, issue string) (drip.Enrollment, error) {
	now := a.now()
	due, err := a.history(ctx, id)
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("ask for the next issue of enrollment %d: %w", id, err)
	}
	if err := checkGoing(due.Enrollment); err != nil {
		return drip.Enrollment{}, err
	}
	if due.Open != nil && due.Open.State == drip.DeliverySending {
		return due.Enrollment, nil // what they ask for is on its way; asking must not bring one more
	}
	had, err := a.checkNext(ctx, &due, issue, now)
	if err != nil {
		return drip.Enrollment{}, err
	}
	if had {
		return due.Enrollment, nil
	}
	return granted(a.stores.SendNext(ctx, id, now))
}

// checkNext asks planning whether the next issue would leave now, and reports
// whether the named one was had already.
func (a *Audience) checkNext(ctx context.Context, due *store.Due, issue string, now time.Time) (had bool, err error) {
	series, ok := a.series(due.Enrollment.Campaign)
	if !ok {
		return false, refuse(calendar.CodeInactive, "the campaign's files have errors or are gone, so nothing is known of its issues")
	}
	switch halted, err := a.stores.Halted(ctx, due.Enrollment.Campaign); {
	case err != nil:
		return false, err
	case halted:
		return false, refuse(calendar.CodePaused, "the campaign is paused; nothing leaves before it is resumed")
	}
	passage, err := a.planner.Passage(due)
	if err != nil {
		return false, err
	}
	return series.wouldLeave(due, passage, issue, now)
}

// wouldLeave is checkNext for a campaign that sends.
func (s *Series) wouldLeave(due *store.Due, passage calendar.Passage, issue string, now time.Time) (had bool, err error) {
	if i := s.Campaign.Issue(issue); issue != "" && i < 0 {
		return false, fmt.Errorf("issue %s: %w", issue, drip.ErrNotFound)
	} else if i >= 0 && i < len(passage.Had) && passage.Had[i] {
		return true, nil
	}
	if due.Enrollment.PausedUntil.After(now) {
		return false, refuse(calendar.CodePaused, "they pause until %s; resume first",
			due.Enrollment.PausedUntil.In(passage.Zone).Format("Mon 2 Jan 2006"))
	}
	passage.AskedAt = now
	return false, s.leavesNow(passage, issue, now)
}

// leavesNow refuses unless the next issue leaves at once, and is the named one if
// one is named. What is claimed or marked is leaving already.
func (s *Series) leavesNow(passage calendar.Passage, issue string, now time.Time) error {
	step := upcoming(s.Campaign, passage, now)
	if step.Kind == calendar.Finish {
		return refuse(step.Reason.Code, "there is no further issue")
	}
	if step.Issue < 0 {
		return refuse(step.Reason.Code, "%v", step.Reason)
	}
	next := &s.Campaign.Issues[step.Issue]
	switch today := timing.DateAt(now.In(passage.Zone)); {
	case issue != "" && issue != next.ID:
		return refuse("", "the next issue is %s, not %s", next.ID, issue)
	case step.Kind == calendar.Hold:
		return refuse(step.Reason.Code, "%v", step.Reason)
	case step.Issue < len(s.Sendable) && !s.Sendable[step.Issue]:
		return refuse(calendar.CodeReview, "issue %s waits for approval", next.ID)
	case step.Kind == calendar.Send:
		return nil
	case today < next.NotBefore:
		return refuse(step.Reason.Code, "issue %s is not sent before %v", next.ID, next.NotBefore)
	case s.Campaign.Quiet.Contains(today):
		return refuse(step.Reason.Code, "nothing is sent today, %v: it is a quiet date of the campaign", today)
	default:
		return refuse(step.Reason.Code, "issue %s cannot leave now: %v", next.ID, step.Reason)
	}
}
