//go:build !race

package compose

// tortureShare is explained in torture_race_test.go.
const tortureShare = 1
