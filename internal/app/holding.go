package app

import (
	"context"
	"time"

	"partwork/internal/outbox"
	"partwork/internal/store"
)

// holds says what is held back now; nothing if the sender has stopped.
func (s *sender) holds() []outbox.Hold {
	if s.stopped.Load() {
		return nil
	}
	answer := make(chan []outbox.Hold, 1)
	patience := time.NewTimer(time.Second)
	defer patience.Stop()
	select {
	case s.asks <- answer:
		return <-answer
	case <-patience.C:
		return nil
	}
}

// countDay asks the store for what left today over a relay whose days are limited.
func (s *sender) countDay(ctx context.Context, e outbox.CountDay) {
	s.workers.Go(func() {
		marked, err := s.store.RelayDay(ctx, e.Name, e.Day)
		if err != nil {
			s.log.Error("count what left today; nothing leaves over this relay before that", "relay", e.Name, "error", err)
		}
		s.post(outbox.Counted{Relay: e.Relay, Day: e.Day, Marked: marked, Err: err})
	})
}

// pause stores that a campaign is paused, and why.
func (s *sender) pause(ctx context.Context, now outbox.Now, e outbox.PauseCampaign) {
	s.log.Error("pausing the campaign: too many of its messages are refused",
		"campaign", int64(e.Campaign), "reason", e.Reason, "code", e.Reply.Code)
	s.workers.Go(func() {
		change := store.CampaignChange{
			Campaign: e.Campaign, Verb: store.PauseCampaign, Now: now.Calendar, Reason: e.Reason,
		}
		if _, err := s.store.ChangeCampaign(ctx, change); err != nil {
			s.log.Error("pause campaign", "campaign", int64(e.Campaign), "error", err)
		}
	})
}

func (s *sender) logHealth(e outbox.Health) {
	relay := s.health.relayName(e.Relay)
	if e.Up {
		s.log.Info("the relay is well again", "relay", relay)
		return
	}
	s.log.Warn("the relay is in trouble; trying again later", "relay", relay, "phase", string(e.Reply.Phase),
		"code", e.Reply.Code, "reply", e.Reply.Text, "until", e.Until)
}
