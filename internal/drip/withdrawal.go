package drip

import (
	"time"

	"partwork/internal/mailaddr"
)

// Withdrawal is that somebody must not be mailed any more, told without the person:
// it is kept outside the database, so that no older copy of it forgets them.
type Withdrawal struct {
	// Hash is the keyed hash of the address.
	Hash mailaddr.Hash
	At   time.Time // calendar
	// Suppressed is the reason if the address was suppressed; empty if a series was
	// left.
	Suppressed SuppressionReason
	// Lifted says the opposite: the suppression for that reason, made no later than At,
	// was taken back by the person who had asked for it, or lifted by an operator. An
	// erasure never is.
	Lifted bool
	// Campaign is the key of the series that was left, or that the suppression is for;
	// empty if that is for everything. Left says who wanted to leave.
	Campaign string
	Left     LeaveReason
}
