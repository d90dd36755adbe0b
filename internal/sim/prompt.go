package sim

import (
	"time"

	"partwork/internal/drip"
)

// unhurried is how late an issue may leave when nothing is wrong with anything.
const unhurried = 6 * time.Minute

// promptly holds an issue that left after the world healed to its time: when
// nothing is in the way, each leaves at the first slot that fits, and at once.
func (m *model) promptly(e *entry) {
	pa := e.passage
	last := m.before(e)
	if last == nil || last.acceptedAfter < m.healed+healing || pa.wished > m.healed || m.swarm.dailyLimit > 0 || m.swarm.rate > 0 && m.swarm.rate < 1 {
		return
	}
	now := m.calendar().UnixMilli()
	slot, ok := m.due(e, last)
	switch late := time.Duration(now-e.slot.at) * time.Millisecond; {
	case !ok:
	case pa.series.current().MaxLate < unhurried && slot.at < e.slot.at: // so short a window can be missed
	case slot != e.slot:
		m.broken("the first slot that fits", pa.reader.no, "%s leaves for %s, and should have left for %s", e.issue, clock(e.slot.at), clock(slot.at))
	case late > unhurried:
		m.broken("at once", pa.reader.no, "%s leaves %v after its slot, and nothing was in the way", e.issue, late)
	}
}

// due returns the slot of an issue after another: pace counts the slots that fit
// from the previous delivery, skip_slots those that come after.
func (m *model) due(e, last *entry) (occasion, bool) {
	pa, c := e.passage, e.passage.series.current()
	zone := m.zoneOf(pa)
	at := c.Issue(e.issue)
	if at < 0 {
		return occasion{}, false
	}
	pass, skip, begun := pa.pace-1, c.Issues[at].SkipSlots, false
	if last.passage != pa && last.passage.line != pa.line {
		pass = 0 // the first of a new beginning does not wait for the pace
	}
	lower := max(pa.floor, pa.series.floor, pa.joined, pa.pausedUntil)
	distant := last.acceptedAt + c.MinGap.Milliseconds()
	var first int64
	if date := c.Issues[at].NotBefore; date != 0 {
		first = int64(date) - 719163
	}
	var found occasion
	ok := false
	m.sim.almanac.after(c.Schedule.Expr(), zone, last.slot.wall, func(o occasion) bool {
		early := o.at <= lower || o.wall/86400 < first
		switch {
		case pass <= 0 && early && !begun, o.at < distant, quiet(c, o.wall/86400), quiet(c, shown(o.at, zone)/86400):
		case pass > 0:
			pass--
		case skip > 0:
			skip, begun = skip-1, true
		default:
			found, ok = o, true
			return false
		}
		return true
	})
	return found, ok && last.state != drip.DeliveryUnknown
}
