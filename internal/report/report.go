package report

import (
	"time"

	"partwork/internal/drip"
)

// Report is how the series of an installation go. Its JSON keys stay as they are.
type Report struct {
	// Made is when the numbers were read, in UTC.
	Made   time.Time `json:"made"`
	Series []Series  `json:"series"`
}

// Series is how one series goes.
type Series struct {
	Campaign string `json:"campaign"`
	// Title is empty if the campaign's files never could be read.
	Title string `json:"title"`
	// State is "open", "closed", "paused" or "stopped".
	State string `json:"state"`
	// Readers counts enrollments by their state. Who started over is counted once.
	Readers Readers `json:"readers"`
	Issues  []Issue `json:"issues"`
	// LeftBefore counts those who left before they were sent an issue.
	LeftBefore int `json:"left_before_the_first"`
	// Weeks are the latest, the running one last.
	Weeks []Week `json:"weeks"`
	Churn Churn  `json:"churn"`
	// Zones are those of the active readers, the most frequent first.
	Zones []Zone `json:"zones"`
	Stuck Stuck  `json:"stuck"`
}

// Readers are the people of a series.
type Readers struct {
	Active   int `json:"active"`
	Pending  int `json:"pending"`
	Finished int `json:"finished"`
	Left     int `json:"left"`
}

// Issue is what became of an issue so far.
type Issue struct {
	Issue   string `json:"issue"`
	Subject string `json:"subject"`
	// Removed says that it is no part of the series any more.
	Removed bool `json:"removed"`
	// Due are all for whom its time came, and the sum of the counts from Sent to
	// Skipped.
	Due      int `json:"due"`
	Sent     int `json:"sent"`
	Waiting  int `json:"waiting"`
	Deferred int `json:"deferred"`
	Unknown  int `json:"unknown"`
	Refused  int `json:"refused"`
	Skipped  int `json:"skipped"`
	// Late are those of Sent that were accepted more than an hour after their slot.
	Late int `json:"late"`
	// LeftAfter counts readers who left by themselves, this being the last they got.
	LeftAfter int `json:"left_after"`
}

// Week is a week of a series, from a Monday, 0:00 UTC.
type Week struct {
	From     time.Time `json:"from"`
	Joined   int       `json:"joined"`
	Left     int       `json:"left"`
	Finished int       `json:"finished"`
	// Readers is how many were reading when it ended, or now.
	Readers int `json:"readers"`
}

// Churn is how many of a series' readers left in ChurnWeeks weeks, the running one
// included.
type Churn struct {
	// Of are those who were reading when the weeks began, and those who joined since.
	Of   int `json:"of"`
	Left int `json:"left"`
}

// ChurnWeeks is how many weeks Churn looks back.
const ChurnWeeks = 4

// Share returns Left in hundredths of Of; zero if there is nobody.
func (c Churn) Share() float64 {
	if c.Of == 0 {
		return 0
	}
	return 100 * float64(c.Left) / float64(c.Of)
}

// Zone counts readers by their time zone. Zone is empty for those who have none of
// their own.
type Zone struct {
	Zone    string `json:"zone"`
	Readers int    `json:"readers"`
}

// Stuck is who is not getting on. Somebody with two deliveries of unknown fate is two
// cases.
type Stuck struct {
	All int `json:"all"`
	// List has those who have waited longest.
	List []StuckReader `json:"list"`
}

// StuckAfter is how long after their time somebody counts as stuck.
const StuckAfter = 24 * time.Hour

// StuckReader is one of them.
type StuckReader struct {
	Subscriber drip.SubscriberID `json:"subscriber"`
	// Issue is empty if none was planned for them yet.
	Issue string    `json:"issue"`
	Why   string    `json:"why"`
	Since time.Time `json:"since"`
}
