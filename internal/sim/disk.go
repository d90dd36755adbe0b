package sim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// disk holds the database's files, and what is wrong with it at the moment.
type disk struct {
	dir  string
	made int
	path string
	// Until when nothing can be written, what is written may be lost or kept
	// although an error is reported, and somebody else holds the lock.
	fullUntil, lostUntil, lockedUntil time.Duration
}

// image is the state of the database's files.
type image struct{ db, wal []byte }

// take reads the files as they are: what a process that is killed now leaves.
func (d *disk) take() (image, error) {
	var im image
	var err error
	if im.db, err = os.ReadFile(d.path); err != nil {
		return im, fmt.Errorf("copy the database: %w", err)
	}
	im.wal, err = os.ReadFile(d.path + "-wal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return im, fmt.Errorf("copy the log: %w", err)
	}
	return im, nil
}

// put makes an image the database, in files of their own, so that nothing that
// was open before has anything to do with it.
func (d *disk) put(im image) error {
	d.remove()
	d.made++
	d.path = filepath.Join(d.dir, fmt.Sprintf("life%d.db", d.made))
	if err := os.WriteFile(d.path, im.db, 0o600); err != nil {
		return fmt.Errorf("write the database: %w", err)
	}
	if len(im.wal) == 0 {
		return nil
	}
	if err := os.WriteFile(d.path+"-wal", im.wal, 0o600); err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	return nil
}

func (d *disk) remove() {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if d.path != "" {
			_ = os.Remove(d.path + suffix) // what stays is removed with the folder
		}
	}
}

// torn returns what a power failure in the middle of a commit leaves: everything
// before it, which was synced, and of what the commit wrote to the log as much as
// had reached the disk. If the commit also moved pages out of the log, that log
// was synced before.
func torn(before, after image, d dice) image {
	if string(before.db) != string(after.db) {
		return after
	}
	first := 0
	for first < len(before.wal) && first < len(after.wal) && before.wal[first] == after.wal[first] {
		first++
	}
	cut := first + d.IntN(len(after.wal)-first+1)
	wal := append([]byte{}, after.wal[:cut]...)
	if cut < len(before.wal) {
		wal = append(wal, before.wal[cut:]...)
	}
	return image{before.db, wal}
}
