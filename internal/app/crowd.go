package app

import (
	"context"
	"runtime"
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// side is one version of a campaign, as the readers would be planned with it.
type side struct {
	scheduler.Program
	held      []bool // of Campaign.Issues: may not be sent
	positions map[drip.IssueNo]int
	// timetable and reopen are what adopting this version does to the readers.
	timetable, reopen bool
	now               time.Time
}

// newSide returns a version that is in force.
func newSide(p scheduler.Program, now time.Time) *side {
	s := &side{Program: p, held: make([]bool, len(p.Contents)), positions: make(map[drip.IssueNo]int), now: now}
	for i := range p.Campaign.Issues {
		s.held[i] = !p.Campaign.Issues[i].Draft && p.Contents[i] == 0
		if no := p.Record.Issues[p.Campaign.Issues[i].ID]; no != 0 {
			s.positions[no] = i
		}
	}
	return s
}

// foresee returns all that a reader can expect.
func (s *side) foresee(p calendar.Passage) calendar.Outlook {
	return calendar.Foresee(s.Campaign, s.held, p, s.now, len(s.Campaign.Issues)+1)
}

// clique is a number of readers who plan alike.
type clique struct {
	// passages are those on each side.
	passages []calendar.Passage
	readers  int
	// members are the first of them, if they were asked for.
	members []member
}

type member struct {
	subscriber drip.SubscriberID
	enrollment drip.EnrollmentID
}

// kinship is what makes readers a clique. The second key is zero if there is one
// side only.
type kinship [2]calendar.Key

// crowd sorts the readers of a campaign into cliques.
type crowd struct {
	o       *Observer
	sides   []*side
	members int // how many of each clique to name
	parts   []crowdPart
}

// crowdPart is what one goroutine sorts.
type crowdPart struct {
	*crowd
	kin     []*calendar.Kin
	cliques map[kinship]*clique
	had     []map[store.IssueSet][]bool
	// unknown are readers who have to be known to be planned, and are not yet.
	unknown []store.CensusRow
}

// crowdParts is how many readings of the database help each other. The store has
// four readers.
const crowdParts = 3

// gather reads all readers whom an edit could concern. Those who finished later
// than finishedAfter count, unless it is zero.
func (c *crowd) gather(ctx context.Context, finishedAfter time.Time) ([]*clique, error) {
	c.parts = make([]crowdPart, min(crowdParts, runtime.GOMAXPROCS(0)))
	for i := range c.parts {
		p := crowdPart{crowd: c, cliques: make(map[kinship]*clique)}
		for _, s := range c.sides {
			p.kin = append(p.kin, calendar.NewKin(s.Campaign))
			p.had = append(p.had, make(map[store.IssueSet][]bool))
		}
		c.parts[i] = p
	}
	query := store.CensusQuery{Campaign: c.sides[0].Record.No, FinishedAfter: finishedAfter, Parts: len(c.parts)}
	selective := c.selective()
	err := c.o.Store.Census(ctx, query, func(part int, row *store.CensusRow) error {
		if selective {
			return c.parts[part].wait(ctx, row)
		}
		return c.parts[part].count(ctx, row, nil)
	})
	for i := range c.parts {
		if err == nil {
			err = c.parts[i].meet(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	return c.merged(), nil
}

// merged puts the cliques of all parts together.
func (c *crowd) merged() []*clique {
	all := make(map[kinship]*clique)
	var list []*clique
	for i := range c.parts {
		for key, group := range c.parts[i].cliques {
			if have := all[key]; have != nil {
				have.readers += group.readers
				have.members = append(have.members, group.members[:min(len(group.members), c.members-len(have.members))]...)
				continue
			}
			all[key] = group
			list = append(list, group)
		}
	}
	return list
}

// count counts a reader; who is what is known of them, nil if nobody asks.
func (p *crowdPart) count(ctx context.Context, row *store.CensusRow, who *segment.Facts) error {
	var passages [2]calendar.Passage
	var key kinship
	for i, s := range p.sides {
		var err error
		if passages[i], err = p.passage(ctx, i, row); err != nil {
			return err
		}
		passages[i].Who = who
		passages[i] = calendar.Adopt(passages[i], s.now, s.timetable, s.reopen)
		key[i] = p.kin[i].Key(&passages[i])
	}
	group := p.cliques[key]
	if group == nil {
		group = &clique{passages: append([]calendar.Passage{}, passages[:len(p.sides)]...)}
		p.cliques[key] = group
	}
	group.readers++
	if len(group.members) < p.members {
		group.members = append(group.members, member{row.Subscriber, row.Enrollment})
	}
	return nil
}

// passage translates a row for one side's calendar, as [scheduler.Passage] does.
func (p *crowdPart) passage(ctx context.Context, i int, row *store.CensusRow) (calendar.Passage, error) {
	s := p.sides[i]
	if row.Follows != 0 {
		due, err := p.o.Store.History(ctx, row.Enrollment)
		if err != nil {
			return calendar.Passage{}, err
		}
		return p.o.Passage(s.Program, &due)
	}
	loc, err := p.o.Zones.Load(s.Campaign.Zone(row.Timezone, p.o.Config.Timezone))
	if err != nil {
		if loc, err = p.o.Zones.Load(s.Campaign.Zone("", p.o.Config.Timezone)); err != nil {
			return calendar.Passage{}, err
		}
	}
	out := calendar.Passage{
		State: row.State, Start: row.Start, JoinedAt: row.JoinedAt, Floor: row.Floor, PausedUntil: row.PausedUntil,
		AskedAt: row.AskedAt, Pace: row.Pace, Zone: loc, Had: p.flags(i, row.Had),
	}
	if s.Record.Floor.After(out.Floor) {
		out.Floor = s.Record.Floor
	}
	if row.Last.HasSlot {
		out.Last = &calendar.Last{SlotWall: row.Last.Slot, AcceptedAt: row.Last.AcceptedAt, Issue: -1}
	}
	if row.Open != nil {
		s.open(&out, row.Open)
	}
	return out, nil
}

// open adds the delivery that is not done. One that is claimed leaves within
// seconds, unless a new timetable withdraws it: also if its issue is removed, or
// becomes a draft. It then counts as if it had left now.
func (s *side) open(p *calendar.Passage, d *drip.Delivery) {
	at, known := s.positions[d.Issue]
	if !known {
		at = -1
	}
	leaves := known && !s.Campaign.Issues[at].Draft && !s.held[at]
	if leaves || s.timetable || d.State != drip.DeliveryClaimed {
		p.Open = &calendar.Open{Issue: at, Slot: d.Slot, Moves: d.Moves, Deferred: d.State == drip.DeliveryDeferred}
		return
	}
	p.Last = &calendar.Last{SlotWall: d.Slot.Wall, AcceptedAt: s.now, Issue: at}
	if known {
		p.Had = slices.Clone(p.Had)
		p.Had[at] = true
	}
}

// flags tells for each of a side's issues whether it is in the set. There are few
// sets, and planning only reads them.
func (p *crowdPart) flags(i int, set store.IssueSet) []bool {
	had, known := p.had[i][set]
	if !known {
		had = make([]bool, len(p.sides[i].Campaign.Issues))
		for _, no := range set.Numbers() {
			if at, ok := p.sides[i].positions[no]; ok {
				had[at] = true
			}
		}
		p.had[i][set] = had
	}
	return had
}
