package calendar

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Ahead is [Plan] for a reader who asks to get the next issue now. It takes the
// place of the coming slot: the step's Slot has the wall time of that slot but
// happens now, so that the following issue waits for a later one. It is exempt
// from MinGap, Pace, SkipSlots and LateHours, but not from quiet dates,
// NotBefore, drafts, reviews and pauses; where one of those is in the way, Ahead
// returns what Plan says.
func Ahead(c *drip.Campaign, p Passage, now time.Time) Step {
	pl := planner{c: c, p: &p, now: now}
	step := pl.plan()
	if step.Kind != Wait || now.Before(p.PausedUntil) {
		return step
	}
	today := timing.DateAt(now.In(p.Zone))
	if c.Quiet.Contains(today) || today < c.Issues[step.Issue].NotBefore {
		return step
	}
	wall := step.Slot.Wall
	if step.Slot.At.After(now) {
		after, _ := pl.since(p.Last)
		slot, ok := pl.fit(c.Issues[step.Issue].NotBefore, after, latest(now, p.floor()))
		if !ok {
			return step
		}
		wall = slot.Wall
	}
	step.Kind, step.At = Send, time.Time{}
	step.Slot = timing.Slot{Wall: wall, Zone: p.Zone.String(), At: now.UTC()}
	step.Reason.Code, step.Reason.slot = CodeAhead, step.Slot
	_, step.SendBy = pl.window(step.Slot)
	step.Then = pl.then(step.Issue, step.Slot)
	return step
}
