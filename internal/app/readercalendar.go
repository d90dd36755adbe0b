package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/scheduler"
	"partwork/internal/timing"
)

// ReaderCalendar is what all readers of a campaign together will get.
type ReaderCalendar struct {
	Campaign string `json:"campaign"`
	Paused   bool   `json:"paused"`
	// Readers are the active ones, and Expecting those of them who get something
	// within the days that were asked for.
	Readers   int `json:"readers"`
	Expecting int `json:"expecting"`
	// Days are the mails of each local date and issue.
	Days []IssueDay `json:"days"`
	// Mails is the sum of Days; Later is how many follow after that.
	Mails int `json:"mails"`
	Later int `json:"later"`
	// Waiting are readers for whom nothing comes, by what they wait for.
	Waiting []WaitCount `json:"waiting"`
	// Busiest is the hour in which most of the mails are due; zero if none is.
	Busiest   HourCount           `json:"busiest_hour"`
	Overloads []calendar.Overload `json:"-"`
}

// IssueDay is a number of mails.
type IssueDay struct {
	Date    timing.Date `json:"date"`
	Issue   string      `json:"issue"`
	Readers int         `json:"readers"`
}

// WaitCount is a number of readers who wait.
type WaitCount struct {
	Why calendar.Code `json:"why"`
	// Issue is the one that holds them; empty if none does.
	Issue   string `json:"issue"`
	Readers int    `json:"readers"`
}

// HourCount is a number of mails in the hour that begins at From.
type HourCount struct {
	From  time.Time `json:"from"`
	Mails int       `json:"mails"`
}

// ReaderCalendar foresees the mails of a campaign's readers over so many days from
// now. A campaign that is paused is looked at as if it were resumed now.
func (o *Observer) ReaderCalendar(ctx context.Context, p scheduler.Program, days int) (ReaderCalendar, error) {
	s := newSide(p, o.calendar())
	cliques, err := (&crowd{o: o, sides: []*side{s}}).gather(ctx, time.Time{})
	if err != nil {
		return ReaderCalendar{}, err
	}
	b := &calendarBuilder{
		side: s, end: s.now.Add(time.Duration(days) * 24 * time.Hour), days: make(map[dayKey]int), waits: make(map[WaitCount]int),
		hours: make(map[time.Time]int), loads: make(map[timing.Slot]int), zones: make(map[string]*time.Location),
	}
	b.out.Campaign, b.out.Paused = p.Campaign.ID, !p.Record.PausedAt.IsZero()
	for _, group := range cliques {
		b.add(group)
	}
	return b.calendar(o.Config.SMTP.Rate), nil
}

type dayKey struct {
	date  timing.Date
	issue int
}

// calendarBuilder counts.
type calendarBuilder struct {
	*side
	end   time.Time
	out   ReaderCalendar
	days  map[dayKey]int
	waits map[WaitCount]int
	hours map[time.Time]int
	loads map[timing.Slot]int
	zones map[string]*time.Location
}

func (b *calendarBuilder) add(group *clique) {
	p := group.passages[0]
	outlook := b.foresee(p)
	b.out.Readers += group.readers
	expecting := false
	for _, due := range outlook.Dues {
		if !due.At.Before(b.end) {
			b.out.Later += group.readers
			continue
		}
		expecting = true
		b.out.Mails += group.readers
		b.days[dayKey{due.Day(p.Zone), due.Issue}] += group.readers
		b.hours[due.At.Truncate(time.Hour)] += group.readers
		b.loads[due.Slot] += group.readers
		b.zones[due.Slot.Zone] = p.Zone
	}
	if expecting {
		b.out.Expecting += group.readers
	}
	if len(outlook.Dues) == 0 {
		wait := WaitCount{Why: outlook.End}
		if outlook.EndIssue >= 0 {
			wait.Issue = b.Campaign.Issues[outlook.EndIssue].ID
		}
		b.waits[wait] += group.readers
	}
}

// calendar returns what was counted.
func (b *calendarBuilder) calendar(rate float64) ReaderCalendar {
	b.out.Days, b.out.Waiting = []IssueDay{}, []WaitCount{}
	keys := slices.SortedFunc(maps.Keys(b.days), func(x, y dayKey) int {
		return cmp.Or(cmp.Compare(x.date, y.date), cmp.Compare(x.issue, y.issue))
	})
	for _, key := range keys {
		b.out.Days = append(b.out.Days, IssueDay{key.date, b.Campaign.Issues[key.issue].ID, b.days[key]})
	}
	for wait, n := range b.waits {
		wait.Readers = n
		b.out.Waiting = append(b.out.Waiting, wait)
	}
	slices.SortFunc(b.out.Waiting, func(x, y WaitCount) int {
		return cmp.Or(y.Readers-x.Readers, cmp.Compare(x.Why, y.Why), cmp.Compare(x.Issue, y.Issue))
	})
	for _, hour := range slices.SortedFunc(maps.Keys(b.hours), time.Time.Compare) {
		if n := b.hours[hour]; n > b.out.Busiest.Mails {
			b.out.Busiest = HourCount{hour, n}
		}
	}
	b.out.Overloads = calendar.Overloads(loadsOf(b.Campaign, b.loads, b.zones), rate)
	return b.out
}
