package fence

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// lockSuffix is added to a database's name.
const lockSuffix = ".serve"

// Holder is who holds a lock.
type Holder struct {
	PID int `json:"pid"`
	// Host is a name for people.
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// HeldError says that another process holds the lock.
type HeldError struct {
	// File is the lock's.
	File string
	// Holder is zero if it did not write its name yet.
	Holder Holder
}

// Error says who holds it.
func (e *HeldError) Error() string {
	if e.Holder.PID == 0 {
		return "another process holds " + e.File
	}
	return fmt.Sprintf("process %d on %s holds %s since %s",
		e.Holder.PID, e.Holder.Host, e.File, e.Holder.Since.UTC().Format("2006-01-02 15:04:05 UTC"))
}

// Lock is the right to serve a database. The system takes it back when the process
// ends, however that happens.
type Lock struct{ file *os.File }

// Acquire takes the lock of a database file, and writes the holder's name into it.
// The file lies beside the database proper, so a symbolic link leads to the same
// lock. It returns a [*HeldError] if another process, or this one, has it.
func Acquire(database string, holder Holder) (*Lock, error) {
	real, err := filepath.EvalSymlinks(database)
	if err != nil {
		return nil, fmt.Errorf("find the database file: %w", err)
	}
	if err := refuseHardLinks(real); err != nil {
		return nil, err
	}
	name := real + lockSuffix
	file, err := openLocked(name)
	if errors.Is(err, errLocked) {
		held := &HeldError{File: name}
		if b, err := os.ReadFile(name); err == nil {
			_ = json.Unmarshal(b, &held.Holder) // one who is just writing has no name yet
		}
		return nil, held
	}
	if err != nil {
		return nil, fmt.Errorf("lock the database against a second serve: %w", err)
	}
	l := &Lock{file}
	if err := l.sign(holder); err != nil {
		return nil, errors.Join(fmt.Errorf("sign the lock of the database: %w", err), l.Release())
	}
	return l, nil
}

// sign writes the holder's name.
func (l *Lock) sign(holder Holder) error {
	b, err := json.Marshal(holder)
	if err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err = l.file.WriteAt(append(b, '\n'), 0)
	return err
}

// Release gives the lock back. The file stays: removing it would let two processes
// lock two files of one name.
func (l *Lock) Release() error {
	_ = l.file.Truncate(0) // nobody's name is better than a wrong one
	return l.file.Close()
}
