//go:build !unix || solaris || illumos || aix

package fence

import (
	"errors"
	"os"
)

var errLocked = errors.New("the file is locked")

// openLocked opens the file. This system has no lock that ends with its process, so
// only the row in the database tells of a second serve.
func openLocked(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
}

// refuseHardLinks cannot count names here.
func refuseHardLinks(string) error { return nil }

// lockFile opens the file. Appending is whole without a lock, too; only a torn line may
// take the next one with it.
func lockFile(name string, flags int) (*os.File, error) {
	return os.OpenFile(name, flags, 0o600)
}
