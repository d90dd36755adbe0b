package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Readers keeps what readers wish about their own series. Laws of all of it:
//
//   - A wish that changes nothing writes nothing.
//   - A change is planned again at once: an active enrollment's revision grows,
//     its hint becomes now, and it is not held any more. What was claimed by a
//     plan that does not hold any more goes back to planned, so that no mark
//     against the new wish commits after the call returned; a transaction that
//     was marked before may finish.
//   - An enrollment that is pending or left is kept as it is. The enrollment
//     after the call is returned either way.
type Readers interface {
	// PauseUntil has the reader get nothing before until. A time that is not
	// after now ends a pause that has not ended yet: the floor becomes now.
	PauseUntil(ctx context.Context, id drip.EnrollmentID, until, now time.Time) (drip.Enrollment, error)
	// SetPace counts slots: 1 is every slot, 2 every second. It must be
	// positive. The floor becomes now, unless the reader joined by confirming and
	// nothing was decided about an issue yet: the first leaves at once, or as
	// soon as it can.
	SetPace(ctx context.Context, id drip.EnrollmentID, pace int, now time.Time) (drip.Enrollment, error)
	// SendNext notes that the reader asks at now for the next issue of an active
	// enrollment. Claims stand: what is about to leave is what they ask for.
	SendNext(ctx context.Context, id drip.EnrollmentID, now time.Time) (drip.Enrollment, error)
	// SetTimezone gives a person another zone, an IANA name or empty, and notes that they
	// chose it themselves. The floor
	// of their active and finished enrollments becomes now, with the exception
	// that SetPace makes.
	SetTimezone(ctx context.Context, id drip.SubscriberID, zone string, now time.Time) (drip.Subscriber, error)
	// StartOver ends an active or finished enrollment (drip.LeftToRestart) as
	// Leave does, and opens an active one of the same consent, pace and pause
	// that follows it and has had nothing: it starts at a slot, with now as
	// JoinedAt and Floor. Done again, it returns the enrollment that was opened.
	StartOver(ctx context.Context, id drip.EnrollmentID, now time.Time) (drip.Enrollment, error)
	// Resumable returns what somebody who comes back to a campaign can go on
	// from: their latest enrollment there that was left after an issue was
	// accepted, or may have been. It returns drip.ErrNotFound if there is none.
	Resumable(ctx context.Context, id drip.SubscriberID, campaign drip.CampaignNo) (Resumable, error)
	// Halted reports whether a campaign sends to nobody: it was paused and not resumed, or
	// stopped. It returns drip.ErrNotFound if there is no such campaign.
	Halted(ctx context.Context, campaign drip.CampaignNo) (bool, error)
}

// Resumable is a part in a campaign that ended.
type Resumable struct {
	Enrollment drip.EnrollmentID
	// Had are the issues that an enrollment which continues this one has had.
	Had []drip.IssueNo
	// Last sums up what was sent along the whole line, as in Due.
	Last Last
}

// Confirmation is what a person says when they confirm.
type Confirmation struct {
	Consent drip.Consent
	// Continue is the enrollment of theirs in the same campaign from which they
	// want to go on; zero begins the series.
	Continue drip.EnrollmentID
}
