package drip

import (
	"cmp"
	"slices"
	"time"

	"partwork/internal/mailaddr"
	"partwork/internal/timing"
)

// CampaignNo is the store's number of a campaign. Zero means "not stored yet".
type CampaignNo int64

// SubscriberZone is the value of Campaign.Timezone that asks for each reader's
// own zone.
const SubscriberZone = "subscriber"

// First says when an enrollment's first issue leaves.
type First string

// The two ways to begin a series.
const (
	// FirstOnJoin lets the first issue leave at confirmation, whatever the
	// hour, unless that local date is quiet. It is the default.
	FirstOnJoin First = "on-join"
	// FirstNextSlot lets the first issue wait for the next slot.
	FirstNextSlot First = "next-slot"
)

// Review says whose approval an issue needs before it is sent.
type Review string

// The review policies.
const (
	// ReviewNone sends what the files say.
	ReviewNone Review = "none"
	// ReviewRequired sends only content whose hash was approved.
	ReviewRequired Review = "required"
)

// OnUnknown says what becomes of an issue whose message may or may not have
// been accepted (RFC 1047).
type OnUnknown string

// The policies for unknown deliveries.
const (
	// HoldUnknown leaves it to a person; for the order of the series it counts
	// as had. At most one copy arrives.
	HoldUnknown OnUnknown = "hold"
	// ResendUnknown sends the same bytes once more, after a while and while the
	// series has not gone on. At least one copy arrives, and at most two.
	ResendUnknown OnUnknown = "resend"
)

// Campaign is a series as its files describe it: already parsed, validated and
// with every default filled in. It is a value to be read, never changed.
type Campaign struct {
	// ID is the stable name from campaign.yaml, also the folder's name. It is
	// private: nothing that leaves the host may carry it.
	ID string
	// Key is the only name of the campaign in public URLs and headers.
	Key string
	// Title is shown to readers.
	Title string
	// Language is the BCP 47 tag of the language that the campaign is written in, and
	// that the pages of its readers and the frame of its messages speak. If it is
	// empty, messages are English, and pages go by the browser; see Spoken.
	Language string
	// From is the visible sender.
	From mailaddr.Mailbox
	// ReplyTo receives answers; the zero value means From.
	ReplyTo mailaddr.Mailbox
	// PostalAddress stands in every footer.
	PostalAddress string

	// Schedule gives the wall times at which the campaign may send.
	Schedule timing.Schedule
	// Timezone is SubscriberZone or an IANA name that holds for every reader.
	Timezone string
	// DefaultTimezone is the IANA name for readers without a zone of their
	// own; empty means the instance's zone.
	DefaultTimezone string

	// First says when issue 1 leaves for those who join by confirming.
	First First
	// MinGap is the least time between one acceptance and the next slot.
	// "auto" has been resolved to half of the schedule's interval.
	MinGap time.Duration
	// MaxLate is how long after its slot an issue may still leave.
	// "auto" has been resolved to half of the schedule's interval.
	MaxLate time.Duration
	// LateHours are the local hours in which a late issue may leave.
	LateHours timing.Hours
	// Quiet holds the local dates without sending.
	Quiet timing.Dates
	// GiveUp is the number of slots after which an issue that never left is
	// refused and the series goes on; 3 if unset.
	GiveUp int
	// ReopenWithin is how long after finishing a reader still gets issues that
	// were appended later; 180 days if unset.
	ReopenWithin time.Duration

	// Review says whether content needs approval.
	Review Review
	// OnUnknown says what becomes of unknown deliveries; empty means
	// HoldUnknown.
	OnUnknown OnUnknown
	// Discreet asks for a neutral subject, preheader and sender.
	Discreet bool
	// SignUp says whether people can join by themselves.
	SignUp SignUp
	// Archive says who may read the issues without being sent them.
	Archive Archive

	// Issues are in file order, drafts included. There is at least one.
	Issues []Issue
	// Images are those that the issues name, by path.
	Images []Image
	// HostedImages asks for images that are fetched from this instance's pages;
	// otherwise every message carries its own.
	HostedImages bool
	// Personas is the path of the file of personas, relative to the campaign's
	// folder, or empty when there is none.
	Personas string
}

// Zone returns the IANA name that rules a reader of this campaign: the
// campaign's own zone, or the reader's, or the campaign's default, or the
// instance's, in that order.
func (c *Campaign) Zone(reader, instance string) string {
	if c.Timezone != SubscriberZone && c.Timezone != "" {
		return c.Timezone
	}
	for _, name := range []string{reader, c.DefaultTimezone, instance} {
		if name != "" {
			return name
		}
	}
	return "UTC"
}

// Selective reports whether some issue is for some readers only, so that planning has to
// know the reader.
func (c *Campaign) Selective() bool {
	return slices.ContainsFunc(c.Issues, func(is Issue) bool { return !is.OnlyIf.Empty() })
}

// LooksBack reports whether whom an issue is for depends on what people were sent.
func (c *Campaign) LooksBack() bool {
	return slices.ContainsFunc(c.Issues, func(is Issue) bool { return is.OnlyIf.LooksBack() })
}

// Issue returns the position of the issue with the given id, or -1.
func (c *Campaign) Issue(id string) int {
	for i := range c.Issues {
		if c.Issues[i].ID == id {
			return i
		}
	}
	return -1
}

// Spoken returns the language of the campaign's messages, which is English unless it says
// otherwise.
func (c *Campaign) Spoken() string { return cmp.Or(c.Language, "en") }
