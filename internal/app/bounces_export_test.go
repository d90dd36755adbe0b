package app

import (
	"context"
	"time"

	"partwork/internal/store"
)

// EnvelopeAgain returns the envelope sender that an attempt at a delivery would have
// at a calendar time.
func (in *Instance) EnvelopeAgain(ctx context.Context, item store.Claimed, now time.Time) (string, error) {
	letter, _, err := in.composer.compose(ctx, item, now, 0, nil)
	return letter.From, err
}
