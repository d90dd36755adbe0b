package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Batches keeps what became of imports: how far each came, the rows that it could
// not take, and which of it can be taken back.
type Batches interface {
	// Unfinished finds the latest import of the file that was asked the same, to the
	// letter, and is neither finished nor undone. It returns drip.ErrNotFound if there is none, and
	// for the zero hash, which stands for no file.
	Unfinished(ctx context.Context, file [32]byte, asked string) (ImportRecord, error)
	// ImportList returns the latest imports, the newest first. People who were added
	// by hand are batches as well, and not among them. The limit is 1000 if zero.
	ImportList(ctx context.Context, limit int) ([]Batch, error)
	// Batch returns one of them.
	Batch(ctx context.Context, no int64) (Batch, error)
	// EnrolledStarts counts those whom a batch enrolled and who have joined.
	EnrolledStarts(ctx context.Context, no int64) (map[EnrolledStart]int, error)
	// Rejects returns rows of a batch that were not taken in, beyond a line, in the
	// order of lines. The limit is 1000 if zero.
	Rejects(ctx context.Context, no int64, after, limit int) ([]RejectedRow, error)
	// ForgetRejects removes the rejected rows of imports that began before then, and
	// returns how many there were.
	ForgetRejects(ctx context.Context, before time.Time) (int, error)
	// UndoImport takes back what a batch added, a page of subscribers at a time: people
	// whom it added, enrollments of others, the consent that it gave to others whom
	// nothing was sent for it, and what it told of others where nothing was known: tags,
	// attributes, a name, a zone. Whoever has been touched since is kept with all that they
	// have, for the first KeptReason that holds. What the batch told in the place of something
	// else stays as it is, and so do suppressions and tags that Tag gave as well. From the first page on the batch is undone: no chunk
	// of it commits any more. A dry run counts the same and changes nothing. People who
	// are removed may be imported again.
	UndoImport(ctx context.Context, undo Undoing) (Undone, error)
}

// Batch is an import.
type Batch struct {
	No   int64
	File string // base name
	Hash [32]byte
	// Who began it; empty if it is older than such notes.
	Who     string
	Consent string // the statement; empty if none was made
	// Position is how many rows of the list are in, and Counts what became of them.
	// Both are zero for one that is older than such notes.
	Position int
	Counts   ImportCounts
	// Rejects is how many rejected rows are kept, and Columns the names of their cells.
	Rejects int
	Columns []string
	// Asked is what was asked of the import; see ImportStart.
	Asked string
	// Report is the JSON that was stored with it; nil until it is finished.
	Report     []byte
	StartedAt  time.Time
	FinishedAt time.Time // zero until all rows are in
	UndoneAt   time.Time // zero unless it was taken back
}

// EnrolledStart is when somebody begins whom a batch enrolled.
type EnrolledStart struct {
	Zone  string    // theirs; empty stands for the campaign's default
	Floor time.Time // the instant after which their first slot lies
}

// ImportCounts says what became of rows. Enrolled, Left and KeptOut are those of the
// enrolling, and zero without; Pending are those who were enrolled without a consent or, if
// nobody was to be enrolled, who were added without one. Former are those of the unchanged
// whose address its reader has changed.
type ImportCounts struct {
	New, Updated, Unchanged, Suppressed int
	Enrolled, Pending, Left, KeptOut    int
	Former                              int
}

// Add counts an outcome.
func (c *ImportCounts) Add(o RowOutcome) {
	switch o.Result {
	case RowNew:
		c.New++
	case RowUpdated:
		c.Updated++
	case RowUnchanged:
		c.Unchanged++
	case RowSuppressed:
		c.Suppressed++
	}
	if o.Former {
		c.Former++
	}
	switch o.Enroll {
	case EnrollActive:
		c.Enrolled++
	case EnrollPending:
		c.Pending++
	case EnrollLeft:
		c.Left++
	case EnrollKeptOut:
		c.KeptOut++
	}
}

// RejectedRow is a row that an import could not take. It holds personal data: it goes
// when a person is erased whose address, name, or address before the @ stands in
// it as a word.
type RejectedRow struct {
	Line   int // the physical line on which it begins, from 1
	Reason string
	Cells  []string // nil if they could not be told apart, or are too long to keep
}

// KeptReason says why undoing a batch keeps somebody.
type KeptReason string

// The reasons, in the order in which they are looked for.
const (
	KeptSuppressed KeptReason = "suppressed" // must not be forgotten
	KeptLeft       KeptReason = "left"       // likewise
	KeptConfirmed  KeptReason = "confirmed"  // confirmed themselves, or asked for it on a page
	KeptSent       KeptReason = "sent"       // was sent something, or may have been
	KeptLater      KeptReason = "later"      // is in a later batch, or was enrolled otherwise
	KeptChanged    KeptReason = "changed"    // their data, pace or address changed
)

// KeptReasons lists the reasons.
func KeptReasons() []KeptReason {
	return []KeptReason{KeptSuppressed, KeptLeft, KeptConfirmed, KeptSent, KeptLater, KeptChanged}
}

// Undoing asks for a page of undoing a batch.
type Undoing struct {
	Batch  int64
	After  drip.SubscriberID // only larger numbers; zero begins
	Limit  int               // how many subscribers of the whole list are looked at; 0 = 1000
	DryRun bool
	Who    string
	Now    time.Time // calendar
}

// Undone counts what was taken back.
type Undone struct {
	// Next is where the next page begins; zero after the last one.
	Next drip.SubscriberID
	// People were removed, Enrollments of others as well, and Consents of others.
	People, Enrollments, Consents int
	// Told is of how many others a name, a zone or attributes were removed, and Tags how many
	// tags of others.
	Told, Tags int
	// Kept counts people by the reason.
	Kept map[KeptReason]int
}

// Add adds up pages.
func (u *Undone) Add(page Undone) {
	u.Next = page.Next
	u.People += page.People
	u.Enrollments += page.Enrollments
	u.Consents += page.Consents
	u.Told += page.Told
	u.Tags += page.Tags
	if u.Kept == nil {
		u.Kept = make(map[KeptReason]int)
	}
	for reason, n := range page.Kept {
		u.Kept[reason] += n
	}
}
