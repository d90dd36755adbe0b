// Package fence keeps what must not travel with a copy of the database: the lock
// that lets one process serve it, and, in the state folder, this instance's
// identity with its epoch and the journal of withdrawals. It knows files only; what
// follows from them is decided in package app. docs/FENCE.md says what it protects
// from, and from what it cannot.
package fence
