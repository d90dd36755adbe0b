package store

import (
	"context"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// Audit is the log of what operators did: it only grows. Nothing of it tells an
// address; what a line says of one address is a note, which goes when its person is
// erased.
type Audit interface {
	// Note adds a line, and returns it as it is kept.
	Note(ctx context.Context, line AuditLine) (AuditLine, error)
	// AuditLines returns lines, the oldest first.
	AuditLines(ctx context.Context, filter AuditFilter) ([]AuditLine, error)
}

// Act is what somebody did.
type Act string

// The acts.
const (
	ActImport            Act = "import"
	ActUndo              Act = "undo"   // begun; no chunk of the batch commits after it
	ActUndone            Act = "undone" // all that could be taken back is
	ActAdd               Act = "add"
	ActEnroll            Act = "enroll"
	ActUnsubscribe       Act = "unsubscribe"
	ActExport            Act = "export"
	ActErase             Act = "erase"
	ActSuppress          Act = "suppress"
	ActLift              Act = "lift"
	ActSuppressionImport Act = "suppression-import"
	ActSuppressionExport Act = "suppression-export"
	ActPause             Act = "pause"
	ActResume            Act = "resume"
	ActClose             Act = "close"
	ActOpen              Act = "open"
	ActStop              Act = "stop"
	ActApprove           Act = "approve"
	ActHold              Act = "hold"
	ActUnhold            Act = "unhold"
	ActSettle            Act = "settle"
	ActRotate            Act = "secret-rotate"
)

// AuditLine is one act.
type AuditLine struct {
	No  int64 // in the order in which they were written, from 1
	At  time.Time
	Who string // the operator: the system's user, or the name that was given
	Act Act
	// Batch, Campaign and Subscriber say what it was about; zero if nothing such.
	// The number of somebody who was erased is nobody's any more.
	Batch      int64
	Campaign   drip.CampaignNo
	Subscriber drip.SubscriberID
	// People is how many it was about; zero if it was not about people.
	People int
	// Detail is a word of ours, such as an issue's id. It never holds what a person
	// typed about another.
	Detail string
	// Hash is the keyed hash of the address that it was about, and Reason what the
	// operator said; both are gone once its person is erased.
	Hash   mailaddr.Hash
	Reason string
}

// AuditFilter selects lines.
type AuditFilter struct {
	Since time.Time // zero = from the first
	After int64     // only larger numbers
	Limit int       // 0 = 1000
}
