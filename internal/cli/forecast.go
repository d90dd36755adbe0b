package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/timing"
)

// foreseen is an element of forecast's JSON.
type foreseen struct {
	Issue string `json:"issue"`
	Due   stamp  `json:"due"`
	// Local is the due time as a clock in Zone shows it, which is the reader's.
	Local string `json:"local"`
	Zone  string `json:"zone"`
	// SlotZone is the campaign's own zone, on whose clock it sends, if that is
	// another one; left out otherwise.
	SlotZone string `json:"slot_zone,omitempty"`
	Subject  string `json:"subject"`
	Reason   string `json:"reason"`
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
			"by side, from the files alone. A campaign that has one timezone for all readers sends on that clock\n" +
			"wherever they live; the table shows it beside theirs. With --subscriber it shows what one person had\n" +
			"and what comes next, and with --readers what all readers together get, both from the database as it\n" +
			"last ran the campaign. All of it is computed by the functions that sending uses.",
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
	flags.StringArrayVar(&f.zones, "zone", nil, "a reader's time `ZONE`; may be given more than once (default the campaign's)")
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
	var columns []zoneForecast
	for _, zone := range f.zones {
		column, err := f.column(e.now(), c, zone)
		if err != nil {
			return err
		}
		columns = append(columns, column)
	}
	switch {
	case *f.json:
		list := []foreseen{}
		for _, column := range columns {
			list = append(list, column.list...)
		}
		return e.document(list)
	case f.calendar:
		return writeCalendar(e.stdout, e.now(), c, columns[0].list)
	}
	e.showForecasts(columns)
	if why := columns[len(columns)-1].why; why != "" {
		e.say("%s", why)
	}
	e.stepAfterForecast(folder, c)
	return nil
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
