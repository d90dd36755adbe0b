// Package sqlite is a fixture.
package sqlite

import (
	"modernc.org/sqlite"
	_ "modernc.org/sqlite/lib"
)
