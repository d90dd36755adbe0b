package sim

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

const (
	graceMs     = 15 * minuteMs
	leastLateMs = minuteMs
	confirmMs   = 48 * hourMs
	// claimAge is how old what a claim was decided by may be: its lease, and as
	// long as a process may be frozen meanwhile.
	claimAge = 35 * time.Minute
)

// marked holds a mark that was made to the rules: this is the last moment at which
// a message can be stopped.
func (m *model) marked(p *process, e *entry, mk *store.Mark, now int64) {
	pa, c := e.passage, e.claims[mk.Attempt]
	r := pa.reader
	if mk.Attempt != e.attempt || c == nil || c.by != p {
		m.broken("fencing", r.no, "process %d marks attempt %d at %s; the newest is %d", p.no, mk.Attempt, e.issue, e.attempt)
	}
	e.marked, e.markedBy, e.markedAt = mk.Attempt, p, now
	e.state = drip.DeliverySending
	if m.held {
		m.broken("nothing while held", r.no, "%s is marked although a copy was put back and nobody ended the hold", e.issue)
	}
	if c == nil {
		return
	}
	if e.issue == drip.ConfirmationID {
		m.mayConfirm(e, now)
		return
	}
	m.mayLeave(e, now)
	zone := m.zoneOf(pa)
	slot := c.item.Delivery.Slot
	e.slot, e.date = occasion{int64(slot.Wall), slot.At.UnixMilli()}, shown(now, zone)/86400
	if slot.Zone != zone.String() {
		m.broken("the reader's clock", r.no, "%s is for a slot in %s, and the reader lives by %s", e.issue, slot.Zone, zone)
		return
	}
	m.inWindow(e, now, zone)
	m.apart(e)
	m.inOrder(p, e)
	m.notTooMany(e, now)
}

// mayConfirm holds the confirmation mail to its rules.
func (m *model) mayConfirm(e *entry, now int64) {
	pa := e.passage
	switch {
	case pa.state != pending || !pa.invited:
		m.broken("consent", pa.reader.no, "the confirmation of enrollment %d leaves; it is %s, invited %t", pa.id, pa.state, pa.invited)
	case pa.reader.outcast:
		m.broken("no mail after leaving", pa.reader.no, "the confirmation leaves after suppression")
	case pa.series.paused || pa.series.stopped:
		m.broken("no mail while paused", pa.reader.no, "the confirmation leaves while the series is paused")
	}
}

// mayLeave holds an issue to what readers and operators want.
func (m *model) mayLeave(e *entry, now int64) {
	pa := e.passage
	switch r := pa.reader; {
	case r.outcast:
		m.broken("no mail after leaving", r.no, "%s leaves after suppression", e.issue)
	case pa.state == pending:
		m.broken("consent", r.no, "%s leaves before the reader confirmed", e.issue)
	case pa.state == left:
		m.broken("no mail after leaving", r.no, "%s leaves after the reader left enrollment %d", e.issue, pa.id)
	case pa.series.paused || pa.series.stopped:
		m.broken("no mail while paused", r.no, "%s leaves while the series is paused or stopped", e.issue)
	case now < pa.pausedUntil:
		m.broken("no mail while paused", r.no, "%s leaves while the reader pauses until %s", e.issue, clock(pa.pausedUntil))
	}
}

