package scheduler

import (
	"partwork/internal/outbox"
	"partwork/internal/testkit"
	"partwork/tools/load"
)
