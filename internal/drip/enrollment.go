package drip

import "time"

// EnrollmentID is the store's number of an enrollment.
type EnrollmentID int64

// EnrollmentState is where an enrollment stands. See docs/STATES.md.
type EnrollmentState string

// The states of an enrollment. All but EnrollmentLeft are open, and a person
// has at most one open enrollment in a campaign.
const (
	// EnrollmentPending waits for the person's own confirmation.
	EnrollmentPending EnrollmentState = "pending"
	// EnrollmentActive receives issues.
	EnrollmentActive EnrollmentState = "active"
	// EnrollmentFinished has had every issue; an appended one may reopen it.
	EnrollmentFinished EnrollmentState = "finished"
	// EnrollmentLeft is over for good.
	EnrollmentLeft EnrollmentState = "left"
)

// EnrollmentStates lists every state, in the order of a life.
func EnrollmentStates() []EnrollmentState {
	return []EnrollmentState{EnrollmentPending, EnrollmentActive, EnrollmentFinished, EnrollmentLeft}
}

// LeaveReason says why an enrollment ended.
type LeaveReason string

// The reasons for leaving.
const (
	LeftByReader   LeaveReason = "reader"     // the person's own link
	LeftByAdmin    LeaveReason = "admin"      // unsubscribed by hand
	LeftByStop     LeaveReason = "stopped"    // the campaign was stopped
	LeftToRestart  LeaveReason = "restarted"  // another enrollment begins the series anew
	LeftSuppressed LeaveReason = "suppressed" // the address may not be mailed any more, or not this series
)

// Start says how an enrollment begins.
type Start string

// The two starts.
const (
	// StartOnJoin follows the campaign's first: rule from JoinedAt.
	StartOnJoin Start = "on-join"
	// StartAtSlot waits for a slot whatever first: says; imported people
	// always start so.
	StartAtSlot Start = "at-slot"
)

// Enrollment is one subscriber's passage through one campaign.
type Enrollment struct {
	ID         EnrollmentID
	Subscriber SubscriberID
	Campaign   CampaignNo
	State      EnrollmentState
	Start      Start
	// InvitedAt is when a confirmation mail was asked for; zero while none was.
	InvitedAt time.Time
	// JoinedAt is the confirmation, or the enrolling of people whose consent
	// was stated; zero while pending.
	JoinedAt time.Time
	// Floor is the instant after which the next slot must lie.
	Floor time.Time
	// PausedUntil is the instant until which the reader wants no mail; zero if
	// not paused.
	PausedUntil time.Time
	// AskedAt is when the reader asked to get the next issue now; zero if they
	// never did. What was accepted since has answered it.
	AskedAt time.Time
	// Follows is the earlier enrollment in the same campaign that this one goes
	// on from; zero if it stands alone. Its deliveries keep their distance from
	// those of this one; with Continues they also count as had here.
	Follows   EnrollmentID
	Continues bool
	// Pace counts slots: 1 every slot, 2 every second, 4 every fourth.
	Pace int
	// NextAt hints, in calendar time, when to plan this enrollment again; zero
	// means "not until something happens". It can be rebuilt from the rest.
	NextAt time.Time
	// FinishedAt and LeftAt date the end; zero while there was none. FinishedAt
	// stays when an edit reopens the enrollment.
	FinishedAt time.Time
	LeftAt     time.Time
	LeftReason LeaveReason
	ConsentID  ConsentID
	// Revision grows with every change that could alter a plan.
	Revision int64
}
