//go:build unix && !solaris && !illumos && !aix

package fence

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

var errLocked = errors.New("the file is locked")

// openLocked opens a file, making it if need be, and locks it. The lock belongs to
// the open file: it also keeps out a second one of the same process, and ends with
// the process, also one that was killed. Containers on one machine see each other's.
func openLocked(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errLocked
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// refuseHardLinks refuses a database with a second name: SQLite keeps its log beside
// the name by which it was opened, so two names are two logs of one file, and its end
// (https://sqlite.org/howtocorrupt.html §2.5).
func refuseHardLinks(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Nlink > 1 {
		return fmt.Errorf("%s has %d names (hard links), and used by two of them it would be destroyed: "+
			"keep one name, and make a copy with `sqlite3 %s .backup` where another is needed", name, stat.Nlink, name)
	}
	return nil
}

// lockFile opens a file and waits until nobody else has it locked. Closing it is the
// end of the lock.
func lockFile(name string, flags int) (*os.File, error) {
	file, err := os.OpenFile(name, flags, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
