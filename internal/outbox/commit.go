package outbox

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// round is what a running group commit carries, to be able to act on its
// result and to carry its outcomes again should it fail.
type round struct {
	outcomes []store.Outcome
	marks    []store.Mark
	conns    []int // the connection of each mark
	calendar time.Time
}

// markMargin is how much longer than its transfer a mark is answered for: time for the
// commit before it and for the one after it.
const markMargin = 5 * time.Minute

// commit starts a group commit if there is something for it and none is
// running. Whatever gathers while one runs goes into the next: the busier the
// connections, the larger the groups.
func (o *Outbox) commit() {
	if o.committing || len(o.outcomes) == 0 && len(o.marks) == 0 {
		return
	}
	if o.now.Machine.Before(o.retryAt) {
		o.do(WakeAt{At: o.retryAt})
		return
	}
	for n, i := range o.markConns { // as late as can be: the commit may have waited
		o.marks[n].Lease = o.now.Machine.Add(max(o.cfg.MarkLease, o.conns[i].takes+markMargin))
		o.marks[n].LocalDate = o.localDate(&o.conns[i].item)
		o.countedMark(&o.marks[n], i)
	}
	o.committing = true
	o.inFlight = round{outcomes: o.outcomes, marks: o.marks, conns: o.markConns, calendar: o.now.Calendar}
	o.do(Commit{Round: store.Round{
		Calendar: o.now.Calendar, Machine: o.now.Machine,
		Outcomes: o.outcomes, Marks: o.marks,
	}})
	o.outcomes, o.marks, o.markConns = nil, nil, nil
}

func (o *Outbox) committed(ev Committed) {
	o.committing = false
	done := o.inFlight
	o.inFlight = round{}
	if ev.Err != nil {
		// The outcomes are kept and tried again; nothing new is offered before
		// they are stored. The marks may or may not have been made, so their
		// transactions are withdrawn, and their claims offered again: a mark that
		// was made refuses the next one, ends as unknown when its lease does, and
		// is never sent twice.
		o.outcomes = append(dated(done), o.outcomes...)
		o.retryAt, o.failing = o.now.Machine.Add(storeRetry), true
		for n, i := range done.conns {
			o.marksMade(i, &done.marks[n], true)
			o.conns[i].back = true
			o.withdraw(i)
		}
		return
	}
	o.failing = false
	for n, i := range done.conns {
		if n < len(ev.Result.Marked) && ev.Result.Marked[n] {
			o.marksMade(i, &done.marks[n], false)
			o.transfer(i)
		} else {
			o.forget(&o.conns[i].item)
			o.withdraw(i)
		}
	}
	if len(done.outcomes) > 0 && len(o.queue) == 0 {
		o.do(Planner{}) // the last ones are settled: there may be more to plan
	}
}

// dated returns the outcomes of a group commit that failed. When a message was accepted
// must not depend on when that can be stored.
func dated(done round) []store.Outcome {
	for i := range done.outcomes {
		if o := &done.outcomes[i]; o.State == drip.DeliverySent && o.SentAt.IsZero() {
			o.SentAt = done.calendar
		}
	}
	return done.outcomes
}

// probing reports whether the store failed and it is not known to work again. Then
// one message at a time finds out, unless there are outcomes to do so.
func (o *Outbox) probing() bool { return o.failing && (o.unsettled() || o.busy()) }
