package calendar

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// defaultGiveUp is [drip.Campaign.GiveUp] if unset.
const defaultGiveUp = 3

// Plan decides what to do next with one enrollment. It changes nothing. Whether
// the campaign is paused or stopped, the address suppressed or the content
// approved is for the caller to ask.
func Plan(c *drip.Campaign, p Passage, now time.Time) Step {
	pl := planner{c: c, p: &p, now: now}
	return pl.plan()
}

// planner holds the arguments of one plan.
type planner struct {
	c   *drip.Campaign
	p   *Passage
	now time.Time
}

func (pl *planner) plan() Step {
	step := pl.forAnybody()
	if step.Issue < 0 || step.Kind == Skip || step.Reason.Code == CodeDraft || pl.suits(step.Issue) {
		return step
	}
	return pl.suited(step.Issue, step)
}

// forAnybody plans as if every issue were for the reader.
func (pl *planner) forAnybody() Step {
	p := pl.p
	switch p.State {
	case drip.EnrollmentActive:
	case drip.EnrollmentFinished:
		return pl.step(Finish, -1, CodeFinished)
	default:
		return pl.step(Hold, -1, CodeInactive)
	}
	if p.Open != nil && (p.Open.Issue < 0 || p.Open.Issue >= len(pl.c.Issues)) {
		return pl.step(Skip, -1, CodeRemoved)
	}
	issue := pl.issue(-1)
	switch {
	case issue < 0:
		return pl.step(Finish, -1, CodeFinished)
	case pl.c.Issues[issue].Draft:
		return pl.step(Hold, issue, CodeDraft)
	case p.Open != nil:
		return pl.resume()
	default:
		return pl.begin(issue)
	}
}

// issue returns the position of the issue that is next, or -1. The issue at
// position also counts as had. A draft that is behind the reader is as if it
// were not there: nobody reaches it.
func (pl *planner) issue(also int) int {
	if pl.p.Open != nil && also < 0 {
		return pl.p.Open.Issue
	}
	for i := range pl.c.Issues {
		if i == also || pl.p.had(i) || pl.c.Issues[i].Draft && pl.behind(i, also) {
			continue
		}
		return i
	}
	return -1
}

// behind reports whether the reader had an issue that comes later than i.
func (pl *planner) behind(i, also int) bool {
	for j := len(pl.c.Issues) - 1; j > i; j-- {
		if j == also || pl.p.had(j) {
			return true
		}
	}
	return false
}

// begin plans an issue that has no delivery yet.
func (pl *planner) begin(issue int) Step {
	behind := pl.behind(issue, -1)
	late := pl.c.Issues[issue].Late
	if behind && (late.Kind == drip.LateSkip || late.Kind == "") {
		return pl.step(Skip, issue, CodeBehind)
	}
	slot, ok := pl.nominal(issue, pl.p.Last)
	if !ok {
		return pl.step(Hold, issue, CodeNoSlot)
	}
	if behind && late.Kind == drip.LateWithin && !pl.within(slot, late.Within) {
		return pl.step(Skip, issue, CodeBehind)
	}
	return pl.settle(issue, slot, 0)
}

// within reports whether the last issue was accepted at most d before the slot.
// It is measured at the slot and not now, so that the answer stays the same
// while the reader waits.
func (pl *planner) within(slot timing.Slot, d time.Duration) bool {
	last := pl.p.Last
	return last != nil && !last.AcceptedAt.IsZero() && slot.At.Sub(last.AcceptedAt) <= d
}

// resume plans the open delivery further. One whose slot does not fit any more
// is planned anew, which does not count as a move; one that missed its slot
// moves, or is given up.
func (pl *planner) resume() Step {
	open := pl.p.Open
	slot := open.Slot
	stale := pl.stale(slot)
	if kind, _ := pl.window(open.Issue, slot); stale || kind != Send {
		if asked, ok := pl.asked(open.Issue, pl.p.Last); ok && pl.meets(open.Issue, asked) {
			return pl.settle(open.Issue, asked, open.Moves)
		}
	}
	if stale {
		var ok bool
		slot, ok = pl.coming(open.Issue)
		if !ok {
			return pl.step(Hold, open.Issue, CodeNoSlot)
		}
		return pl.settle(open.Issue, slot, open.Moves)
	}
	if pl.meets(open.Issue, slot) {
		return pl.settle(open.Issue, slot, open.Moves)
	}
	giveUp := pl.c.GiveUp
	if giveUp <= 0 {
		giveUp = defaultGiveUp
	}
	if open.Moves+1 >= giveUp {
		step := pl.step(Refuse, open.Issue, CodeGaveUp)
		step.Slot, step.Moves = slot, open.Moves+1
		return step
	}
	return pl.settle(open.Issue, slot, open.Moves+1)
}

// meets reports whether the issue can still leave for the slot.
func (pl *planner) meets(issue int, slot timing.Slot) bool {
	kind, _ := pl.window(issue, slot)
	return kind != missed
}

// settle turns an issue and its slot into a step. A slot that was missed is
// replaced first.
func (pl *planner) settle(issue int, slot timing.Slot, moves int) Step {
	kind, at := pl.window(issue, slot)
	if kind == missed {
		var ok bool
		if slot, ok = pl.replacement(issue, slot); !ok {
			return pl.step(Hold, issue, CodeNoSlot)
		}
		kind, at = pl.window(issue, slot)
	}
	paused := pl.now.Before(pl.p.PausedUntil)
	if paused {
		kind, at = Wait, pl.p.PausedUntil
	}
	step := pl.step(kind, issue, pl.code(kind, issue, slot, at, moves))
	step.Slot, step.Moves = slot, moves
	step.Reason.slot, step.Reason.moves = slot, moves
	switch {
	case pl.reviewDue(issue, slot):
		step.Kind, step.Reason.Code = Hold, CodeReview
	case kind == Wait:
		step.At, step.Reason.until = at, at
	default:
		step.SendBy, step.Then = at, pl.then(issue, slot)
	}
	return step
}

// reviewDue reports whether the content would have to be looked at again before
// it could leave for the slot.
func (pl *planner) reviewDue(issue int, slot timing.Slot) bool {
	by := pl.c.Issues[issue].ReviewBy
	if pl.c.Review != drip.ReviewRequired || by.IsZero() {
		return false
	}
	return timing.DateAt(latest(slot.At, pl.now).In(pl.p.Zone)) > by
}

// then returns when the issue after the given one could be due. Whether one that
// is behind the reader comes "within" its days is known only once the given one
// was accepted, so the hint is the earliest of both answers; likewise for those that are
// for some readers only.
func (pl *planner) then(issue int, slot timing.Slot) time.Time {
	after := Last{SlotWall: slot.Wall, AcceptedAt: pl.now, Issue: issue}
	hint := time.Time{}
	for i := range pl.c.Issues {
		next := &pl.c.Issues[i]
		if i == issue || pl.p.had(i) || next.Draft {
			continue
		}
		behind := pl.behind(i, issue)
		if behind && next.Late.Kind != drip.LateNextSlot && next.Late.Kind != drip.LateWithin {
			continue
		}
		following, _ := pl.nominal(i, &after)
		if hint.IsZero() || !following.IsZero() && following.At.Before(hint) {
			hint = following.At
		}
		if (!behind || next.Late.Kind == drip.LateNextSlot) && next.OnlyIf.Empty() {
			break
		}
	}
	return hint
}
