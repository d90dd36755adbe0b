// Package outbox turns claims into attempts and attempts into outcomes.
//
// It is a state machine without goroutines, I/O or clock: Step takes an event
// and returns the effects to carry out; whoever carries them out reports back
// with further events. An attempt goes
//
//	claim → Offer (MAIL, RCPT) → mark, in a group commit → Transfer (DATA) → outcome, in the next group commit
//
// so that a message is marked durably before its first byte is sent, and at
// most one marked message is in flight per connection.
package outbox
