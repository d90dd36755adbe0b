package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
)

// campaignDetails is the JSON of campaign show.
type campaignDetails struct {
	campaignRow
	Key      string     `json:"key"`
	Schedule string     `json:"schedule"`
	Timezone string     `json:"timezone"`
	List     []issueRow `json:"list"`
	// Whys are what those who left said about it, if they did.
	Whys []whyRow `json:"left_why"`
	// VersionOf is when the version in force was adopted, if it is not what the
	// files say, because they have errors or are gone.
	VersionOf stamp `json:"version_of"`
	// Findings are those that concern the campaign.
	Findings []drip.Finding `json:"findings"`
}

type issueRow struct {
	Issue   string `json:"issue"`
	Subject string `json:"subject"`
	File    string `json:"file"`
	// State is "ready", "draft", "held" (it waits for approval) or "edited" (its
	// approved version goes on being sent).
	State string `json:"state"`
}

func newCampaignShow(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show CAMPAIGN",
		Short: "Show one campaign: schedule, issues, numbers, why readers left, what is wrong with its files",
		Long: "Shows what is in force of one campaign. If its files have errors, or are gone, that is the last good\n" +
			"version, which goes on being sent; what is wrong with the files is listed.",
		Example:           "  partwork campaign show garden-notes",
		Args:              argCount(1, 1),
		ValidArgsFunction: e.completeCampaigns(0, 1),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.looking(cmd.Context(), app.LookAtFiles, func(in *app.Instance) error {
			details, err := campaignDetailsOf(cmd.Context(), in, args[0])
			if err != nil {
				return err
			}
			if *asked {
				return e.document(details)
			}
			_, serving := health(cmd.Context(), in.Config)
			e.showCampaign(details, serving)
			return nil
		})
	}
	return cmd
}

func campaignDetailsOf(ctx context.Context, in *app.Instance, id string) (campaignDetails, error) {
	record, err := campaignRecord(ctx, in, id)
	if err != nil {
		return campaignDetails{}, err
	}
	row, err := campaignRowOf(ctx, in, record)
	if err != nil {
		return campaignDetails{}, err
	}
	details := campaignDetails{campaignRow: row, Key: record.Key, List: []issueRow{}}
	details.Findings = append([]drip.Finding{}, in.Library.FindingsOf(id)...)
	if details.Whys, err = whysOf(ctx, in, record); err != nil {
		return campaignDetails{}, err
	}
	program, err := in.Library.Campaign(id)
	if err != nil {
		return details, nil // the state says that the files cannot be read
	}
	if since, kept := in.Library.Kept(record.No); kept {
		details.VersionOf = stamp(since)
	}
	details.Schedule = program.Campaign.Schedule.Expr()
	details.Timezone = program.Campaign.Timezone
	edited, err := editedIssues(ctx, in, program)
	if err != nil {
		return details, err
	}
	for i := range program.Campaign.Issues {
		is := &program.Campaign.Issues[i]
		state := issueState(program, i)
		if d := record.StoppedAt; !d.IsZero() && state == "held" {
			state = "ready" // nobody waits for it any more
		}
		if state == "ready" && slices.Contains(edited, is.ID) {
			state = "edited"
		}
		details.List = append(details.List, issueRow{Issue: is.ID, Subject: is.Subject, File: is.File, State: state})
	}
	return details, nil
}

func issueState(p scheduler.Program, i int) string {
	switch {
	case p.Campaign.Issues[i].Draft:
		return "draft"
	case p.Contents[i] == 0:
		return "held"
	}
	return "ready"
}

func (e *env) showCampaign(d campaignDetails, serving bool) {
	t := newTable(e.stdout)
	t.row("campaign:", d.Campaign)
	t.row("title:", dash(d.Title))
	t.row("state:", d.states())
	if d.PauseReason != "" {
		t.row("paused:", printable(d.PauseReason))
		t.row("", afterPause(d.Campaign))
	}
	if since := d.VersionOf.time(); !since.IsZero() {
		t.row("version:", "of "+utc(since)+", the last good one; it goes on being sent")
	}
	t.row("key:", d.Key+" (its only name in public links)")
	t.row("schedule:", dash(d.Schedule)+", time zone: "+dash(d.Timezone))
	t.row("readers:", enrollmentCounts(d.Enrollments))
	t.row("deliveries:", deliveryCounts(d.Deliveries, d.Confirmations))
	t.row("next:", e.upcoming(d.Next, serving))
	t.flush()
	if d.Files == app.FilesDiffer {
		e.say("\n%s", filesDiffer)
	}
	e.showIssues(d.List)
	e.showWhys(d.Whys)
	if len(d.Findings) > 0 {
		e.say("")
	}
	for _, f := range d.Findings {
		e.say("%s", printable(f.String()))
	}
}

func (e *env) showIssues(list []issueRow) {
	if len(list) == 0 {
		return
	}
	e.say("")
	t := newTable(e.stdout, "ISSUE", "STATE", "FILE", "SUBJECT")
	for _, is := range list {
		t.row(is.Issue, is.State, is.File, is.Subject)
	}
	t.flush()
}

func enrollmentCounts(counts map[drip.EnrollmentState]int) string {
	var parts []string
	for _, state := range drip.EnrollmentStates() {
		parts = appendCount(parts, counts[state], string(state))
	}
	return dash(strings.Join(parts, ", "))
}

func deliveryCounts(counts map[drip.DeliveryState]int, confirmations int) string {
	var parts []string
	for _, state := range drip.DeliveryStates() {
		parts = appendCount(parts, counts[state], string(state))
	}
	if confirmations > 0 {
		parts = append(parts, count(confirmations, "confirmation")+" sent")
	}
	return dash(strings.Join(parts, ", "))
}
