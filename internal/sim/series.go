package sim

import (
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// instanceZone rules readers who have none of their own where the series has none
// either.
const instanceZone = "Europe/London"

// zones are where people live and move to: north and south, whole and half hours,
// changes at midnight, and no changes at all.
var zones = [...]string{
	"Europe/London", "America/Los_Angeles", "Pacific/Auckland", "Africa/Cairo", "Australia/Lord_Howe",
	"America/Santiago", "Asia/Kolkata", "UTC", "",
}

// schedules are from hourly to every four weeks or so, some of them in the hour
// that clocks skip and repeat.
var schedules = [...]string{
	"0 9 * * TUE", "0 9 * * *", "30 1 * * SUN", "0 */3 * * *", "0 0 * * *", "15 2 * * *", "30 7 * * MON,THU",
	"0 6 * * TUE", "20 22 * * FRI", "0 12 1,15 * *",
}

// series is a campaign as its author keeps it, and as the store knows it.
type series struct {
	no       int
	campaign *drip.Campaign
	texts    map[string]int // how often each issue's text was edited
	added    int
	// What the store was told: its number of the campaign, those of the issues,
	// and the versions that were in force, the oldest first.
	record   drip.CampaignNo
	numbers  map[string]drip.IssueNo
	names    map[drip.IssueNo]string
	versions []version
	floor    int64 // calendar milliseconds
	approved map[drip.ContentID]bool
	paused   bool
	pausedAt time.Duration // since the beginning of the world
	closed   bool
	stopped  bool
}

// version is a series as it was in force since a moment.
type version struct {
	since     time.Duration
	campaign  *drip.Campaign
	timetable string
}

func (w *world) newSeries(no int) *series {
	d := w.dice
	c := &drip.Campaign{
		ID: fmt.Sprintf("s%d", no), Key: fmt.Sprintf("k%d", no), Timezone: drip.SubscriberZone,
		DefaultTimezone: pick(d, "Europe/London", "America/Santiago", ""),
		First:           pick(d, drip.FirstOnJoin, drip.FirstOnJoin, drip.FirstNextSlot),
		GiveUp:          d.among(1, 3, 3, 5), ReopenWithin: 180 * day, Review: drip.ReviewNone, OnUnknown: pick(d, drip.HoldUnknown, drip.HoldUnknown, drip.ResendUnknown),
	}
	if d.chance(0.3) {
		c.Timezone = pick(d, zones[:len(zones)-1]...)
	}
	if d.chance(0.25) {
		c.Review = drip.ReviewRequired
	}
	s := &series{no: no, campaign: c, texts: map[string]int{}, names: map[drip.IssueNo]string{}, approved: map[drip.ContentID]bool{}}
	w.timetable(c)
	for range 2 + d.IntN(6) {
		c.Issues = append(c.Issues, w.newIssue(s))
	}
	return s
}

// timetable draws what decides the slots.
func (w *world) timetable(c *drip.Campaign) {
	d := w.dice
	schedule, err := timing.ParseSchedule(pick(d, schedules[:]...))
	if !w.must(err) {
		return
	}
	half := schedule.Interval() / 2
	c.Schedule, c.MinGap, c.MaxLate = schedule, half, half
	if d.chance(0.2) {
		c.MinGap = pick(d, 0, time.Hour, 3*day)
	}
	if d.chance(0.2) {
		c.MaxLate = pick(d, 0, 10*time.Minute, 2*time.Hour, 5*day)
	}
	c.LateHours, err = timing.ParseHours(pick(d, "08:00-20:00", "08:00-20:00", "00:00-24:00", "22:00-02:00", "09:00-10:00"))
	w.must(err)
	var quiet []string
	if d.chance(0.4) {
		quiet = append(quiet, "12-24..12-26", "04-05..04-08", "10-25", "03-29", "07-14")
	}
	if d.chance(0.4) {
		first := timing.DateAt(w.calendar().Add(d.upTo(40 * day)))
		quiet = append(quiet, fmt.Sprintf("%s..%s", first, first.AddDays(d.IntN(4))))
	}
	c.Quiet, err = timing.ParseDates(quiet)
	w.must(err)
}

func (w *world) newIssue(s *series) drip.Issue {
	d := w.dice
	s.added++
	is := drip.Issue{ID: fmt.Sprintf("i%d", s.added), Draft: d.chance(0.08), OnlyIf: w.members.filter()}
	if d.chance(0.1) {
		is.SkipSlots = d.among(1, 2)
	}
	if d.chance(0.1) {
		is.NotBefore = timing.DateAt(w.calendar().Add(d.upTo(40 * day)))
	}
	is.Late.Kind = pick(d, drip.LateSkip, drip.LateNextSlot, drip.LateWithin)
	if is.Late.Kind == drip.LateWithin {
		is.Late.Within = d.often(day, 20*day)
	}
	return is
}

// edit changes the files of a series.
func (w *world) edit(s *series) {
	d := w.dice
	c := *s.campaign
	c.Issues = slices.Clone(c.Issues)
	at := d.IntN(len(c.Issues))
	what := ""
	switch d.IntN(9) {
	case 0, 1:
		is := w.newIssue(s)
		c.Issues = slices.Insert(c.Issues, at, is)
		what = fmt.Sprintf("%s is inserted at %d, late %s", is.ID, at, is.Late.Kind)
	case 2:
		if len(c.Issues) > 2 {
			what = c.Issues[at].ID + " is removed"
			c.Issues = slices.Delete(c.Issues, at, at+1)
		}
	case 3:
		c.Issues[at].Draft = !c.Issues[at].Draft
		what = fmt.Sprintf("%s is a draft: %t", c.Issues[at].ID, c.Issues[at].Draft)
	case 4:
		is := w.newIssue(s)
		c.Issues = append(c.Issues, is)
		what = is.ID + " is appended"
	case 5:
		w.timetable(&c)
		what = "the schedule is " + c.Schedule.Expr()
	case 6:
		c.Timezone = pick(d, drip.SubscriberZone, "Pacific/Auckland", "Europe/London")
		what = "the time zone is " + c.Timezone
	case 7:
		s.texts[c.Issues[at].ID]++
		what = c.Issues[at].ID + " has a new text"
	case 8:
		to := d.IntN(len(c.Issues))
		moved := c.Issues[at]
		c.Issues = slices.Insert(slices.Delete(c.Issues, at, at+1), to, moved)
		what = fmt.Sprintf("%s moves to %d", moved.ID, to)
	}
	s.campaign = &c
	w.tally.Edits++
	w.note(nobody, "series %d: %s", s.no, what)
	for _, p := range w.procs {
		p.readSoon()
	}
}

// rewrite changes the texts of a series, and nothing else.
func (w *world) rewrite(s *series) {
	c := *s.campaign
	for i := range c.Issues {
		s.texts[c.Issues[i].ID]++
	}
	s.campaign = &c
	w.tally.Edits++
	w.note(nobody, "series %d: all texts are new", s.no)
	for _, p := range w.procs {
		p.readSoon()
	}
}

// text is what the file of an issue says, with its name, so that nobody can take
// one text for another.
func (s *series) text(id string) string {
	return fmt.Sprintf("%s/%s\nversion %d", s.campaign.ID, id, s.texts[id])
}

// number returns the store's number of an issue, 0 if it has none yet.
func (s *series) number(id string) drip.IssueNo { return s.numbers[id] }

// since returns the versions that were in force at some time since a moment, the
// latest first.
func (s *series) since(moment time.Duration) []version {
	var list []version
	for i := len(s.versions) - 1; i >= 0; i-- {
		list = append(list, s.versions[i])
		if s.versions[i].since < moment {
			break
		}
	}
	return list
}

// current is the version in force.
func (s *series) current() *drip.Campaign { return s.versions[len(s.versions)-1].campaign }
