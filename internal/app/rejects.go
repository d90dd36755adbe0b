package app

import (
	"context"
	"time"
)

// rejectsEvery is how often rejected rows of lists that are old enough are forgotten.
const rejectsEvery = time.Hour

// sweepRejects forgets rejected rows that were kept for long enough.
func (in *Instance) sweepRejects(ctx context.Context) {
	switch n, err := in.Audience.SweepRejects(ctx); {
	case err != nil:
		in.log.Error("forget the rejected rows of old imports", "error", err)
	case n > 0:
		in.log.Info("forgot the rejected rows of old imports", "rows", n)
	}
}
