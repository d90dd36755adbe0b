package calendar

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// Whom an issue is for is asked when it would leave, and not before: a reader who is
// tagged on Monday gets on Tuesday what is for the tag. Whoever it is not for must not
// wait for it either, so it is also asked when what comes instead could leave, if that is
// earlier. From then on the answer stands, because the issue was passed over.

// suits reports whether the issue is for the reader, by what is known now. Days begin at
// midnight in the zone that rules the reader, and status, joined, had and last_sent are
// about this campaign.
func (pl *planner) suits(issue int) bool {
	f := pl.c.Issues[issue].OnlyIf
	if f.Empty() || pl.p.Who == nil {
		return true
	}
	return f.Match(pl.who(), Sight(pl.c, pl.p.Zone, pl.now))
}

// who returns what is known of the reader, with this passage as their part in the campaign.
func (pl *planner) who() *segment.Facts {
	return pl.p.Who.With(segment.Part{Campaign: pl.c.ID, State: string(pl.p.State), JoinedAt: pl.p.JoinedAt})
}

// trait is all that the issues see of the reader that are for some only, and whose turn may
// still come.
func (pl *planner) trait() string {
	who, text := pl.who(), "."
	for i := range pl.c.Issues {
		open := pl.p.Open != nil && pl.p.Open.Issue == i
		if is := &pl.c.Issues[i]; !is.OnlyIf.Empty() && (open || !pl.p.had(i)) {
			text += is.OnlyIf.Trait(who, Sight(pl.c, pl.p.Zone, pl.now)) + "."
		}
	}
	return text
}

// Got notes that an issue was accepted for the reader, for a slot of that wall time. Had
// must be the passage's own, and have an element for every issue.
func (p *Passage) Got(c *drip.Campaign, issue int, wall timing.Wall, at time.Time) {
	p.Last = &Last{SlotWall: wall, AcceptedAt: at, Issue: issue}
	p.pass(issue)
	if p.Who != nil {
		p.Who = p.Who.And(segment.Sent{Campaign: c.ID, Issue: c.Issues[issue].ID, At: at})
	}
}

// Sight returns in view of what a campaign's issues ask whom they are for, of a reader whom
// a zone rules. The time is written anew, so that a plan need not be kept because of it:
// planning makes no garbage.
func Sight(c *drip.Campaign, zone *time.Location, now time.Time) segment.View {
	return segment.View{Now: time.UnixMilli(now.UnixMilli()).UTC(), Zone: zone, Campaign: c.ID}
}

// passed reports whether the issue, which counts as had, left no trace on the reader: it
// was for others.
func (pl *planner) passed(issue int) bool {
	return issue < len(pl.c.Issues) && !pl.c.Issues[issue].OnlyIf.Empty()
}

// suited returns the step for an issue that is not for the reader, given what would be done
// if it were: it is skipped as soon as it, or what comes instead of it, could leave.
func (pl *planner) suited(issue int, step Step) Step {
	if step.Kind == Refuse {
		return step
	}
	skip := pl.step(Skip, issue, CodeNotForThem)
	due := step.Slot.At // zero if there is no slot for it
	if step.Kind == Send || step.Reason.Code == CodeReview && !due.After(pl.now) {
		return skip
	}
	instead := pl.without(issue)
	switch {
	case instead.Kind == Send:
		return skip
	case step.Kind == Hold && due.IsZero() && instead.Kind != Wait:
		return step // there is no slot for anything
	case step.Kind == Hold && due.IsZero():
		step.At = instead.At
	case step.Kind == Hold: // for review, which does not concern the reader
		step.At = due
	}
	if instead.Kind == Wait {
		if pl.p.Open == nil {
			instead.At = earliest(instead.At, step.At)
			return instead
		}
		step.At = earliest(instead.At, step.At)
	}
	if step.Kind == Hold {
		step.Kind, step.Reason.Code = Wait, CodeSlot
	}
	return step
}

// without plans as if the reader had had the issue, and all after it that are not for them
// or are skipped for another reason.
func (pl *planner) without(issue int) Step {
	p := *pl.p
	p.Open = nil
	p.Had = slices.Clone(p.Had)
	p.Had = append(p.Had, make([]bool, max(0, len(pl.c.Issues)-len(p.Had)))...)
	other := planner{c: pl.c, p: &p, now: pl.now}
	for {
		p.Had[issue] = true
		step := other.forAnybody()
		if step.Kind != Skip && (step.Issue < 0 || step.Reason.Code == CodeDraft || pl.suits(step.Issue)) {
			return step
		}
		issue = step.Issue
	}
}

// only says whom the issue is for, if not for everybody.
func (r Reason) only() []string {
	f := r.campaign.Issues[r.issue].OnlyIf
	if f.Empty() {
		return nil
	}
	return []string{"only if " + f.String()}
}
