// Package timing is a fixture.
package timing

import (
	"partwork/internal/drip"
)
