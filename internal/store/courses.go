package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Courses tells how a series goes; it changes nothing.
type Courses interface {
	// Course sums up a campaign. How long it takes grows with the deliveries that are
	// not done, and not with the ledger.
	Course(ctx context.Context, query CourseQuery) (Course, error)
	// Stuck lists whoever is not getting on by themselves, those first who have
	// waited longest, and counts them all; somebody with two deliveries of unknown fate
	// is there twice. Nobody is stuck in a campaign that is paused or stopped: somebody
	// wanted that.
	Stuck(ctx context.Context, query StuckQuery) (list []Stuck, all int, err error)
}

// CourseQuery says what to sum up.
type CourseQuery struct {
	Campaign drip.CampaignNo
	// From is where the first span begins, Span how long each is, and Spans how
	// many there are. With zero Spans there are none.
	From  time.Time // calendar
	Span  time.Duration
	Spans int
}

// LateAfter is how long after its slot an issue is late. The database counts the late
// ones as they are accepted, so it cannot be asked for otherwise.
const LateAfter = time.Hour

// Course is how a series has gone so far.
type Course struct {
	// Issues are those with a row in the ledger or somebody who left after them.
	// The confirmation is none. Those who left before their first issue are under
	// number 0.
	Issues map[drip.IssueNo]IssueCourse
	// Readers counts enrollments by state, without those that ended because their
	// reader started over.
	Readers map[drip.EnrollmentState]int
	// Before is how many readers there were at CourseQuery.From; zero if there are no
	// spans.
	Before int
	// Spans has CourseQuery.Spans entries, in their order.
	Spans []SpanCourse
}

// IssueCourse is what became of an issue.
type IssueCourse struct {
	// States counts its deliveries.
	States map[drip.DeliveryState]int
	// Late are the accepted ones that came later than LateAfter.
	Late int
	// LeftAfter counts the readers who left by themselves, this being the last they
	// were sent when they did: by a link in a mail, or because they want nothing any
	// more.
	LeftAfter int
}

// SpanCourse is what happened to the number of readers in a span of time. Whoever
// starts over neither joins nor leaves; if they had finished, they join again.
type SpanCourse struct {
	// Joined have confirmed, were enrolled with their consent, or came back.
	Joined int
	// Left had not finished. Finished had everything there was.
	Left, Finished int
}

// StuckQuery says who counts as stuck.
type StuckQuery struct {
	Campaign drip.CampaignNo
	// Since is a calendar instant: whoever was due before it is stuck.
	Since time.Time
	// Limit is how many are listed; 20 if zero.
	Limit int
}

// Stuck is somebody who is not getting on.
type Stuck struct {
	Subscriber drip.SubscriberID
	Enrollment drip.EnrollmentID
	// Issue is what they wait for; zero if nothing was planned for them yet.
	Issue drip.IssueNo
	Why   StuckReason
	// Since is when it began, at the latest.
	Since time.Time
}

// StuckReason says why somebody is not getting on.
type StuckReason string

// The reasons.
const (
	// StuckUnplanned is due for a look, and nobody looked.
	StuckUnplanned StuckReason = "unplanned"
	// StuckWaiting has a delivery that is claimed or deferred again and again.
	StuckWaiting StuckReason = "waiting"
	// StuckUnknown has a delivery of unknown fate, which somebody must settle.
	StuckUnknown StuckReason = "unknown"
)
