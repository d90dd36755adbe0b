package app

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Effects is what an edit does to the readers of a campaign, counted in people.
type Effects struct {
	// Readers are those who are active, or whom the edit brings back, or who
	// finished lately enough for that.
	Readers int `json:"readers"`
	// Unchanged are those for whom nothing changes: the same issues on the same
	// dates.
	Unchanged int `json:"unchanged"`
	// Next says what becomes of the next issue; Unchanged readers are not in it.
	Next []TurnCount `json:"next"`
	// Issues says what becomes of the issues that were edited.
	Issues []IssueFate `json:"issues"`
	// FinishLater and FinishEarlier are those whose last issue comes on another
	// date.
	FinishLater   int                 `json:"finish_later"`
	FinishEarlier int                 `json:"finish_earlier"`
	Overloads     []calendar.Overload `json:"-"`
	People        []PersonEffect      `json:"people"`
}

// TurnCount is a number of readers with whose next issue the same happens.
type TurnCount struct {
	Change calendar.Turn `json:"change"`
	// From and To are the reader's local times of the next issue before and after:
	// dates, or times of one date if only the hour changes; empty if there is none.
	From string `json:"from"`
	To   string `json:"to"`
	// FromZone and ToZone are the clocks, if the edit gives the readers another one;
	// From and To are times then. They are left out otherwise.
	FromZone string `json:"from_zone,omitempty"`
	ToZone   string `json:"to_zone,omitempty"`
	// FromIssue and ToIssue are given where they matter: not if only the date
	// changes.
	FromIssue string `json:"from_issue"`
	ToIssue   string `json:"to_issue"`
	// Was and Is say why nothing comes before and after, where nothing does, and
	// Held which issue the reader then waits for.
	Was     calendar.Code `json:"was"`
	Is      calendar.Code `json:"is"`
	Held    string        `json:"held"`
	Readers int           `json:"readers"`
}

// IssueFate says who gets an issue.
type IssueFate struct {
	Issue string `json:"issue"`
	// Had have it already.
	Had int `json:"had"`
	// Gets will get it, by their local date.
	Gets []DateCount `json:"gets"`
	// Skip are past it, and will not get it.
	Skip int `json:"skip"`
	// Others will not get it because its only_if does not select them.
	Others int `json:"others"`
	// Waits will not get it as long as another issue, or this one, holds them.
	Waits int `json:"waits"`
	// Through have finished the series, and are not brought back.
	Through int `json:"through"`
	// Misses would have got it, had it not been removed.
	Misses int `json:"misses"`
}

// DateCount is a number of readers on a local date.
type DateCount struct {
	Date    timing.Date `json:"date"`
	Readers int         `json:"readers"`
}

// PersonEffect is what an edit does to one person.
type PersonEffect struct {
	Subscriber drip.SubscriberID `json:"subscriber"`
	Email      string            `json:"email"`
	TurnCount
	Before []Expected `json:"before"`
	After  []Expected `json:"after"`
}

// tally counts.
type tally struct {
	was, is *side
	out     Effects
	turns   map[TurnCount]int
	fates   []*fate
	loads   map[timing.Slot]int
	zones   map[string]*time.Location
	members []named
}

// fate is an IssueFate in the making.
type fate struct {
	IssueFate
	was, is int // positions; -1 if there is none
	gets    map[timing.Date]int
}

// named is somebody who may be named.
type named struct {
	member        member
	turn          TurnCount
	before, after calendar.Outlook
	was, is       *time.Location
}

func newTally(was, is *side, changes []Change) *tally {
	t := &tally{
		was: was, is: is, turns: make(map[TurnCount]int), loads: make(map[timing.Slot]int),
		zones: make(map[string]*time.Location),
	}
	seen := map[string]bool{"": true}
	for _, change := range changes {
		if !seen[change.Issue] {
			seen[change.Issue] = true
			t.fates = append(t.fates, &fate{
				IssueFate: IssueFate{Issue: change.Issue}, was: was.Campaign.Issue(change.Issue), is: is.Campaign.Issue(change.Issue),
				gets: make(map[timing.Date]int),
			})
		}
	}
	return t
}

// add counts a clique.
func (t *tally) add(group *clique) {
	zone := group.passages[1].Zone
	before, after := t.was.foresee(group.passages[0]), t.is.foresee(group.passages[1])
	effect := calendar.Compare(t.was.Campaign, before, t.is.Campaign, after)
	t.out.Readers += group.readers
	for _, f := range t.fates {
		f.add(group, before, after, zone)
	}
	for _, due := range after.Dues {
		if due.At.Before(t.is.now.Add(capacityHorizon)) {
			t.loads[due.Slot] += group.readers
			t.zones[due.Slot.Zone] = zone
		}
	}
	if effect.Same {
		t.out.Unchanged += group.readers
		return
	}
	turn := t.turn(effect, group.passages[0].Zone, zone)
	t.turns[turn] += group.readers
	for _, m := range group.members {
		t.members = append(t.members, named{m, turn, before, after, group.passages[0].Zone, zone})
	}
	if a, b := len(before.Dues), len(after.Dues); a > 0 && b > 0 && before.End == after.End {
		switch from, to := before.Dues[a-1].At, after.Dues[b-1].At; {
		case to.After(from):
			t.out.FinishLater += group.readers
		case to.Before(from):
			t.out.FinishEarlier += group.readers
		}
	}
}

