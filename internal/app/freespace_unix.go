//go:build linux || darwin || freebsd

package app

import "syscall"

// freeSpace returns how many bytes an ordinary user may still write where dir is;
// false if nobody knows.
func freeSpace(dir string) (int64, bool) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, false
	}
	return int64(fs.Bavail) * int64(fs.Bsize), true //nolint:unconvert // the types differ from system to system
}
