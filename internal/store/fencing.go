package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Fencing keeps who this database is, whether it may send, and who serves it.
// A copy of the database carries all of this along; what tells a copy from the
// original lies outside, in the state folder.
type Fencing interface {
	// FenceState returns how the fence stands.
	FenceState(ctx context.Context) (FenceState, error)
	// Advance makes the epoch grow by one at now, and notes that what the first
	// journal bytes of the journal say is in the database. It returns the fence after
	// it. While the database is held it changes nothing.
	Advance(ctx context.Context, journal int64, now time.Time) (FenceState, error)
	// Hold has nothing sent any more: no mark commits after it returned, until
	// Unhold. A database that is held keeps its first reason and date. If it may be a
	// copy, as for every reason but [HeldByOperator], subscribers, enrollments and notices get
	// numbers from then on that are larger by [CopyGap]: those that the original gave
	// to others since the copy was made are in links that people have.
	Hold(ctx context.Context, reason HoldReason, now time.Time) (FenceState, error)
	// Unhold ends it: the epoch becomes that of the argument, or grows by one if
	// it is larger already; the journal is noted as by Advance; the floor of every
	// campaign becomes now, and everybody who is active, or was invited, is due for
	// planning at now. A database that is not held keeps its epoch and everything
	// else.
	Unhold(ctx context.Context, epoch, journal int64, now time.Time) (FenceState, error)

	// Server returns who serves this database. It returns drip.ErrNotFound if
	// nobody does.
	Server(ctx context.Context) (Server, error)
	// Occupy notes that a process serves this database, in place of whoever did.
	Occupy(ctx context.Context, server Server) error
	// Beat shows that the server lives: its Beat grows by one. It returns
	// drip.ErrConflict if another one is in its place, or none.
	Beat(ctx context.Context, owner int64) error
	// Vacate removes the server. One that is another's stays.
	Vacate(ctx context.Context, owner int64) error
	// TakeOver ends the work of every other owner, whatever its leases: claims
	// become planned and due for planning at calendar, and what was sending
	// becomes unknown, as by DecideUnknown. It is only for a process that knows
	// that the others are dead.
	TakeOver(ctx context.Context, owner int64, calendar time.Time) (TakenOver, error)
}

// Withdrawals compares the database with the journal of withdrawals, which lies in
// the state folder and outlives an older copy of the database.
type Withdrawals interface {
	// Withdrawals returns every suppression, and every enrollment that was left by the
	// reader or an admin, also of those who are not known yet. Who was erased is among the
	// suppressions only.
	Withdrawals(ctx context.Context) ([]drip.Withdrawal, error)
	// Withdraw applies withdrawals that this database may have forgotten. An address
	// is suppressed as by Suppress, for everything or for a campaign, or its person erased if that was the reason; a
	// series is left as by Leave, but only by a passage that began no later than the
	// withdrawal: who came back afterwards stays, and who waits there and was never asked does not. Where the person or the series is not
	// known, or they never were in it, that they left is kept, not counted, and holds as soon as they are
	// known, the series by that key: an import takes them for somebody who left. Nothing else is
	// kept of whom is erased. A suppression that is
	// lifted later in the list is not applied, and one that was applied before is removed;
	// what it ended stays ended. What was done before changes
	// nothing and is not counted.
	Withdraw(ctx context.Context, list []drip.Withdrawal) (Withdrawn, error)
}

// Withdrawn counts what was applied.
type Withdrawn struct {
	Suppressed, Erased, Left, Lifted int
}

// CopyGap is how many numbers of people, and of enrollments, a database that may be a
// copy leaves to the original. One that gave out more since the copy was made cannot be
// told from it by a link.
const CopyGap = 1_000_000

// HoldReason says why nothing is sent.
type HoldReason string

// The reasons.
const (
	// HeldBehind is a database that is older than the state folder knows it.
	HeldBehind HoldReason = "behind"
	// HeldVanished is a state folder that lost this instance's identity.
	HeldVanished HoldReason = "vanished"
	// HeldForeign is a state folder of another instance.
	HeldForeign HoldReason = "foreign"
	// HeldUnreadable is an identity in the state folder that cannot be read.
	HeldUnreadable HoldReason = "unreadable"
	// HeldJournal is a journal of withdrawals that cannot be read where it counts.
	HeldJournal HoldReason = "journal"
	// HeldGap is an instance that did not run for too long.
	HeldGap HoldReason = "gap"
	// HeldByOperator is a person's wish.
	HeldByOperator HoldReason = "operator"
)

// FenceState is how the fence stands.
type FenceState struct {
	// UUID is random and made with the database; every copy has it.
	UUID string
	// Epoch counts how often the database was seen to be the latest; 0 = never.
	Epoch int64
	// AdvancedAt is when it last grew; zero = never. A copy was made then, or
	// shortly after.
	AdvancedAt time.Time // calendar
	// HeldAt is zero unless nothing is sent, for HeldReason.
	HeldAt     time.Time // calendar
	HeldReason HoldReason
	// Journal is how many bytes of the journal are in the database.
	Journal int64
}

// Held reports whether nothing may be sent.
func (f FenceState) Held() bool { return !f.HeldAt.IsZero() }

// Server is a process that serves a database.
type Server struct {
	// Owner is the number that signs its claims.
	Owner int64
	PID   int
	// Host is a name for people; Machine tells one running kernel from another.
	Host, Machine string
	// Beat grows while the process lives; it says nothing on its own.
	Beat      int64
	StartedAt time.Time // machine
}

// TakenOver counts what other processes left behind.
type TakenOver struct {
	Claims  int // planned again
	Unknown int // were sending
}
