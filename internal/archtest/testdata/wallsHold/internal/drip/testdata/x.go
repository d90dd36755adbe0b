// Package x is a fixture.
package x

import (
	"partwork/internal/app"
)
