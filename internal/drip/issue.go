package drip

import (
	"time"

	"partwork/internal/segment"
	"partwork/internal/timing"
)

// IssueNo is the store's number of an issue. Zero means "not stored yet".
type IssueNo int64

// ConfirmationID is the reserved issue id of the message that asks a person to
// confirm. It lives in the ledger like any issue, so that "nothing but the
// confirmation to an unconfirmed person" can be checked there. No file may
// use it: ids in files start with a letter or digit.
const ConfirmationID = "_confirmation"

// LateKind says what happens with an issue that was inserted behind a reader.
type LateKind string

// The late policies.
const (
	// LateSkip passes the reader by. It is the default.
	LateSkip LateKind = "skip"
	// LateNextSlot gives it to them at their next slot, before going on.
	LateNextSlot LateKind = "next-slot"
	// LateWithin is LateNextSlot for readers whose last issue was accepted at
	// most LatePolicy.Within ago, and LateSkip for all others.
	LateWithin LateKind = "within"
)

// LatePolicy is the front matter's "late" key. The zero value is LateSkip.
type LatePolicy struct {
	Kind   LateKind
	Within time.Duration // only with LateWithin
}

// Issue is one email of a campaign as its file describes it.
type Issue struct {
	// ID is stable and unique in its campaign; position and file name are not
	// identity.
	ID string
	// Subject and Preheader may contain merge fields.
	Subject, Preheader string
	// Draft issues are never sent; readers who reach one wait.
	Draft bool
	// SkipSlots lets that many extra slots pass before this issue.
	SkipSlots int
	// NotBefore holds the issue until midnight of that date in the reader's
	// zone. The zero date means no limit.
	NotBefore timing.Date
	// OnlyIf selects the readers whom the issue is for, at the time at which it would
	// leave; the zero value is all of them. Others go on to the next one at the same slot.
	OnlyIf segment.Filter
	// Late rules readers who are already past the issue's place.
	Late LatePolicy
	// ReviewBy is the date after which the content must be looked at again.
	// The zero date means never.
	ReviewBy timing.Date
	// Body is the Markdown after the front matter, LF line ends.
	Body []byte
	// Attachments come along with every message, in this order.
	Attachments []Attachment
	// File is the path below the campaigns folder and BodyLine the line (from
	// 1) on which Body starts, for findings.
	File     string
	BodyLine int
}
