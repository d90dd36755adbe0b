// Package drip is a fixture.
package drip
