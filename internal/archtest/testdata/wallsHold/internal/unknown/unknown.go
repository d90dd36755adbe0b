// Package unknown is a fixture.
package unknown

import (
	"partwork/internal/drip"
)
