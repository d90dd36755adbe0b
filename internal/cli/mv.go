package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/campaignfile"
)

const lastPlace = "last"

func newMv(e *env) *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "mv CAMPAIGN/ISSUE POSITION",
		Short: "Move an issue to another place of its series, by renaming files",
		Long: "Puts an issue into that place, counted from 1, and moves the others along. The order of a series is\n" +
			"that of its file names, so files are renamed; what is in them stays as it is, the ids too, and nobody\n" +
			"is sent an issue again. No file is ever replaced. Whatever interrupts it, every issue is still there,\n" +
			"in the old order or the new one; the same command finishes the rest. A running serve takes the new\n" +
			"order in within seconds.",
		Example: "  partwork mv garden-notes/harvest 2\n  partwork mv garden-notes/welcome last --dry-run\n" +
			"  partwork mv garden-notes harvest 2",
		Args:              argCount(2, 3),
		ValidArgsFunction: e.completeIssues(1),
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say which files would be renamed")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 3 {
			args = []string{args[0] + "/" + args[1], args[2]}
		}
		return e.mv(cmd.Context(), args[0], args[1], dry)
	}
	return cmd
}

func (e *env) mv(ctx context.Context, name, position string, dry bool) error {
	f, err := e.openFolder()
	if err != nil {
		return err
	}
	defer f.close()
	id, issue, ok := strings.Cut(name, "/")
	if !ok {
		return usagef("such as `partwork mv garden-notes/harvest 2`", "expected CAMPAIGN/ISSUE and a position, found %q", name)
	}
	issues, err := f.openIssues(id)
	if err != nil {
		return err
	}
	defer issues.close()
	if err := issues.mend(e); err != nil {
		return err
	}
	from, err := issues.find(issue)
	if err != nil {
		return err
	}
	to, err := issues.place(position)
	if err != nil {
		return err
	}
	renames, err := campaignfile.Reorder(issues.names(), from, to)
	if err != nil {
		return failf("rename the files by hand, to 01-….md, 02-….md and so on", "%v", err)
	}
	if len(renames) == 0 {
		e.say("%s/%s is in place %d of %d already; nothing was renamed", id, issue, to+1, len(issues.files))
		return nil
	}
	if dry {
		e.say("%s/%s would move to place %d of %d:", id, issue, to+1, len(issues.files))
		e.showRenames(renames)
		return nil
	}
	if err := rename(issues.dir, renames); err != nil {
		return failf("nothing is lost; see to it that the folder can be written, and give the same command again",
			"the files of %s could not all be renamed: %v", id, err)
	}
	e.say("%s/%s is in place %d of %d now:", id, issue, to+1, len(issues.files))
	e.showRenames(renames)
	return e.afterMove(ctx, id)
}

// showRenames says what becomes of each file in the end.
func (e *env) showRenames(renames []campaignfile.Rename) {
	var net []campaignfile.Rename
	for _, r := range renames {
		if at := slices.IndexFunc(net, func(before campaignfile.Rename) bool { return before.To == r.From }); at >= 0 {
			net[at].To = r.To
		} else {
			net = append(net, r)
		}
	}
	slices.SortFunc(net, func(a, b campaignfile.Rename) int { return strings.Compare(a.To, b.To) })
	for _, r := range net {
		e.say("  %s  was %s", printable(r.To), printable(r.From))
	}
}

// afterMove says what the new order means for the readers, if there may be any.
func (e *env) afterMove(ctx context.Context, id string) error {
	cfg, err := e.config()
	if err != nil || !exists(cfg.Database.Path()) {
		e.say("next: `partwork check %s`", id)
		return nil
	}
	e.say("")
	err = e.plan(ctx, app.PlanQuery{Campaigns: []string{id}}, false)
	if err != nil && !errors.Is(err, errFindings) {
		message, _ := explain(err)
		e.note("partwork: the files are renamed, but `partwork plan %s` cannot say what it means: %s", id, message)
		return nil
	}
	return err
}
