package drip

import (
	"slices"
	"time"

	"partwork/internal/mailaddr"
)

// LeaveWhy is why somebody left, in a word of ours. Nobody has to say it, and there
// is no room for words of theirs: those would be about health, or about a person.
type LeaveWhy string

// The words.
const (
	WhyTooOften   LeaveWhy = "too-often"   // it comes too often
	WhyNotForMe   LeaveWhy = "not-for-me"  // it is not what they expected, or need
	WhyNeverAsked LeaveWhy = "never-asked" // they did not ask for it
	WhyHadEnough  LeaveWhy = "had-enough"  // they have what they needed
	WhyElsewhere  LeaveWhy = "elsewhere"   // they read it in another way, or at another address
)

// LeaveWhys lists the words in the order in which they are offered.
func LeaveWhys() []LeaveWhy {
	return []LeaveWhy{WhyTooOften, WhyNotForMe, WhyHadEnough, WhyElsewhere, WhyNeverAsked}
}

// Known reports whether w is one of the words.
func (w LeaveWhy) Known() bool { return slices.Contains(LeaveWhys(), w) }

// NoticeID is the store's number of a notice. It is never given out again.
type NoticeID int64

// NoticeKind says what a notice is for.
type NoticeKind string

// The kinds.
const (
	// NoticePrivate carries the link to what is private of a person, to their address.
	NoticePrivate NoticeKind = "private"
	// NoticeAddress asks an address whether it is to become a person's.
	NoticeAddress NoticeKind = "address"
)

// Notice is a mail that a person asked for on their own page. It belongs to no
// series: it is sent once or not at all, and can be asked for again.
type Notice struct {
	ID         NoticeID
	Subscriber SubscriberID
	// Enrollment is the one on whose page it was asked for; the notice looks like
	// the mails of its campaign.
	Enrollment EnrollmentID
	Kind       NoticeKind
	// Email is the address that is asked; zero with NoticePrivate.
	Email mailaddr.Address
	// AskedAt is machine time, as is WakeAt: when it is to be tried (again); zero if
	// it was handed over or given up.
	AskedAt, WakeAt time.Time
	// Tries counts how often it was offered to a relay.
	Tries int
	// ClosedAt is when its link stopped working; zero while it works.
	ClosedAt time.Time
}
