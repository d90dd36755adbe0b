package store

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// Planning is the scheduler's view of the ledger.
type Planning interface {
	// Due returns enrollments that need a decision, the longest waiting first:
	// those whose hint is at or before Calendar, and those with an open
	// delivery (claimed, sending, deferred) whose wake time is at or before
	// Machine. Its cost grows with what is due, not with who is enrolled.
	Due(ctx context.Context, query DueQuery) ([]Due, error)
	// History returns what Due would for one enrollment, due or not.
	History(ctx context.Context, id drip.EnrollmentID) (Due, error)
	// CommitPlan applies decisions. A decision whose enrollment's revision, or
	// whose open delivery's attempt, is no longer the expected one is dropped
	// without failing the others, and so is a second one about an enrollment, unless
	// both are skips: those are applied in their order, as if nothing were open any
	// more after what was open was skipped. So is one whose premise does not hold, by
	// what the same transaction sees. The number of claims made is returned.
	CommitPlan(ctx context.Context, plan PlanCommit) (claimed int, err error)
	// Upcoming returns the earliest hint and the earliest wake time; zero where
	// there is none.
	Upcoming(ctx context.Context) (Upcoming, error)
	// Backlog counts the claims of an owner that are not marked yet and whose
	// lease holds at machine (a lapsed one is no work in hand any more), at most
	// limit.
	Backlog(ctx context.Context, owner int64, machine time.Time, limit int) (int, error)
}

// DueQuery asks for what is due.
type DueQuery struct {
	Calendar, Machine time.Time
	Limit             int
	// Others asks for what else the persons get: Due.Others and Due.Dates.
	Others bool
	// Who are the campaigns whose readers are to be known: Due.Who. What they were sent
	// is left out unless Sent is set.
	Who  []drip.CampaignNo
	Sent bool
}

// Due is an enrollment that needs a decision, with all that the decision needs.
type Due struct {
	Enrollment drip.Enrollment
	// Timezone is the subscriber's own, possibly empty.
	Timezone   string
	Suppressed bool
	// Had are the issues whose delivery is done, the confirmation aside. If the
	// enrollment continues another, what was had there counts as well, apart
	// from what was skipped only because the reader was out; and so on along
	// the line of enrollments that continue each other.
	Had []drip.IssueNo
	// Last sums up the deliveries that are done, the confirmation aside: those
	// of the enrollment, and of all the earlier ones that it follows.
	Last Last
	// Open is the delivery that is not done, if there is one.
	Open *drip.Delivery
	// Confirmation is the state of the confirmation's delivery; empty if none.
	Confirmation drip.DeliveryState
	// Others are the person's other active enrollments, by number.
	Others []Other
	// Since is that of the enrollment itself; see Other.
	Since time.Time
	// Dates are the local dates of the latest days on which the person was sent
	// an issue of any campaign, or may have been; one element for each issue.
	Dates []timing.Date
	// Who is what is known of the person, if the query asked for it; otherwise nil. See
	// [Acquaint].
	Who *segment.Facts
}

// Other is what another enrollment of the same person is up to.
type Other struct {
	Enrollment drip.EnrollmentID
	Campaign   drip.CampaignNo
	// Waits tells that it may be about to send: it is due for planning, or
	// claimed.
	Waits bool
	// Since is its latest acceptance, the confirmation's included, or the
	// joining if nothing was accepted.
	Since time.Time
}

// Last sums up an enrollment's finished deliveries. The zero value means that
// there is none.
type Last struct {
	// Slot is the latest slot's wall time. HasSlot is false if none had a slot.
	Slot    timing.Wall
	HasSlot bool
	// AcceptedAt is the latest acceptance, or possible acceptance.
	AcceptedAt time.Time
	// Issue is that delivery's issue; zero if none was accepted.
	Issue drip.IssueNo
	// Earlier tells that all of those with a slot are of enrollments that this
	// one follows but does not continue, as after StartOver.
	Earlier bool
}

// Upcoming says when there will be something to do.
type Upcoming struct {
	Calendar time.Time // earliest hint
	Machine  time.Time // earliest end of a lease or retry
}

// DecisionKind says what to do with an enrollment.
type DecisionKind string

// The kinds of decision.
const (
	// DecideClaim claims the delivery of Issue for PlanCommit.Owner until Lease,
	// inserting its row if there is none, raising Attempt by one, pinning
	// Content if none was pinned by a mark, and sets the hint to NextAt. The
	// enrollment's revision grows. It is
	// dropped if the delivery is done or was marked, if its lease or retry has
	// not come at PlanCommit.Machine, or if another delivery is open.
	DecideClaim DecisionKind = "claim"
	// DecideRest sets the hint to NextAt (zero clears it) and touches no
	// delivery. An active enrollment that this, or
	// DecideWait, leaves without a hint and without a delivery in flight is
	// held: not lost, but waiting for a verb, an approval or an edit.
	DecideRest DecisionKind = "rest"
	// DecideWait sets the hint to NextAt (zero clears it). An open delivery, if
	// there is one, becomes planned for Slot (zero keeps the slot) with Moves,
	// unless it was marked meanwhile.
	DecideWait DecisionKind = "wait"
	// DecideSkip makes the delivery of Issue skipped for Reason, inserting it if
	// there is none, and sets the hint to NextAt. A delivery that is done stays
	// as it is; a delivery that was marked meanwhile has the decision dropped.
	DecideSkip DecisionKind = "skip"
	// DecideRefuse is DecideSkip with refused.
	DecideRefuse DecisionKind = "refuse"
	// DecideFinish makes the enrollment finished at PlanCommit.Calendar. An open
	// delivery becomes skipped (drip.ReasonRemoved); if it was marked meanwhile,
	// the decision is dropped.
	DecideFinish DecisionKind = "finish"
	// DecideUnknown makes a sending delivery whose lease ended unknown, and
	// keeps an attempt. The hint stays, or becomes PlanCommit.Calendar if there
	// was none.
	DecideUnknown DecisionKind = "unknown"
)

// Decision is what the scheduler decided about one enrollment.
type Decision struct {
	Kind       DecisionKind
	Enrollment drip.EnrollmentID
	Revision   int64 // the revision the decision was based on
	// Attempt is that of the open delivery the decision was based on; 0 if
	// there was none.
	Attempt int
	Issue   drip.IssueNo
	Slot    timing.Slot
	Moves   int
	SendBy  time.Time // calendar
	Content drip.ContentID
	Lease   time.Time // machine; grows strictly from one PlanCommit to the next
	NextAt  time.Time // calendar
	Reason  drip.DeliveryReason
	// Premise is what was taken for granted about the person; nil if nothing was.
	Premise *Premise
	// Note says more than the reason of a skip, for people; it takes the place of the
	// delivery's reply unless it is empty.
	Note string
}

// PlanCommit is one round of decisions.
type PlanCommit struct {
	Owner             int64
	Calendar, Machine time.Time
	Decisions         []Decision
}
