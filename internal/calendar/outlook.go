package calendar

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// CodeHeld ends an [Outlook]: the next issue waits for approval.
const CodeHeld Code = "held"

// Outlook is what one reader can expect, if nothing changes and each issue is
// accepted at its slot.
type Outlook struct {
	// Dues are the deliveries to come.
	Dues []Due
	// Skipped are the positions of issues that will be passed over.
	Skipped []int
	// Others are the positions of those among Skipped that are for other readers.
	Others []int
	// End says why nothing follows: CodeFinished, CodeDraft, CodeReview, CodeHeld,
	// CodeNoSlot or CodeInactive; empty if there is more than was asked for.
	End Code
	// EndIssue is the position of the issue that ends it, or -1.
	EndIssue int
}

// Foresee returns what a reader can expect, at most n deliveries. It asks [Plan]
// and nothing else. Of the issues, those for which held is true may not be sent
// and hold whoever reaches them; held may be shorter than the campaign.
func Foresee(c *drip.Campaign, held []bool, p Passage, now time.Time, n int) Outlook {
	p.Had = slices.Clone(p.Had)
	p.Had = append(p.Had, make([]bool, max(0, len(c.Issues)-len(p.Had)))...)
	out := Outlook{EndIssue: -1}
	for len(out.Dues) < n {
		step := Plan(c, p, now)
		if step.Kind == Send && step.Issue < len(held) && held[step.Issue] {
			out.End, out.EndIssue = CodeHeld, step.Issue
			return out
		}
		switch step.Kind {
		case Wait:
			now = step.At
		case Send:
			out.Dues = append(out.Dues, Due{step.Issue, step.Slot, latest(now, step.Slot.At), step.Reason})
			p.Got(c, step.Issue, step.Slot.Wall, latest(now, step.Slot.At))
		case Refuse:
			p.Last = &Last{SlotWall: step.Slot.Wall, AcceptedAt: acceptedAt(p.Last), Issue: step.Issue}
			p.pass(step.Issue)
		case Skip:
			if step.Issue >= 0 {
				out.Skipped = append(out.Skipped, step.Issue)
				if step.Reason.Code == CodeNotForThem {
					out.Others = append(out.Others, step.Issue)
				}
			}
			p.pass(step.Issue)
		default:
			out.End, out.EndIssue = step.Reason.Code, step.Issue
			return out
		}
	}
	return out
}

// Due returns the delivery to come of the issue at a position.
func (o *Outlook) Due(issue int) (Due, bool) {
	for _, due := range o.Dues {
		if due.Issue == issue {
			return due, true
		}
	}
	return Due{}, false
}

// Turn says what an edit does to the next issue of a reader.
type Turn string

// The turns.
const (
	// TurnSame: the same issue at the same time.
	TurnSame Turn = "same"
	// TurnOther: another issue at the same time.
	TurnOther Turn = "other"
	// TurnLater and TurnEarlier: whatever issue it is, it comes at another time.
	TurnLater   Turn = "later"
	TurnEarlier Turn = "earlier"
	// TurnBegins: there was nothing to come, and now there is.
	TurnBegins Turn = "begins"
	// TurnEnds: there is nothing to come any more.
	TurnEnds Turn = "ends"
	// TurnIdle: there was nothing to come, and there still is not, for the same
	// reason; TurnIdleOther: for another one.
	TurnIdle      Turn = "idle"
	TurnIdleOther Turn = "idle-other"
)

// Effect is what an edit does to one reader.
type Effect struct {
	Turn Turn
	// From and To are the next delivery before and after; zero if there is none.
	From, To Due
	// Was and Is say why nothing comes, where nothing does.
	Was, Is Code
	// Held is the position of the issue that the reader waits for after the edit,
	// or -1.
	Held int
	// Same tells that nothing at all changes for the reader: the same issues at
	// the same times.
	Same bool
}

// Compare says what an edit does to a reader from what they could expect before
// and can expect after it. Positions are compared by the issues' ids.
func Compare(before *drip.Campaign, was Outlook, after *drip.Campaign, is Outlook) Effect {
	e := Effect{Was: was.End, Is: is.End, Held: -1, Same: sameDues(before, was.Dues, after, is.Dues) && was.End == is.End}
	if len(was.Dues) > 0 {
		e.From = was.Dues[0]
	}
	if len(is.Dues) > 0 {
		e.To = is.Dues[0]
	} else if is.End == CodeDraft || is.End == CodeHeld || is.End == CodeReview {
		e.Held = is.EndIssue
	}
	switch {
	case len(was.Dues) == 0 && len(is.Dues) == 0 && was.End == is.End:
		e.Turn = TurnIdle
	case len(was.Dues) == 0 && len(is.Dues) == 0:
		e.Turn = TurnIdleOther
	case len(was.Dues) == 0:
		e.Turn = TurnBegins
	case len(is.Dues) == 0:
		e.Turn = TurnEnds
	case e.To.At.After(e.From.At):
		e.Turn = TurnLater
	case e.To.At.Before(e.From.At):
		e.Turn = TurnEarlier
	case before.Issues[e.From.Issue].ID != after.Issues[e.To.Issue].ID:
		e.Turn = TurnOther
	default:
		e.Turn = TurnSame
	}
	return e
}

// sameDues reports whether both lists have the same issues at the same times.
func sameDues(a *drip.Campaign, was []Due, b *drip.Campaign, is []Due) bool {
	return slices.EqualFunc(was, is, func(x, y Due) bool {
		return a.Issues[x.Issue].ID == b.Issues[y.Issue].ID && x.At.Equal(y.At)
	})
}

// Adopt returns the passage as it is once the store was told about an edit. With
// a new timetable every slot must lie after now. A reader who is to be reopened,
// because the outline is new and they finished less than the campaign's
// ReopenWithin ago, goes on, and likewise not for an old slot. See
// store.Catalog, which does it.
func Adopt(p Passage, now time.Time, timetable, reopen bool) Passage {
	if reopen && p.State == drip.EnrollmentFinished {
		p.State, p.Floor = drip.EnrollmentActive, latest(p.Floor, now)
	}
	if timetable {
		p.Floor = latest(p.Floor, now)
	}
	return p
}

// Day returns the reader's date on which it is expected to leave.
func (d Due) Day(loc *time.Location) timing.Date { return timing.DateAt(d.At.In(loc)) }