// inWindow holds an issue to its slot: that it is one, and that now is a time to
// leave for it.
func (m *model) inWindow(e *entry, now int64, zone *time.Location) {
	pa, c, r := e.passage, e.passage.series.current(), e.passage.reader
	today := shown(now, zone)
	if quiet(c, today/86400) {
		m.broken("quiet dates", r.no, "%s leaves on a quiet date", e.issue)
	}
	e.onSchedule = m.sim.almanac.has(c.Schedule.Expr(), zone, e.slot) && e.slot.at > max(pa.floor, pa.series.floor, pa.joined, pa.pausedUntil)
	e.prompt = m.prompt(e, zone)
	switch {
	case e.prompt:
		if now < e.slot.at || now > e.slot.at+dayMs {
			m.broken("window", r.no, "%s leaves at %s, asked for at %s", e.issue, clock(now), clock(e.slot.at))
		}
	case !e.onSchedule:
		m.broken("slots", r.no, "%s leaves for %s, which is no slot of %s after %s, nor was it asked for", e.issue, clock(e.slot.at),
			c.Schedule, clock(max(pa.floor, pa.series.floor, pa.joined, pa.pausedUntil)))
	default:
		end := e.slot.at + max(c.MaxLate.Milliseconds(), leastLateMs)
		onTime := min(e.slot.at+graceMs, end)
		switch {
		case now < e.slot.at || now > end:
			m.broken("window", r.no, "%s leaves at %s for its slot at %s, which ended at %s", e.issue, clock(now), clock(e.slot.at), clock(end))
		case now > onTime && !c.LateHours.Contains(int(today/60%1440)):
			m.broken("late hours", r.no, "%s leaves late for its slot at %s, outside of %s", e.issue, clock(e.slot.at), c.LateHours)
		case quiet(c, e.slot.wall/86400):
			m.broken("quiet dates", r.no, "%s leaves for a slot on a quiet date", e.issue)
		}
	}
	if e.slot.wall/86400 < notBefore(pa.series, e, m.elapsed-claimAge) {
		m.broken("not_before", r.no, "%s leaves for %s", e.issue, clock(e.slot.at))
	}
}

// prompt reports whether an issue leaves at once: its reader just joined, or asked
// for it. Who reads ahead gets it in place of a slot to come.
func (m *model) prompt(e *entry, zone *time.Location) bool {
	pa, c := e.passage, e.passage.series.current()
	minute := func(at int64) bool { return at != 0 && at-at%minuteMs == e.slot.at }
	if minute(pa.joined) && pa.start == drip.StartOnJoin && c.First != drip.FirstNextSlot &&
		e.slot.wall == shown(e.slot.at, zone) && m.before(e) == nil {
		return true
	}
	if !minute(pa.asked) && !minute(pa.askedBefore) {
		return false
	}
	asked := false
	m.sim.almanac.after(c.Schedule.Expr(), zone, e.slot.wall-1, func(o occasion) bool {
		asked = o.wall == e.slot.wall
		return false
	})
	return asked
}

// before returns the delivery before this one, in this passage or in one that it
// follows: of those that the reader has, or may have, the one with the latest slot.
func (m *model) before(e *entry) *entry {
	var last *entry
	for pa := e.passage; pa != nil; pa = pa.follows {
		for _, no := range sortedKeys(pa.entries) {
			other := pa.entries[no]
			if other == e || other.issue == drip.ConfirmationID || other.accepted == 0 {
				continue
			}
			if last == nil || other.slot.wall > last.slot.wall {
				last = other
			}
		}
	}
	return last
}

// apart holds an issue to its distance from those before: never two for one slot,
// and min_gap between them.
func (m *model) apart(e *entry) {
	pa := e.passage
	gap := pa.series.current().MinGap.Milliseconds()
	for from := pa; from != nil; from = from.follows {
		for _, no := range sortedKeys(from.entries) {
			other := from.entries[no]
			if other == e || other.issue == drip.ConfirmationID || other.accepted == 0 || other.denied() {
				continue
			}
			twice := e.prompt && other.prompt && e.slot.at == other.slot.at && pa.asked <= other.markedAt
			if e.slot.wall <= other.slot.wall || twice {
				m.broken("one issue a slot", pa.reader.no, "%s leaves for the slot of %d, and %s had that of %d", e.issue, e.slot.wall, other.issue, other.slot.wall)
			}
			minute := func(at int64) bool { return at != 0 && at-at%minuteMs == e.slot.at }
			asked := minute(pa.asked) || minute(pa.askedBefore)
			if !asked && e.slot.at < earliest(other.markedAt, other.acceptedAt)+gap {
				m.broken("min_gap", pa.reader.no, "%s leaves for a slot %v after %s", e.issue,
					time.Duration(e.slot.at-other.markedAt)*time.Millisecond, other.issue)
			}
		}
	}
}

