//go:build !unix || solaris || illumos || aix

package cli

import "os"

// lockFolder cannot lock a folder here.
func lockFolder(*os.File) (locked bool, err error) { return false, nil }
