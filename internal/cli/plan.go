package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/drip"
)

// planned is an element of plan's JSON.
type planned struct {
	app.CampaignPlan
	// Warnings are slots that have more readers than the relay's rate can reach.
	Warnings []string `json:"warnings"`
}

// mostNamed is how many persons --people names.
const mostNamed = 50

func newPlan(e *env) *cobra.Command {
	var query app.PlanQuery
	var people bool
	cmd := &cobra.Command{
		Use:   "plan [CAMPAIGN…]",
		Short: "Show what the files would change, and for how many readers",
		Long: "Compares the campaign files with what the database last ran, and says what becomes of the readers\n" +
			"if a serve reads them: who gets a new issue and when, who skips it, whose next date moves. Nothing\n" +
			"is adopted. A running serve reads the configured folder within seconds, so look at edits in another\n" +
			"checkout first: --files names it. The dates are computed by the functions that sending uses. The exit\n" +
			"status is 3 if files have errors, or are gone while readers are on their way; such a campaign stays as it is.",
		Example: "  partwork plan --files ../letters-edited\n" +
			"  partwork plan garden-notes --files ../letters-edited --people\n" +
			"  partwork plan --json | jq '.[] | select(.state == \"changed\") | .effects'",
		Args:              argCount(0, -1),
		ValidArgsFunction: e.completeCampaigns(0, -1),
	}
	cmd.Flags().StringVar(&query.Files, "files", "", "compare with another `FOLDER`: a checkout, or its campaigns folder")
	cmd.Flags().BoolVar(&people, "people", false, fmt.Sprintf("name the persons for whom something changes, at most %d of each campaign", mostNamed))
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		query.Campaigns = args
		if people {
			query.People = mostNamed
		}
		return e.plan(cmd.Context(), query, *asked)
	}
	return cmd
}

func (e *env) plan(ctx context.Context, query app.PlanQuery, asJSON bool) error {
	if query.Files != "" {
		if info, err := os.Stat(query.Files); err != nil || !info.IsDir() {
			return usagef("--files names a checkout, or a campaigns folder", "%s is no folder", query.Files)
		}
	}
	return e.observe(ctx, func(o *app.Observer) error {
		if name := query.Files; name != "" && !exists(filepath.Join(name, filepath.Base(o.Config.Campaigns))) &&
			exists(filepath.Join(name, defaultConfig)) {
			return usagef("that is what campaigns: says in "+filepath.Join(name, defaultConfig), "%s is a project; name its campaigns folder", name)
		}
		if _, err := os.Stat(o.Config.Campaigns); query.Files == "" && errors.Is(err, fs.ErrNotExist) {
			return noFolder(o.Config, err)
		}
		plans, err := o.Plan(ctx, query)
		if unknown := (*app.UnknownCampaignError)(nil); errors.As(err, &unknown) {
			return noCampaign(unknown.ID, unknown.Known)
		}
		if err != nil {
			return err
		}
		list, broken := []planned{}, false
		for _, p := range plans {
			list = append(list, plannedBy(o, p))
			errs, _ := severities(p.Findings)
			broken = broken || errs > 0
		}
		if asJSON {
			err = e.document(list)
		} else {
			e.showPlans(list, query)
		}
		if err == nil && broken {
			return errFindings
		}
		return err
	})
}

// plannedBy adds the warnings of the installation's relay.
func plannedBy(o *app.Observer, p app.CampaignPlan) planned {
	one := planned{CampaignPlan: p, Warnings: []string{}}
	if p.Effects != nil {
		one.Warnings = overloadWarnings(p.Effects.Overloads, o.Config.SMTP.Rate, p.Clock)
	}
	return one
}

// observe runs a command that only looks, beside a running serve or without one.
func (e *env) observe(ctx context.Context, do func(*app.Observer) error) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	if err := app.CheckSchema(ctx, cfg); err != nil {
		return err
	}
	o, err := app.Observe(ctx, app.Options{Config: cfg, Calendar: e.now})
	if err != nil {
		return err
	}
	return errors.Join(do(o), o.Close())
}

func (e *env) showPlans(list []planned, query app.PlanQuery) {
	changed := false
	for i, p := range list {
		if i > 0 && p.State != app.PlanSame {
			e.say("")
		}
		e.showPlan(p)
		changed = changed || p.State == app.PlanChanged || p.State == app.PlanNew
	}
	switch {
	case len(list) == 0:
		e.say("there is no campaign that can be read; `partwork check` says more")
	case changed && query.Files == "":
		e.say("\nnothing was adopted by this; a running serve adopts it within seconds")
	case changed:
		e.say("\nnothing was adopted from %s", printable(query.Files))
	}
}

func (e *env) showPlan(p planned) {
	e.say("%s: %s", printable(p.Campaign), planHeadline(p))
	for _, f := range p.Findings {
		if p.State != app.PlanSame || f.Severity == drip.SeverityError {
			e.say("  %s", printable(f.String()))
		}
	}
	edits, turns := planLines(p.CampaignPlan, e.now())
	for _, line := range slices.Concat(edits, turns) {
		e.say("  %s", printable(line))
	}
	for _, warning := range p.Warnings {
		e.say("  warning: %s", warning)
	}
	if p.Effects != nil {
		e.showPlanned(p.Effects)
	}
}

// planHeadline sums a campaign up.
func planHeadline(p planned) string {
	text := map[app.PlanState]string{
		app.PlanSame:    "nothing changes",
		app.PlanChanged: "changes",
		app.PlanNew:     "new, with " + count(p.Issues, "issue") + "; nobody is enrolled yet",
		app.PlanBroken:  "stays as it is, because its files have errors",
		app.PlanGone:    "stays as it is, because its files are gone",
	}[p.State]
	switch {
	case p.Stopped:
		text += " (it was stopped: nobody gets anything)"
	case p.Paused:
		text += " (it is paused: the dates are those if it were resumed now)"
	}
	return text
}

// showPlanned names persons.
func (e *env) showPlanned(effects *app.Effects) {
	if len(effects.People) == 0 {
		return
	}
	e.say("")
	t := newTable(e.stdout, "  ID", "ADDRESS", "NEXT", "INSTEAD OF")
	for _, who := range effects.People {
		next := firstOf(who.After, who.Is, who.Held)
		if who.Change == calendar.TurnSame {
			next += " (later ones change)"
		}
		t.row(fmt.Sprintf("  %d", who.Subscriber), who.Email, next, firstOf(who.Before, who.Was, ""))
	}
	t.flush()
	if rest := effects.Readers - effects.Unchanged - len(effects.People); rest > 0 {
		e.say("  and %d more", rest)
	}
}
