// Package app is a fixture.
package app

import (
	"math/rand/v2"
)

var owner = rand.Int64()
