// Package testkit is a fixture.
package testkit

func broken() { panic("x") }
