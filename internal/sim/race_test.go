//go:build race

package sim_test

// raceShare is the share of histories that is lived through under the race
// detector, which makes them many times as slow: one in so many.
const raceShare = 50
