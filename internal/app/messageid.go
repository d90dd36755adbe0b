package app

import (
	"context"

	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/smtpsend"
)

// MessageIDOf returns the Message-ID of a delivery, the same for every attempt
// and without angle brackets; empty if no message was made yet.
func (in *Instance) MessageIDOf(ctx context.Context, d drip.Delivery) (string, error) {
	if d.Content == 0 || d.MarkedAt.IsZero() {
		return "", nil
	}
	edition, err := in.composer.edition(ctx, d.Content)
	if err != nil {
		return "", err
	}
	return messageID(in.Keys, d.DeliveryKey, edition.Bundle().From.Address), nil
}

// RelayOf returns the first relay of a configuration.
func RelayOf(cfg *config.Config) smtpsend.Relay { return relayFor(cfg.Relays()[0]) }
