package store

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
)

// Segments finds people by filters; it changes nothing. Each method asks the whole list,
// or the part that a SubscriberFilter selects, of which Limit and After count only where
// that is said. A filter selects exactly the people whose Facts it matches, in the view of
// SubscriberFilter.View.
type Segments interface {
	// CountSegment returns how many people a filter selects.
	CountSegment(ctx context.Context, filter SubscriberFilter) (int, error)
	// ExplainSegment returns how the database finds the people whom Subscribers returns,
	// line by line, for somebody who wonders why it takes long.
	ExplainSegment(ctx context.Context, filter SubscriberFilter) ([]string, error)
	// Members are the people whom Subscribers returns, with all that an export tells.
	Members(ctx context.Context, filter SubscriberFilter) ([]Member, error)
	// SegmentAttributes returns the names of the attributes that the people have whom a
	// filter selects, in alphabetical order.
	SegmentAttributes(ctx context.Context, filter SubscriberFilter) ([]string, error)
	// Facts returns what is known of people, in the order of their numbers as they are
	// given. Somebody who does not exist has no facts. What they were sent is left out
	// unless it is asked for.
	Facts(ctx context.Context, ids []drip.SubscriberID, sent bool) ([]segment.Facts, error)
	// Strangers returns the names in a filter that nobody and nothing has: tags,
	// attributes, campaigns and issues. There is no law that they are slips; most are.
	Strangers(ctx context.Context, filter segment.Filter) ([]Stranger, error)
}

// Member is a person with tags, consents and series.
type Member struct {
	drip.Subscriber
	// Attributes are all, as they are kept: texts, numbers (float64) and bools.
	Attributes map[string]any
	Tags       []string
	// Suppressed tells that they must not be mailed.
	Suppressed bool
	// Consent was stated for the person; zero if none was.
	Consent drip.Consent
	// Parts are their enrollments, the oldest first.
	Parts []MemberPart
}

// MemberPart is an enrollment with its proof.
type MemberPart struct {
	drip.Enrollment
	// CampaignID is the campaign's id.
	CampaignID string
	// Consent is zero if there is none.
	Consent drip.Consent
	// LastSent is the latest acceptance of an issue; zero if there was none.
	LastSent time.Time
}

// Stranger is a name that nobody has.
type Stranger struct {
	// Field has it: it is the field itself, if that is an attribute.
	Field segment.Field
	// Name is the tag, the attribute, the campaign or the issue.
	Name string
	// Known are such names that there are, at most some hundreds.
	Known []string
}
