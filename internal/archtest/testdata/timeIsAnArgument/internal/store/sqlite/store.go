// Package sqlite is a fixture.
package sqlite

import (
	"time"
)

var started = time.Now()
