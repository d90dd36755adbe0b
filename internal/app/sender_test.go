package app

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// What connections report while the sender ends at once is taken in: it may be the
// relay's last word about a letter.
func TestLastWordsAreTakenIn(t *testing.T) {
	t.Parallel()
	const connections = 3
	now := time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC)
	s := &sender{
		box:      outbox.New(outbox.Config{Connections: connections}),
		events:   make(chan outbox.Event, 1), // they do not all fit
		calendar: func() time.Time { return now }, machine: func() time.Time { return now },
	}
	var claims []store.Claimed
	for i := range connections {
		claims = append(claims, store.Claimed{Delivery: drip.Delivery{
			DeliveryKey: drip.DeliveryKey{Enrollment: drip.EnrollmentID(i + 1), Issue: 1}, Attempt: 1, WakeAt: now.Add(time.Hour),
		}})
	}
	events := []outbox.Event{outbox.Wake{}, outbox.Loaded{Items: claims}}
	for i := range connections {
		events = append(events, outbox.Dialed{Conn: i}, outbox.Offered{Conn: i},
			outbox.Committed{Result: store.RoundResult{Marked: []bool{true}}})
	}
	for _, ev := range events {
		s.box.Step(s.now(), ev)
	}
	for i := range connections {
		s.workers.Go(func() {
			s.post(outbox.Transferred{Conn: i, Class: drip.ClassAccepted, Reply: drip.Reply{Phase: drip.PhaseFinal, Code: 250}})
		})
	}
	s.takeIn()
	if got := s.box.Unstored(); len(got) != connections {
		t.Errorf("%d outcomes of %d are known: %+v", len(got), connections, got)
	}
}
