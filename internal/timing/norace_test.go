//go:build !race

package timing

// raceShare is explained in race_test.go.
const raceShare = 1
