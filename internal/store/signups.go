package store

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// SignUps keeps what strangers ask for on sign-up pages, and counts how often they do.
// Laws of all of it:
//
//   - What a stranger typed changes nothing about a person who is known, until that
//     person confirms.
//   - No address is kept for counting, only names that the caller made of them.
type SignUps interface {
	// SignUp takes one request, counts it, and asks for a confirmation mail if the
	// limits allow it and the address has none to expect: that of a stranger, of
	// somebody who left the campaign, or of somebody whose earlier confirmation mail
	// is done with (sent, refused or unknown) and was not answered. Their pending
	// enrollment ends then (drip.LeftToRestart), and another one begins. Every request
	// that is not [SignUpBusy] is counted, whatever becomes of it, by one row: what is
	// written takes as long for one address as for another. The errors are drip.ErrNotFound
	// and drip.ErrClosed, for the campaign.
	SignUp(ctx context.Context, signUp NewSignUp) (SignUpOutcome, error)
	// RequestOf returns what is kept of the request of a pending enrollment. It
	// returns drip.ErrNotFound if it was not asked for on a page.
	RequestOf(ctx context.Context, id drip.EnrollmentID) (drip.Request, error)
	// Consent returns the consent of an enrollment or a person.
	Consent(ctx context.Context, id drip.ConsentID) (drip.Consent, error)
	// SweepSignUps removes what is over: pending enrollments whose confirmation mail
	// was done with at Unanswered, together with those that they took the place of, and
	// people of whom nothing else is known but the address; the same of people who had all
	// mail stopped at Refused instead of confirming, whose suppression stays; and what was
	// counted at Counted. Enrollments that were not asked for on a page stay, and so do those that
	// took the place of one: a stranger must not undo an invitation. It looks at no more
	// than Limit enrollments, and returns what it removed.
	SweepSignUps(ctx context.Context, sweep SignUpSweep) (SignUpsSwept, error)
}

// NewSignUp is a form that was sent in.
type NewSignUp struct {
	Campaign drip.CampaignNo
	Email    mailaddr.Address
	// Hash is that of Email. If it, or one of Others, is suppressed, nothing is sent.
	Hash   mailaddr.Hash
	Others []mailaddr.Hash
	// Name and Timezone are what was typed. They become the person's when they
	// confirm, where nothing was known.
	Name, Timezone string
	Request        drip.Request
	// Unfit tells that no mail can be meant to go to such an address.
	Unfit bool
	// Names are what requests are counted by.
	Names  SignUpNames
	Limits SignUpLimits
	Now    time.Time // calendar
}

// SignUpNames stand for where a request came from and where it would have mail sent.
// Nothing is counted by an empty one.
type SignUpNames struct {
	Network, Address, Domain string
}

// SignUpLimits say how many requests there may have been before one that is taken.
type SignUpLimits struct {
	// Network and Total limit the requests from one network, and all of them.
	Network, Total SignUpLimit
	// Address and Domain limit the confirmation mails to one address, and to all
	// addresses of one domain; Pause is the least time between two to one address.
	Address, Domain SignUpLimit
	Pause           time.Duration
}

// SignUpLimit is a number of events within a time; 0 of them is no limit.
type SignUpLimit struct {
	Count  int
	Within time.Duration
}

// SignUpResult says what became of a request. Nobody but the operator may learn it,
// apart from [SignUpBusy].
type SignUpResult string

// The results.
const (
	SignUpAsked   SignUpResult = "asked"   // a confirmation mail was asked for
	SignUpNothing SignUpResult = "nothing" // enrolled, asked already, suppressed, or unfit
	SignUpLimited SignUpResult = "limited" // too many mails to the address or its domain
	SignUpBusy    SignUpResult = "busy"    // too many requests from the network, or in all; not counted
)

// SignUpOutcome is what became of a request.
type SignUpOutcome struct {
	Result SignUpResult
	// Enrollment is the one that waits for a confirmation; zero unless Result is
	// SignUpAsked.
	Enrollment drip.EnrollmentID
}

// SignUpSweep says what is over.
type SignUpSweep struct {
	Unanswered, Counted time.Time // calendar
	// Refused is until when a refusal can be taken back no more; zero keeps what is left of
	// all of them.
	Refused time.Time // calendar
	Limit   int       // 0 = 1000
}

// SignUpsSwept counts what was removed.
type SignUpsSwept struct {
	Enrollments, People int
}
