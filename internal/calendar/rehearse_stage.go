package calendar

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// Stage is a rehearsal while it runs: what the files say, what the ledger knows
// about the reader, and a clock. Only a [Change] touches it from outside.
type Stage struct {
	script   Script
	campaign drip.Campaign
	reader   Passage // without Had, Last and Open
	now      time.Time
	events   []Event // still to come

	frozen bool // the campaign is paused
	had    map[string]bool
	last   *Last // its Issue is set from lastID
	lastID string
	open   *Open // its Issue is set from openID
	openID string
	ended  time.Time // when the last issue was had

	rehearsal Rehearsal
}

// turn lets happen what is due, plans once, and does what was planned. It
// returns false when nothing can happen any more.
func (s *Stage) turn() (bool, error) {
	for len(s.events) > 0 && !s.events[0].At.After(s.now) {
		event := s.events[0]
		s.events = s.events[1:]
		if err := event.Do(s); err != nil {
			return false, err
		}
	}
	if down, ok := during(s.script.Down, s.now); ok {
		s.now = down.To
		return true, nil
	}
	if s.frozen {
		return s.idle("the campaign is paused"), nil
	}
	return s.act(Plan(&s.campaign, s.passage(), s.now)), nil
}

// act does what was planned.
func (s *Stage) act(step Step) bool {
	switch step.Kind {
	case Wait:
		if s.open != nil {
			s.open.Slot, s.open.Moves = step.Slot, step.Moves
		}
		return s.sleep(step.At)
	case Send:
		s.offer(step)
	case Skip:
		s.skip(step)
	case Refuse:
		s.pass(step)
		s.done(step, acceptedAt(s.last))
	case Finish:
		if s.reader.State == drip.EnrollmentActive {
			s.reader.State, s.ended = drip.EnrollmentFinished, s.now
		}
		return s.idle(step.Reason.String())
	default:
		if s.reader.State == drip.EnrollmentLeft {
			return s.idle("the reader left")
		}
		return s.idle(step.Reason.String())
	}
	return true
}

// idle waits for the next event, if there is one. Otherwise that was the end.
func (s *Stage) idle(why string) bool {
	s.rehearsal.End = why
	return s.sleep(time.Time{})
}

// sleep moves the clock to an instant, if it is not zero, or to the next event.
func (s *Stage) sleep(until time.Time) bool {
	if len(s.events) > 0 && (until.IsZero() || s.events[0].At.Before(until)) {
		until = s.events[0].At
	}
	if until.IsZero() {
		return false
	}
	s.now = until
	return true
}

// passage returns what planning has to know, by position in today's files.
func (s *Stage) passage() Passage {
	p := s.reader
	p.Had, p.Last, p.Open = make([]bool, len(s.campaign.Issues)), nil, nil
	for i := range s.campaign.Issues {
		p.Had[i] = s.had[s.campaign.Issues[i].ID]
	}
	if s.last != nil {
		last := *s.last
		last.Issue, p.Last = s.campaign.Issue(s.lastID), &last
	}
	if s.open != nil {
		open := *s.open
		open.Issue, p.Open = s.campaign.Issue(s.openID), &open
	}
	return p
}

// offer gives the issue to the relay, which takes it unless it is deaf.
func (s *Stage) offer(step Step) {
	id := s.campaign.Issues[step.Issue].ID
	if _, deaf := during(s.script.Deaf, s.now); deaf {
		s.open, s.openID = &Open{Slot: step.Slot, Moves: step.Moves, Deferred: true}, id
		s.sleep(s.now.Add(RetryEvery))
		return
	}
	s.rehearsal.Sent = append(s.rehearsal.Sent, s.mailing(id, step.Reason))
	s.done(step, s.now)
	if s.reader.Who != nil {
		s.reader.Who = s.reader.Who.And(segment.Sent{Campaign: s.campaign.ID, Issue: id, At: s.now})
	}
}

// mailing describes what happens to an issue now.
func (s *Stage) mailing(id string, reason Reason) Mailing {
	return Mailing{Issue: id, At: s.now, Local: timing.WallAt(s.now.In(s.reader.Zone)), Reason: reason}
}

// done notes that the delivery for a slot is over.
func (s *Stage) done(step Step, accepted time.Time) {
	s.lastID = s.campaign.Issues[step.Issue].ID
	s.had[s.lastID] = true
	s.last = &Last{SlotWall: step.Slot.Wall, AcceptedAt: accepted}
	s.open = nil
}

// skip notes that an issue was passed over, or that the open one is gone.
func (s *Stage) skip(step Step) {
	s.pass(step)
	id := s.openID
	if step.Issue >= 0 {
		id = s.campaign.Issues[step.Issue].ID
	}
	s.had[id], s.open = true, nil
}

// pass notes that an issue of the files will not reach the reader.
func (s *Stage) pass(step Step) {
	if step.Issue >= 0 {
		s.rehearsal.Passed = append(s.rehearsal.Passed, s.mailing(s.campaign.Issues[step.Issue].ID, step.Reason))
	}
}

// during returns the span that contains an instant.
func during(list []Span, at time.Time) (Span, bool) {
	for _, span := range list {
		if !at.Before(span.From) && at.Before(span.To) {
			return span, true
		}
	}
	return Span{}, false
}
