package calendar

import (
	"time"

	"partwork/internal/timing"
)

// Kind says what to do next with an enrollment.
type Kind string

// The kinds of step.
const (
	// Send claims the delivery of Issue for Slot; it must be marked by SendBy.
	Send Kind = "send"
	// Wait does nothing until At. The delivery will be for Slot; an open one
	// that was planned for another slot moves there.
	Wait Kind = "wait"
	// Hold does nothing until the files or the enrollment change.
	Hold Kind = "hold"
	// Skip passes Issue over for good; Reason.Code is its [drip.DeliveryReason]. What
	// follows takes its slot, if it can.
	Skip Kind = "skip"
	// Refuse gives the open delivery of Issue up; Reason.Code is its
	// [drip.DeliveryReason].
	Refuse Kind = "refuse"
	// Finish says that there is nothing more to send.
	Finish Kind = "finish"
)

// Step is what [Plan] decided. After Skip and Refuse the series goes on: plan
// again.
type Step struct {
	Kind Kind
	// Issue is a position in the campaign's Issues; -1 with Finish, and where
	// the issue of the open delivery was removed from the files.
	Issue int
	// Slot is what the delivery is planned for. It is zero with Skip and
	// Finish, and mostly with Hold.
	Slot timing.Slot
	// SendBy is the last instant, with Send, at which it may be marked.
	SendBy time.Time
	// At is, with Wait, when to plan again.
	At time.Time
	// Moves is the number of slots by which the open delivery was moved, this
	// step included.
	Moves int
	// Then hints, with Send, at when the following issue could be due, should
	// this one be accepted now; zero if it was the last. Drafts do not count.
	Then time.Time
	// Reason explains the step.
	Reason Reason
}
