package store

import (
	"context"
	"time"

	"partwork/internal/drip"
)

// Catalog keeps what the database knows of the campaigns in the files: numbers
// for campaigns and issues, pinned contents, hosted images, approvals, and the
// operator's verbs.
type Catalog interface {
	// SyncCampaign makes the stored campaign follow the files. A campaign or
	// issue seen for the first time gets a number; a number is never reused or
	// given to another id. When Timetable differs from the stored one, the
	// campaign's floor becomes Now, claims that were not marked are withdrawn
	// (planned again), and every active enrollment is due for planning at Now.
	// When only Outline differs, every active enrollment is due for planning at
	// Now, and enrollments that finished later than Now−ReopenWithin become
	// active again, with Now as their floor. When neither differs, nothing is
	// written. It returns drip.ErrTaken if Key belongs to another campaign, and
	// drip.ErrConflict, having written nothing, if Definition differs from the
	// stored one, and that one is not From any more: two processes that read files
	// and approvals at the same time must not put the older of them in force.
	SyncCampaign(ctx context.Context, sync CampaignSync) (CampaignRecord, error)
	// Campaigns returns every campaign ever synced, by number.
	Campaigns(ctx context.Context) ([]CampaignRecord, error)
	// ChangeCampaign applies a verb and returns the record after it. Applying
	// a verb to a campaign that is already in that state changes nothing.
	// Opening one that was stopped returns drip.ErrClosed.
	ChangeCampaign(ctx context.Context, change CampaignChange) (CampaignRecord, error)
	// SaveContent stores bytes under their SHA-256 hash and returns their
	// number; the same hash always has the same number.
	SaveContent(ctx context.Context, hash [32]byte, bytes []byte, at time.Time) (drip.ContentID, error)
	// Content returns the bytes of a content.
	Content(ctx context.Context, id drip.ContentID) ([]byte, error)
	// SaveImages keeps images for good: old mails name them for as long as
	// anybody has them. A name that is taken keeps its image, whatever comes
	// later. An image that is no PNG, JPEG or GIF by its type is refused, and all
	// of the others with it.
	SaveImages(ctx context.Context, images []Image, at time.Time) error
	// Image returns an image by its name.
	Image(ctx context.Context, name string) (Image, error)
	// Approve records that a person approved this content for this issue. The
	// latest approval of an issue is the one in force; approving what is in
	// force changes nothing. Every active enrollment of the campaign is due for
	// planning at approval.At, which becomes the floor of those that were held.
	Approve(ctx context.Context, approval Approval) error
	// Approvals returns the approval in force for each issue that has one.
	Approvals(ctx context.Context, campaign drip.CampaignNo) (map[drip.IssueNo]Approval, error)
}

// CampaignSync is what the files say about a campaign, as far as the store
// cares.
type CampaignSync struct {
	ID, Key string
	// Timetable fingerprints what decides the slots: schedule, zones, gap,
	// lateness, quiet dates.
	Timetable string
	// Outline fingerprints what decides the next issue: ids in order, drafts,
	// not_before, skip_slots, late.
	Outline string
	// Definition is what the files say, for those who want to compare or to go
	// on without the files; the store does not look into it. A new one is kept
	// without further consequences.
	Definition []byte
	// From is the Definition of the record that this one follows, nil if the
	// campaign had none.
	From []byte
	// Issues are the ids in file order. drip.ConfirmationID is added by the
	// store.
	Issues       []string
	ReopenWithin time.Duration
	Now          time.Time // calendar
}

// CampaignRecord is a campaign as the store knows it.
type CampaignRecord struct {
	No      drip.CampaignNo
	ID, Key string
	// PausedAt, ClosedAt and StoppedAt are zero while the verb does not hold.
	PausedAt, ClosedAt, StoppedAt time.Time
	// PauseReason says why the campaign is paused, if the change that paused it did.
	PauseReason string
	// Floor is the instant after which every reader's next slot must lie.
	Floor time.Time
	// Timetable, Outline and Definition are those of the latest SyncCampaign.
	Timetable, Outline string
	Definition         []byte
	// Issues maps every id ever synced, and drip.ConfirmationID, to its number.
	Issues map[string]drip.IssueNo
}

// CampaignVerb is one of the operator's verbs.
type CampaignVerb string

// The verbs.
const (
	// PauseCampaign freezes everyone: no mark commits after it.
	PauseCampaign CampaignVerb = "pause"
	// ResumeCampaign ends a pause; the floor becomes Now, claims that were not marked
	// are withdrawn (planned again), and everybody who is active, or was invited, is
	// due for planning at Now.
	ResumeCampaign CampaignVerb = "resume"
	// CloseCampaign lets nobody new in.
	CloseCampaign CampaignVerb = "close"
	// OpenCampaign undoes CloseCampaign.
	OpenCampaign CampaignVerb = "open"
	// StopCampaign ends every open enrollment (drip.LeftByStop), skips their
	// unmarked deliveries, and closes the campaign; it cannot be undone.
	StopCampaign CampaignVerb = "stop"
)

// CampaignChange applies a verb to a campaign.
type CampaignChange struct {
	Campaign drip.CampaignNo
	Verb     CampaignVerb
	Now      time.Time // calendar
	// Reason says why, in words for the operator; only with PauseCampaign. Empty for
	// the operator's own pause.
	Reason string
}

// Image is an image that readers' mail programs fetch.
type Image struct {
	// Name is what stands in its address; it is derived from the bytes.
	Name string
	// Type is the media type: image/png, image/jpeg or image/gif.
	Type string
	Data []byte
}

// Approval says that content was approved for an issue.
type Approval struct {
	Issue   drip.IssueNo
	Content drip.ContentID
	Hash    [32]byte
	By      string
	At      time.Time
}
