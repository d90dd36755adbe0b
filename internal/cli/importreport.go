package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// importDocument is the JSON of import.
type importDocument struct {
	audience.ImportReport
	DryRun bool `json:"dry_run"`
	// First says when the first mails leave, and how many.
	First []departure `json:"first"`
}

// departure is a slot at which new readers get their first issue.
type departure struct {
	coming
	Readers int `json:"readers"`
}

// departures are the first mails of an import.
type departures struct {
	list     []departure
	why      string // why nothing leaves
	warnings []string
}

// departuresOf foresees the first mail of those who were enrolled, by zone.
func departuresOf(ctx context.Context, in *app.Instance, record store.CampaignRecord, report audience.ImportReport) (departures, error) {
	var out departures
	program, ok := in.Library.Program(record.No)
	switch {
	case !ok:
		out.why = "the campaign's files have errors; `partwork check " + record.ID + "` says more"
		return out, nil
	case !record.PausedAt.IsZero():
		out.why = "the campaign is paused; nothing leaves before it is resumed"
		return out, nil
	}
	now, readers := in.Now(), map[audience.Start]int{}
	for start, n := range startsOf(report) {
		start.Zone = program.Campaign.Zone(start.Zone, in.Config.Timezone)
		readers[start] += n
	}
	type slot struct {
		due  int64
		zone string
	}
	at := map[slot]*departure{}
	for start, n := range readers {
		loc, err := in.Zones.Load(start.Zone)
		if err != nil {
			return out, err
		}
		next := foresee(program, calendar.Passage{
			State: drip.EnrollmentActive, Start: drip.StartAtSlot, JoinedAt: now, Floor: now.Add(start.After), Zone: loc,
		}, now, 1)
		if len(next.list) == 0 {
			out.why = next.why
			continue
		}
		first := slot{next.list[0].Due.time().UnixMilli(), start.Zone}
		if at[first] == nil {
			at[first] = &departure{coming: next.list[0]}
		}
		at[first].Readers += n
	}
	for _, d := range at {
		out.list = append(out.list, *d)
	}
	slices.SortFunc(out.list, func(a, b departure) int {
		if c := a.Due.time().Compare(b.Due.time()); c != 0 {
			return c
		}
		return b.Readers - a.Readers
	})
	var joining map[string]int
	if report.Batch == 0 {
		joining = report.Zones // they are not in the database yet
	}
	overloads, err := in.Overloads(ctx, program, joining)
	out.warnings = overloadWarnings(overloads, in.Config.SMTP.Rate, program.Campaign.Timezone)
	return out, err
}

// startsOf returns who begins when after the import, by zone.
func startsOf(report audience.ImportReport) map[audience.Start]int {
	if report.Starts != nil {
		return report.Starts
	}
	starts := make(map[audience.Start]int, len(report.Zones))
	for zone, n := range report.Zones {
		starts[audience.Start{Zone: zone}] = n
	}
	return starts
}

// showDepartures says how many mails leave when.
func (e *env) showDepartures(w io.Writer, in *app.Instance, d departures, report audience.ImportReport, l listImport) {
	if report.Pending > 0 && l.campaign != "" {
		if l.invite {
			_, _ = fmt.Fprintf(w, "requests to confirm that leave at once: %d\n", report.Pending)
		} else {
			advice := "--consent or --invite would change that"
			if report.Batch != 0 {
				advice = "`partwork subscriber enroll ADDRESS CAMPAIGN --invite` asks one of them"
			}
			_, _ = fmt.Fprintf(w, "pending, and nobody asks them to confirm: %d; %s\n", report.Pending, advice)
		}
	}
	if report.Enrolled == 0 {
		return
	}
	_, _ = fmt.Fprintf(w, "first mails for %s:\n", people(report.Enrolled))
	if d.why != "" {
		_, _ = fmt.Fprintf(w, "  none: %s\n", d.why)
	}
	for _, dep := range d.list {
		if loc, err := in.Zones.Load(dep.Zone); err == nil {
			_, _ = fmt.Fprintf(w, "  %d on %s\n", dep.Readers, local(dep.Due.time(), loc))
		}
	}
}

// showImport shows the report.
func (e *env) showImport(ctx context.Context, in *app.Instance, l listImport, record *store.CampaignRecord, report audience.ImportReport) error {
	var plan departures
	if record != nil {
		var err error
		if plan, err = departuresOf(ctx, in, *record, report); err != nil {
			return err
		}
		report.Warnings = append(report.Warnings, plan.warnings...)
	}
	if *l.json {
		return e.document(importDocument{ImportReport: report, DryRun: l.dryRun, First: append([]departure{}, plan.list...)})
	}
	for _, reject := range report.Rejects {
		e.say("%s:%d: %s", l.file, reject.Line, printable(reject.Reason))
	}
	for _, warning := range report.Warnings {
		e.say("warning: %s", printable(warning))
	}
	e.showList(report)
	e.showImportCounts(report, l)
	e.showDepartures(e.stdout, in, plan, report, l)
	if report.Rejected > 0 && !l.dryRun {
		e.say("`partwork imports show %d --rejects > rejected.csv` writes what was rejected as CSV, each row with its reason, to be put right and imported", report.Batch)
	}
	if l.dryRun {
		e.say("nothing was changed: this was a dry run")
	}
	return nil
}

func (e *env) showImportCounts(r audience.ImportReport, l listImport) {
	t := newTable(e.stdout)
	for _, line := range []struct {
		label string
		n     int
	}{
		{"rows:", r.Rows}, {"  new:", r.New}, {"  updated:", r.Updated}, {"  unchanged:", r.Unchanged},
		{"  duplicates:", r.Duplicates}, {"  suppressed:", r.Suppressed}, {"  rejected:", r.Rejected},
		{"pending:", r.Pending}, {"enrolled:", r.Enrolled},
	} {
		t.row(line.label, strconv.Itoa(line.n))
	}
	if withdrawn := r.SayWithdrawn(); withdrawn != "" {
		t.row("withdrawn:", withdrawn)
	}
	if !l.dryRun {
		t.row("batch:", strconv.FormatInt(r.Batch, 10))
	}
	t.flush()
}
