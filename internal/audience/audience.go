package audience

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/timing"
	"partwork/internal/token"
)

// Stores are the roles of the database that this use-case needs.
type Stores interface {
	store.People
	store.Imports
	store.Tags
	segments
	store.Batches
	store.Audit
	store.Enrollments
	store.Readers
	store.Departures
	store.Notices
	store.Dossiers
	store.Suppressions
	store.SignUps
	campaigns
	histories
	deliveries
}

// campaigns is the part of store.Catalog that tells who takes in people.
type campaigns interface {
	Campaigns(ctx context.Context) ([]store.CampaignRecord, error)
}

// histories is the part of store.Planning that tells how an enrollment stands.
type histories interface {
	History(ctx context.Context, id drip.EnrollmentID) (store.Due, error)
}

// deliveries is the part of store.Reports that tells what a reader was sent.
type deliveries interface {
	Delivery(ctx context.Context, key drip.DeliveryKey) (drip.Delivery, error)
}

// Options are the dependencies of an Audience. All but the last three are required.
type Options struct {
	Stores Stores
	// Hasher makes the hashes of the suppression list.
	Hasher mailaddr.Hasher
	// Keyring signs the links in emails.
	Keyring *token.Keyring
	Zones   *timing.Zones
	// Calendar tells the calendar time.
	Calendar timing.Clock
	// Machine tells the time that people have for something; nil means Calendar.
	Machine timing.Clock
	// Planner knows the campaigns in force; nil means that there are none.
	Planner Planner
	// SignUps bound the requests on sign-up pages.
	SignUps SignUpRules
	// Shelf knows how letters were called; nil means that nobody does.
	Shelf Shelf
}

// Audience is the use-case. It is safe for concurrent use.
type Audience struct {
	stores   Stores
	hasher   mailaddr.Hasher
	keyring  *token.Keyring
	zones    *timing.Zones
	calendar timing.Clock
	machine  timing.Clock
	planner  Planner
	signUps  SignUpRules
	shelf    Shelf
	rows     int // of a list's chunk, at most
}

// New returns an Audience.
func New(o Options) *Audience {
	if o.SignUps == (SignUpRules{}) {
		o.SignUps = DefaultSignUpRules()
	}
	if o.Machine == nil {
		o.Machine = o.Calendar
	}
	return &Audience{
		stores: o.Stores, hasher: o.Hasher, keyring: o.Keyring, zones: o.Zones, calendar: o.Calendar, machine: o.Machine,
		planner: o.Planner, signUps: o.SignUps, shelf: o.Shelf, rows: chunkRows,
	}
}

// now is the calendar time as the store keeps it.
func (a *Audience) now() time.Time { return a.calendar().UTC().Truncate(time.Millisecond) }
