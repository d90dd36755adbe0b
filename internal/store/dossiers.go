package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Dossiers tells everything about one person.
type Dossiers interface {
	// Dossier returns all that the database has about a person, at one moment.
	Dossier(ctx context.Context, id drip.SubscriberID) (Dossier, error)
}

// Dossier is what the database has about a person. What is listed is in the order in
// which it happened.
type Dossier struct {
	Subscriber drip.Subscriber
	// MovedAt is when they took their present address in place of another; zero if never.
	MovedAt time.Time
	// Import is the list that they came from; nil if from none.
	Import *DossierImport
	Tags   []drip.Tag
	// Suppression is nil unless the address is suppressed for everything, and KeptOut has
	// the campaigns that it is suppressed for.
	Suppression *drip.Suppression
	KeptOut     []drip.Suppression
	// Consents are those of the person and of their enrollments, by number.
	Consents    map[drip.ConsentID]drip.Consent
	Enrollments []drip.Enrollment
	// Campaigns has the ids of the campaigns of the enrollments, and Whys the reasons
	// that were given for leaving.
	Campaigns map[drip.CampaignNo]string
	Whys      map[drip.EnrollmentID]drip.LeaveWhy
	// Requests are those of sign-up pages that wait for a confirmation.
	Requests map[drip.EnrollmentID]DossierRequest
	// Deliveries are all rows of the ledger, the confirmation's among them.
	Deliveries []DossierDelivery
	Attempts   []Attempt
	Notices    []drip.Notice
	// Former counts the hashes of addresses that they had before.
	Former int
}

// DossierDelivery is a delivery with the id of its issue.
type DossierDelivery struct {
	drip.Delivery
	IssueID string
}

// DossierImport is a list of people.
type DossierImport struct {
	File string
	At   time.Time // calendar
}

// DossierRequest is a request with what was typed in it.
type DossierRequest struct {
	drip.Request
	Name, Timezone string
}
