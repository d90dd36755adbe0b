package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"partwork/internal/store"
)

// notePlace remembers which file the database is. The handle stays open until the
// database is closed: where locks belong to a process, closing it would drop them.
func (in *Instance) notePlace() (err error) {
	if in.placed, err = os.Open(in.database); err != nil {
		return fmt.Errorf("look at the database file: %w", err)
	}
	return nil
}

// checkReplaced returns an error if the file that this process has open is not any
// more what stands in its place: what is sent would be recorded where the next start
// does not find it, and SQLite would mix the log of the one with the other.
func (in *Instance) checkReplaced(ctx context.Context) error {
	const stop = "; stopping. Restore it with every partwork stopped, as docs/RESTORE.md says"
	info, err := os.Stat(in.database)
	mine, broken := in.placed.Stat()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the database %s was moved or removed while it is served%s", in.database, stop)
	case err != nil || broken != nil:
		return nil // a file system in trouble: whoever reads or writes there tells of it
	case !os.SameFile(info, mine):
		return fmt.Errorf("another file was put in the place of the database %s while it is served%s", in.database, stop)
	}
	var mode [1]byte
	if _, err := in.placed.ReadAt(mode[:], modeOffset); err != nil || mode[0] == withLog {
		return nil //nolint:nilerr // see above
	}
	// Closing the database writes its log into the copy. Nothing may be sent from
	// what comes of that.
	_, err = in.Store.Hold(ctx, store.HeldBehind, in.calendar())
	return errors.Join(fmt.Errorf("a copy was written over the database %s while it is served, and it may be damaged now%s",
		in.database, stop), err)
}

// The ways in which a database file is written, by the 19th byte of the file
// (https://www.sqlite.org/fileformat2.html §1.3.3). A database that is served, or was,
// has a log; a copy that Partwork made has none.
const (
	modeOffset = 18
	withLog    = 2
)
