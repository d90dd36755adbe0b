//go:build !race

package scheduler_test

// raceShare is explained in history_race_test.go.
const raceShare = 1
