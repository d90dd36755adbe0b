package store

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// Enrollments keeps passages through campaigns.
type Enrollments interface {
	// Enroll opens an enrollment. It returns drip.ErrSuppressed, drip.ErrKeptOut,
	// drip.ErrClosed or drip.ErrEnrolled (with the open enrollment) when it must not.
	Enroll(ctx context.Context, enroll NewEnrollment) (drip.Enrollment, error)
	// Enrollment returns one enrollment.
	Enrollment(ctx context.Context, id drip.EnrollmentID) (drip.Enrollment, error)
	// EnrollmentsOf returns a person's enrollments, oldest first.
	EnrollmentsOf(ctx context.Context, id drip.SubscriberID) ([]drip.Enrollment, error)
	// Invite asks for the confirmation mail of a pending enrollment. It is due
	// at now; asking again changes nothing.
	Invite(ctx context.Context, id drip.EnrollmentID, now time.Time) error
	// Confirm turns pending into active: JoinedAt and Floor become the consent's
	// date, the consent is stored, and the enrollment is due for planning. Start
	// becomes drip.StartOnJoin, for they are there now; but those who continue an
	// enrollment that they left go on at a slot, and what they had there counts
	// as had. drip.ErrNotFound is the error if there is no such enrollment of
	// theirs. A confirmation mail that has not been marked is skipped
	// (drip.ReasonBehind). Any other state is left as it is; the enrollment
	// after the call is returned either way.
	Confirm(ctx context.Context, id drip.EnrollmentID, yes Confirmation) (drip.Enrollment, error)
	// Leave ends the passage of a person through a campaign, whichever of their
	// enrollments there names it: links outlive the enrollment whose mails carry
	// them. The one that is open becomes left, and its unmarked deliveries become
	// skipped. After it returned, no mark of any of that person's enrollments in
	// that campaign commits until they are enrolled again. It returns the
	// enrollment that it ended. If none is open, nothing changes, and the named
	// one is returned with its first reason and date. LeftAt is now, or the
	// enrollment's latest mark if that is dated later.
	Leave(ctx context.Context, id drip.EnrollmentID, reason drip.LeaveReason, now time.Time) (drip.Enrollment, error)
}

// NewEnrollment asks for an enrollment.
type NewEnrollment struct {
	Subscriber drip.SubscriberID
	Campaign   drip.CampaignNo
	Start      drip.Start
	// Consent, if not zero, makes the enrollment active at once; otherwise it
	// is pending.
	Consent drip.ConsentID
	// Invite asks for the confirmation mail of a pending enrollment.
	Invite bool
	// Floor is the instant after which the first slot must lie; zero means Now.
	Floor time.Time
	Now   time.Time // calendar
}

// Suppressions keeps the addresses that must never be mailed, or never a campaign. An
// address may have one entry for everything, and one for each campaign; each is made and
// lifted by itself. Those for a campaign hold by its key, also before it is known, and
// under the new key if its files give it another one.
type Suppressions interface {
	// Suppress stores the hash and, for the subscriber with that address if
	// there is one, ends every open enrollment (drip.LeftSuppressed) and skips
	// their unmarked deliveries. The addresses that they had before are suppressed with it
	// if the reader wants it (drip.SuppressedByReader), but for one that another person has
	// now. After it returned, no mark for that address commits. For a campaign (Suppression.Campaign) all of this
	// is about that one, and other series go on. A hash that is suppressed already keeps its first reason, but
	// for the reader's own: that gives way to any other, so that whoever stopped everything and
	// then reported a mail as spam cannot take the former back (Undo).
	// The address may be zero when only the hash is known; then finding the
	// person may take a look at everybody.
	Suppress(ctx context.Context, suppression drip.Suppression, address mailaddr.Address) error
	// SuppressAll does the same for many hashes whose addresses are not known, in one
	// transaction and with one look at everybody, and returns how many were not suppressed yet.
	SuppressAll(ctx context.Context, list []drip.Suppression) (added int, err error)
	// Suppressed returns the entry of a hash for everything.
	Suppressed(ctx context.Context, hash mailaddr.Hash) (drip.Suppression, error)
	// SuppressedIn returns the entry that keeps a hash out of a campaign: that for
	// everything if there is one, or else that for the campaign.
	SuppressedIn(ctx context.Context, hash mailaddr.Hash, campaign drip.CampaignNo) (drip.Suppression, error)
	// SuppressionsOf lists all entries of a hash, that for everything first, and then by the
	// keys of campaigns; none is no error.
	SuppressionsOf(ctx context.Context, hash mailaddr.Hash) ([]drip.Suppression, error)
	// SuppressionsAfter lists entries in the order of their hashes, and those of one hash as
	// SuppressionsOf does, beyond one. The limit is 1000 if zero.
	SuppressionsAfter(ctx context.Context, after drip.Suppression, limit int) ([]drip.Suppression, error)
	// Lift removes the entry of an address for a campaign, by its key, or for everything if
	// that is empty, and returns what it was. All others of it stay. What ended by it stays
	// ended: its person comes back by their own confirmation only. An erasure is for good, and
	// gives drip.ErrConflict; an address that has no such entry gives drip.ErrNotFound.
	Lift(ctx context.Context, hash mailaddr.Hash, campaign string, address mailaddr.Address) (drip.Suppression, error)
}
