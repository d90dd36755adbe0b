// Package attic is a fixture.
package attic
