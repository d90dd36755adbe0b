// Package public is a fixture.
package public

import (
	a "partwork/internal/web/admin"
	"partwork/internal/web/page"
)
