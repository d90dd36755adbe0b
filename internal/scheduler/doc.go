// Package scheduler decides what is due and claims it.
//
// It is a state machine without goroutines, I/O or clock: Step takes an event
// and returns the effects to carry out. What is due is a column in the
// database; timers and kicks only make it look sooner. Every decision is made
// by the pure functions of package calendar, on the row as it is now, and is
// committed only if the row has not changed since.
package scheduler
