package app

import (
	"context"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// shelved knows how the letters were called that readers have.
type shelved struct{ in *Instance }

// Subject implements [audience.Shelf].
func (s shelved) Subject(ctx context.Context, d drip.Delivery) (string, error) {
	edition, err := s.in.composer.edition(ctx, d.Content)
	if err != nil {
		return "", err
	}
	pin, err := compose.ReadPin(d.Merge)
	if err != nil {
		return "", err
	}
	return edition.Subject(pin.Values), nil
}
