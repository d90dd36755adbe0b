package calendar

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// crowd makes readers at random, many of them alike but for a few seconds.
type crowd struct {
	*rand.Rand
	t     *testing.T
	zones []*time.Location
	now   time.Time
}

func newCrowd(t *testing.T, seed uint64) *crowd {
	w := &crowd{Rand: rand.New(rand.NewPCG(seed, 7)), t: t, now: at(t, "2026-10-20T12:00")}
	for _, name := range []string{"Europe/London", "Pacific/Auckland", "Asia/Kolkata", "America/New_York"} {
		w.zones = append(w.zones, zone(t, name))
	}
	return w
}

// chance is true once in n times.
func (w *crowd) chance(n int) bool { return w.IntN(n) == 0 }

// instant is in the weeks around now.
func (w *crowd) instant() time.Time {
	return w.now.Add(time.Duration(w.IntN(40*24*60)-30*24*60)*time.Minute + time.Duration(w.IntN(60_000))*time.Millisecond)
}

// campaign has a schedule, quiet dates, drafts and late issues of any kind.
func (w *crowd) campaign() *drip.Campaign {
	exprs := []string{"0 9 * * TUE", "30 1 * * SUN", "0 9 * * TUE,THU", "15 6 * * *", "20,40 1 * * *"}
	c := weekly(w.t, schedule(exprs[w.IntN(len(exprs))]))
	if w.chance(3) {
		quiet("10-25..10-28", "11-03")(c)
	}
	if w.chance(4) {
		c.MinGap = time.Duration(w.IntN(5*24*3600)) * time.Second
	}
	if w.chance(3) {
		c.First = drip.FirstNextSlot
	}
	for i := range c.Issues {
		issue := &c.Issues[i]
		issue.ID = fmt.Sprint(i)
		issue.Draft = w.chance(12)
		if w.chance(6) {
			issue.SkipSlots = 1 + w.IntN(2)
		}
		if w.chance(6) {
			issue.NotBefore = timing.DateAt(w.instant())
		}
		switch w.IntN(6) {
		case 0:
			issue.Late = drip.LatePolicy{Kind: drip.LateNextSlot}
		case 1:
			issue.Late = drip.LatePolicy{Kind: drip.LateWithin, Within: time.Duration(1+w.IntN(30*24)) * time.Hour}
		}
	}
	return c
}

// passage is any reader of the campaign.
func (w *crowd) passage(c *drip.Campaign) Passage {
	p := Passage{
		State: drip.EnrollmentActive, Start: drip.StartOnJoin, JoinedAt: w.instant(), Pace: 1,
		Zone: w.zones[w.IntN(len(w.zones))], Had: make([]bool, w.IntN(len(c.Issues)+1)),
	}
	p.Floor = p.JoinedAt
	if w.chance(2) {
		p.Start = drip.StartAtSlot
	}
	if w.chance(3) {
		p.Floor = w.instant()
	}
	if w.chance(8) {
		p.Pace = 2
	}
	if w.chance(10) {
		p.PausedUntil = w.instant()
	}
	if w.chance(8) {
		p.AskedAt = w.instant()
	}
	if w.chance(30) {
		p.State = drip.EnrollmentFinished
	}
	for i := range p.Had {
		p.Had[i] = !w.chance(8)
	}
	if len(p.Had) > 0 && !w.chance(6) {
		slot := c.Schedule.NextSlot(timing.WallAt(w.instant().In(p.Zone)), p.Zone)
		p.Last = &Last{SlotWall: slot.Wall, AcceptedAt: slot.At.Add(time.Duration(w.IntN(7200_000)) * time.Millisecond), Issue: -1}
		if w.chance(10) {
			p.Last.AcceptedAt = time.Time{}
		}
		p.Last.Earlier = w.chance(6)
	}
	if w.chance(8) {
		slot := c.Schedule.NextSlot(timing.WallAt(w.instant().In(p.Zone)), p.Zone)
		p.Open = &Open{Issue: w.IntN(len(c.Issues)+1) - 1, Slot: slot, Moves: w.IntN(3), Deferred: w.chance(2)}
	}
	return p
}

