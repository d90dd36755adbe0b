package cli

import (
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
}

func newForecast(e *env) *cobra.Command {
	f := &forecaster{}
	cmd := &cobra.Command{
		Use:   "forecast CAMPAIGN",
		Short: "Show when each issue will leave, and why on that date",
		Long: "Shows when a reader who joins at some time gets each issue, in one time zone or in several side\n" +
			"by side. It is computed from the files alone, by the functions that sending uses. What comes next\n" +
			"for one person is in `partwork subscriber show`.",
		Example: "  partwork forecast garden-notes\n" +
			"  partwork forecast garden-notes --join \"2026-03-24 10:00\" --zone Europe/London\n" +
			"  partwork forecast garden-notes --zone Pacific/Auckland --zone Asia/Kolkata --zone America/New_York\n" +
			"  partwork forecast garden-notes --ics > garden-notes.ics",
		Args: argCount(1, 1),
		RunE: func(_ *cobra.Command, args []string) error { return e.forecast(f, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.join, "join", "", "the `TIME` of joining: 2026-03-24T10:00:00Z, or \"2026-03-24 10:00\" on the reader's clock (default now)")
	flags.StringArrayVar(&f.zones, "zone", nil, "the reader's time `ZONE`; may be given more than once (default the campaign's)")
	flags.BoolVar(&f.imported, "imported", false, "for somebody who is imported: the first issue waits for a slot, too")
	flags.BoolVar(&f.calendar, "ics", false, "print an iCalendar file, for one zone")
	f.json = asJSON(cmd)
	cmd.MarkFlagsMutuallyExclusive("ics", "json")
	return cmd
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
	if len(f.zones) > 1 && (*f.json || f.calendar) {
		return usagef("give one --zone, or leave --json and --ics out for a table", "%d time zones do not fit one document", len(f.zones))
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
		return e.document(columns[0])
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

// compareForecasts shows the dates of several zones side by side.
func (e *env) compareForecasts(columns [][]foreseen, zones []string) {
	t := newTable(e.stdout, append([]string{"ISSUE"}, zones...)...)
	for i := range columns[0] {
		cells := []string{columns[0][i].Issue}
		for _, column := range columns {
			if i < len(column) {
				cells = append(cells, wallText(column[i].Local))
			} else {
				cells = append(cells, "-")
			}
		}
		t.row(cells...)
	}
	t.flush()
}

// wallText writes a wall time for a table: "Tue 24 Mar 2026 09:00".
func wallText(local string) string {
	at, err := time.Parse("2006-01-02T15:04:05", local)
	if err != nil {
		return local
	}
	return at.Format("Mon 2 Jan 2006 15:04")
}
