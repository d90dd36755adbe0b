//go:build race

package timing

// raceShare is the share of zones that the oracle looks at under the race
// detector, which makes it twenty times as slow: one in so many. Without the
// detector it looks at all of them.
const raceShare = 16
