//go:build !race

package calendar_test

// Each round lives through a hundred histories of each theme; raceShare is
// explained in history_race_test.go.
const (
	rounds    = 4
	raceShare = 1
)
