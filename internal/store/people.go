package store

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/segment"
)

// People keeps subscribers.
type People interface {
	// Subscriber returns one person.
	Subscriber(ctx context.Context, id drip.SubscriberID) (drip.Subscriber, error)
	// SubscriberByEmail finds a person by the address's Key.
	SubscriberByEmail(ctx context.Context, email mailaddr.Address) (drip.Subscriber, error)
	// Subscribers lists people in the order of their numbers.
	Subscribers(ctx context.Context, filter SubscriberFilter) ([]drip.Subscriber, error)
	// Erase removes the person with all enrollments, deliveries, attempts and
	// confirmations, and stores the suppression in the same transaction, for the
	// addresses that they had before as well (but for one that another person has now). It
	// takes the place of an earlier suppression, whatever that was for. Their
	// numbers are never given out again: links in emails carry them.
	Erase(ctx context.Context, id drip.SubscriberID, suppression drip.Suppression) error
}

// SubscriberFilter selects people.
type SubscriberFilter struct {
	After    drip.SubscriberID // only larger numbers
	Limit    int               // 0 = 1000
	Campaign drip.CampaignNo   // 0 = any; else with an enrollment there
	// Where selects of these whom it matches, in View; the zero value is everybody.
	Where segment.Filter
	View  segment.View
}

// Imports takes lists of people in, chunk by chunk.
type Imports interface {
	// StartImport numbers a batch and stores its consent, if one is stated.
	StartImport(ctx context.Context, start ImportStart) (ImportRecord, error)
	// ImportRows adds or merges people: blank cells never erase, suppressed
	// addresses are not touched, and nobody who left the campaign, or is in it
	// already, is enrolled again. Those who are pending and were never asked to
	// confirm are asked now if EnrollRule.Invite says so. A chunk is one transaction; the outcomes are
	// in the order of the rows. Whoever is suppressed for the campaign comes in, and is not
	// enrolled. Rows must be valid and free of duplicates
	// within the chunk (by Email.Key()), but for those that withdraw (Carried.Withdrawn): these
	// come first wherever they stand, and nobody of that address comes in. An address that its reader has
	// changed brings nobody in, unless somebody else has it now. A person keeps the first consent that
	// was stated, and what they chose themselves (drip.Choice). Tags are added, never taken away.
	// Whose zone changes is planned again, with Now as the floor. It
	// returns drip.ErrClosed if people are to be enrolled in a campaign that
	// lets nobody new in. With From and To it notes in the same transaction that the
	// rows up to To are in, with what became of them and with the rows that were
	// rejected on the way; and it returns drip.ErrConflict, and takes nothing in, unless
	// the batch is open and stands at From: another process goes on with it, or undid it.
	ImportRows(ctx context.Context, chunk ImportChunk) ([]RowOutcome, error)
	// RehearseRows does what ImportRows would do in the batch that the chunk names or, if it
	// names none, in the one that StartImport would open; returns the same, but for the
	// numbers of people who are new; and takes all of it back. Meanwhile nothing is sent.
	// From, To and Rejects are not looked at.
	RehearseRows(ctx context.Context, start ImportStart, chunk ImportChunk) ([]RowOutcome, error)
	// Room is asked between two transactions of work that has many of them: an import, its
	// undoing. It waits until others had their turn to write, or until ctx ends, and returns
	// how many rows the next transaction may have: most of them, or fewer, but one at least,
	// if others write as well, so that those who send keep their pace.
	Room(ctx context.Context, most int) (int, error)
	// FinishImport stores the report of a batch, and notes in the audit log that it
	// was imported, if it is of a file.
	FinishImport(ctx context.Context, batch int64, report []byte, at time.Time) error
}

// ImportStart opens a batch.
type ImportStart struct {
	File     string // base name
	FileHash [32]byte
	// Consent is where consent came from; empty if none was stated.
	Consent string
	Source  drip.ConsentSource
	At      time.Time
	// Who imports, and all that they ask for, in whatever form; see Batches.Unfinished.
	Who   string
	Asked string
	// Columns are the names of the cells of rows that are rejected, as far as they are known.
	Columns []string
}

