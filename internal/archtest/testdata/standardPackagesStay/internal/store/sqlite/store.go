// Package sqlite is a fixture.
package sqlite

import (
	"database/sql"
	"net/http"
)
