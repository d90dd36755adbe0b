//go:build !linux

package app_test

import "testing"

// smallDisk skips the test: how to make a small file system is not known here.
func smallDisk(t *testing.T) string {
	t.Helper()
	t.Skip("needs Linux")
	return ""
}
