package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Archives tells what public archives say of their issues.
type Archives interface {
	// SavedAt returns when versions of issues were first stored (calendar). Those that
	// there are not are absent.
	SavedAt(ctx context.Context, contents []drip.ContentID) (map[drip.ContentID]time.Time, error)
}
