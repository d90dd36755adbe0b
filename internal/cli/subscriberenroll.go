package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// crowd is what subscriber enroll --filter was given.
type crowd struct {
	enrolling
	filter    string
	dryRun    bool
	yes, json *bool
}

func newSubscriberEnroll(e *env) *cobra.Command {
	var c crowd
	cmd := &cobra.Command{
		Use:   "enroll ADDRESS CAMPAIGN",
		Short: "Enroll a person who is on the list, or all whom a filter selects",
		Long: "Enrolls a person: at once if their consent is known, else after they confirmed the request that\n" +
			"--invite sends them. Somebody who left the campaign can only come back by confirming; the page they\n" +
			"do it on lets them go on where they left off, or begin anew.\n\n" +
			"With --filter it enrolls everybody whom the filter selects (docs/FILTERS.md has the language), and no\n" +
			"address is named. It says first how many people that is, and how many mails leave when, and asks.",
		Example: "  partwork subscriber enroll anna@example.org garden-notes\n" +
			"  partwork subscriber enroll anna@example.org garden-notes --invite\n" +
			"  partwork subscriber enroll --filter 'tag:spring-fair and not enrolled in garden-notes' garden-notes",
		Args: argCount(1, 2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if cmd.Flags().Changed("filter") {
				return e.completeCampaigns(0, 1)(cmd, args, typed)
			}
			return e.completeCampaigns(1, 2)(cmd, args, typed)
		},
	}
	cmd.Flags().BoolVar(&c.invite, "invite", false, "send them a request to confirm if their consent is not known")
	cmd.Flags().BoolVar(&c.now, "now", false, "follow the campaign's first: rule instead of waiting for a slot")
	cmd.Flags().StringVar(&c.filter, "filter", "", "enroll everybody whom this `FILTER` selects")
	cmd.Flags().BoolVar(&c.dryRun, "dry-run", false, "with --filter: say what would happen, and enroll nobody")
	c.yes, c.json = askFirst(cmd), asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		many := cmd.Flags().Changed("filter")
		if err := argCount(1, 1)(cmd, args); many && err != nil {
			return usagef("leave the address out", "with --filter only a campaign is named, and found are %q", args)
		}
		if err := argCount(2, 2)(cmd, args); !many && err != nil {
			return err
		}
		if !many && (c.dryRun || *c.json) {
			return usagef("add --filter, or leave it out", "--dry-run and --json are for many people at once")
		}
		c.campaign = args[len(args)-1]
		return e.with(cmd.Context(), func(in *app.Instance) error {
			if many {
				return e.enrollCrowd(cmd.Context(), in, c)
			}
			return e.enrollPerson(cmd.Context(), in, args[0], c.enrolling)
		})
	}
	return cmd
}

// enrollPerson enrolls one person by their address.
func (e *env) enrollPerson(ctx context.Context, in *app.Instance, address string, n enrolling) error {
	who, err := person(ctx, in, address)
	if err != nil {
		return err
	}
	record, err := campaignRecord(ctx, in, n.campaign)
	if err != nil {
		return err
	}
	return e.enroll(ctx, in, who.ID, record.No, n)
}

// enrollCrowd shows what enrolling the people would do, asks, and does it.
func (e *env) enrollCrowd(ctx context.Context, in *app.Instance, c crowd) error {
	record, err := campaignRecord(ctx, in, c.campaign)
	if err != nil {
		return err
	}
	filter, err := e.people(ctx, in, selection{filter: c.filter, filtered: true}, true)
	if err != nil {
		return err
	}
	opts := audience.EnrollOptions{CampaignTarget: audience.CampaignTarget{No: record.No}, Invite: c.invite}
	if c.now {
		opts.Start = drip.StartOnJoin
	}
	foreseen, err := in.Audience.EnrollSegment(ctx, filter, opts, true, nil)
	if err != nil {
		return err
	}
	if c.dryRun || foreseen.Enrolled+foreseen.Pending == 0 {
		return e.showCrowd(c, foreseen)
	}
	if !*c.yes {
		if err := e.foreseeCrowd(ctx, in, record, c, foreseen); err != nil {
			return err
		}
	}
	question := fmt.Sprintf("enroll %s in %s, selected by %s?", people(foreseen.Enrolled+foreseen.Pending), c.campaign, printable(filter.Where.String()))
	if err := e.ask(ctx, *c.yes, question); err != nil {
		return err
	}
	done, err := in.Audience.EnrollSegment(ctx, filter, opts, false, nil)
	if err != nil {
		reason, code := explain(err)
		return &problem{code, fmt.Sprintf("it stopped after %s: %s", people(done.Enrolled+done.Pending), reason),
			"the same command completes it; nobody is enrolled twice"}
	}
	line := store.AuditLine{Act: store.ActEnroll, Campaign: record.No, People: done.Enrolled + done.Pending}
	if err := e.audit(ctx, in, line); err != nil {
		return err
	}
	return e.showCrowd(c, done)
}

// foreseeCrowd says how many mails leave when, as import does.
func (e *env) foreseeCrowd(ctx context.Context, in *app.Instance, record store.CampaignRecord, c crowd, foreseen audience.EnrollReport) error {
	likeImport := audience.ImportReport{Enrolled: foreseen.Enrolled, Pending: foreseen.Pending, Zones: foreseen.Zones}
	plan, err := departuresOf(ctx, in, record, likeImport)
	if err != nil {
		return err
	}
	if c.now {
		plan.list, plan.why = nil, "at once, or as the campaign's first: says"
	}
	e.showDepartures(e.stderr, in, plan, likeImport, listImport{campaign: c.campaign, invite: c.invite})
	for _, warning := range plan.warnings {
		e.note("warning: %s", warning)
	}
	return nil
}

// showCrowd shows what became of the people.
func (e *env) showCrowd(c crowd, r audience.EnrollReport) error {
	if *c.json {
		return e.document(struct {
			audience.EnrollReport
			DryRun bool `json:"dry_run"`
		}{r, c.dryRun})
	}
	if c.dryRun {
		e.say("this was a dry run: nothing was changed")
	}
	t := newTable(e.stdout)
	for _, line := range []struct {
		name string
		n    int
		note string
	}{
		{"selected", r.People, ""},
		{"enrolled", r.Enrolled, ""},
		{"pending", r.Pending, backNote(r.Back)},
		{"in it already", r.Already, ""},
		{"suppressed", r.Suppressed, ""},
		{"kept out", r.KeptOut, "they must not be mailed this campaign"},
	} {
		if line.n > 0 || line.name == "selected" {
			t.row(line.name+":", fmt.Sprint(line.n), line.note)
		}
	}
	t.flush()
	return nil
}

// backNote says who of the pending can only come back by themselves.
func backNote(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of them left earlier, and come back by confirming only", n)
}
