package segment

import "time"

// Facts are what is known of one person. The zero value is somebody of whom nothing
// is.
type Facts struct {
	Email, Name string
	// Zone is the person's own, an IANA name; empty if they have none.
	Zone  string
	Added time.Time
	// Batch is the number of the import that brought them; zero if none did.
	Batch int64
	// Suppressed tells that they must not be mailed.
	Suppressed bool
	// Tags are in small letters.
	Tags []string
	// Attributes hold string, float64 or bool, by [AttributeName], and json.Number where
	// a float64 would not write the number as it is; anything else is known, but no test
	// of its value is true.
	Attributes map[string]any
	// Parts are the person's latest enrollments, one for each campaign.
	Parts []Part
	// Sent are the issues that a relay accepted for them, in any enrollment.
	Sent []Sent
}

// Part is a person's part in a campaign.
type Part struct {
	// Campaign is the campaign's id.
	Campaign string
	// State is that of the enrollment: pending, active, finished or left.
	State string
	// JoinedAt is zero while they have not joined.
	JoinedAt time.Time
}

// Sent is an issue that a person was sent.
type Sent struct {
	Campaign, Issue string
	At              time.Time
}

// View says when the question is asked, and in view of what.
type View struct {
	// Now is what ages count back from.
	Now time.Time
	// Zone is where days begin and end; nil means UTC.
	Zone *time.Location
	// Campaign is the series in view: status, joined, had and last_sent look at it
	// alone. If it is empty, they look at every series of the person.
	Campaign string
}

// zone returns the zone of days.
func (v View) zone() *time.Location {
	if v.Zone == nil {
		return time.UTC
	}
	return v.Zone
}

// sees reports whether a campaign is in view.
func (v View) sees(campaign string) bool { return v.Campaign == "" || v.Campaign == campaign }

// Attributes returns texts as attributes of a person.
func Attributes(texts map[string]string) map[string]any {
	out := make(map[string]any, len(texts))
	for key, text := range texts {
		out[key] = text
	}
	return out
}
