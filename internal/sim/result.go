package sim

import "time"

// traceLines is how many lines of the journal a violation comes with.
const traceLines = 40

// Violation is a rule that was broken in a history.
type Violation struct {
	Seed uint64 `json:"seed"`
	// Rule names what was broken, What says how.
	Rule string `json:"rule"`
	What string `json:"what"`
	// At is the calendar of the world.
	At time.Time `json:"at"`
	// Reader is the number of the reader concerned; 0 if none.
	Reader int `json:"reader"`
	// Trace is the end of the journal, as far as it concerns the reader.
	Trace []string `json:"trace,omitempty"`
}

// Result is what one history came to.
type Result struct {
	Seed uint64
	// Days is how many days of trouble there were, Lived how long the history was
	// with the days in which it came to rest.
	Days  int
	Lived time.Duration
	// Sent counts the issues that the relay accepted, Confirmations the mails that
	// ask to confirm.
	Sent, Confirmations int
	// Duplicates counts issues that were accepted more often than somebody asked
	// for, Lost those that somebody should have had and never got.
	Duplicates, Lost int
	// Unknown counts deliveries of which nobody knows whether they arrived.
	Unknown int
	// Crashes counts processes that were killed, PowerLosses failures of the power.
	Crashes, PowerLosses int
	// Restores counts copies of the database that were put back.
	Restores int
	// Undone counts series that went on because somebody took a leaving back.
	Undone int
	// PassedOver counts issues that readers did not get because they are for others.
	PassedOver int
	// Edits counts changes of files, Transitions the changes of readers' clocks.
	Edits, Transitions int
	// Readers counts people, Steps events.
	Readers, Steps int
	// Hash is the same for two histories that are the same.
	Hash string
	// Violations are the rules that were broken, the first five.
	Violations []Violation
}
