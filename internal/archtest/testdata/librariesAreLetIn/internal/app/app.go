// Package app is a fixture.
package app

import (
	"golang.org/x/net/http2"
	"modernc.org/sqlite"
)
