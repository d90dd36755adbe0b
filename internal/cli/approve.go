package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os/user"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// approvable is an issue whose content in the files is not the approved one.
type approvable struct {
	no              drip.CampaignNo
	campaign, issue string
	bundle          compose.Bundle
	// before is the content that is approved and goes on being sent; zero if
	// none was ever approved.
	before drip.ContentID
}

func (a approvable) edited() bool { return a.before != 0 }

func newApprove(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "approve CAMPAIGN[/ISSUE]…",
		Short: "Approve the content of issues, for campaigns with review: required",
		Long: "Approves what the files say now: text, templates and sender. Shows first what is new, against the\n" +
			"version that was approved before. An issue that is edited later keeps sending its approved version\n" +
			"until it is approved again; one that was never approved holds its readers. Drafts are left out\n" +
			"unless they are named.",
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
		if err := e.showApprovable(ctx, in, a); err != nil {
			return err
		}
	}
	if err := e.ask(ctx, yes, fmt.Sprintf("approve %s?", count(len(todo), "issue"))); err != nil {
		return err
	}
	for _, a := range todo {
		if _, err := in.Library.Approve(ctx, a.campaign, []string{a.issue}, e.who(), in.Now()); err != nil {
			return err
		}
		if err := e.audit(ctx, in, store.AuditLine{Act: store.ActApprove, Campaign: a.no, Detail: a.issue}); err != nil {
			return err
		}
		hash := a.bundle.Hash()
		e.say("approved %s/%s (content %s)", a.campaign, a.issue, hex.EncodeToString(hash[:6]))
	}
	e.stepToServe(todo[0].campaign)
	return nil
}

// mostDiff is the number of lines of a difference that are shown.
const mostDiff = 400

// showApprovable says what would be approved, and how it differs from what was.
func (e *env) showApprovable(ctx context.Context, in *app.Instance, a approvable) error {
	name := a.campaign + "/" + a.issue
	if !a.edited() {
		e.note("  %s  %s  (never approved; `partwork render %s` shows it)", name, printable(a.bundle.Heading), name)
		return nil
	}
	e.note("  %s  %s  (edited since it was approved)", name, printable(a.bundle.Heading))
	content, err := in.Store.Content(ctx, a.before)
	if err != nil {
		return err
	}
	before, err := compose.DecodeBundle(content)
	if err != nil {
		return err
	}
	text := diff.Diff("approved", []byte(before.Manuscript()), "in the files", []byte(a.bundle.Manuscript()))
	_, text, _ = bytes.Cut(text, []byte("\n")) // "diff approved in the files" says nothing
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for _, line := range lines[:min(len(lines), mostDiff)] {
		e.note("    %s", printable(line))
	}
	if more := len(lines) - mostDiff; more > 0 {
		e.note("    and %s more", count(more, "line"))
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
	var todo []approvable
	for i := range c.Issues {
		is := &c.Issues[i]
		if named && is.ID != issue || !named && is.Draft {
			continue
		}
		approval, approved := approvals[program.Record.Issues[is.ID]]
		bundle, err := in.Library.Bundle(id, is.ID)
		if err != nil {
			return nil, err
		}
		if approved && approval.Hash == bundle.Hash() {
			continue
		}
		todo = append(todo, approvable{no: program.Record.No, campaign: id, issue: is.ID, bundle: bundle, before: approval.Content})
	}
	return todo, nil
}

// editedIssues returns the issues of a campaign with review: required whose
// files say something else than the approved version, which goes on being sent.
func editedIssues(ctx context.Context, in *app.Instance, p scheduler.Program) ([]string, error) {
	_, kept := in.Library.Kept(p.Record.No)
	if kept || p.Campaign.Review != drip.ReviewRequired || !p.Record.StoppedAt.IsZero() {
		return nil, nil // what was kept is what was approved; its files cannot be read
	}
	approvals, err := in.Store.Approvals(ctx, p.Record.No)
	if err != nil {
		return nil, err
	}
	var edited []string
	for i := range p.Campaign.Issues {
		is := &p.Campaign.Issues[i]
		approval, approved := approvals[p.Record.Issues[is.ID]]
		bundle, err := in.Library.Bundle(p.Campaign.ID, is.ID)
		if is.Draft || !approved || errors.Is(err, drip.ErrNotFound) { // perhaps it is about to be removed
			continue
		}
		if err != nil {
			return nil, err
		}
		if approval.Hash != bundle.Hash() {
			edited = append(edited, is.ID)
		}
	}
	return edited, nil
}

// program returns a campaign whose files are good.
func program(ctx context.Context, in *app.Instance, id string) (scheduler.Program, error) {
	p, err := in.Library.Campaign(id)
	if _, kept := in.Library.Kept(p.Record.No); err == nil && !kept {
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
