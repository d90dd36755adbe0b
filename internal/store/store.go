// Package store is the contract between Partwork and its database: roles of at
// most nine methods each, and their laws. Package storetest is the exam that
// every implementation must pass; packages sqlite and postgres implement it.
//
// Laws that hold for every method:
//
//   - One call is one transaction: all of it happens, or nothing.
//   - Time is an argument. Calendar time says when issues are due, machine time
//     rules leases and retries; SQL asks for neither. Instants are stored as
//     whole milliseconds since 1970 in UTC; the zero time is stored as NULL.
//   - A method that is asked for one thing that does not exist returns an error
//     that wraps drip.ErrNotFound, never a zero value with a nil error.
//   - Applying a command twice has the effect of applying it once.
//   - No business rule lives here: what is written was decided by the caller,
//     except for the re-checks at the mark, which only the database can make.
package store

import "io"

// Store is everything a database must do. Use-cases take the roles they need.
type Store interface {
	Catalog
	People
	Segments
	Imports
	Tags
	Batches
	Audit
	Enrollments
	Readers
	Archives
	Departures
	Notices
	Dossiers
	Suppressions
	SignUps
	Planning
	Sending
	Reports
	Courses
	Fencing
	Withdrawals
	io.Closer
}
