package outbox

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Effect is something to be done outside.
type Effect interface{ effect() }

type (
	// Load asks for claims after the cursor; answered by Loaded.
	Load struct {
		After store.Cursor
		Limit int
	}
	// Dial asks for a connection; answered by Dialed.
	Dial struct{ Conn int }
	// Offer asks to compose the message and to open its transaction up to the
	// reply to RCPT; answered by Offered.
	Offer struct {
		Conn int
		Item store.Claimed
	}
	// Transfer asks to send the composed message; answered by Transferred. If Next
	// is not nil, it asks as well to compose Next's message and to let its offer,
	// up to RCPT, ride on the final dot (RFC 2920); that is answered by Offered,
	// with Transferred or after it. It is not nil only on a connection that was
	// dialed with Pipelining.
	Transfer struct {
		Conn int
		Next *store.Claimed
	}
	// Withdraw asks to end the opened transaction with RSET; answered by
	// Withdrawn.
	Withdraw struct{ Conn int }
	// Close asks to end the connection, politely if it is still in step. It is
	// not answered.
	Close struct {
		Conn   int
		Polite bool
	}
	// Commit asks for a group commit; answered by Committed.
	Commit struct{ Round store.Round }
	// Release gives unmarked claims back. It is not answered.
	Release struct {
		Fences   []store.Fence
		Calendar time.Time
	}
	// WakeAt asks for a Wake at that machine time at the latest.
	WakeAt struct{ At time.Time }
	// Planner asks to let the scheduler look again: there is room for claims,
	// or something was settled.
	Planner struct{}
	// CountDay asks how many marks were made for a relay on a day; answered by
	// Counted.
	CountDay struct {
		Relay int
		Name  string
		Day   timing.Date
	}
	// PauseCampaign asks to pause a campaign because too many of its messages are
	// refused. Reason says so in words, Reply is the last refusal.
	PauseCampaign struct {
		Campaign drip.CampaignNo
		Reply    drip.Reply
		Reason   string
	}
	// Health reports a change of a relay's health. Reply is the zero value
	// when it is well again.
	Health struct {
		Relay int
		Up    bool
		Until time.Time // machine time of the next try
		Reply drip.Reply
	}
	// Stopped says that a graceful stop is complete: no connection is open and
	// nothing is left sending.
	Stopped struct{}
)

func (Load) effect()          {}
func (Dial) effect()          {}
func (Offer) effect()         {}
func (Transfer) effect()      {}
func (Withdraw) effect()      {}
func (Close) effect()         {}
func (Commit) effect()        {}
func (Release) effect()       {}
func (WakeAt) effect()        {}
func (Planner) effect()       {}
func (CountDay) effect()      {}
func (PauseCampaign) effect() {}
func (Health) effect()        {}
func (Stopped) effect()       {}
