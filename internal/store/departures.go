package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Departures keeps what readers do after they left.
type Departures interface {
	// Undo takes a reader's leaving back. What was ended goes on in an enrollment
	// that continues it, with the pace and the pause it had, at a slot after
	// Return.Now, and with a consent of its own: as somebody comes back who confirms.
	// The enrollments that are open for it after the call are returned; done again,
	// the same. It returns drip.ErrNotFound if there is nothing to take back: the
	// leaving is not that of Return.LeftAt, the person never was in the series, or
	// has begun or left it again since; the campaign was stopped; or the address is
	// suppressed, for everything or that campaign, unless Return.Everything lifts just that.
	Undo(ctx context.Context, back Return) ([]drip.Enrollment, error)
	// NoteWhy stores why an enrollment was left that its reader left; a later word
	// takes the place of an earlier one. Any other enrollment is kept as it is.
	NoteWhy(ctx context.Context, id drip.EnrollmentID, why drip.LeaveWhy) error
	// Why returns the word; empty if there is none.
	Why(ctx context.Context, id drip.EnrollmentID) (drip.LeaveWhy, error)
	// Whys counts the readers of a campaign who left it and said why, by word and by
	// the last issue that they were sent; zero is before the first.
	Whys(ctx context.Context, campaign drip.CampaignNo) ([]WhyCount, error)
}

// Return asks for a leaving to be taken back.
type Return struct {
	// Enrollment is the one that was left, or, with Everything, any of the person's.
	Enrollment drip.EnrollmentID
	// LeftAt is the very date of the leaving, or of the suppression: another one is
	// not taken back.
	LeftAt time.Time // calendar
	// Everything lifts the suppression by the reader (drip.SuppressedByReader) of that
	// date, which is that of the address and of those they had before, and takes back
	// the leaving of every series that it ended.
	Everything bool
	// Consent is what the reader says by it.
	Consent drip.Consent
	Now     time.Time // calendar
}

// WhyCount is how many left after an issue for a reason.
type WhyCount struct {
	Issue   drip.IssueNo
	Why     drip.LeaveWhy
	Readers int
}
