// Package store is a fixture.
package store

import (
	"database/sql"
)
