package calendar

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// Passage is all that planning has to know about one enrollment.
type Passage struct {
	State drip.EnrollmentState
	Start drip.Start
	// JoinedAt is the confirmation or the enrolling.
	JoinedAt time.Time
	// Floor is the instant after which the next slot must lie, the campaign's
	// own floor included. Planning never goes below JoinedAt and PausedUntil.
	Floor time.Time
	// PausedUntil is zero if the reader is not paused.
	PausedUntil time.Time
	// AskedAt is when the reader asked to get the next issue now; zero if they
	// did not. It need not be cleared: what was accepted since, or a later
	// Floor, has answered it.
	AskedAt time.Time
	// FullOn is the reader's date on which they may get nothing more, because of
	// what other series sent them; zero if there is none. An issue that leaves
	// at once, on joining or because they asked for it, is exempt.
	FullOn timing.Date
	// Pace counts slots; everything below 2 means every slot.
	Pace int
	// Zone rules the reader; see [drip.Campaign.Zone]. It must not be nil.
	Zone *time.Location
	// Who is what is known of the reader, for issues that are for some only. It is only
	// read. Their part in the campaign is what the rest of the passage says. If it is nil,
	// nobody in particular is meant: then every issue is for them.
	Who *segment.Facts
	// Had tells for each of the campaign's issues whether it has a delivery
	// that is done. It is only read; missing elements are false.
	Had []bool
	// Last sums up the deliveries that are done and had a slot; nil if none.
	Last *Last
	// Open is the delivery that is not done; nil if none.
	Open *Open
}

// Last sums up the deliveries that are done. Skipped ones had no slot and do
// not count.
type Last struct {
	// SlotWall is the latest slot's wall time.
	SlotWall timing.Wall
	// AcceptedAt is the latest acceptance, or possible acceptance; zero if all
	// were refused.
	AcceptedAt time.Time
	// Issue is the position of the latest delivery's issue, or -1 if it was
	// removed from the files.
	Issue int
	// Earlier tells that all of them are of an earlier passage that this one
	// begins anew: they keep their distance, but Pace does not count from them.
	Earlier bool
}

// Open is a delivery that is planned or deferred, or claimed with a lapsed
// lease.
type Open struct {
	// Issue is the position of its issue, or -1 if it was removed from the
	// files.
	Issue int
	// Slot is what it was planned for.
	Slot timing.Slot
	// Moves counts the slots it was moved by.
	Moves int
	// Deferred tells that an attempt was made and failed for now.
	Deferred bool
}

// had reports whether the issue at position i has a delivery that is done.
func (p *Passage) had(i int) bool { return i < len(p.Had) && p.Had[i] }

// floor returns the instant after which the next slot must lie.
func (p *Passage) floor() time.Time {
	return latest(p.Floor, latest(p.JoinedAt, p.PausedUntil))
}

// sinceFloor says in words what the floor is.
func (p *Passage) sinceFloor() string {
	switch floor := p.floor(); {
	case floor.Equal(p.JoinedAt):
		return "joining"
	case floor.Equal(p.PausedUntil):
		return "the pause"
	default:
		return "the latest change"
	}
}

// latest returns the later of two instants.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earliest returns the earlier of two instants.
func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
