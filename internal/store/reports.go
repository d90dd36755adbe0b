package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"partwork/internal/drip"
)

// Reports answers questions about the ledger; it changes nothing.
type Reports interface {
	// Log lists deliveries, the latest first.
	Log(ctx context.Context, filter LogFilter) ([]LogEntry, error)
	// Delivery returns one row of the ledger.
	Delivery(ctx context.Context, key drip.DeliveryKey) (drip.Delivery, error)
	// Attempts lists what was not a plain success, oldest first.
	Attempts(ctx context.Context, key drip.DeliveryKey) ([]Attempt, error)
	// CampaignCounts counts enrollments and deliveries by state, and says why
	// those left who did.
	CampaignCounts(ctx context.Context, campaign drip.CampaignNo) (Counts, error)
	// Census calls yield for every enrollment of a campaign that may still get
	// something: those that are active, and those that finished later than
	// query.FinishedAfter. Whoever is suppressed is left out. The enrollments are
	// read in query.Parts parts at once, each on a snapshot of its own, so yield
	// is called from several goroutines, but never twice at a time with the same
	// part. The row is yield's until it returns. The first error ends it all and
	// is returned.
	Census(ctx context.Context, query CensusQuery, yield func(part int, row *CensusRow) error) error
	// ReaderZones counts a campaign's active enrollments by the subscriber's own
	// time zone; those who have none are under the empty name.
	ReaderZones(ctx context.Context, campaign drip.CampaignNo) (map[string]int, error)
	// Waiting counts what could have left by calendar and has not: enrollments
	// whose hint has come, in campaigns that are neither paused nor stopped, and
	// deliveries that are claimed or deferred.
	Waiting(ctx context.Context, calendar time.Time) (int, error)
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
	Issue      drip.IssueNo      // 0 = any
	Delivery   drip.DeliveryKey  // zero = any
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
	// Tries counts the transactions that came to nothing, but for throttled ones.
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
	// Left divides the enrollments that were left by reason. Who started over is
	// no person who left: another enrollment of theirs goes on.
	Left map[drip.LeaveReason]int
	// Deliveries are all; Confirmations are those of them that ask to confirm,
	// and no issue.
	Deliveries, Confirmations map[drip.DeliveryState]int
	// NextAt is the earliest hint of its open enrollments.
	NextAt time.Time
}

// CensusQuery selects enrollments.
type CensusQuery struct {
	Campaign drip.CampaignNo
	// FinishedAfter adds those who finished later than that; zero adds nobody.
	FinishedAfter time.Time
	// Parts is the number of readings at once; 1 if zero.
	Parts int
}

// CensusRow is what planning has to know about an enrollment, in the form of
// which there are few different ones. For an enrollment that follows another,
// Had, Last and Open are not all: Planning.History knows the rest.
type CensusRow struct {
	Enrollment drip.EnrollmentID
	Subscriber drip.SubscriberID
	State      drip.EnrollmentState
	Start      drip.Start
	Pace       int
	Follows    drip.EnrollmentID
	// JoinedAt, Floor, PausedUntil and AskedAt are as in drip.Enrollment.
	JoinedAt, Floor, PausedUntil, AskedAt time.Time
	// Timezone is the subscriber's own, possibly empty.
	Timezone string
	// Had are the issues whose delivery is done, or was marked: a message that is
	// on its way is not planned again. The confirmation does not count.
	Had IssueSet
	// Last sums these deliveries up. Its Issue is not filled in.
	Last Last
	// Open is the delivery that is not done and was not marked, with issue,
	// state, slot and moves only; nil if there is none.
	Open *drip.Delivery
}

// IssueSet is a set of issues that can be compared and used as a key. The zero
// value is empty.
type IssueSet string

// Numbers returns the issues in ascending order.
func (s IssueSet) Numbers() []drip.IssueNo {
	var numbers []drip.IssueNo
	for part := range strings.SplitSeq(string(s), ",") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil {
			numbers = append(numbers, drip.IssueNo(n))
		}
	}
	return numbers
}

// Invariant is a rule that must hold for the rows of the ledger.
type Invariant struct {
	Name string
	Rows int
	// Dated says that it compares dates of one clock: a clock that was set back breaks
	// it as well, and nothing was done wrong.
	Dated bool
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
