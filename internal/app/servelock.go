package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"partwork/internal/fence"
)

// acquire takes the lock of the database file. The error wraps ErrServed if another
// process has it.
func (in *Instance) acquire() (*fence.Lock, error) {
	host, _ := os.Hostname() // a name for people; none will do
	lock, err := fence.Acquire(in.database, fence.Holder{
		PID: os.Getpid(), Host: host, Since: in.machine().UTC().Truncate(time.Millisecond),
	})
	if held := (*fence.HeldError)(nil); errors.As(err, &held) {
		return nil, fmt.Errorf("%w: %w", ErrServed, held)
	}
	return lock, err
}

// lockForServing takes the lock for as long as the instance is open, unless it has it.
func (in *Instance) lockForServing() (err error) {
	if in.lock == nil {
		in.lock, err = in.acquire()
	}
	return err
}

// lockIfThere is lockForServing for a database file that is there already: whoever is
// refused has not touched it then, nor brought its schema up to date.
func (in *Instance) lockIfThere() error {
	if _, err := os.Stat(in.database); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return in.lockForServing()
}

// unlock gives back what lockForServing took.
func (in *Instance) unlock() error {
	if in.lock == nil {
		return nil
	}
	err := in.lock.Release()
	in.lock = nil
	return err
}

// lockOfServe has the instance hold the lock while it serves, and returns what gives
// it back afterwards. A lock that Open took stays until Close.
func (in *Instance) lockOfServe() (release func() error, err error) {
	if in.lock != nil {
		return func() error { return nil }, nil
	}
	lock, err := in.acquire()
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}
