package calendar

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Due is a delivery to come.
type Due struct {
	// Issue is a position in the campaign's Issues.
	Issue int
	Slot  timing.Slot
	// At is when it is expected to leave: at the slot, or later if it is late.
	At time.Time
	// Reason says why that slot.
	Reason Reason
}

// Forecast returns the next deliveries, at most n, as they will be if nothing
// changes and each issue is accepted at its slot, or now if that passed. It ends
// where planning ends: with the last issue, or before one that is held. It asks
// [Plan] and nothing else.
func Forecast(c *drip.Campaign, p Passage, now time.Time, n int) []Due {
	return Foresee(c, nil, p, now, n).Dues
}

// pass notes that the delivery of an issue is done. Had must be the passage's
// own.
func (p *Passage) pass(issue int) {
	p.Open = nil
	if issue >= 0 {
		p.Had[issue] = true
	}
}

// acceptedAt returns the latest acceptance, or zero.
func acceptedAt(last *Last) time.Time {
	if last == nil {
		return time.Time{}
	}
	return last.AcceptedAt
}
