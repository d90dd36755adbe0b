package cli

import (
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// zoneForecast is a whole series for a reader in one zone.
type zoneForecast struct {
	zone string
	// slots is the clock on which the campaign sends to that reader: their own, or
	// the campaign's if it has one for all.
	slots *time.Location
	list  []foreseen
	// why says why the series ends early; empty if it does not.
	why string
}

// column foresees a whole series for a reader in a zone.
func (f *forecaster) column(now time.Time, c *drip.Campaign, zone string) (zoneForecast, error) {
	zones := timing.NewZones()
	loc, err := zones.Load(zone)
	if err != nil {
		return zoneForecast{}, usagef("such as Europe/London or America/New_York", "there is no time zone %q", zone)
	}
	column := zoneForecast{zone: zone}
	if column.slots, err = zones.Load(c.Zone(zone, zone)); err != nil {
		return zoneForecast{}, err
	}
	joined, err := f.joined(now, loc)
	if err != nil {
		return zoneForecast{}, err
	}
	p := calendar.Passage{
		State: drip.EnrollmentActive, Start: drip.StartOnJoin, JoinedAt: joined, Floor: joined, Pace: 1, Zone: column.slots,
		Had: make([]bool, len(c.Issues)),
	}
	if f.imported {
		p.Start = drip.StartAtSlot
	}
	for _, due := range calendar.Forecast(c, p, joined, len(c.Issues)) {
		row := foreseen{
			Issue: c.Issues[due.Issue].ID, Subject: c.Issues[due.Issue].Subject, Due: stamp(due.At),
			Local: timing.WallAt(due.At.In(loc)).String(), Zone: zone, Reason: due.Reason.String(),
		}
		if column.foreign() {
			row.SlotZone = column.slots.String()
		}
		column.list = append(column.list, row)
		p.Had[due.Issue] = true
		p.Last = &calendar.Last{SlotWall: due.Slot.Wall, AcceptedAt: due.At, Issue: due.Issue}
	}
	end := joined
	if p.Last != nil {
		end = p.Last.AcceptedAt
	}
	if step := calendar.Plan(c, p, end); step.Kind == calendar.Hold {
		column.why = "after that nothing leaves: " + step.Reason.String()
	}
	return column, nil
}

// foreign reports whether the campaign sends on another clock than the reader's.
func (z *zoneForecast) foreign() bool { return z.slots.String() != z.zone }

// at returns when an issue is due, if it is.
func (z *zoneForecast) at(row int) (time.Time, bool) {
	if row >= len(z.list) {
		return time.Time{}, false
	}
	return z.list[row].Due.time(), true
}

// clockView is a column of the table: one forecast, on some clock.
type clockView struct {
	heading string
	of      *zoneForecast
	slots   bool // on the campaign's clock, not on the reader's
}

// cell writes a due time on the view's clock.
func (v clockView) cell(row int) string {
	due, ok := v.of.at(row)
	switch {
	case !ok:
		return "-"
	case v.slots:
		return wallText(timing.WallAt(due.In(v.of.slots)).String())
	}
	return wallText(v.of.list[row].Local)
}

// views returns the columns of the table: each zone that was asked for, and the
// campaign's own clock before them where it is another one. Readers who join at one
// time of their own clocks join at different instants, so each has its own.
func views(columns []zoneForecast) []clockView {
	shared := !slices.ContainsFunc(columns, func(z zoneForecast) bool { return !sameInstants(&z, &columns[0]) })
	fixed := campaignClock(columns)
	var list []clockView
	for i := range columns {
		z := &columns[i]
		if fixed && (i == 0 || !shared) {
			heading := z.slots.String() + ", the campaign's clock"
			if !shared && z.foreign() {
				heading += ", for " + z.zone
			}
			list = append(list, clockView{heading, z, true})
		}
		if !fixed || z.foreign() {
			list = append(list, clockView{z.zone, z, false})
		}
	}
	return list
}

// campaignClock reports whether the campaign has a clock of its own, which is not
// that of every reader.
func campaignClock(columns []zoneForecast) bool {
	return slices.ContainsFunc(columns, func(z zoneForecast) bool { return z.foreign() })
}

func sameInstants(a, b *zoneForecast) bool {
	return slices.EqualFunc(a.list, b.list, func(x, y foreseen) bool { return x.Due.time().Equal(y.Due.time()) })
}

// showForecasts shows the dates, on several clocks side by side, and why those
// dates: once where the zones agree, and below the table where they do not.
func (e *env) showForecasts(columns []zoneForecast) {
	list := views(columns)
	headings := []string{"ISSUE"}
	for _, v := range list {
		headings = append(headings, v.heading)
	}
	if len(list) == 1 {
		headings[1] = "LEAVES (" + list[0].heading + ")"
	}
	t := newTable(e.stdout, append(headings, "WHY")...)
	var differ []string
	for i, row := range columns[0].list {
		cells := []string{row.Issue}
		for _, v := range list {
			cells = append(cells, v.cell(i))
		}
		why, lines := reasonsOf(columns, i)
		differ = append(differ, lines...)
		t.row(append(cells, why)...)
	}
	t.flush()
	for _, line := range differ {
		e.say("%s", line)
	}
}

// reasonsOf says why an issue leaves when it does: in one word for all zones, or
// in lines, zone by zone.
func reasonsOf(columns []zoneForecast, row int) (string, []string) {
	reasons := make(map[string][]string) // zones by reason
	for i := range columns {
		if z := &columns[i]; row < len(z.list) {
			reasons[z.list[row].Reason] = append(reasons[z.list[row].Reason], z.zone)
		}
	}
	first := columns[0].list[row]
	if len(reasons) > 1 {
		return "it depends, see below", reasonLines(first.Issue, reasons)
	}
	return first.Reason, nil
}
