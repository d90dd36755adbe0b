package sim

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// resolve has the operator decide about a delivery whose fate is not known.
func (k *desk) resolve() {
	k.try(func(p *process) error {
		list, err := k.unknown(p)
		if err != nil || len(list) == 0 {
			return err
		}
		row := pick(k.dice, list...)
		return p.decide(&row, pick(k.dice, drip.DeliveryPlanned, drip.DeliveryPlanned, drip.DeliverySent, drip.DeliveryRefused))
	})
}

// resend has a process send again what is unknown in the series that want it, as
// its cron does.
func (k *desk) resend() {
	k.try(func(p *process) error {
		list, err := k.unknown(p)
		if err != nil {
			return err
		}
		for i := range list {
			pa := k.model.passages[list[i].Enrollment]
			if pa.series.current().OnUnknown != drip.ResendUnknown {
				continue
			}
			attempts, err := p.db.Attempts(k.ctx, list[i].DeliveryKey)
			if err != nil {
				return err
			}
			if !outbox.Resend(k.calendar(), attempts) {
				continue
			}
			if err := p.decide(&list[i], drip.DeliveryPlanned); err != nil {
				return err
			}
		}
		return nil
	})
}

func (k *desk) unknown(p *process) ([]store.LogEntry, error) {
	return p.db.Log(k.ctx, store.LogFilter{States: []drip.DeliveryState{drip.DeliveryUnknown}})
}

// decide says what becomes of an unknown delivery.
func (p *process) decide(row *store.LogEntry, state drip.DeliveryState) error {
	w := p.world
	out := store.Outcome{
		Fence: store.Fence{DeliveryKey: row.DeliveryKey, Attempt: row.Attempt},
		State: state, Reply: drip.Reply{Text: "decided"}, SentAt: w.calendar().Add(-time.Second),
	}
	w.note(w.model.readerOf(row.Enrollment), "it is decided: issue %d of enrollment %d is %s", row.Issue, row.Enrollment, state)
	w.model.byHand = true
	defer func() { w.model.byHand = false }()
	_, err := p.vault.CommitRound(w.ctx, store.Round{Calendar: w.calendar(), Machine: w.machine(), Outcomes: []store.Outcome{out}})
	return err
}
