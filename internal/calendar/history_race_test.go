//go:build race

package calendar_test

// The race detector makes histories many times as slow, so that fewer of them
// are lived through: one in raceShare of what is asked for without it.
const (
	rounds    = 2
	raceShare = 3
)
