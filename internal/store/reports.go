package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Reports answers questions about the ledger; it changes nothing.
type Reports interface {
	// Log lists deliveries, the latest first.
	Log(ctx context.Context, filter LogFilter) ([]LogEntry, error)
	// Attempts lists what was not a plain success, oldest first.
	Attempts(ctx context.Context, key drip.DeliveryKey) ([]Attempt, error)
	// CampaignCounts counts enrollments by state and deliveries by state.
	CampaignCounts(ctx context.Context, campaign drip.CampaignNo) (Counts, error)
	// Verify runs every invariant that can be said in SQL and returns them all,
	// with the number of rows that break each.
	Verify(ctx context.Context) ([]Invariant, error)
	// Instance returns who this database is.
	Instance(ctx context.Context) (Instance, error)
}

// LogFilter selects deliveries.
type LogFilter struct {
	Campaign   drip.CampaignNo   // 0 = any
	Subscriber drip.SubscriberID // 0 = any
	States     []drip.DeliveryState
	Limit      int // 0 = 1000
}

// LogEntry is a delivery with its names.
type LogEntry struct {
	drip.Delivery
	Subscriber drip.SubscriberID
	Email      string
	Campaign   string
	IssueID    string
	// Tries counts the transactions that came to nothing.
	Tries int
}

// Attempt is an SMTP transaction that was not a plain success.
type Attempt struct {
	drip.DeliveryKey
	Attempt int
	At      time.Time // calendar
	Class   drip.Class
	Reply   drip.Reply
}

// Counts are a campaign's numbers.
type Counts struct {
	Enrollments map[drip.EnrollmentState]int
	Deliveries  map[drip.DeliveryState]int
	// NextAt is the earliest hint of its open enrollments.
	NextAt time.Time
}

// Invariant is a rule that must hold for the rows of the ledger.
type Invariant struct {
	Name string
	Rows int
	// Sample describes up to five of the offending rows.
	Sample []string
}

// Instance says who a database is.
type Instance struct {
	UUID      string
	Epoch     int64
	Schema    int64
	CreatedAt time.Time
}
