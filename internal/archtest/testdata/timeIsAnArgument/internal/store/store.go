// Package store is a fixture.
package store

type watch struct{}

func (watch) Now() int { return 0 }

func now(time watch) int { return time.Now() }
