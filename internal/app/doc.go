// Package app is the composition root: it builds the rooms, owns every
// goroutine, and carries out the effects that the scheduler and the outbox
// decide on.
package app
