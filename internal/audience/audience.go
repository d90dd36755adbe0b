package audience

import (
	"context"
	"time"

	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/timing"
	"partwork/internal/token"
)

// Stores are the roles of the database that this use-case needs.
type Stores interface {
	store.People
	store.Imports
	store.Enrollments
	store.Suppressions
	campaigns
}

// campaigns is the part of store.Catalog that tells who takes in people.
type campaigns interface {
	Campaigns(ctx context.Context) ([]store.CampaignRecord, error)
}

// Options are the dependencies of an Audience. All are required.
type Options struct {
	Stores Stores
	// Hasher makes the hashes of the suppression list.
	Hasher mailaddr.Hasher
	// Keyring signs the links in emails.
	Keyring *token.Keyring
	Zones   *timing.Zones
	// Calendar tells the calendar time.
	Calendar timing.Clock
}

// Audience is the use-case. It is safe for concurrent use.
type Audience struct {
	stores   Stores
	hasher   mailaddr.Hasher
	keyring  *token.Keyring
	zones    *timing.Zones
	calendar timing.Clock
}

// New returns an Audience.
func New(o Options) *Audience {
	return &Audience{stores: o.Stores, hasher: o.Hasher, keyring: o.Keyring, zones: o.Zones, calendar: o.Calendar}
}

// now is the calendar time as the store keeps it.
func (a *Audience) now() time.Time { return a.calendar().UTC().Truncate(time.Millisecond) }
