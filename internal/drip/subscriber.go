package drip

import (
	"time"

	"partwork/internal/mailaddr"
)

// SubscriberID is the store's number of a person.
type SubscriberID int64

// Subscriber is a person on the list.
type Subscriber struct {
	ID SubscriberID
	// Email is the delivery form; Email.Key() is unique in the store.
	Email mailaddr.Address
	// Name is as the person gave it; empty if unknown.
	Name string
	// Timezone is an IANA name, or empty when the campaign's default applies.
	Timezone string
	// Attributes are further columns of imports; nil if none.
	Attributes map[string]string
	// Types are those of the attributes that are numbers or bools; nil if none is.
	Types map[string]AttributeType
	// Chosen is what of this is their own word.
	Chosen Choice
	// ConsentID refers to the consent stated for this person; zero means that
	// none was stated, so that enrolling needs their own confirmation.
	ConsentID ConsentID
	// SuppressedAt is when the address was suppressed; zero if it is not.
	SuppressedAt time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
	// Revision grows with every change that could alter a plan or a message.
	Revision int64
}

// Choice is a set of what people said about themselves. No list changes that.
type Choice int

// What people say themselves.
const (
	ChoseName     Choice = 1 << iota // on a sign-up page
	ChoseTimezone                    // likewise, or on their own page
)

// Has reports whether all of c is in the set.
func (set Choice) Has(c Choice) bool { return set&c == c }

// ConsentID is the store's number of a consent record.
type ConsentID int64

// ConsentSource says how consent came to be known.
type ConsentSource string

// The sources of consent.
const (
	// ConsentImport was stated by whoever imported the person.
	ConsentImport ConsentSource = "import"
	// ConsentAdmin was stated by whoever added the person by hand.
	ConsentAdmin ConsentSource = "admin"
	// ConsentConfirmed was given by the person through their own link.
	ConsentConfirmed ConsentSource = "confirmed"
)

// Consent is the evidence for mailing somebody. Imported people share one
// record per batch.
type Consent struct {
	ID     ConsentID
	Source ConsentSource
	// Text is the statement: for imports where consent came from, for
	// confirmations what the page said.
	Text string
	At   time.Time
	// Request is what came before a confirmation; zero if nothing did but an
	// invitation.
	Request Request
}

// SuppressionReason says why an address must never be mailed.
type SuppressionReason string

// The reasons for suppression.
const (
	SuppressedByReader    SuppressionReason = "reader"    // "everything from you" on the leave page
	SuppressedByAdmin     SuppressionReason = "admin"     // by hand
	SuppressedByBounce    SuppressionReason = "bounce"    // the relay refused the recipient for good
	SuppressedByComplaint SuppressionReason = "complaint" // reported as spam
	SuppressedByErasure   SuppressionReason = "erased"    // the person asked to be forgotten
)

// Suppression is an address that must never be mailed by this instance, or never a
// campaign. Only the keyed hash of the address is kept.
type Suppression struct {
	Hash mailaddr.Hash
	// Campaign is the key of the one campaign that it holds for; empty if it holds for
	// everything. An erasure always does.
	Campaign string
	Reason   SuppressionReason
	At       time.Time
}
