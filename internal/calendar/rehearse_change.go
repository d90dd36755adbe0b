package calendar

import (
	"time"

	"partwork/internal/drip"
)

// Change is what happens at an instant of a rehearsal. The functions below make
// the changes that readers and operators can make; each does to the reader what
// the ledger would note. An error says that the change makes no sense then.
type Change func(*Stage) error

// PauseUntil lets the reader want no mail before an instant.
func PauseUntil(until time.Time) Change {
	return func(s *Stage) error {
		s.reader.PausedUntil = until
		return nil
	}
}

// Unpause lets the reader go on, at their next slot.
func Unpause() Change {
	return func(s *Stage) error {
		s.reader.PausedUntil, s.reader.Floor = time.Time{}, s.now
		return nil
	}
}

// SetPace lets the reader take every n-th slot.
func SetPace(n int) Change {
	return func(s *Stage) error {
		s.reader.Pace, s.reader.Floor = n, s.now
		return nil
	}
}

// Move gives the reader another clock.
func Move(zone *time.Location) Change {
	return func(s *Stage) error {
		s.reader.Zone, s.reader.Floor = zone, s.now
		return nil
	}
}

// Ask lets the reader ask for the next issue now.
func Ask() Change {
	return func(s *Stage) error {
		s.reader.AskedAt = s.now
		return nil
	}
}

// Leave ends the enrollment, whoever asked for it.
func Leave() Change {
	return func(s *Stage) error {
		s.reader.State = drip.EnrollmentLeft
		return nil
	}
}

// Freeze pauses the campaign.
func Freeze() Change {
	return func(s *Stage) error {
		s.frozen = true
		return nil
	}
}

// Thaw resumes the campaign, which goes on at the next slot.
func Thaw() Change {
	return func(s *Stage) error {
		s.frozen, s.reader.Floor = false, s.now
		return nil
	}
}
