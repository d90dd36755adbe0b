package drip

import (
	"errors"
	"fmt"
)

// The error vocabulary. Adapters map it to HTTP and exit codes.
var (
	// ErrNotFound says that the named thing does not exist.
	ErrNotFound = errors.New("not found")
	// ErrSuppressed says that the address must not be mailed.
	ErrSuppressed = errors.New("the address is suppressed")
	// ErrKeptOut says that the address must not be mailed that campaign, whatever else it
	// may be mailed. It is an ErrSuppressed, too.
	ErrKeptOut = fmt.Errorf("%w for this campaign", ErrSuppressed)
	// ErrClosed says that the campaign lets nobody new in.
	ErrClosed = errors.New("the campaign is closed")
	// ErrEnrolled says that the person already has an open enrollment there.
	ErrEnrolled = errors.New("already enrolled")
	// ErrTaken says that a name belongs to another already.
	ErrTaken = errors.New("the name is taken")
	// ErrConflict says that the thing changed since it was read.
	ErrConflict = errors.New("it was changed meanwhile")
)