// edge is an instant at which, or a moment from which, a slot stops to fit.
func (w *crowd) edge(c *drip.Campaign, near time.Time, zone *time.Location) time.Time {
	t := c.Schedule.NextSlot(timing.WallAt(near.In(zone)), zone).At
	if w.chance(2) {
		t = t.Add(-c.MinGap)
	} else if late := c.Issues[w.IntN(len(c.Issues))].Late; w.chance(2) {
		t = t.Add(-late.Within)
	}
	moments := []time.Duration{0, 0, -time.Millisecond, time.Millisecond, -30 * time.Second, 30 * time.Second}
	return t.Add(moments[w.IntN(len(moments))])
}

// neighbor is a reader who differs by what planning should not see, mostly.
func (w *crowd) neighbor(c *drip.Campaign, p *Passage) Passage {
	for _, t := range []*time.Time{&p.Floor, &p.AskedAt} {
		if !t.IsZero() && w.chance(3) {
			*t = w.edge(c, *t, p.Zone)
		}
	}
	if p.Last != nil && !p.Last.AcceptedAt.IsZero() && w.chance(2) {
		p.Last.AcceptedAt = w.edge(c, p.Last.AcceptedAt, p.Zone)
	}
	return w.shaken(*p)
}

// shaken is the reader with instants a little off.
func (w *crowd) shaken(p Passage) Passage {
	shake := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		switch w.IntN(5) {
		case 4:
			return t.Add(time.Duration(w.IntN(3)-1) * time.Millisecond)
		case 0:
			return t.Truncate(time.Minute)
		case 1:
			return t.Truncate(time.Minute).Add(time.Duration(w.IntN(60_000)) * time.Millisecond)
		case 2:
			return t.Add(time.Duration(w.IntN(48*3600_000)-24*3600_000) * time.Millisecond)
		}
		return t
	}
	p.JoinedAt, p.Floor = shake(p.JoinedAt), shake(p.Floor)
	if w.chance(4) {
		p.AskedAt = shake(p.AskedAt)
	}
	if p.Last != nil {
		last := *p.Last
		last.AcceptedAt = shake(last.AcceptedAt)
		last.Issue = w.IntN(3)
		last.Earlier = last.Earlier != w.chance(12)
		p.Last = &last
	}
	p.Had = append(append([]bool{}, p.Had...), make([]bool, w.IntN(3))...)
	return p
}

// tell writes down all of an outlook but the words of its reasons.
func tell(o Outlook) string {
	var b strings.Builder
	for _, due := range o.Dues {
		fmt.Fprintln(&b, due.Issue, due.Slot, due.At, due.Reason.Code)
	}
	fmt.Fprint(&b, o.Skipped, o.Others, o.End, o.EndIssue)
	return b.String()
}

// TestEqualKeysPlanAlike is the law that allows a hundred thousand readers to be
// planned a few hundred times.
func TestEqualKeysPlanAlike(t *testing.T) {
	t.Parallel()
	equal, pairs := 0, 0
	for seed := range uint64(500) {
		w := newCrowd(t, seed)
		c := w.campaign()
		kin := NewKin(c)
		held := []bool{false, false, w.chance(5)}
		for range 40 {
			p := w.passage(c)
			q := w.neighbor(c, &p)
			pairs++
			if kin.Key(&p) != kin.Key(&q) {
				continue
			}
			equal++
			now := w.instant().Truncate(time.Millisecond)
			if a, b := tell(Foresee(c, held, p, now, 12)), tell(Foresee(c, held, q, now, 12)); a != b {
				t.Fatalf("seed %d: readers with one key plan differently at %v\n%+v\n%s\n%+v\n%s", seed, now, p, a, q, b)
			}
		}
	}
	if equal < pairs/4 {
		t.Errorf("only %d of %d neighbors have equal keys", equal, pairs)
	}
}

