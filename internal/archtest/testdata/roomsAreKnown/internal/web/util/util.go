// Package util is a fixture.
package util
