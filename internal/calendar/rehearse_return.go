package calendar

import (
	"errors"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// StartOver lets the reader begin again with the first issue, at the next slot
// that keeps its distance from what they had, whatever their pace.
func StartOver() Change {
	return func(s *Stage) error {
		if s.reader.State != drip.EnrollmentActive && s.reader.State != drip.EnrollmentFinished {
			return errors.New("the reader is not in the series and cannot start over; let them come back")
		}
		s.enter()
		s.had, s.reader.Start = map[string]bool{}, drip.StartAtSlot
		if s.last != nil {
			s.last.Earlier = true
		}
		return nil
	}
}

// Return lets a reader who left confirm again, either to start again with the
// first issue, at once, or to continue after what they had.
func Return(again bool) Change {
	return func(s *Stage) error {
		if s.reader.State != drip.EnrollmentLeft {
			return errors.New("the reader did not leave and cannot come back")
		}
		s.enter()
		if again {
			s.had, s.last, s.reader.Start = map[string]bool{}, nil, drip.StartOnJoin
		}
		return nil
	}
}

// enter makes the reader active as of now, with nothing under way.
func (s *Stage) enter() {
	s.reader.State, s.open = drip.EnrollmentActive, nil
	s.reader.JoinedAt, s.reader.Floor = s.now, s.now
}

// Fill lets other series send the reader as much on a date as they may get.
func Fill(date timing.Date) Change {
	return func(s *Stage) error {
		s.reader.FullOn = date
		return nil
	}
}
