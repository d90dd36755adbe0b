//go:build race

package sqlite

// roundMany is smaller here: filling the tables takes minutes with the race
// detector in every instruction of the database.
const roundMany = 10_000
