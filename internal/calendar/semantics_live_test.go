package calendar

import (
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
)

const (
	// mostTurns is more than any example needs.
	mostTurns = 10_000
	// retryAfter is when a delivery is offered again that the relay did not take.
	retryAfter = time.Hour
)

// reading is one reader going through a series: what the files say, what the
// ledger knows, and a clock. It decides nothing; [Plan] does.
type reading struct {
	e    *example
	c    drip.Campaign
	p    Passage
	now  time.Time
	next []event

	frozen bool
	had    map[string]bool
	last   *Last // Issue is set from lastID
	lastID string
	open   *Open // Issue is set from openID
	openID string
	ended  time.Time // when the last issue was had
	sent   []mailing
	err    error // an event that made no sense
}

// live follows the reader to the end and returns when each issue left.
func (e *example) live() ([]mailing, error) {
	r := &reading{e: e, c: e.campaign, p: e.passage, now: e.passage.JoinedAt, next: e.events, had: map[string]bool{}}
	r.c.Issues = slices.Clone(e.campaign.Issues)
	for range mostTurns {
		if !r.turn() {
			return r.sent, r.err
		}
	}
	return nil, fmt.Errorf("it has no end; it left at %v", r.sent)
}

// turn lets happen what is due, plans once, and does what was planned. It
// returns false when nothing can happen any more.
func (r *reading) turn() bool {
	for len(r.next) > 0 && !r.next[0].at.After(r.now) {
		r.next[0].do(r)
		r.next = r.next[1:]
	}
	if off, ok := within(r.e.off, r.now); ok {
		r.now = off.to
		return true
	}
	if r.frozen {
		return r.sleep(time.Time{})
	}
	step := Plan(&r.c, r.passage(), r.now)
	switch step.Kind {
	case Wait:
		if r.open != nil {
			r.open.Slot, r.open.Moves = step.Slot, step.Moves
		}
		return r.sleep(step.At)
	case Send:
		r.send(step)
	case Skip:
		r.skip(step)
	case Refuse:
		r.done(step, acceptedAt(r.last))
	case Finish:
		if r.p.State == drip.EnrollmentActive {
			r.p.State, r.ended = drip.EnrollmentFinished, r.now
		}
		return r.sleep(time.Time{})
	default:
		return r.sleep(time.Time{})
	}
	return true
}

// sleep moves the clock to an instant, if it is not zero, or to the next event.
func (r *reading) sleep(until time.Time) bool {
	if len(r.next) > 0 && (until.IsZero() || r.next[0].at.Before(until)) {
		until = r.next[0].at
	}
	if until.IsZero() {
		return false
	}
	r.now = until
	return true
}

// passage returns what planning has to know, by position in today's files.
func (r *reading) passage() Passage {
	p := r.p
	p.Had = make([]bool, len(r.c.Issues))
	for i := range r.c.Issues {
		p.Had[i] = r.had[r.c.Issues[i].ID]
	}
	if r.last != nil {
		last := *r.last
		last.Issue, p.Last = r.c.Issue(r.lastID), &last
	}
	if r.open != nil {
		open := *r.open
		open.Issue, p.Open = r.c.Issue(r.openID), &open
	}
	return p
}

// send offers the issue to the relay, which takes it unless it is down.
func (r *reading) send(step Step) {
	if _, down := within(r.e.deaf, r.now); down {
		r.open = &Open{Slot: step.Slot, Moves: step.Moves, Deferred: true}
		r.openID = r.c.Issues[step.Issue].ID
		r.sleep(r.now.Add(retryAfter))
		return
	}
	local := r.now.In(r.p.Zone).Format("2006-01-02 15:04")
	r.sent = append(r.sent, mailing{local, r.c.Issues[step.Issue].ID})
	r.done(step, r.now)
}

// done notes that the delivery for a slot is over.
func (r *reading) done(step Step, accepted time.Time) {
	r.lastID = r.c.Issues[step.Issue].ID
	r.had[r.lastID] = true
	r.last = &Last{SlotWall: step.Slot.Wall, AcceptedAt: accepted}
	r.open = nil
}

// skip notes that an issue was passed over, or that the open one is gone.
func (r *reading) skip(step Step) {
	id := r.openID
	if step.Issue >= 0 {
		id = r.c.Issues[step.Issue].ID
	}
	r.had[id], r.open = true, nil
}

// within returns the stretch that contains an instant.
func within(list []stretch, at time.Time) (stretch, bool) {
	for _, s := range list {
		if !at.Before(s.from) && at.Before(s.to) {
			return s, true
		}
	}
	return stretch{}, false
}

func (r *reading) freeze() { r.frozen = true }

// thaw resumes the campaign.
func (r *reading) thaw() { r.frozen, r.p.Floor = false, r.now }

// leave ends the enrollment, whoever asked for it.
func (r *reading) leave() { r.p.State = drip.EnrollmentLeft }

// insert puts an issue at a position of the files. A reader who finished not
// long ago goes on.
func (r *reading) insert(issue drip.Issue, at int) {
	if at < 0 || issue.ID == "" || r.c.Issue(issue.ID) >= 0 {
		r.err = fmt.Errorf("issue %q cannot go to position %d", issue.ID, at)
		return
	}
	r.c.Issues = slices.Insert(r.c.Issues, at, issue)
	if r.p.State == drip.EnrollmentFinished && r.ended.After(r.now.Add(-r.c.ReopenWithin)) {
		r.p.State, r.p.Floor = drip.EnrollmentActive, r.now
	}
}

// take removes an issue from the files and returns it.
func (r *reading) take(id string) drip.Issue {
	i := r.c.Issue(id)
	if i < 0 {
		r.err = fmt.Errorf("there is no issue %q", id)
		return drip.Issue{}
	}
	issue := r.c.Issues[i]
	r.c.Issues = slices.Delete(r.c.Issues, i, i+1)
	return issue
}

// ready makes an issue of a draft.
func (r *reading) ready(id string) {
	i := r.c.Issue(id)
	if i < 0 {
		r.err = fmt.Errorf("there is no issue %q", id)
		return
	}
	r.c.Issues[i].Draft = false
}
