package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// foreseen is an element of forecast's JSON.
type foreseen struct {
	Issue string `json:"issue"`
	Due   stamp  `json:"due"`
	// Local is the due time as the reader's clock shows it.
	Local   string `json:"local"`
	Zone    string `json:"zone"`
	Subject string `json:"subject"`
	Reason  string `json:"reason"`
}

// forecaster is what forecast was asked for.
type forecaster struct {
	join     string
	zones    []string
	imported bool
	calendar bool
	json     *bool

	subscriber string
	readers    bool
	days       int
}

func newForecast(e *env) *cobra.Command {
	f := &forecaster{}
	cmd := &cobra.Command{
		Use:   "forecast CAMPAIGN",
		Short: "Show who gets which issue when, and why on that date",
		Long: "Shows when a reader who joins at some time gets each issue, in one time zone or in several side\n" +
			"by side, from the files alone. With --subscriber it shows what one person had and what comes next,\n" +
			"and with --readers what all readers together get, both from the database as it last ran the\n" +
			"campaign. All of it is computed by the functions that sending uses.",
		Example: "  partwork forecast garden-notes\n" +
			"  partwork forecast garden-notes --join \"2026-03-24 10:00\" --zone Europe/London\n" +
			"  partwork forecast garden-notes --zone Pacific/Auckland --zone Asia/Kolkata --zone America/New_York\n" +
			"  partwork forecast garden-notes --ics > garden-notes.ics\n" +
			"  partwork forecast garden-notes --subscriber anna@example.org\n" +
			"  partwork forecast garden-notes --readers --days 14",
		Args:              argCount(1, 1),
		ValidArgsFunction: e.completeCampaigns(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			switch {
			case f.readers:
				return e.forecastReaders(cmd.Context(), f, args[0])
			case f.subscriber != "":
				return e.forecastPerson(cmd.Context(), f, args[0])
			}
			return e.forecast(f, args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.join, "join", "", "`TIME` of joining: 2026-03-24T10:00:00Z, or \"2026-03-24 10:00\" on their clock (default now)")
	flags.StringArrayVar(&f.zones, "zone", nil, "the reader's time `ZONE`; may be given more than once (default the campaign's)")
	flags.BoolVar(&f.imported, "imported", false, "for somebody who is imported: the first issue waits for a slot, too")
	flags.BoolVar(&f.calendar, "ics", false, "print an iCalendar file, for one zone or one person")
	flags.StringVar(&f.subscriber, "subscriber", "", "the person with that `ADDRESS`: what they had, and what comes")
	flags.BoolVar(&f.readers, "readers", false, "all readers: how many get what on which date")
	flags.IntVar(&f.days, "days", 28, "with --readers, look so many `DAYS` ahead")
	f.json = asJSON(cmd)
	return cmd
}

// check refuses what cannot be meant together.
func (f *forecaster) check(cmd *cobra.Command) error {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	for _, pair := range [][2]string{
		{"ics", "json"}, {"readers", "subscriber"}, {"readers", "ics"},
		{"join", "readers"}, {"zone", "readers"}, {"imported", "readers"},
		{"join", "subscriber"}, {"zone", "subscriber"}, {"imported", "subscriber"},
	} {
		if given(pair[0]) && given(pair[1]) {
			return usagef("`partwork forecast --help` shows what goes together", "--%s and --%s exclude each other", pair[0], pair[1])
		}
	}
	if given("days") && !f.readers {
		return usagef("add --readers", "--days is for all readers")
	}
	return nil
}

func (e *env) forecast(f *forecaster, id string) error {
	folder, err := e.openFolder()
	if err != nil {
		return err
	}
	defer folder.close()
	c, err := folder.campaign(id)
	if err != nil {
		return err
	}
	if len(f.zones) == 0 {
		f.zones = []string{c.Zone("", folder.cfg.Timezone)}
	}
	if len(f.zones) > 1 && f.calendar {
		return usagef("give one --zone, or leave --ics out", "%d time zones do not fit one calendar", len(f.zones))
	}
	columns := make([][]foreseen, len(f.zones))
	var why string
	for i, zone := range f.zones {
		if columns[i], why, err = f.column(e.now(), c, zone); err != nil {
			return err
		}
	}
	switch {
	case *f.json:
		return e.document(slices.Concat(append([][]foreseen{{}}, columns...)...))
	case f.calendar:
		return writeCalendar(e.stdout, e.now(), c, columns[0])
	case len(columns) == 1:
		e.showForecast(columns[0], f.zones[0])
	default:
		e.compareForecasts(columns, f.zones)
	}
	if why != "" {
		e.say("%s", why)
	}
	return nil
}

// column foresees a whole series for a reader in a zone, and says why it ends
// early if it does.
func (f *forecaster) column(now time.Time, c *drip.Campaign, zone string) ([]foreseen, string, error) {
	name := c.Zone(zone, zone) // the campaign may have one for all
	loc, err := timing.NewZones().Load(name)
	if err != nil {
		return nil, "", usagef("such as Europe/London or America/New_York", "there is no time zone %q", zone)
	}
	joined, err := f.joined(now, loc)
	if err != nil {
		return nil, "", err
	}
	p := calendar.Passage{
		State: drip.EnrollmentActive, Start: drip.StartOnJoin, JoinedAt: joined, Floor: joined, Pace: 1, Zone: loc,
		Had: make([]bool, len(c.Issues)),
	}
	if f.imported {
		p.Start = drip.StartAtSlot
	}
	list := []foreseen{}
	for _, due := range calendar.Forecast(c, p, joined, len(c.Issues)) {
		list = append(list, foreseen{
			Issue: c.Issues[due.Issue].ID, Subject: c.Issues[due.Issue].Subject, Due: stamp(due.At),
			Local: timing.WallAt(due.At.In(loc)).String(), Zone: name, Reason: due.Reason.String(),
		})
		p.Had[due.Issue] = true
		p.Last = &calendar.Last{SlotWall: due.Slot.Wall, AcceptedAt: due.At, Issue: due.Issue}
	}
	end := joined
	if p.Last != nil {
		end = p.Last.AcceptedAt
	}
	if step := calendar.Plan(c, p, end); step.Kind == calendar.Hold {
		return list, "after that nothing leaves: " + step.Reason.String(), nil
	}
	return list, "", nil
}

// joined reads --join: an instant, or a wall time in the reader's zone.
func (f *forecaster) joined(now time.Time, loc *time.Location) (time.Time, error) {
	if f.join == "" {
		return now, nil
	}
	if at, err := time.Parse(time.RFC3339, f.join); err == nil {
		return at.UTC(), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, f.join, time.UTC); err == nil {
			return timing.Resolve(timing.WallAt(at), loc), nil
		}
	}
	return time.Time{}, usagef(`write 2026-03-24T10:00:00Z, or "2026-03-24 10:00" for the reader's clock`, "--join is no time: %q", f.join)
}

func (e *env) showForecast(list []foreseen, zone string) {
	t := newTable(e.stdout, "ISSUE", "LEAVES ("+zone+")", "WHY")
	for _, row := range list {
		t.row(row.Issue, wallText(row.Local), row.Reason)
	}
	t.flush()
}

// compareForecasts shows the dates of several zones side by side, and why those
// dates: once where the zones agree, and below the table where they do not.
func (e *env) compareForecasts(columns [][]foreseen, zones []string) {
	t := newTable(e.stdout, slices.Concat([]string{"ISSUE"}, zones, []string{"WHY"})...)
	var differ []string
	for i, row := range columns[0] {
		cells := []string{row.Issue}
		reasons := map[string][]string{} // zones by reason
		for at, column := range columns {
			if i >= len(column) {
				cells = append(cells, "-")
				continue
			}
			cells = append(cells, wallText(column[i].Local))
			reasons[column[i].Reason] = append(reasons[column[i].Reason], zones[at])
		}
		why := row.Reason
		if len(reasons) > 1 {
			why = "it depends, see below"
			differ = append(differ, reasonLines(row.Issue, reasons)...)
		}
		t.row(append(cells, why)...)
	}
	t.flush()
	for _, line := range differ {
		e.say("%s", line)
	}
}

// reasonLines says why an issue leaves when it does, zone by zone.
func reasonLines(issue string, reasons map[string][]string) []string {
	var lines []string
	for reason, zones := range reasons {
		lines = append(lines, fmt.Sprintf("%s in %s: %s", issue, strings.Join(zones, ", "), reason))
	}
	slices.Sort(lines)
	return lines
}

// wallText writes a wall time for a table: "Tue 24 Mar 2026 09:00".
func wallText(local string) string {
	at, err := time.Parse("2006-01-02T15:04:05", local)
	if err != nil {
		return local
	}
	return at.Format("Mon 2 Jan 2006 15:04")
}
