package calendar

import (
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

const (
	// mostTurns bounds a rehearsal. A reader's whole life in a series of a
	// hundred issues takes a few hundred turns.
	mostTurns = 20_000
	// RetryEvery is how often a rehearsal offers a delivery again that the relay
	// did not take. The real sender begins sooner and waits longer each time.
	RetryEvery = time.Hour
)

// Script is what is rehearsed: one reader, one campaign, and what happens to
// them.
type Script struct {
	Campaign *drip.Campaign
	// Reader is the passage as it is at JoinedAt. Nothing was sent yet: Had,
	// Last and Open are not looked at.
	Reader Passage
	// Events happen in the order of their instants; those of one instant as they
	// stand. What happens before JoinedAt happens then.
	Events []Event
	// Down are the times in which the server is off. It looks again when they end.
	Down []Span
	// Deaf are the times in which the relay takes nothing. It is asked again after
	// RetryEvery.
	Deaf []Span
}

// Span is the time from one instant up to another.
type Span struct{ From, To time.Time }

// Event is a change at an instant.
type Event struct {
	At time.Time
	Do Change
}

// Mailing is an issue that left, or that was passed over.
type Mailing struct {
	// Issue is the issue's id.
	Issue string
	At    time.Time
	// Local is what the reader's clock showed at that instant.
	Local timing.Wall
	// Reason says why then, or why not.
	Reason Reason
}

// Rehearsal is what came of a script.
type Rehearsal struct {
	// Sent are the issues that left, in that order.
	Sent []Mailing
	// Passed are those that the reader will not get: given up, or behind them.
	Passed []Mailing
	// End says in words why nothing more leaves.
	End string
}

// Rehearse lives a script to its end, with a clock that jumps from one thing that
// happens to the next. Like sending it decides nothing itself: it asks [Plan] what
// to do, keeps the ledger, and asks again. Every issue counts as approved. It
// changes nothing of what it is given. An error is an event that makes no sense,
// or a script without end.
func Rehearse(script Script) (Rehearsal, error) {
	campaign := *script.Campaign
	campaign.Issues = slices.Clone(campaign.Issues)
	s := &Stage{
		script: script, campaign: campaign, reader: script.Reader, now: script.Reader.JoinedAt,
		events: slices.Clone(script.Events), had: map[string]bool{},
	}
	slices.SortStableFunc(s.events, func(a, b Event) int { return a.At.Compare(b.At) })
	for range mostTurns {
		on, err := s.turn()
		if err != nil || !on {
			return s.rehearsal, err
		}
	}
	return s.rehearsal, fmt.Errorf("the rehearsal has no end: after %d turns it is %s, and %d issues left",
		mostTurns, s.now.In(s.reader.Zone).Format("2006-01-02 15:04"), len(s.rehearsal.Sent))
}