// ImportRecord is an open batch.
type ImportRecord struct {
	Batch   int64
	Consent drip.ConsentID // 0 if none was stated
	// Position is how many rows of the list are in already, and Counts what became of
	// them; zero for a new batch.
	Position int
	Counts   ImportCounts
}

// Person is a row to import.
type Person struct {
	Email    mailaddr.Address
	Hash     mailaddr.Hash // of Email, for the suppression check
	Name     string        // blank keeps what is known
	Timezone string        // blank keeps what is known
	// Attributes are merged key by key; blank values keep what is known.
	Attributes map[string]string
	// Carried is what another program's list says besides; nil if nothing.
	Carried *Carried
}

// Carried is what the list of another program says of a person.
type Carried struct {
	// Types are those of the attributes that are not texts. An attribute without one
	// keeps the type it has, if the value reads as such. Rows may share the map.
	Types map[string]drip.AttributeType
	Tags  []drip.Tag
	// ConsentAt is when the consent that this import states was given, and
	// ConsentNote what the list says of how; zero if it does not tell. Either makes a consent of
	// the person's own, if the import states one at all.
	ConsentAt   time.Time
	ConsentNote string
	// Unconfirmed people never answered the other program: the import states no consent for them.
	Unconfirmed bool
	// Withdrawn is why the other program does not mail the address any more; empty if it
	// does. The address is suppressed, and nothing else of the row is looked at.
	Withdrawn drip.SuppressionReason
}

// ImportChunk is up to a few thousand rows for one transaction.
type ImportChunk struct {
	Batch   int64
	Consent drip.ConsentID
	Rows    []Person
	// Enroll, if not nil, enrolls each person that may be.
	Enroll *EnrollRule
	// KeepOutOf is the key of the campaign that the rows which withdraw are suppressed for;
	// empty for everything.
	KeepOutOf string
	// From and To are how many rows of the list are in before and after this chunk;
	// both zero for rows that are of no list. Rejects are those on the way that are not
	// in Rows.
	From, To int
	Rejects  []RejectedRow
	Columns  []string  // of the rejected rows; nil leaves what is known of them
	Now      time.Time // calendar
}

// EnrollRule says how imported people enter a campaign. Those with a consent
// become active with Start, due for planning at Now; all others become pending,
// and are sent the confirmation if Invite is set.
type EnrollRule struct {
	Campaign drip.CampaignNo
	Start    drip.Start
	Invite   bool
	// Floor is the instant after which the first slot must lie.
	Floor time.Time
	// Spread, if not zero, is how long after Floor the last of them begins: see FloorOf.
	Spread time.Duration
}

// RowResult says what became of a row.
type RowResult string

// The results.
const (
	RowNew        RowResult = "new"
	RowUpdated    RowResult = "updated"
	RowUnchanged  RowResult = "unchanged"
	RowSuppressed RowResult = "suppressed" // nothing was written, but for a suppression
)

// EnrollResult says what became of a row's enrolling.
type EnrollResult string

// The results of enrolling.
const (
	EnrollNone    EnrollResult = ""         // not asked for, or suppressed
	EnrollActive  EnrollResult = "active"   // enrolled, starts at a slot
	EnrollPending EnrollResult = "pending"  // waits for their confirmation
	EnrollAlready EnrollResult = "already"  // in it already
	EnrollLeft    EnrollResult = "left"     // left it earlier: only they can come back
	EnrollKeptOut EnrollResult = "kept-out" // suppressed for it
)

// RowOutcome is the fate of one row.
type RowOutcome struct {
	Result     RowResult
	Enroll     EnrollResult
	Subscriber drip.SubscriberID
	// Withdrawn is set if this row suppressed the address.
	Withdrawn bool
	// Former is set if the address is one that the subscriber had before they changed it,
	// and nobody has now: the row changes nothing, and enrolls nobody.
	Former bool
}
