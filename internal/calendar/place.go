package calendar

import (
	"fmt"
	"strconv"
	"time"

	"partwork/internal/timing"
)

// mostCounted bounds how far a reason counts slots.
const mostCounted = 60

// place says which slot it is, counted from the previous issue, the joining, the
// pause or the latest change, and what was in the way of earlier ones.
func (r Reason) place() []string {
	from, since := r.origin()
	count, quiet, near := r.count(from)
	noun := "slot"
	if day, ok := r.campaign.Schedule.Weekday(); ok {
		noun = day.String()
	}
	parts := []string{ordinal(count) + " " + noun + " after " + since}
	if len(quiet) > 0 {
		parts = append(parts, dates(quiet)+" quiet")
	}
	if near {
		parts = append(parts, "issues keep "+span(r.campaign.MinGap)+" apart")
	}
	issue := &r.campaign.Issues[r.issue]
	if from.Date() < issue.NotBefore {
		parts = append(parts, "not before "+issue.NotBefore.String())
	}
	if r.pace > 1 && r.hasLast && !r.last.Earlier {
		parts = append(parts, "every "+ordinal(r.pace)+" slot")
	}
	if issue.SkipSlots > 0 {
		parts = append(parts, "skip_slots "+strconv.Itoa(issue.SkipSlots))
	}
	return parts
}

// origin returns from where slots are counted, and its name.
func (r Reason) origin() (timing.Wall, string) {
	switch {
	case !r.hasLast:
		return timing.WallAt(r.floor.In(r.zone)), r.since
	case r.last.Issue < 0:
		return r.last.SlotWall, "the issue before it"
	default:
		return r.last.SlotWall, r.id(r.last.Issue)
	}
}

// count returns which slot after from this is, 0 if it is far away, the quiet
// dates among the slots before it, and whether one was too near to the previous
// issue.
func (r Reason) count(from timing.Wall) (n int, quiet []timing.Date, near bool) {
	for w := from; n < mostCounted; {
		slot := r.campaign.Schedule.NextSlot(w, r.zone)
		n++
		if slot.Wall >= r.slot.Wall {
			return n, quiet, near
		}
		w = slot.Wall
		if r.campaign.Quiet.Contains(w.Date()) {
			quiet = append(quiet, w.Date())
		}
		near = near || r.hasLast && slot.At.Sub(r.last.AcceptedAt) < r.campaign.MinGap
	}
	return 0, nil, false
}

// ordinal writes 1 as "first"; 0 is "a later".
func ordinal(n int) string {
	words := [...]string{
		"a later", "first", "second", "third", "fourth", "fifth",
		"sixth", "seventh", "eighth", "ninth", "tenth",
	}
	if n < len(words) {
		return words[n]
	}
	switch {
	case n%10 == 1 && n%100 != 11:
		return strconv.Itoa(n) + "st"
	case n%10 == 2 && n%100 != 12:
		return strconv.Itoa(n) + "nd"
	case n%10 == 3 && n%100 != 13:
		return strconv.Itoa(n) + "rd"
	}
	return strconv.Itoa(n) + "th"
}

// dates writes growing dates, days in a row as a range: "24–26 Dec".
func dates(list []timing.Date) string {
	text := ""
	for i := 0; i < len(list); {
		first := i
		for i++; i < len(list) && list[i]-list[i-1] <= 1; i++ {
		}
		if text != "" {
			text += ", "
		}
		text += dateRange(list[first], list[i-1])
	}
	return text
}

// dateRange writes "24 Dec", "24–26 Dec" or "30 Dec–2 Jan".
func dateRange(from, to timing.Date) string {
	a, b := from.Start(time.UTC), to.Start(time.UTC)
	switch {
	case from == to:
		return a.Format("2 Jan")
	case a.Month() == b.Month():
		return a.Format("2") + "–" + b.Format("2 Jan")
	default:
		return a.Format("2 Jan") + "–" + b.Format("2 Jan")
	}
}

// span writes a duration in days and hours.
func span(d time.Duration) string {
	days, rest := d/(24*time.Hour), d%(24*time.Hour)
	switch {
	case days == 0:
		return d.String()
	case rest == 0:
		return fmt.Sprintf("%d days", days)
	default:
		return fmt.Sprintf("%d days and %v hours", days, rest.Hours())
	}
}
