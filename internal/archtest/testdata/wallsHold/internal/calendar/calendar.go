// Package calendar is a fixture.
package calendar

import (
	"partwork/internal/drip"
	"partwork/internal/timing"
	"time"
)
