package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// members decides which issues are for some readers only, and who they are. It draws from
// a source of its own, so that a history in which all issues are for everybody is what it
// was.
type members struct {
	dice
	some bool // whether there are such issues
	// change is how long it takes, on average, until somebody becomes a member, or is none
	// any more, or an author thinks better of it.
	change time.Duration
}

func drawMembers(seed uint64) members {
	d := dice{rand.New(rand.NewPCG(seed, 0x6d656d62657273))}
	return members{d, d.chance(0.4), d.often(10*time.Minute, 2*day)}
}

// member is the tag of members. The model knows two filters, by their words.
const (
	member    = "member"
	forSome   = "tag:" + member
	forOthers = "not tag:" + member
)

// filter draws whom an issue is for.
func (d *members) filter() segment.Filter {
	if !d.some || !d.chance(0.4) {
		return segment.Filter{}
	}
	f, err := segment.Parse(pick(d.dice, forSome, forSome, forOthers))
	if err != nil {
		panic("sim: " + err.Error()) // both are constants
	}
	return f
}

// membership has people become members and leave again, and authors change whom an issue
// is for.
func (k *desk) membership() {
	d := &k.members
	if !d.some {
		return
	}
	k.after(d.around(d.change), func() {
		if !k.trouble {
			return
		}
		if d.chance(0.15) {
			k.readdress(k.series[d.IntN(len(k.series))])
		} else if len(k.readers) > 0 {
			k.enlist(k.readers[d.IntN(len(k.readers))])
		}
		k.membership()
	})
}

// enlist makes a reader a member, or takes it back.
func (k *desk) enlist(r *reader) {
	if r.id == 0 || r.erased {
		return
	}
	k.try(func(p *process) error {
		change := store.TagChange{People: []drip.SubscriberID{r.id}}
		if r.member {
			change.Remove = []drip.Tag{member}
		} else {
			change.Add = []drip.Tag{member}
		}
		_, err := p.db.Tag(k.ctx, change)
		if err == nil {
			r.member = !r.member
			k.note(r.no, "is a member: %t", r.member)
		}
		return err
	})
}

// turn has readers become members, or leave, between a plan that counts on it and its commit.
func (k *desk) turn(e scheduler.Commit) {
	for i := range e.Plan.Decisions {
		d := &e.Plan.Decisions[i]
		if pa := k.model.passages[d.Enrollment]; d.Premise != nil && pa != nil && k.trouble && k.members.chance(0.05) {
			k.enlist(pa.reader)
		}
	}
}

// readdress changes whom an issue is for.
func (k *desk) readdress(s *series) {
	c := *s.campaign
	c.Issues = slices.Clone(c.Issues)
	is := &c.Issues[k.members.IntN(len(c.Issues))]
	is.OnlyIf = k.members.filter()
	s.campaign = &c
	k.tally.Edits++
	k.note(nobody, "series %d: %s is for %q", s.no, is.ID, is.OnlyIf)
	for _, p := range k.procs {
		p.readSoon()
	}
}

// isFor reports whether an issue is for a reader as they are now.
func (m *model) isFor(r *reader, is *drip.Issue) bool {
	switch is.OnlyIf.String() {
	case forSome:
		return r.member
	case forOthers:
		return !r.member
	}
	return true
}

// passesMade holds what a plan that was just committed passed over, because it is for
// others, to the files and to the readers as they are now.
func (m *model) passesMade(p *process, plan store.PlanCommit) {
	for i := range plan.Decisions {
		d := &plan.Decisions[i]
		pa := m.passages[d.Enrollment]
		if d.Kind != store.DecideSkip || d.Reason != drip.ReasonNotForThem || pa == nil || pa.passed[d.Issue] || pa.reader.erased {
			continue
		}
		row, err := p.db.Delivery(m.ctx, drip.DeliveryKey{Enrollment: d.Enrollment, Issue: d.Issue})
		if err != nil || row.State != drip.DeliverySkipped || row.Reason != d.Reason {
			continue // the decision was dropped
		}
		pa.passed[d.Issue] = true
		m.passedOver(pa, pa.series.names[d.Issue])
	}
}

// passedOver holds an issue that a reader does not get to whom it is for, and to its time.
func (m *model) passedOver(pa *passage, id string) {
	m.tally.PassedOver++
	c, r := pa.series.current(), pa.reader
	at := c.Issue(id)
	switch {
	case at < 0:
		m.broken("for whom it is", r.no, "%s is passed over, and it is in no file", id)
	case m.isFor(r, &c.Issues[at]):
		m.broken("for whom it is", r.no, "%s is passed over, and it is for them (%s, member: %t)", id, c.Issues[at].OnlyIf, r.member)
	case !m.slotCame(pa, c, id):
		m.broken("asked when it is due", r.no, "%s is passed over, and nothing could have left yet", id)
	}
}

// slotCame reports whether there was any time at which a reader could have got something
// since the last issue. An issue that is to be sent again still has its own slot.
func (m *model) slotCame(pa *passage, c *drip.Campaign, id string) bool {
	now, zone := m.calendar().UnixMilli(), m.zoneOf(pa)
	e := pa.entries[pa.series.numbers[id]]
	if e == nil {
		e = &entry{passage: pa}
	}
	last := m.before(e)
	if pa.asked != 0 || pa.start == drip.StartOnJoin && last == nil {
		return true
	}
	floor, wall := max(pa.floor, pa.series.floor, pa.joined, pa.pausedUntil), int64(0)
	if last != nil {
		wall, floor = last.slot.wall, max(floor, earliest(last.markedAt, last.acceptedAt))
	}
	came := false
	m.sim.almanac.after(c.Schedule.Expr(), zone, max(wall, shown(floor, zone)-1), func(o occasion) bool {
		came = o.at > floor && o.at <= now && !quiet(c, o.wall/86400)
		return !came && o.at <= now
	})
	return came
}

// everForSome says what speaks against an issue having been for others; empty if nothing
// does.
func (m *model) everForSome(pa *passage, id string) string {
	for _, v := range pa.series.versions {
		if at := v.campaign.Issue(id); at >= 0 && !v.campaign.Issues[at].OnlyIf.Empty() {
			return ""
		}
	}
	return fmt.Sprintf("%s was for everybody all the time", id)
}
