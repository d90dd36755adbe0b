package preview

import (
	"net/http"
	"strconv"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// calendarPage shows when somebody who joins at some time gets each issue, and why.
type calendarPage struct {
	common
	seriesNav
	Schedule, Quiet string
	Join, Zone      string // as the form has them
	Imported        bool
	Zones           []string
	Fault           string
	Joined, Slots   string
	Rows            []dueRow
	Why             string // why the series ends early
	Months          []month
	Plan            planPanel
}

// dueRow is an issue on the calendar, or a change of the clocks between two.
type dueRow struct {
	Issue, Subject, Path string
	Number               int
	Date, Clock, Foreign string // Foreign is the time on the campaign's clock, if that is another one
	Machine              string
	After                string // since joining
	Reason               string
	Change               string
}

// month is a month of the calendar.
type month struct {
	Name  string
	Weeks [][7]day
}

// day is a day of a month; Number is 0 outside of it.
type day struct {
	Number               int
	Issue                string
	Due                  int // the number of the issue, 0 for none
	Quiet, Joined, Clock bool
}

// joinLayout is what a browser's field for date and time sends.
const joinLayout = "2006-01-02T15:04"

// calendar shows the forecast for the chosen time and zone.
func (p *Preview) calendar(w http.ResponseWriter, r *http.Request) {
	st, e := p.series(w, r)
	if e == nil {
		return
	}
	c, q := e.Campaign, r.URL.Query()
	l := lookOf(q)
	page := calendarPage{
		common: p.common(c.Title+", calendar", "list"), seriesNav: navOf(e, l, "calendar"),
		Schedule: c.Schedule.Describe(), Quiet: c.Quiet.String(), Zones: timing.Names(),
		Join: q.Get("join"), Zone: q.Get("zone"), Imported: q.Get("imported") != "",
	}
	page.Overlay = p.overlay(st, c.ID, nil)
	zones := timing.NewZones()
	if page.Zone == "" {
		page.Zone = c.Zone("", st.Zone)
	}
	loc, err := zones.Load(page.Zone)
	if err != nil {
		page.Fault = "There is no time zone “" + page.Zone + "”; one is called Europe/London, another America/New_York."
		loc, _ = zones.Load("UTC")
	}
	slots, err := zones.Load(c.Zone(page.Zone, page.Zone))
	if err != nil {
		slots = loc
	}
	joined := p.options.Now().Truncate(time.Minute)
	if page.Join == "" {
		page.Join = joined.In(loc).Format(joinLayout)
	} else if at, err := time.ParseInLocation(joinLayout, page.Join, time.UTC); err == nil {
		joined = timing.Resolve(timing.WallAt(at), loc)
	} else {
		page.Fault = "“" + page.Join + "” is no date and time; expected one such as 2026-03-24T10:00."
	}
	f := foresight{c: c, reader: loc, slots: slots, joined: joined, look: l}
	page.Rows, page.Why = f.rows(page.Imported)
	page.Months = f.months()
	page.Joined = joined.In(loc).Format("Monday 2 January 2006, 15:04 MST")
	if slots.String() != loc.String() {
		page.Slots = slots.String()
	}
	page.Plan = p.planOf(r, st, c.ID)
	p.show(w, http.StatusOK, "calendar.html", page)
}

// foresight foresees a series for one reader.
type foresight struct {
	c             *drip.Campaign
	reader, slots *time.Location
	joined        time.Time
	look          look
	dues          []calendar.Due
}

// rows asks the functions that sending uses.
func (f *foresight) rows(imported bool) (rows []dueRow, why string) {
	p := calendar.Passage{
		State: drip.EnrollmentActive, Start: drip.StartOnJoin, JoinedAt: f.joined, Floor: f.joined, Pace: 1, Zone: f.slots,
	}
	if imported {
		p.Start = drip.StartAtSlot
	}
	out := calendar.Foresee(f.c, nil, p, f.joined, len(f.c.Issues)+1)
	f.dues = out.Dues
	last := f.joined
	for _, due := range out.Dues {
		rows = append(rows, f.shifts(last, due.At)...)
		rows = append(rows, f.row(due))
		last = due.At
	}
	switch {
	case out.End == calendar.CodeDraft && out.EndIssue >= 0:
		why = "After that nothing leaves: " + f.c.Issues[out.EndIssue].ID + " is a draft, and readers who reach it wait."
	case out.End == calendar.CodeReview && out.EndIssue >= 0:
		why = "After that nothing leaves: " + f.c.Issues[out.EndIssue].ID + " must be reviewed again."
	case out.End == calendar.CodeNoSlot:
		why = "After that nothing leaves: the schedule has no slot that is not quiet."
	}
	return rows, why
}

func (f *foresight) row(due calendar.Due) dueRow {
	is := &f.c.Issues[due.Issue]
	at := due.At.In(f.reader)
	row := dueRow{
		Issue: is.ID, Subject: is.Subject, Number: due.Issue + 1, Path: f.look.at(issuePath(f.c.ID, is.ID)),
		Date: at.Format("Mon 2 Jan 2006"), Clock: at.Format("15:04"), Machine: at.Format(time.RFC3339),
		After: after(due.At.Sub(f.joined)), Reason: due.Reason.String(),
	}
	if f.slots.String() != f.reader.String() {
		row.Foreign = due.At.In(f.slots).Format("Mon 15:04 MST")
	}
	return row
}

// after writes how long somebody waits since joining.
func after(d time.Duration) string {
	switch days := int(d.Hours() / 24); {
	case d < time.Minute:
		return "" // the reason says so
	case days == 0:
		return "the same day"
	case days == 1:
		return "after 1 day"
	default:
		return "after " + plural(days, "day")
	}
}

// plural writes a number and a noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// shifts are the changes of the clocks between two instants, on the clock that the
// campaign sends by.
func (f *foresight) shifts(from, to time.Time) []dueRow {
	var rows []dueRow
	for _, at := range transitions(f.slots, from, to) {
		before, then := at.Add(-time.Second).In(f.slots), at.In(f.slots)
		_, was := before.Zone()
		_, is := then.Zone()
		way := "forward"
		if is < was {
			way = "back"
		}
		rows = append(rows, dueRow{
			Date:   then.Format("Mon 2 Jan 2006"),
			Change: "The clocks of " + f.slots.String() + " go " + way + " by " + span(is-was) + "; the time of day on the letter stays the same.",
		})
	}
	return rows
}

// span writes a length of seconds, without its sign.
func span(seconds int) string {
	d := time.Duration(max(seconds, -seconds)) * time.Second
	if d%time.Hour == 0 {
		return plural(int(d/time.Hour), "hour")
	}
	return plural(int(d/time.Minute), "minute")
}

// transitions returns the instants at which a zone's offset changes, at most ten.
func transitions(loc *time.Location, from, to time.Time) []time.Time {
	var out []time.Time
	for at := from.In(loc); len(out) < 10; {
		_, end := at.ZoneBounds()
		if end.IsZero() || !end.Before(to) {
			break
		}
		_, was := end.Add(-time.Second).Zone()
		if _, is := end.Zone(); was != is {
			out = append(out, end)
		}
		at = end
	}
	return out
}

// maxMonths bounds the calendar.
const maxMonths = 18

// months draws the months from joining to the last issue.
func (f *foresight) months() []month {
	first, last := timing.DateAt(f.joined.In(f.reader)), timing.DateAt(f.joined.In(f.reader))
	due := make(map[timing.Date]int) // index + 1
	for i, d := range f.dues {
		date := timing.DateAt(d.At.In(f.reader))
		due[date], last = i+1, max(last, date)
	}
	shifted := make(map[timing.Date]bool)
	for _, at := range transitions(f.slots, f.joined, last.AddDays(31).Start(f.reader)) {
		shifted[timing.DateAt(at.In(f.slots))] = true
	}
	var out []month
	start := first.Start(time.UTC)
	for at := time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, time.UTC); len(out) < maxMonths && !at.After(last.Start(time.UTC)); at = at.AddDate(0, 1, 0) {
		m := month{Name: at.Format("January 2006")}
		var week [7]day
		for d := at; d.Month() == at.Month(); d = d.AddDate(0, 0, 1) {
			column, date := (int(d.Weekday())+6)%7, timing.DateAt(d)
			week[column] = day{
				Number: d.Day(), Quiet: f.c.Quiet.Contains(date), Joined: date == first, Clock: shifted[date],
			}
			if n := due[date]; n > 0 {
				week[column].Due, week[column].Issue = f.dues[n-1].Issue+1, f.c.Issues[f.dues[n-1].Issue].Subject
			}
			if column == 6 {
				m.Weeks, week = append(m.Weeks, week), [7]day{}
			}
		}
		if week != ([7]day{}) {
			m.Weeks = append(m.Weeks, week)
		}
		out = append(out, m)
	}
	return out
}
