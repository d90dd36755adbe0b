package app

import (
	"context"

	"partwork/internal/smtpsend"
)

// SendNotices sends what is to be sent now, through a relay.
func SendNotices(ctx context.Context, in *Instance, relay smtpsend.Relay) error {
	return in.newMessenger(ServeOptions{Relay: relay}).round(ctx)
}
