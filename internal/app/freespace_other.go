//go:build !linux && !darwin && !freebsd

package app

// freeSpace returns false: nobody knows on this system.
func freeSpace(string) (int64, bool) { return 0, false }
