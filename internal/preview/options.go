package preview

import (
	"context"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/segment"
)

// Options are what the preview needs.
type Options struct {
	// Load reads all files afresh. It must be safe for concurrent use. An error says
	// that nothing could be read at all.
	Load func() (Shelf, error)
	// Print tells what the files look like from outside; they are read again when it
	// changes. If it is nil they are read for every page.
	Print func() string
	// Now tells the time; nil means the system's clock.
	Now func() time.Time
	// Send sends a copy of an issue to one address, marked as a test and outside the
	// ledger. If it is nil, NoSend says why tests cannot be sent.
	Send   func(ctx context.Context, c Copy, to mailaddr.Address) (Sent, error)
	NoSend string
	// People looks into the database; nil if there is none.
	People People
	// Plan says what the files of a campaign would do to its readers. It changes
	// nothing, and may take seconds. The error is drip.ErrNotFound if there is no
	// database yet. If it is nil, NoPlan says why nothing can be said.
	Plan   func(ctx context.Context, campaign string) (Plan, error)
	NoPlan string
	// Hosts are names beside those of this machine under which the pages may be
	// asked for.
	Hosts []string
}

// Shelf is what Load found.
type Shelf struct {
	// Series are the campaigns without an error.
	Series []Series
	// Layouts are nil if they cannot be used; Findings say why.
	Layouts *compose.Layouts
	// Findings are those of reading the files, under the names that people know
	// them by. The preview adds those of compose.
	Findings []drip.Finding
	// Folder and Templates are the two folders as findings name them.
	Folder, Templates string
	// Zone is the instance's time zone.
	Zone string
	// Links are those of a message that nobody gets: they have the form of a
	// reader's own links, and lead nowhere.
	Links compose.Links
	// Compose makes a message, by the function that also makes test sends.
	Compose func(Copy) (*compose.Message, error)
	// Doubts returns what is doubtful about a campaign's calendar. It may take
	// seconds for hundreds of issues. Nil means nothing is.
	Doubts func(*drip.Campaign) []drip.Finding
	// Source returns the text of a file that a finding names.
	Source func(file string) ([]byte, error)
}

// Series is a campaign and those whom it is shown as.
type Series struct {
	Campaign *drip.Campaign
	// Personas may be empty; a reader without a name stands in then.
	Personas []drip.Subscriber
	// Who is what filters see of each persona, if issues are for some readers only.
	Who []segment.Facts
}

// Copy is one issue for one reader.
type Copy struct {
	Campaign *drip.Campaign
	// Issue is a position in the campaign's list, or -1 for the confirmation.
	Issue   int
	Edition *compose.Edition
	Reader  drip.Subscriber
	At      time.Time
}

// Sent is a test that the relay took.
type Sent struct {
	Message *compose.Message
	// Reply is what the relay said.
	Reply string
}

// People looks into the database and changes nothing.
type People interface {
	// Subscriber and SubscriberByEmail return drip.ErrNotFound for nobody.
	Subscriber(ctx context.Context, id drip.SubscriberID) (drip.Subscriber, error)
	SubscriberByEmail(ctx context.Context, address mailaddr.Address) (drip.Subscriber, error)
	// Facts returns what filters see of a subscriber.
	Facts(ctx context.Context, id drip.SubscriberID) (segment.Facts, error)
	// LastSent returns the version of an issue that was sent last, and when; the
	// error is drip.ErrNotFound if none ever was.
	LastSent(ctx context.Context, campaign, issue string) (compose.Bundle, time.Time, error)
}
