package cli

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/timing"
)

func newSubscriberPause(e *env) *cobra.Command {
	var until string
	var date timing.Date
	cmd := e.newWish("pause ADDRESS CAMPAIGN --until DATE", 0, func(ctx context.Context, in *app.Instance, p part, _ []string) error {
		after, err := in.Audience.PauseUntil(ctx, p.enrollment.ID, date)
		if err != nil {
			return err
		}
		e.say("%s: paused until %s", p.campaign, local(after.PausedUntil, p.zone))
		return e.tellProspects(ctx, in, after.ID)
	})
	cmd.Short = "Send a person nothing of a campaign before a date"
	cmd.Long = "Pauses one campaign for one person until midnight of a date on their clock, at most a year ahead. It\n" +
		"goes on at the first slot after that; nothing that was missed comes in a row. No mail begins after\n" +
		"the command returned."
	cmd.Example = "  partwork subscriber pause anna@example.org garden-notes --until 2027-05-01"
	cmd.Flags().StringVar(&until, "until", "", "the `DATE` on which the pause ends, such as 2027-05-01")
	_ = cmd.RegisterFlagCompletionFunc("until", cobra.NoFileCompletions)
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if until == "" {
			return usagef("add --until DATE, such as --until 2027-05-01", "a pause needs the date on which it ends")
		}
		if date, err = timing.ParseDate(until); err != nil {
			return usagef("", "--until: %v", err)
		}
		return run(cmd, args)
	}
	return cmd
}

func newSubscriberResume(e *env) *cobra.Command {
	cmd := e.newWish("resume ADDRESS CAMPAIGN", 0, func(ctx context.Context, in *app.Instance, p part, _ []string) error {
		paused := p.enrollment.PausedUntil.After(in.Now())
		after, err := in.Audience.Resume(ctx, p.enrollment.ID)
		if err != nil {
			return err
		}
		if paused {
			e.say("%s: goes on", p.campaign)
		} else {
			e.say("%s: was not paused", p.campaign)
		}
		return e.tellProspects(ctx, in, after.ID)
	})
	cmd.Short = "End a person's pause before its date"
	cmd.Example = "  partwork subscriber resume anna@example.org garden-notes"
	return cmd
}

// paceNames are the words for the paces of [audience.Paces].
func paceNames() []string { return []string{"every-slot", "every-second", "every-fourth"} }

// parsePace reads a pace: a word, or a number of slots.
func parsePace(typed string) (int, error) {
	paces := audience.Paces()
	if i := slices.Index(paceNames(), typed); i >= 0 {
		return paces[i], nil
	}
	if n, err := strconv.Atoi(typed); err == nil && slices.Contains(paces, n) {
		return n, nil
	}
	advice := "it can be every-slot, every-second or every-fourth, or 1, 2 or 4"
	if near := nearest(typed, paceNames()); near != "" {
		advice = "did you mean " + near + "?"
	}
	return 0, usagef(advice, "there is no pace %q", typed)
}

func newSubscriberPace(e *env) *cobra.Command {
	cmd := e.newWish("pace ADDRESS CAMPAIGN PACE", 1, func(ctx context.Context, in *app.Instance, p part, args []string) error {
		pace, err := parsePace(args[0])
		if err != nil {
			return err
		}
		after, err := in.Audience.SetPace(ctx, p.enrollment.ID, pace)
		if err != nil {
			return err
		}
		e.say("%s: %s", p.campaign, paceWords(after.Pace))
		return e.tellProspects(ctx, in, after.ID)
	})
	cmd.Short = "Send a person an issue at every slot, every second or every fourth"
	cmd.Long = "Changes how often one person gets an issue of one campaign. PACE is every-slot, every-second or\n" +
		"every-fourth, or 1, 2 or 4. It counts from the issue they had last."
	cmd.Example = "  partwork subscriber pace anna@example.org garden-notes every-second\n" +
		"  partwork subscriber pace anna@example.org garden-notes 1"
	campaigns := cmd.ValidArgsFunction
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 2 {
			return paceNames(), cobra.ShellCompDirectiveNoFileComp
		}
		return campaigns(cmd, args, typed)
	}
	return cmd
}
