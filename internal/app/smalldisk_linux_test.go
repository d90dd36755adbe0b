package app_test

import (
	"os"
	"syscall"
	"testing"
)

// smallDisk returns a folder on a file system of its own that has little room. Only
// root can make one.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m,mode=0700"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("cannot mount a small file system:", err)
		}
		t.Skip("cannot mount a small file system:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}
