package sim

import (
	"slices"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// entryOf returns what the model knows of a delivery; nil, and a violation, if it
// is nobody's.
func (m *model) entryOf(key drip.DeliveryKey) *entry {
	pa := m.passages[key.Enrollment]
	if pa == nil {
		m.broken("consent", nobody, "enrollment %d is nobody's", key.Enrollment)
		return nil
	}
	e := pa.entries[key.Issue]
	if e == nil {
		e = &entry{passage: pa, no: key.Issue, issue: pa.series.names[key.Issue], claims: map[int]*claim{}}
		if e.issue == "" {
			m.broken("one issue", pa.reader.no, "issue %d is none of series %d", key.Issue, pa.series.no)
			return nil
		}
		pa.entries[key.Issue] = e
	}
	return e
}

// claimed notes that an outbox was given a claim.
func (m *model) claimed(p *process, item *store.Claimed) {
	e := m.entryOf(item.Delivery.DeliveryKey)
	if e == nil {
		return
	}
	n, r := item.Delivery.Attempt, e.passage.reader
	if had := e.claims[n]; had != nil && had.by != p {
		m.broken("fencing", r.no, "attempt %d at %s belongs to process %d and to process %d", n, e.issue, had.by.no, p.no)
	}
	e.claims[n] = &claim{item: *item, by: p}
	e.attempt = max(e.attempt, n)
	m.note(r.no, "process %d has claimed %s of enrollment %d, attempt %d, for %s until %s",
		p.no, e.issue, e.passage.id, n, item.Delivery.Slot.Wall, item.Delivery.SendBy.UTC().Format("2006-01-02 15:04:05"))
}

// committed notes a group commit that happened, whether or not its process heard
// of it.
func (m *model) committed(p *process, round store.Round, result store.RoundResult) {
	for i := range round.Outcomes {
		if o := &round.Outcomes[i]; result.Settled[i] {
			m.settled(p, o, round.Calendar.UnixMilli())
		}
	}
	for i := range round.Marks {
		mk := &round.Marks[i]
		e := m.entryOf(mk.DeliveryKey)
		if e == nil {
			continue
		}
		m.note(e.passage.reader.no, "process %d marks %s of enrollment %d: %t", p.no, e.issue, e.passage.id, result.Marked[i])
		if result.Marked[i] {
			m.marked(p, e, mk, round.Calendar.UnixMilli())
		}
	}
}

// settled notes an outcome that counts.
func (m *model) settled(p *process, o *store.Outcome, now int64) {
	e := m.entryOf(o.DeliveryKey)
	if e == nil {
		return
	}
	pa, r := e.passage, e.passage.reader
	if o.Attempt != e.attempt {
		m.broken("fencing", r.no, "the outcome of attempt %d at %s counts, although there is attempt %d", o.Attempt, e.issue, e.attempt)
	}
	if c := e.claims[o.Attempt]; c != nil && c.by != p && !m.byHand {
		m.broken("fencing", r.no, "process %d settles attempt %d at %s of process %d", p.no, o.Attempt, e.issue, c.by.no)
	}
	e.state, e.reason, e.class, e.byHand = o.State, o.Reason, o.Class, m.byHand
	p.owed = slices.DeleteFunc(p.owed, func(d debt) bool { return d.fence == o.Fence })
	if o.State == drip.DeliveryDeferred && o.Class != "" { // else it was put aside, and nobody said anything
		// How long it is left alone counts from the answer, which may have waited long for
		// its process, or for the disk. It came after the offer.
		e.deferred, e.deferredBy = m.elapsed, o.Class
		if c := e.claims[o.Attempt]; c != nil && c.offered > 0 {
			e.deferred = c.offered
		}
	}
	if m.byHand && o.State != drip.DeliverySent {
		e.disowned = e.accepted
	}
	switch {
	case o.State == drip.DeliveryPlanned && m.byHand:
		pa.line.resends[e.issue]++
		if e.issue != drip.ConfirmationID {
			pa.settled = min(pa.settled, e.turn) // it is its turn again, and was it then
		}
	case o.State == drip.DeliverySent && e.accepted == 0 && !m.byHand:
		m.broken("none lost", r.no, "%s is sent by the ledger, and the relay has not got it", e.issue)
	case o.State == drip.DeliveryDeferred && e.accepted > pa.line.resends[e.issue]:
		m.broken("one issue once", r.no, "%s is to be tried again, and the relay has it", e.issue)
	}
	if o.State.Done() {
		e.acceptedAt = now
		if e.issue != drip.ConfirmationID && !m.byHand { // what was unknown was done already
			e.turn, pa.settled = pa.settled, m.elapsed
		}
	}
	if o.Suppress != "" {
		if !r.bounced {
			m.broken("nobody suppressed for nothing", r.no, "%s after %s %d", o.Suppress, o.Reply.Phase, o.Reply.Code)
		}
		m.suppressed(r)
	}
}

// begins notes that DATA is said.
func (m *model) begins(p *process, l letter) {
	e := m.entryOf(l.fence.DeliveryKey)
	if e == nil {
		return
	}
	r := e.passage.reader
	m.desk.snipe(e.passage)
	if e.marked != l.fence.Attempt || e.markedBy != p {
		m.broken("mark before DATA", r.no, "process %d says DATA for attempt %d at %s; the mark is %d", p.no, l.fence.Attempt, e.issue, e.marked)
	}
	e.marked, e.markedBy = 0, nil
	switch want := e.passage.series.campaign.ID + "/" + e.issue + "\n"; {
	case e.text != "" && e.text != l.text:
		m.broken("the same bytes again", r.no, "%s was %q and is %q", e.issue, e.text, l.text)
	case len(l.text) < len(want) || l.text[:len(want)] != want:
		m.broken("the right text", r.no, "%s is sent with the text %q", e.issue, l.text)
	}
	e.text = l.text
}

// accepted notes what the relay took. It is the truth.
func (m *model) accepted(l letter) {
	pa := m.passages[l.fence.Enrollment]
	e := m.entryOf(l.fence.DeliveryKey)
	if e == nil {
		return
	}
	e.accepted++
	e.times = append(e.times, m.elapsed)
	m.note(l.reader.no, "the relay accepts %s: %s", l.id, e.issue)
	if e.issue == drip.ConfirmationID {
		m.tally.Confirmations++
		if e.accepted > 1+pa.line.resends[e.issue] {
			m.duplicate(l.reader, e)
		}
		m.desk.invited(pa)
		return
	}
	m.tally.Sent++
	pa.line.accepted[e.issue]++
	if pa.line.accepted[e.issue] > 1+pa.line.resends[e.issue] {
		m.duplicate(l.reader, e)
	}
	if !m.trouble {
		m.promptly(e)
	}
	e.acceptedAfter = m.elapsed
}

func (m *model) duplicate(r *reader, e *entry) {
	m.tally.Duplicates++
	times := max(e.accepted, e.passage.line.accepted[e.issue])
	m.broken("one issue once", r.no, "%s was accepted %d times, now for enrollment %d", e.issue, times, e.passage.id)
}
