package store

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// Notices keeps the mails that people ask for on their own page, outside every
// series, and what they are for: the link to what is private, and another address.
// They live on machine time: how long a person has does not depend on a calendar.
type Notices interface {
	// AskNotice stores a notice to be sent at AskedAt, and reports false, storing
	// nothing, if the limit forbids it.
	AskNotice(ctx context.Context, notice drip.Notice, limit NoticeLimit) (stored drip.Notice, ok bool, err error)
	// Notice returns one.
	Notice(ctx context.Context, id drip.NoticeID) (drip.Notice, error)
	// TakeNotices returns notices that are to be sent by machine, the oldest first, and
	// takes their WakeAt away, so that each is offered once, whatever happens then.
	TakeNotices(ctx context.Context, machine time.Time, limit int) ([]drip.Notice, error)
	// RetryNotice has a notice that was taken sent again at a time, unless it is closed.
	RetryNotice(ctx context.Context, id drip.NoticeID, at time.Time) error
	// CloseNotice ends a notice: it is not sent, and its link works no more. One that
	// is closed keeps its date.
	CloseNotice(ctx context.Context, id drip.NoticeID, machine time.Time) error
	// ForgetNotices removes the notices that were asked for before a time.
	ForgetNotices(ctx context.Context, before time.Time) error
	// TakeAddress gives the person of an address notice that is not closed that
	// address. What they were sent and have agreed to stays theirs; the hash of the
	// address before is kept as a former one. All notices of the person are closed. What
	// is claimed for the old address is planned again, so that no mark for it commits
	// after the call returned, and what a relay says of a message that was marked before
	// suppresses nobody. Whoever is kept out of a campaign is kept out of it under the new
	// address, too. Done again, it returns the person as they are. It returns
	// drip.ErrSuppressed if the address must not be mailed, or not a campaign that the
	// person is in, or if the person must not be mailed; drip.ErrTaken if another person
	// has it; and drip.ErrNotFound if the notice is closed or is none about an address.
	TakeAddress(ctx context.Context, id drip.NoticeID, hash mailaddr.Hash, at Instant) (drip.Subscriber, error)
	// Former returns the hashes of the addresses that a person had before, but for those
	// that another person has now.
	Former(ctx context.Context, id drip.SubscriberID) ([]mailaddr.Hash, error)
}

// Instant is a time on both clocks.
type Instant struct{ Calendar, Machine time.Time }

// NoticeLimit bounds how many notices there may be since a time, the new one among
// them: of the kind for a person, and to an address, whoever asks. All spellings that may
// reach the same mailbox count as one address (mailaddr.Address.Tally). Zero forbids none.
type NoticeLimit struct {
	Since                 time.Time
	PerPerson, PerAddress int
}
