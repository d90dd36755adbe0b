package calendar

import (
	"fmt"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Code is the machine-readable part of a [Reason].
type Code string

// The codes. Those of Skip and Refuse are the ledger's own words.
const (
	CodeSlot     Code = "slot"     // the next slot that fits
	CodeJoined   Code = "joined"   // the first issue, at once on joining
	CodeLate     Code = "late"     // the slot passed, but it may still leave
	CodeRetry    Code = "retry"    // an attempt for this slot failed for now
	CodeMoved    Code = "moved"    // earlier slots passed without it leaving
	CodeAhead    Code = "ahead"    // the reader asked for it before its slot
	CodeFull     Code = "full"     // other series sent the reader enough today
	CodePaused   Code = "paused"   // the reader wants no mail for a while
	CodeDraft    Code = "draft"    // the next issue is a draft
	CodeReview   Code = "review"   // the next issue must be looked at again
	CodeNoSlot   Code = "no-slot"  // no slot fits for many years
	CodeInactive Code = "inactive" // not confirmed, or over
	CodeFinished Code = "finished" // every issue was had

	CodeBehind  = Code(drip.ReasonBehind)
	CodeRemoved = Code(drip.ReasonRemoved)
	CodeGaveUp  = Code(drip.ReasonGaveUp)

	CodeNotForThem = Code(drip.ReasonNotForThem)
)

// Reason explains a step. String says it in words; that costs nothing unless
// it is asked for.
type Reason struct {
	Code Code

	campaign *drip.Campaign
	zone     *time.Location
	issue    int
	slot     timing.Slot
	moves    int
	pace     int
	until    time.Time // with Wait
	floor    time.Time
	since    string // what floor is
	last     Last
	hasLast  bool
}

// step returns a step with its reason.
func (pl *planner) step(kind Kind, issue int, code Code) Step {
	reason := Reason{Code: code, campaign: pl.c, zone: pl.p.Zone, issue: issue, pace: pl.p.Pace, floor: pl.p.floor()}
	reason.since = pl.p.sinceFloor()
	if pl.p.Last != nil {
		reason.last, reason.hasLast = *pl.p.Last, true
	}
	return Step{Kind: kind, Issue: issue, Reason: reason}
}

// code explains a delivery that may leave for its slot now or at an instant.
func (pl *planner) code(kind Kind, issue int, slot timing.Slot, at time.Time, moves int) Code {
	joining, ok := pl.joining()
	switch open := pl.p.Open; {
	case pl.now.Before(pl.p.PausedUntil):
		return CodePaused
	case ok && joining == slot:
		return CodeJoined
	case pl.isPrompt(issue, slot):
		return CodeAhead
	case kind == Wait && !slot.At.After(pl.now) && timing.DateAt(pl.now.In(pl.p.Zone)) == pl.p.FullOn:
		return CodeFull
	case moves > 0:
		return CodeMoved
	case open != nil && open.Deferred && open.Slot == slot:
		return CodeRetry
	case kind == Wait && at.After(slot.At), kind == Send && pl.now.After(slot.At.Add(Grace)):
		return CodeLate
	}
	return CodeSlot
}

// String says the reason in words, such as "second Tuesday after welcome; 24 Dec
// quiet". Issues are called by their ids: positions change with every edit, and a
// reader may have come by them in another order.
func (r Reason) String() string {
	if r.campaign == nil {
		return string(r.Code)
	}
	switch r.Code {
	case CodeJoined:
		return strings.Join(append([]string{"at once on joining"}, r.only()...), "; ")
	case CodeDraft:
		return fmt.Sprintf("issue %s is a draft", r.id(r.issue))
	case CodeReview:
		return fmt.Sprintf("issue %s must be reviewed again: review_by is %v", r.id(r.issue), r.campaign.Issues[r.issue].ReviewBy)
	case CodeNoSlot:
		return "the schedule has no slot that is not quiet"
	case CodeInactive:
		return "the enrollment is not active"
	case CodeFinished:
		return "every issue was sent"
	case CodeBehind:
		return fmt.Sprintf("issue %s was inserted behind the reader", r.id(r.issue))
	case CodeNotForThem:
		return fmt.Sprintf("issue %s is for others: only_if is %s", r.id(r.issue), r.campaign.Issues[r.issue].OnlyIf)
	case CodeRemoved:
		return "the issue was removed from the files"
	case CodeGaveUp:
		return "it could not leave in any of its slots"
	}
	return strings.Join(r.parts(), "; ")
}

// parts explains a slot.
func (r Reason) parts() []string {
	parts := append(r.place(), r.only()...)
	switch r.Code {
	case CodePaused:
		parts = append(parts, "paused until "+r.local(r.until))
	case CodeLate:
		if !r.until.IsZero() {
			parts = append(parts, "late, and waits until "+r.local(r.until))
		} else {
			parts = append(parts, "late")
		}
	case CodeFull:
		parts = append(parts, "another series came today, so it waits until "+r.local(r.until))
	case CodeRetry:
		parts = append(parts, "another attempt")
	case CodeMoved:
		parts = append(parts, "moved by "+plural(r.moves, "slot"))
	case CodeAhead:
		parts = append(parts, "sent ahead because the reader asked")
	}
	if shown := timing.WallAt(r.slot.At.In(r.zone)); r.Code != CodeAhead && shown != r.slot.Wall {
		parts = append(parts, fmt.Sprintf("the clocks skip %s", clock(r.slot.Wall)))
	}
	return parts
}

// id returns the id of the issue at a position of the files.
func (r Reason) id(issue int) string { return r.campaign.Issues[issue].ID }

// local writes an instant as the reader's clock shows it.
func (r Reason) local(t time.Time) string {
	return t.In(r.zone).Format("2006-01-02 15:04")
}

// clock writes a wall time's hour and minute.
func clock(w timing.Wall) string { return fmt.Sprintf("%02d:%02d", w.Clock()/60, w.Clock()%60) }

// plural writes a number and a noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