// denied reports whether the operator decided, whenever the relay had accepted an issue,
// that it did not arrive. Nobody can know better, so it keeps no distance, fills no day,
// and is no answer to who asked for it.
func (e *entry) denied() bool { return e.accepted <= e.disowned }

// earliest returns the earlier of two times, of which the second may be missing.
func earliest(a, b int64) int64 {
	if b != 0 && b < a {
		return b
	}
	return a
}

// inOrder holds an issue to the order of the files, in any of the versions by
// which it can have been decided.
func (m *model) inOrder(p *process, e *entry) {
	pa := e.passage
	row, err := p.db.History(m.ctx, pa.id)
	if !m.must(err) {
		return
	}
	for _, v := range pa.series.since(min(pa.settled, m.elapsed) - claimAge) {
		if next(v.campaign, pa.series, row.Had) == e.issue || next(v.campaign, pa.series, pa.hadBefore(e, v.campaign, row.Had)) == e.issue {
			return
		}
	}
	m.broken("order", pa.reader.no, "%s leaves out of turn, after %v", e.issue, pa.series.namesOf(row.Had))
}

// reached reports whether an issue is, or may be, with its reader: not if it was passed
// over, or refused. An issue that was never tried has no entry.
func (e *entry) reached() bool {
	return e != nil && (e.accepted > 0 || e.byHand || e.state == drip.DeliverySent || e.state == drip.DeliveryUnknown)
}

// hadBefore returns what the reader had when it was an issue's turn, if it is sent again:
// what was only passed over since then is no reason not to go back.
func (pa *passage) hadBefore(e *entry, c *drip.Campaign, had []drip.IssueNo) []drip.IssueNo {
	if pa.line.resends[e.issue] == 0 {
		return had
	}
	behind := c.Issue(e.issue)
	return slices.DeleteFunc(slices.Clone(had), func(no drip.IssueNo) bool {
		return !pa.entries[no].reached() && c.Issue(pa.series.names[no]) > behind
	})
}

// next returns the issue whose turn it is: the first that was not had. Drafts that
// the reader is past are not there, and what came too late is passed over.
func next(c *drip.Campaign, s *series, had []drip.IssueNo) string {
	for i := range c.Issues {
		if slices.Contains(had, s.numbers[c.Issues[i].ID]) {
			continue
		}
		past := false
		for j := i + 1; j < len(c.Issues); j++ {
			past = past || slices.Contains(had, s.numbers[c.Issues[j].ID])
		}
		switch {
		case past && (c.Issues[i].Draft || c.Issues[i].Late.Kind == drip.LateSkip):
		case c.Issues[i].Draft:
			return ""
		default:
			return c.Issues[i].ID
		}
	}
	return ""
}

// notTooMany holds an issue to the daily limit.
func (m *model) notTooMany(e *entry, now int64) {
	pa := e.passage
	minute := func(at int64) bool { return at != 0 && at-at%minuteMs == e.slot.at }
	if m.swarm.dailyLimit == 0 || minute(pa.asked) || minute(pa.askedBefore) || minute(pa.joined) {
		return
	}
	n := 0
	for _, other := range pa.reader.passages {
		for _, no := range sortedKeys(other.entries) {
			o := other.entries[no]
			if o != e && o.accepted > 0 && !o.denied() && o.issue != drip.ConfirmationID && o.date == e.date {
				n++
			}
		}
	}
	if n >= m.swarm.dailyLimit {
		m.broken("daily limit", pa.reader.no, "%s leaves on a day on which the reader had %d", e.issue, n)
	}
}
