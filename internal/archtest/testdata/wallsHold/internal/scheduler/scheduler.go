// Package scheduler is a fixture.
package scheduler

import (
	"partwork/internal/outbox"
	_ "partwork/internal/store"
)
