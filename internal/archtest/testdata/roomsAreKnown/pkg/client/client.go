// Package client is a fixture.
package client
