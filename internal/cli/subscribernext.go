package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
)

func newSubscriberSendNext(e *env) *cobra.Command {
	cmd := e.newWish("send-next ADDRESS CAMPAIGN", 0, func(ctx context.Context, in *app.Instance, p part, _ []string) error {
		after, err := in.Audience.SendNext(ctx, p.enrollment.ID, "")
		if err != nil {
			return err
		}
		e.say("%s: the next issue leaves now", p.campaign)
		return e.tellProspects(ctx, in, after.ID)
	})
	cmd.Short = "Send a person the next issue now, instead of at its slot"
	cmd.Long = "Has the next issue of one campaign leave for one person as soon as `partwork serve` runs, whatever\n" +
		"the hour. It takes the place of the coming slot. It is refused, and says why, on a quiet date, before\n" +
		"an issue's not_before, for a draft, or for an issue that waits for approval."
	cmd.Example = "  partwork subscriber send-next anna@example.org garden-notes"
	return cmd
}

func newSubscriberRestart(e *env) *cobra.Command {
	var yes *bool
	cmd := e.newWish("restart ADDRESS CAMPAIGN", 0, func(ctx context.Context, in *app.Instance, p part, _ []string) error {
		if p.enrollment.State != drip.EnrollmentPending {
			due, err := in.Store.History(ctx, p.enrollment.ID)
			if err != nil {
				return err
			}
			question := fmt.Sprintf("send %s all of %s again from the first issue? They are past %s.", p.person.Email, p.campaign, count(len(due.Had), "issue"))
			if err := e.ask(ctx, *yes, question); err != nil {
				return err
			}
		}
		after, err := in.Audience.StartOver(ctx, p.enrollment.ID)
		if err != nil {
			return err
		}
		e.say("%s: begins anew", p.campaign)
		return e.tellProspects(ctx, in, after.ID)
	})
	cmd.Short = "Begin a campaign anew for a person (asks first)"
	cmd.Long = "Ends a person's part in a campaign and begins another one with the first issue, at the next slot that\n" +
		"is far enough from the issue they had last. What they got stays in the log; their pace, and a pause,\n" +
		"stay as they are."
	cmd.Example = "  partwork subscriber restart anna@example.org garden-notes\n" +
		"  partwork subscriber restart anna@example.org garden-notes --yes"
	yes = askFirst(cmd)
	return cmd
}

func newSubscriberMove(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "move ADDRESS ZONE",
		Short: "Give a person another time zone",
		Long: "Plans all series of a person anew, on the clock of another time zone. Nobody gets a second issue for\n" +
			"the same local time by it.",
		Example:           "  partwork subscriber move anna@example.org America/Los_Angeles",
		Args:              argCount(2, 2),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.with(cmd.Context(), func(in *app.Instance) error {
				return e.movePerson(cmd.Context(), in, args[0], args[1])
			})
		},
	}
}

func (e *env) movePerson(ctx context.Context, in *app.Instance, address, zone string) error {
	before, err := person(ctx, in, address)
	if err != nil {
		return err
	}
	if _, err := in.Zones.Load(zone); err != nil {
		return usagef("", "%v", err)
	}
	after, err := in.Audience.Move(ctx, audience.Who{ID: before.ID}, zone)
	if err != nil {
		return err
	}
	if before.Timezone == after.Timezone {
		e.say("%s has the time zone %s already", after.Email, after.Timezone)
	} else {
		e.say("%s: %s instead of %s", after.Email, after.Timezone, dash(before.Timezone))
	}
	return e.tellSeries(ctx, in, after.ID)
}

// tellSeries says for each series that a person is in what they can expect.
func (e *env) tellSeries(ctx context.Context, in *app.Instance, id drip.SubscriberID) error {
	enrollments, err := in.Store.EnrollmentsOf(ctx, id)
	if err != nil {
		return err
	}
	records, err := in.Store.Campaigns(ctx)
	if err != nil {
		return err
	}
	for _, enrollment := range enrollments {
		if enrollment.State == drip.EnrollmentLeft {
			continue
		}
		e.say("%s:", campaignID(records, enrollment.Campaign))
		if err := e.tellProspects(ctx, in, enrollment.ID); err != nil {
			return err
		}
	}
	return nil
}
