package sim

import (
	"errors"
	"slices"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// healing is how long after the troubles ended retries may still be waited for.
const healing = 2 * day

// mostRest is more than the slowest reader needs to get through.
const mostRest = 1000 * day

// calm ends all troubles. From here on nothing happens but what the program does
// by itself.
func (w *world) calm() {
	w.trouble, w.healed, w.offUntil = false, w.elapsed, 0
	*w.disk = disk{dir: w.disk.dir, made: w.disk.made, path: w.disk.path}
	w.note(nobody, "all troubles end")
	for _, p := range w.procs {
		p.frozenUntil = 0
	}
}

// heal ends all troubles, and gives everybody one more issue.
func (w *world) heal() {
	w.calm()
	for _, s := range w.desk.series {
		c := *s.campaign
		c.Issues = append(slices.Clone(c.Issues), w.newIssue(s))
		c.ReopenWithin = 3000 * day
		for i := range c.Issues {
			c.Issues[i].Draft = false
		}
		s.campaign = &c
	}
	w.fill()
	w.after(time.Hour, w.settleDown)
}

// settleDown has the last edit read, everything approved, and every series go on.
func (w *world) settleDown() {
	w.desk.insist(func(p *process) error {
		p.readFiles()
		for _, s := range w.desk.series {
			if s.campaign.Review == drip.ReviewRequired {
				if err := p.approve(s, 2); err != nil {
					return err
				}
			}
			if s.paused && !s.stopped {
				w.desk.verb(p, s.record, store.ResumeCampaign)
			}
		}
		for _, p := range w.procs {
			p.readSoon()
		}
		return nil
	})
}

// rest lets time pass until everybody is through.
func (w *world) rest() {
	for end := w.elapsed + mostRest; w.elapsed < end && w.err == nil && !w.model.hopeless(); {
		w.run(w.elapsed+2*day, func() bool { return false })
		if w.elapsed > w.healed+healing && w.through() {
			return
		}
		if len(w.queue) == 0 {
			return // nobody would ever do anything again
		}
	}
}

// through reports whether nobody waits for anything.
func (w *world) through() bool {
	if len(w.procs) == 0 {
		return false
	}
	for _, s := range w.desk.series {
		counts, err := w.procs[0].db.CampaignCounts(w.ctx, s.record)
		if !w.must(err) {
			return true
		}
		if counts.Enrollments[drip.EnrollmentActive] > 0 || !counts.NextAt.IsZero() {
			return false
		}
	}
	return true
}

// verify asks the database for its own invariants. Those that compare dates hold
// only if the clock was never set back.
func (w *world) verify(s store.Reports) {
	list, err := s.Verify(w.ctx)
	if !w.must(err) {
		return
	}
	for _, i := range list {
		if i.Rows > 0 && !(w.wentBack && i.Dated) {
			w.model.broken("verify", nobody, "%s: %d rows, such as %s", i.Name, i.Rows, strings.Join(i.Sample, "; "))
		}
	}
}

// judge compares the ledger with what the relay has, when all is over.
func (m *model) judge(s store.Store) {
	m.verify(s)
	for _, p := range m.procs {
		m.owes(p, 0)
	}
	for _, pa := range m.list {
		if m.hopeless() || m.err != nil {
			return
		}
		if !pa.reader.erased {
			m.judgePassage(s, pa)
		}
	}
}

func (m *model) judgePassage(s store.Store, pa *passage) {
	row, err := s.History(m.ctx, pa.id)
	if errors.Is(err, drip.ErrNotFound) {
		m.broken("none lost", pa.reader.no, "enrollment %d is gone", pa.id)
		return
	}
	if !m.must(err) {
		return
	}
	m.judgeState(&row, pa)
	rows, err := s.Log(m.ctx, store.LogFilter{Subscriber: pa.reader.id, Campaign: pa.series.record})
	if !m.must(err) {
		return
	}
	known := map[drip.IssueNo]bool{}
	for i := range rows {
		if rows[i].Enrollment == pa.id {
			known[rows[i].Issue] = true
		}
	}
	pa.known = known
	for i := range rows {
		if rows[i].Enrollment == pa.id {
			m.judgeRow(pa, &rows[i])
		}
	}
	for _, no := range sortedKeys(pa.entries) {
		if e := pa.entries[no]; e.accepted > 0 && !known[no] {
			m.broken("none lost", pa.reader.no, "the relay has %s, and the ledger has no row", e.issue)
		}
	}
	if pa.state != active {
		return
	}
	for i := range pa.series.current().Issues {
		id := pa.series.current().Issues[i].ID
		if !slices.Contains(row.Had, pa.series.numbers[id]) {
			m.tally.Lost++
			m.broken("none lost", pa.reader.no, "enrollment %d (%s, hint %v) never got %s", pa.id, row.Enrollment.State, row.Enrollment.NextAt, id)
		}
	}
}

// judgeState compares how an enrollment stands with what happened to it.
func (m *model) judgeState(row *store.Due, pa *passage) {
	is, want := row.Enrollment.State, pa.state
	ok := string(is) == want || want == active && is == drip.EnrollmentFinished
	if !ok {
		m.broken("consent", pa.reader.no, "enrollment %d is %s and should be %s", pa.id, is, want)
	}
	if want == pending && pa.invited && !row.Confirmation.Done() {
		m.tally.Lost++
		m.broken("none lost", pa.reader.no, "the confirmation of enrollment %d was never sent", pa.id)
	}
}

// judgeRow compares a row of the ledger with what the relay has, and asks why
// those were not sent that were not.
func (m *model) judgeRow(pa *passage, row *store.LogEntry) {
	r, e := pa.reader, pa.entries[row.Issue]
	accepted := 0
	if e != nil {
		accepted = e.accepted
	}
	byHand := e != nil && e.byHand
	switch row.State {
	case drip.DeliverySent:
		if accepted == 0 && !byHand {
			m.tally.Lost++
			m.broken("none lost", r.no, "%s is sent by the ledger, and the relay has not got it", row.IssueID)
		}
	case drip.DeliveryUnknown:
		m.tally.Unknown++
	case drip.DeliverySkipped, drip.DeliveryRefused:
		if accepted > 0 && !byHand && pa.line.resends[row.IssueID] == 0 {
			m.broken("one issue once", r.no, "%s is %s (%s) by the ledger, and the relay has it", row.IssueID, row.State, row.Reason)
		}
		if why := m.unfounded(pa, e, row); why != "" && !byHand {
			m.broken("none lost", r.no, "%s of enrollment %d is %s (%s), although %s", row.IssueID, pa.id, row.State, row.Reason, why)
		}
	default:
		if pa.state != left {
			m.broken("none lost", r.no, "%s of enrollment %d is still %s", row.IssueID, pa.id, row.State)
		}
	}
}

// unfounded says what speaks against the reason for which a delivery was not
// made; empty if nothing does.
func (m *model) unfounded(pa *passage, e *entry, row *store.LogEntry) string {
	s := pa.series
	switch row.Reason {
	case drip.ReasonLeft:
		if pa.state != left {
			return "the reader is in"
		}
	case drip.ReasonSuppressed:
		if !pa.reader.outcast && !pa.reader.barred[pa.series] {
			return "the reader is not suppressed"
		}
	case drip.ReasonRemoved:
		if !slices.ContainsFunc(s.versions, func(v version) bool { return v.campaign.Issue(row.IssueID) < 0 }) {
			return "it was in the files all the time"
		}
	case drip.ReasonBehind:
		if row.IssueID != drip.ConfirmationID && !m.everBehind(pa, row.IssueID) {
			return "it never was behind the reader"
		}
	case drip.ReasonNotForThem:
		return m.everForSome(pa, row.IssueID)
	case drip.ReasonRecipient:
		if !pa.reader.bounced {
			return "the relay knows the mailbox"
		}
	case drip.ReasonMessage:
		if e == nil || e.class != drip.ClassMessage && e.class != drip.ClassSender {
			return "the relay did not refuse the message"
		}
	case drip.ReasonGaveUp:
		if row.IssueID != drip.ConfirmationID && row.Moves+1 < s.leastGiveUp() {
			return "it was not moved often enough"
		}
	default:
		return "nobody knows that reason"
	}
	return ""
}

// everBehind reports whether, in some version, an issue stood before one that the
// reader had, or that had been passed over itself, and late allowed to pass it over.
func (m *model) everBehind(pa *passage, id string) bool {
	for _, v := range pa.series.versions {
		at := v.campaign.Issue(id)
		if at < 0 || v.campaign.Issues[at].Late.Kind == drip.LateNextSlot {
			continue
		}
		for j := at + 1; j < len(v.campaign.Issues); j++ {
			for q := pa; q != nil; q = q.follows {
				if no := pa.series.numbers[v.campaign.Issues[j].ID]; q.entries[no] != nil || q.known[no] {
					return true
				}
			}
		}
	}
	return false
}

// leastGiveUp is the least give_up that was ever in force.
func (s *series) leastGiveUp() int {
	least := s.versions[0].campaign.GiveUp
	for _, v := range s.versions {
		least = min(least, v.campaign.GiveUp)
	}
	return least
}
