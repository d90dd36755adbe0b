package scheduler

import (
	"time"

	"partwork/internal/store"
)

// Event is something that happened outside.
type Event interface{ event() }

type (
	// Wake says that it may be time to look.
	Wake struct{}
	// Loaded answers Load.
	Loaded struct {
		Due      []store.Due
		Backlog  int
		Records  []store.CampaignRecord
		Programs []Program
		Upcoming store.Upcoming
		Err      error
	}
	// Committed answers Commit.
	Committed struct {
		Claimed int
		Err     error
	}
)

func (Wake) event()      {}
func (Loaded) event()    {}
func (Committed) event() {}

// Effect is something to be done outside.
type Effect interface{ effect() }

type (
	// Load asks how many claims of the owner are not marked yet, then what is
	// due, then for the campaigns' records, then for the programs, and last what
	// comes next; answered by Loaded. The order matters: what changes before the
	// second question shows in the answers to the others, and what changes after
	// it raises revisions, so that decisions made without it are dropped. With a
	// full backlog the rest need not be asked.
	Load struct {
		Owner int64
		Query store.DueQuery
		// BacklogLimit is where counting claims may stop.
		BacklogLimit int
	}
	// Commit asks to commit decisions; answered by Committed.
	Commit struct{ Plan store.PlanCommit }
	// Claimed says that there are new claims to send.
	Claimed struct{ Count int }
	// Sleep says that there is nothing to do before the earlier of the two
	// instants, of which either may be zero for "never".
	Sleep struct {
		Calendar, Machine time.Time
	}
	// Trouble reports a failure of the store; the scheduler tries again.
	Trouble struct{ Err error }
)

func (Load) effect()    {}
func (Commit) effect()  {}
func (Claimed) effect() {}
func (Sleep) effect()   {}
func (Trouble) effect() {}
