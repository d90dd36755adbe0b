package app

import (
	"context"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// FillDay notes in a passage that the person may get no more today, because of so
// many issues a day (0 for no limit), as planning does. The ledger knows what they
// got of all series.
func FillDay(ctx context.Context, s store.Reports, limit int, who drip.SubscriberID, p *calendar.Passage, now time.Time) error {
	if limit <= 0 {
		return nil
	}
	entries, err := s.Log(ctx, store.LogFilter{
		Subscriber: who, States: []drip.DeliveryState{drip.DeliverySending, drip.DeliverySent, drip.DeliveryUnknown},
	})
	if err != nil {
		return err
	}
	today, got := timing.DateAt(now.In(p.Zone)), 0
	for _, entry := range entries {
		if entry.LocalDate == today && entry.IssueID != drip.ConfirmationID {
			got++
		}
	}
	if got >= limit {
		p.FullOn = today
	}
	return nil
}
