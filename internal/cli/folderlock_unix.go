//go:build unix && !solaris && !illumos && !aix

package cli

import (
	"errors"
	"os"
	"syscall"
)

// lockFolder keeps others who make and rename files out of a folder until it is closed.
// The lock is on the folder itself, so that none is left behind. False means that the
// file system knows no locks; errFolderBusy that somebody has it.
func lockFolder(folder *os.File) (locked bool, err error) {
	err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, errFolderBusy
	}
	return err == nil, nil
}
