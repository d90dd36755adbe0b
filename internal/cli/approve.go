package cli

import (
	"context"
	"fmt"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/templates"
)

// approvable is an issue whose content in the files is not the approved one.
type approvable struct {
	campaign, issue, subject string
	// edited says that an earlier version is approved and goes on being sent.
	edited bool
}

func newApprove(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "approve CAMPAIGN[/ISSUE]…",
		Short: "Approve the content of issues, for campaigns with review: required",
		Long: "Approves what the files say now: text, templates and sender. An issue that is edited later keeps\n" +
			"sending its approved version until it is approved again; one that was never approved holds its\n" +
			"readers. Drafts are left out unless they are named.",
		Example: "  partwork approve ms-therapies\n" +
			"  partwork approve ms-therapies/acupuncture ms-therapies/welcome --yes",
		Args:              argCount(1, -1),
		ValidArgsFunction: e.completeIssues(-1),
	}
	yes := askFirst(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.with(cmd.Context(), func(in *app.Instance) error {
			return e.approve(cmd.Context(), in, args, *yes)
		})
	}
	return cmd
}

func (e *env) approve(ctx context.Context, in *app.Instance, args []string, yes bool) error {
	var todo []approvable
	for _, arg := range args {
		more, err := approvables(ctx, in, arg)
		if err != nil {
			return err
		}
		todo = append(todo, more...)
	}
	if len(todo) == 0 {
		e.say("everything named is approved as it stands")
		return nil
	}
	e.note("to be approved:")
	for _, a := range todo {
		state := "never approved"
		if a.edited {
			state = "edited since it was approved"
		}
		e.note("  %s/%s  %s  (%s)", a.campaign, a.issue, printable(a.subject), state)
	}
	if err := e.ask(ctx, yes, fmt.Sprintf("approve %s?", count(len(todo), "issue"))); err != nil {
		return err
	}
	for _, a := range todo {
		if _, err := in.Library.Approve(ctx, a.campaign, []string{a.issue}, approver(), in.Now()); err != nil {
			return err
		}
		e.say("approved %s/%s", a.campaign, a.issue)
	}
	return nil
}

// approvables returns what CAMPAIGN or CAMPAIGN/ISSUE leaves to approve.
func approvables(ctx context.Context, in *app.Instance, arg string) ([]approvable, error) {
	id, issue, named := strings.Cut(arg, "/")
	program, err := program(ctx, in, id)
	if err != nil {
		return nil, err
	}
	c := program.Campaign
	if named && c.Issue(issue) < 0 {
		return nil, noIssue(c, issue)
	}
	approvals, err := in.Store.Approvals(ctx, program.Record.No)
	if err != nil {
		return nil, err
	}
	layouts, err := layoutsOf(in)
	if err != nil {
		return nil, err
	}
	var todo []approvable
	for i := range c.Issues {
		is := &c.Issues[i]
		if named && is.ID != issue || !named && is.Draft {
			continue
		}
		approval, approved := approvals[program.Record.Issues[is.ID]]
		if approved && approval.Hash == compose.NewBundle(c, i, layouts).Hash() {
			continue
		}
		todo = append(todo, approvable{campaign: id, issue: is.ID, subject: is.Subject, edited: approved})
	}
	return todo, nil
}

// editedIssues returns the issues of a campaign with review: required whose
// files say something else than the approved version, which goes on being sent.
func editedIssues(ctx context.Context, in *app.Instance, p scheduler.Program) ([]string, error) {
	if p.Campaign.Review != drip.ReviewRequired {
		return nil, nil
	}
	todo, err := approvables(ctx, in, p.Campaign.ID)
	if err != nil {
		return nil, err
	}
	var edited []string
	for _, a := range todo {
		if a.edited {
			edited = append(edited, a.issue)
		}
	}
	return edited, nil
}

func layoutsOf(in *app.Instance) (*compose.Layouts, error) {
	return compose.LoadLayouts(templates.Overlay(in.Config.Templates))
}

// program returns a campaign whose files are good.
func program(ctx context.Context, in *app.Instance, id string) (scheduler.Program, error) {
	p, err := in.Library.Campaign(id)
	if err == nil {
		return p, nil
	}
	if _, unknown := campaignRecord(ctx, in, id); unknown != nil {
		return p, unknown
	}
	return p, failf("`partwork check "+id+"` says what is wrong", "the files of campaign %q have errors or are gone", id)
}

// approver names who approves, as well as this machine knows.
func approver() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}
