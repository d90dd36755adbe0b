//go:build !race

package sim_test

// raceShare is explained in race_test.go.
const raceShare = 1
