//go:build !race

package testkit

// Race is explained where it is true.
const Race = false
