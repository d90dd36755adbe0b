package app

import (
	"context"
	"time"

	"partwork/internal/compose"
	"partwork/internal/store"
)

// SignWith replaces the signer of the configuration.
func (in *Instance) SignWith(s *compose.Signer) { in.composer.signers = []*compose.Signer{s} }

// ComposeAgain returns the bytes of the message that an attempt at a delivery would
// send at a calendar time.
func (in *Instance) ComposeAgain(ctx context.Context, item store.Claimed, now time.Time) ([]byte, error) {
	message, _, err := in.composer.compose(ctx, item, now, 0, nil)
	if err != nil {
		return nil, err
	}
	return message.Bytes, nil
}
