// Package partwork is a fixture.
package partwork