// TestFewReadersDiffer has as many readers as a test can afford, whose last issue
// left over an hour.
func TestFewReadersDiffer(t *testing.T) {
	t.Parallel()
	c := weekly(t)
	kin, keys := NewKin(c), make(map[Key]bool)
	w := newCrowd(t, 1)
	for i := range 10_000 {
		p := joined(t, "2026-10-01T10:00", func(p *Passage) {
			p.Zone = w.zones[i%len(w.zones)]
			p.JoinedAt = p.JoinedAt.Add(-time.Duration(w.IntN(1e9)) * time.Millisecond)
			p.Floor = p.JoinedAt
		}, had(t, 4, "2026-10-20T08:00", "2026-10-20T08:00"))
		p.Last.SlotWall = timing.WallAt(at(t, "2026-10-20T09:00"))
		p.Last.AcceptedAt = p.Last.AcceptedAt.Add(time.Duration(w.IntN(3600_000)) * time.Millisecond)
		keys[kin.Key(&p)] = true
	}
	if len(keys) != len(w.zones) {
		t.Errorf("%d keys for the readers of %d zones", len(keys), len(w.zones))
	}
}

// TestKeysSeeEdges has pairs of readers who differ by a millisecond, or by a
// wish, that matters.
func TestKeysSeeEdges(t *testing.T) {
	t.Parallel()
	const slot = "2026-06-09T08:00"
	past := func(c *drip.Campaign) { c.Issues[1].Late = drip.LatePolicy{Kind: drip.LateWithin, Within: week} }
	for _, test := range []struct {
		name          string
		change        func(*drip.Campaign)
		before, after func(*Passage)
	}{
		{"the last issue is a week ago, or more", past,
			func(p *Passage) { p.Last.AcceptedAt = at(t, slot).Add(-week) },
			func(p *Passage) { p.Last.AcceptedAt = at(t, slot).Add(-week - time.Millisecond) }},
		{"the last issue is a week and some seconds ago, or more",
			func(c *drip.Campaign) { past(c); c.Issues[1].Late.Within += 30 * time.Second },
			func(p *Passage) { p.Last.AcceptedAt = at(t, slot).Add(-week - 30*time.Second) },
			func(p *Passage) { p.Last.AcceptedAt = at(t, slot).Add(-week - 31*time.Second) }},
		{"a gap ends at the slot, or after it", func(c *drip.Campaign) { c.MinGap = week - 90*time.Second },
			func(p *Passage) { p.Last.AcceptedAt = at(t, slot).Add(90*time.Second - week) },
			func(p *Passage) { p.Last.AcceptedAt = at(t, slot).Add(91*time.Second - week) }},
		{"the last issue is of this passage, or of one before it", func(*drip.Campaign) {},
			func(p *Passage) { p.Pace = 2 },
			func(p *Passage) { p.Pace, p.Last.Earlier = 2, true }},
		{"a pause ends before the slot, or after it", func(*drip.Campaign) {},
			func(p *Passage) { p.PausedUntil = at(t, slot).Add(-time.Millisecond) },
			func(p *Passage) { p.PausedUntil = at(t, slot) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := weekly(t, test.change)
			p := joined(t, "2026-05-01T10:00", had(t, 3, "2026-06-02T08:00", "2026-06-02T08:00"))
			p.Had[1] = false
			q := p
			p.Last, q.Last = &Last{SlotWall: p.Last.SlotWall, AcceptedAt: p.Last.AcceptedAt}, &Last{SlotWall: p.Last.SlotWall, AcceptedAt: p.Last.AcceptedAt}
			test.before(&p)
			test.after(&q)
			now := at(t, "2026-06-04T10:00")
			if a, b := tell(Foresee(c, nil, p, now, 9)), tell(Foresee(c, nil, q, now, 9)); a == b {
				t.Fatalf("both plan alike:\n%s", a)
			}
			if kin := NewKin(c); kin.Key(&p) == kin.Key(&q) {
				t.Error("readers who plan differently have one key")
			}
		})
	}
}
