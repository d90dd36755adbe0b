//go:build race

package compose

// tortureShare is the share of the personas and strings that are tried under the
// race detector, which finds nothing in what runs on one goroutine: one in so many.
const tortureShare = 20