// turn writes an effect down so that equal ones can be counted.
func (t *tally) turn(e calendar.Effect, before, after *time.Location) TurnCount {
	turn := TurnCount{Change: e.Turn}
	if !e.From.At.IsZero() {
		turn.From = e.From.Day(before).String()
		turn.FromIssue = t.was.Campaign.Issues[e.From.Issue].ID
	} else {
		turn.Was = e.Was
	}
	if !e.To.At.IsZero() {
		turn.To = e.To.Day(after).String()
		turn.ToIssue = t.is.Campaign.Issues[e.To.Issue].ID
	} else {
		turn.Is = e.Is
	}
	if e.Held >= 0 {
		turn.Held = t.is.Campaign.Issues[e.Held].ID
	}
	if e.Turn == calendar.TurnLater || e.Turn == calendar.TurnEarlier || e.Turn == calendar.TurnSame {
		turn.FromIssue, turn.ToIssue = "", ""
		moved := before.String() != after.String() && e.Turn != calendar.TurnSame
		if moved {
			turn.FromZone, turn.ToZone = before.String(), after.String()
		}
		if moved || turn.From == turn.To && e.Turn != calendar.TurnSame {
			turn.From, turn.To = e.From.At.In(before).Format("2006-01-02T15:04"), e.To.At.In(after).Format("2006-01-02T15:04")
		}
	}
	return turn
}

// add counts what becomes of the issue for the readers of a clique.
func (f *fate) add(group *clique, before, after calendar.Outlook, zone *time.Location) {
	n := group.readers
	if f.is < 0 {
		if had := group.passages[0].Had; f.was < len(had) && had[f.was] {
			f.Had += n
		} else if _, ok := before.Due(f.was); ok {
			f.Misses += n
		}
		return
	}
	due, gets := after.Due(f.is)
	switch had := group.passages[1].Had; {
	case f.is < len(had) && had[f.is]:
		f.Had += n
	case gets:
		f.gets[due.Day(zone)] += n
	case slices.Contains(after.Others, f.is):
		f.Others += n
	case slices.Contains(after.Skipped, f.is):
		f.Skip += n
	case group.passages[1].State == drip.EnrollmentFinished:
		f.Through += n
	case after.End == calendar.CodeFinished:
		f.Skip += n // a draft that is behind them
	default:
		f.Waits += n
	}
}

// capacityHorizon is how far ahead the slots are looked at for more readers than
// the relay can take.
const capacityHorizon = 28 * 24 * time.Hour

// effects returns what was counted.
func (t *tally) effects(rate float64) *Effects {
	t.out.Next, t.out.Issues, t.out.People = []TurnCount{}, []IssueFate{}, []PersonEffect{}
	for turn, n := range t.turns {
		turn.Readers = n
		t.out.Next = append(t.out.Next, turn)
	}
	slices.SortFunc(t.out.Next, func(a, b TurnCount) int {
		return cmp.Or(b.Readers-a.Readers, cmp.Compare(a.Change, b.Change), cmp.Compare(a.From, b.From),
			cmp.Compare(a.To, b.To), cmp.Compare(a.FromZone, b.FromZone), cmp.Compare(a.ToZone, b.ToZone), cmp.Compare(a.FromIssue, b.FromIssue), cmp.Compare(a.ToIssue, b.ToIssue), cmp.Compare(a.Held, b.Held))
	})
	for _, f := range t.fates {
		f.Gets = []DateCount{}
		for _, date := range slices.Sorted(maps.Keys(f.gets)) {
			f.Gets = append(f.Gets, DateCount{date, f.gets[date]})
		}
		t.out.Issues = append(t.out.Issues, f.IssueFate)
	}
	slices.SortFunc(t.members, func(a, b named) int { return cmp.Compare(a.member.subscriber, b.member.subscriber) })
	t.out.Overloads = calendar.Overloads(loadsOf(t.is.Campaign, t.loads, t.zones), rate)
	return &t.out
}

// loadsOf returns the readers of each slot of the schedule. What leaves at once,
// on joining or on request, is spread over the days and does not count.
func loadsOf(c *drip.Campaign, readers map[timing.Slot]int, zones map[string]*time.Location) []calendar.Load {
	var loads []calendar.Load
	for slot, n := range readers {
		loc := zones[slot.Zone]
		if c.Schedule.NextSlot(slot.Wall-1, loc) == slot {
			loads = append(loads, calendar.Load{Slot: slot, Readers: n, Windows: calendar.Windows(c, slot, loc)})
		}
	}
	return loads
}
