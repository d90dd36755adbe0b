package outbox

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Now is the pair of clocks. Every event carries it.
type Now struct {
	// Calendar is when issues are due; Machine rules leases, retries and rates.
	Calendar, Machine time.Time
}

// Event is something that happened outside.
type Event interface{ event() }

type (
	// Wake says that time has passed or that there may be new claims.
	Wake struct{}
	// Loaded answers Load. Err means that nothing was read.
	Loaded struct {
		Items  []store.Claimed
		Cursor store.Cursor
		Err    error
	}
	// Dialed answers Dial. Failure is nil when the connection is ready.
	Dialed struct {
		Conn    int
		Failure *Failure
		// Pipelining says that an offer may ride on the final dot of the message
		// before it.
		Pipelining bool
	}
	// Offered answers Offer, and Transfer as to its Next: the message was composed
	// and its recipient accepted (Failure is nil), or not.
	Offered struct {
		Conn int
		// Merge are the merge values to pin with the mark.
		Merge string
		// Takes is how long its transfer may take at most; 0 for no more than
		// Config.MarkLease allows for.
		Takes   time.Duration
		Failure *Failure
	}
	// Transferred answers Transfer: the relay's reply, or its silence.
	Transferred struct {
		Conn  int
		Reply drip.Reply
		Class drip.Class
		// Usable says that the connection is still in step. It does not count if an
		// offer rode: its answer says the same.
		Usable bool
		// Next is the answer to the offer that rode, if it has come already: so both
		// get into one group commit. If it is nil, Offered follows for what rode.
		Next *Offered
	}
	// Withdrawn answers Withdraw.
	Withdrawn struct {
		Conn   int
		Usable bool
	}
	// Committed answers Commit. Err means that the round may not have happened.
	Committed struct {
		Result store.RoundResult
		Err    error
	}
	// Counted answers CountDay. Err means that nothing is known.
	Counted struct {
		Relay  int
		Day    timing.Date
		Marked int
		Err    error
	}
	// Stop asks for a graceful stop: what is marked is finished, what is not is
	// given back.
	Stop struct{}
)

func (Wake) event()        {}
func (Loaded) event()      {}
func (Dialed) event()      {}
func (Offered) event()     {}
func (Transferred) event() {}
func (Withdrawn) event()   {}
func (Committed) event()   {}
func (Counted) event()     {}
func (Stop) event()        {}

// Failure is why a dial or an offer did not succeed.
type Failure struct {
	Reply drip.Reply
	Class drip.Class
	// Usable says that the connection is still in step.
	Usable bool
	// Uncomposed says that the message could not be composed; the relay saw
	// nothing of it.
	Uncomposed bool
	// Unsaid says that the relay was not asked, or was gone before it could answer,
	// for a reason that lies with the message before. Reply and Class do not count.
	Unsaid bool
}
