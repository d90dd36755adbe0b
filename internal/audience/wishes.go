package audience

import (
	"context"
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Paces returns what a reader can choose from: every slot, every second, every
// fourth.
func Paces() []int { return []int{1, 2, 4} }

// PauseUntil has a reader get nothing of a series before a date, which begins at
// midnight on their clock. It must lie ahead, by a year at most. The error is
// drip.ErrNotFound or a Refusal.
func (a *Audience) PauseUntil(ctx context.Context, id drip.EnrollmentID, date timing.Date) (drip.Enrollment, error) {
	loc, err := a.zone(ctx, id)
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("pause enrollment %d: %w", id, err)
	}
	now := a.now()
	if first, last := pauseEnds(now, loc); date < first || date > last {
		return drip.Enrollment{}, refuse("", "a pause ends on a date after today, %v, and on %v at the latest; this one would end on %v", first.AddDays(-1), last, date)
	}
	return granted(a.stores.PauseUntil(ctx, id, date.Start(loc), now))
}

// pauseEnds returns the first and the last date on which a pause may end.
func pauseEnds(now time.Time, loc *time.Location) (first, last timing.Date) {
	local := now.In(loc)
	return timing.DateAt(local).AddDays(1), timing.DateAt(local.AddDate(1, 0, 0))
}

// Resume ends a pause; the series goes on at the next slot. Who does not pause
// is left alone. The error is drip.ErrNotFound or a Refusal.
func (a *Audience) Resume(ctx context.Context, id drip.EnrollmentID) (drip.Enrollment, error) {
	now := a.now()
	return granted(a.stores.PauseUntil(ctx, id, now, now))
}

// SetPace has a reader get an issue at every slot, every second or every fourth.
// The error is drip.ErrNotFound or a Refusal.
func (a *Audience) SetPace(ctx context.Context, id drip.EnrollmentID, pace int) (drip.Enrollment, error) {
	if !slices.Contains(Paces(), pace) {
		return drip.Enrollment{}, refuse("", "a pace is 1 (every slot), 2 (every second) or 4 (every fourth); this one is %d", pace)
	}
	return granted(a.stores.SetPace(ctx, id, pace, a.now()))
}

// Move gives a person another time zone, an IANA name; all their series are
// planned again on the new clock. A zone that does not exist is an error that
// says so; an unknown person is drip.ErrNotFound.
func (a *Audience) Move(ctx context.Context, who Who, zone string) (drip.Subscriber, error) {
	person, err := a.find(ctx, who)
	if err != nil {
		return drip.Subscriber{}, err
	}
	if _, err := a.zones.Load(zone); err != nil {
		return drip.Subscriber{}, err
	}
	return a.stores.SetTimezone(ctx, person.ID, zone, a.now())
}

// StartOver begins a series anew for a reader who is in it or through: the first
// issue comes at the next slot, no nearer to the last one they had than issues
// are apart. It returns the enrollment that begins. The error is drip.ErrNotFound
// or a Refusal.
func (a *Audience) StartOver(ctx context.Context, id drip.EnrollmentID) (drip.Enrollment, error) {
	return granted(a.stores.StartOver(ctx, id, a.now()))
}
