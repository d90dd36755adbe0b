// Package app is a fixture.
package app

import (
	"time"
)

var started = time.Now()
