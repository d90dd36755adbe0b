package calendar

import (
	"fmt"
	"slices"

	"partwork/internal/drip"
)

// live follows the reader to the end and returns when each issue left.
func (e *example) live() ([]mailing, error) {
	rehearsal, err := Rehearse(Script{
		Campaign: &e.campaign, Reader: e.passage, Events: e.events, Down: e.off, Deaf: e.deaf,
	})
	var list []mailing
	for _, m := range rehearsal.Sent {
		list = append(list, mailing{wallMinute(m), m.Issue})
	}
	return list, err
}

// wallMinute writes when a mailing left as the examples do.
func wallMinute(m Mailing) string { return m.Local.Date().String() + " " + clock(m.Local) }

// Edits of the files while the reader is on their way. Only the examples need
// them: a series test is about the files as they are.

// insert puts an issue before another one, or last if before is empty. A reader
// who finished not long ago goes on.
func insert(issue drip.Issue, before string) Change {
	return func(s *Stage) error {
		at := len(s.campaign.Issues)
		if before != "" {
			at = s.campaign.Issue(before)
		}
		if at < 0 || issue.ID == "" || s.campaign.Issue(issue.ID) >= 0 {
			return fmt.Errorf("issue %q cannot go to position %d", issue.ID, at)
		}
		s.campaign.Issues = slices.Insert(s.campaign.Issues, at, issue)
		if s.reader.State == drip.EnrollmentFinished && s.ended.After(s.now.Add(-s.campaign.ReopenWithin)) {
			s.reader.State, s.reader.Floor = drip.EnrollmentActive, s.now
		}
		return nil
	}
}

// remove takes an issue out of the files.
func remove(id string) Change {
	return withIssue(id, func(s *Stage, i int) error {
		s.campaign.Issues = slices.Delete(s.campaign.Issues, i, i+1)
		return nil
	})
}

// shift moves an issue before another one.
func shift(id, before string) Change {
	return withIssue(id, func(s *Stage, i int) error {
		issue := s.campaign.Issues[i]
		s.campaign.Issues = slices.Delete(s.campaign.Issues, i, i+1)
		return insert(issue, before)(s)
	})
}

// ready makes an issue of a draft.
func ready(id string) Change {
	return withIssue(id, func(s *Stage, i int) error {
		s.campaign.Issues[i].Draft = false
		return nil
	})
}

// reschedule gives the campaign another schedule.
func reschedule(expr string) Change {
	return func(s *Stage) error {
		s.reader.Floor = s.now
		return setSchedule(&s.campaign, expr)
	}
}

// withIssue changes the issue with an id, which must be there.
func withIssue(id string, do func(s *Stage, i int) error) Change {
	return func(s *Stage) error {
		i := s.campaign.Issue(id)
		if i < 0 {
			return fmt.Errorf("there is no issue %q", id)
		}
		return do(s, i)
	}
}
