// Package app is a fixture.
package app

import (
	"partwork/internal/testkit"
	"partwork/internal/web/public"
)
