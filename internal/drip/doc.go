// Package drip is the domain: the words of the trade and nothing of the world.
//
// A campaign is a series of issues. A subscriber is a person; an enrollment is
// one subscriber's passage through one campaign; a delivery is one issue to one
// enrollment, at most one for ever. The package does no I/O and reads no clock:
// time enters as an argument, instants are UTC with millisecond resolution.
package drip
