package store

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Sending is the outbox's view of the ledger.
type Sending interface {
	// Claims returns deliveries claimed by the owner, in the order in which
	// they were claimed, starting after the cursor of an earlier call.
	Claims(ctx context.Context, owner int64, after Cursor, limit int) ([]Claimed, Cursor, error)
	// CommitRound is the group commit: first the outcomes, then the marks. It
	// is durable when it returns (it survives a power failure).
	//
	// A mark moves its delivery from claimed to sending, only if the attempt is
	// still the expected one, its SendBy has not passed, the enrollment is
	// active (for the confirmation: pending) and not paused, the person is not
	// suppressed, the campaign is neither paused nor stopped, the database is not
	// held (Fencing.Hold), and the person's day is not full (Mark.DailyLimit). A mark that
	// is refused never fails the others; its delivery, if still claimed, goes
	// back to planned and is due for planning at Round.Calendar.
	//
	// An outcome applies only if its attempt is still the expected one and the
	// delivery is sending, or unknown (a late reply), or, for outcomes of
	// messages that were never marked (refused, deferred, planned), claimed.
	// When a delivery becomes done and its enrollment has no hint, the hint
	// becomes Round.Calendar; when it becomes planned, it is due for planning at
	// Round.Calendar. Either way no decision made before, which names the attempt
	// that is over, applies any more, so that none can clear the hint again.
	//
	// An outcome that would have a delivery tried again (deferred, planned)
	// skips it instead if the reader left meanwhile, or confirmed what the
	// message asks to confirm. It does not apply to an unknown delivery once
	// the series went on, because going back would be out of order; otherwise
	// an enrollment that was finished becomes active again.
	CommitRound(ctx context.Context, round Round) (RoundResult, error)
	// Release gives claims that were not marked back: planned again and due for
	// planning at calendar. Fences that no longer hold are ignored.
	Release(ctx context.Context, fences []Fence, calendar time.Time) error
	// RelayDay returns how many marks were made for a relay (Mark.Relay) on a day
	// (Mark.Day), by whichever process.
	RelayDay(ctx context.Context, relay string, day timing.Date) (int, error)
}

// Cursor is a place in the sequence of an owner's claims. The zero value is the
// beginning.
type Cursor struct {
	Lease      int64 // milliseconds
	Enrollment drip.EnrollmentID
}

// Claimed is a claimed delivery with what is needed to compose its message.
type Claimed struct {
	Delivery   drip.Delivery
	Subscriber drip.Subscriber
	Campaign   drip.CampaignNo
	Enrollment drip.Enrollment
	// Tries counts the transactions that came to nothing so far. Unlike
	// Delivery.Attempt it does not count claims that never reached a relay, and
	// not those that were throttled: being asked too much is no fault of a message.
	Tries int
}

// Fence names an attempt at a delivery.
type Fence struct {
	drip.DeliveryKey
	Attempt int
}

// Mark asks for the durable mark before DATA.
type Mark struct {
	Fence
	// Lease is the machine time until which the process answers for the row;
	// longer than the time-out of the final dot.
	Lease time.Time
	// LocalDate is the reader's date now.
	LocalDate timing.Date
	// DailyLimit, if not zero, has the mark refused when that many issues of any
	// campaign were marked for the person on LocalDate and not refused or
	// deferred since.
	DailyLimit int
	// Relay, if not empty, has the mark counted for that relay on Day, in the same
	// transaction, if it is made.
	Relay string
	Day   timing.Date
	// Merge is the text of the date and merge values to pin, or empty for none. It
	// is ignored if an earlier mark pinned some.
	Merge string
}

// Outcome is how an attempt ended.
type Outcome struct {
	Fence
	// Class is what the reply means. Empty means that there was none: a claim is put
	// aside (deferred), or a person or a policy decided about an unknown delivery. No
	// attempt is kept then.
	Class drip.Class
	Reply drip.Reply
	// State is what the delivery becomes: sent, refused, deferred, unknown, or
	// planned (released, to be planned again). Any other state is an error.
	State drip.DeliveryState
	// Reason says why it was refused; drip.ReasonMessage if empty.
	Reason drip.DeliveryReason
	// RetryAt is the machine time of the next attempt; only with deferred.
	// Zero means Round.Machine.
	RetryAt time.Time
	// SentAt is the calendar instant of the acceptance; only with sent. Zero
	// means Round.Calendar.
	SentAt time.Time
	// Suppress, if not empty, suppresses the recipient in the same transaction,
	// as Suppressions.Suppress does, provided that the outcome applies.
	Suppress drip.SuppressionReason
}

// Round is a group commit.
type Round struct {
	Calendar, Machine time.Time
	Outcomes          []Outcome
	Marks             []Mark
}

// RoundResult answers a Round.
type RoundResult struct {
	// Marked tells for each mark, in order, whether it was made.
	Marked []bool
	// Settled tells for each outcome, in order, whether it applied.
	Settled []bool
}
