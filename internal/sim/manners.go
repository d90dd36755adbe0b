package sim

import (
	"errors"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

const (
	// soonestRetry is how long a message that was put off must be left alone: the
	// relay wants so (RFC 5321 §4.5.4.1, RFC 6647 §4).
	soonestRetry = 5 * time.Minute
	// enough is the number of dials in vain after which a process has to be slow,
	// slow is how slow.
	enough = 12
	slow   = time.Minute
)

// offers notes that a message is offered to the relay.
func (m *model) offers(p *process, l letter) {
	m.desk.snipe(m.passages[l.fence.Enrollment])
	e := m.entryOf(l.fence.DeliveryKey)
	if e == nil {
		return
	}
	if c := e.claims[l.fence.Attempt]; c != nil {
		c.offered = m.elapsed
	}
	// An offer that rode on a final dot left with the dot, and is seen when that is
	// answered: a later attempt may have been put off meanwhile.
	if e.deferred == 0 || l.fence.Attempt < e.attempt {
		return
	}
	if ago := m.elapsed - e.deferred; ago < soonestRetry {
		m.broken("retries", l.reader.no, "process %d offers %s again %v after it was put off (%s)", p.no, e.issue, ago, e.deferredBy)
	}
	e.deferred = 0
}

// dialed notes a dial: a relay that does not answer is not to be beaten.
func (m *model) dialed(p *process, ok bool) {
	if ok {
		p.vain = 0
		return
	}
	p.vain++
	if p.vain > enough+len(p.lines) && m.elapsed-p.dialedAt < slow && p.dialedAt != 0 {
		m.broken("breaker", nobody, "process %d dials for the %dth time in vain, %v after the last time", p.no, p.vain, m.elapsed-p.dialedAt)
	}
	p.dialedAt = m.elapsed
}

// longestDebt is how long an outcome may wait for a disk in trouble.
const longestDebt = time.Hour

// owes notes what a process has known for longer than a time, and has not written
// down.
func (m *model) owes(p *process, longer time.Duration) {
	for _, l := range p.owed {
		if m.elapsed-l.since < longer || l.reader.erased {
			continue
		}
		m.broken("none lost", l.reader.no, "process %d was told that %s was accepted, and never noted it", p.no, l.id)
	}
}

// claimsMade holds the claims of a plan that was just committed to the files as
// they are now: whatever changed since the plan was made had to drop it.
func (m *model) claimsMade(p *process, plan store.PlanCommit) {
	for i := range plan.Decisions {
		d := &plan.Decisions[i]
		pa := m.passages[d.Enrollment]
		if d.Kind != store.DecideClaim || pa == nil {
			continue
		}
		row, err := p.db.History(m.ctx, d.Enrollment)
		if pa.reader.erased && errors.Is(err, drip.ErrNotFound) {
			continue // between the plan and its commit
		}
		if !m.must(err) {
			return
		}
		if o := row.Open; o != nil && o.State == drip.DeliveryClaimed && o.Attempt == d.Attempt+1 && o.Issue == d.Issue {
			m.claimMade(pa, d, row.Had)
		}
	}
}

func (m *model) claimMade(pa *passage, d *store.Decision, had []drip.IssueNo) {
	s, c, r := pa.series, pa.series.current(), pa.reader
	id := s.names[d.Issue]
	at := c.Issue(id)
	switch {
	case id == drip.ConfirmationID:
	case pa.state != active || s.stopped || s.paused && m.elapsed-s.pausedAt > claimAge:
		m.broken("no mail after leaving", r.no, "%s of enrollment %d is claimed, which is %s, paused: %t", id, pa.id, pa.state, s.paused)
	case at < 0 || c.Issues[at].Draft:
		m.broken("the files", r.no, "%s is claimed, and it is a draft or gone", id)
	case d.Attempt == 0 && next(c, s, had) != id:
		m.broken("order", r.no, "%s is claimed after %v, and it is the turn of %q", id, s.namesOf(had), next(c, s, had))
	case !m.isFor(r, &c.Issues[at]):
		m.broken("for whom it is", r.no, "%s is claimed, and it is for others (%s, member: %t)", id, c.Issues[at].OnlyIf, r.member)
	case pa.passed[d.Issue]:
		m.broken("for whom it is", r.no, "%s is claimed, and it had been passed over", id)
	case c.Review == drip.ReviewRequired && !s.approved[d.Content] && pa.entries[d.Issue] == nil:
		m.broken("review", r.no, "%s is claimed with a text that nobody approved", id)
	}
}
