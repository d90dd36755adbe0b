// Package sqlite is a fixture.
package sqlite

import (
	"crypto/rand"
)

var token = rand.Text()
