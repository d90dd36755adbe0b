//go:build !race

package sqlite

// roundMany is how many are enrolled where a round must cost no more than with a
// thousand.
const roundMany = 100_000
