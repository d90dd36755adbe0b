package drip

import (
	"time"

	"partwork/internal/timing"
)

// DeliveryState is where a delivery stands. See docs/STATES.md.
type DeliveryState string

// The states of a delivery.
const (
	// DeliveryPlanned waits for its slot; nobody works on it.
	DeliveryPlanned DeliveryState = "planned"
	// DeliveryClaimed belongs to one process until its lease ends; nothing has
	// been submitted, so a lapsed claim is simply claimed again.
	DeliveryClaimed DeliveryState = "claimed"
	// DeliverySending was marked before DATA; from here on a message may have
	// been accepted.
	DeliverySending DeliveryState = "sending"
	// DeliverySent was accepted by the relay (a 2yz reply to the final dot).
	DeliverySent DeliveryState = "sent"
	// DeliveryDeferred waits for its next attempt after a temporary failure.
	DeliveryDeferred DeliveryState = "deferred"
	// DeliveryRefused will not be sent; Reason says why.
	DeliveryRefused DeliveryState = "refused"
	// DeliverySkipped was passed over on purpose; Reason says why.
	DeliverySkipped DeliveryState = "skipped"
	// DeliveryUnknown got no reply to the final dot (RFC 1047): the message may
	// or may not have arrived, and is held for a person to decide.
	DeliveryUnknown DeliveryState = "unknown"
)

// DeliveryStates lists every state.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{
		DeliveryPlanned, DeliveryClaimed, DeliverySending, DeliverySent,
		DeliveryDeferred, DeliveryRefused, DeliverySkipped, DeliveryUnknown,
	}
}

// Done reports whether the series goes on after a delivery in this state.
func (s DeliveryState) Done() bool {
	switch s {
	case DeliverySent, DeliveryRefused, DeliverySkipped, DeliveryUnknown:
		return true
	default:
		return false
	}
}

// DeliveryReason explains a refused or skipped delivery.
type DeliveryReason string

// The reasons.
const (
	ReasonNone       DeliveryReason = ""
	ReasonLeft       DeliveryReason = "left"       // skipped: the reader left
	ReasonSuppressed DeliveryReason = "suppressed" // skipped: the address is suppressed
	ReasonBehind     DeliveryReason = "behind"     // skipped: inserted behind the reader, or had before a restore
	ReasonRemoved    DeliveryReason = "removed"    // skipped: the issue is no longer in the files
	ReasonRecipient  DeliveryReason = "recipient"  // refused: the relay knows no such recipient
	ReasonMessage    DeliveryReason = "message"    // refused: the relay does not take this message
	ReasonGaveUp     DeliveryReason = "gave-up"    // refused: too many slots went by
	// ReasonNotForThem: skipped, because the issue's only_if did not select the reader
	// when it was due.
	ReasonNotForThem DeliveryReason = "not-for-them"
)

// DeliveryKey names a delivery: one issue to one enrollment.
type DeliveryKey struct {
	Enrollment EnrollmentID
	Issue      IssueNo
}

// ContentID is the store's number of a pinned version of an issue.
type ContentID int64

// Delivery is a row of the ledger.
type Delivery struct {
	DeliveryKey
	State  DeliveryState
	Reason DeliveryReason
	// Slot is what the delivery was planned for.
	Slot timing.Slot
	// Moves counts how many slots it has been moved by.
	Moves int
	// SendBy is the calendar instant after which it must not be marked.
	SendBy time.Time
	// Attempt counts claims; it fences late replies.
	Attempt int
	// WakeAt is machine time: the end of the lease while claimed or sending,
	// the next attempt while deferred; zero otherwise.
	WakeAt time.Time
	// Content is the pinned version; zero before the first claim.
	Content ContentID
	// Merge is the text of what the first mark pinned: the message's date and merge
	// values.
	Merge string
	// MarkedAt is the calendar instant of the first mark (the message's Date);
	// LocalDate is the reader's date at the latest mark.
	MarkedAt  time.Time
	LocalDate timing.Date
	// SentAt is the calendar instant of the acceptance.
	SentAt time.Time
	// Reply is the relay's last word, without addresses; or why it is as it is, if a
	// person decided that.
	Reply string
}
