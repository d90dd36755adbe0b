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

func newSubscriberUnsubscribe(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "unsubscribe ADDRESS [CAMPAIGN]",
		Short: "End a person's part in one campaign, or in all",
		Long: "Ends enrollments as if the person had used the link in an email. No mail of them begins after the\n" +
			"command returned. They stay on the list; `partwork suppression add` keeps an address from ever\n" +
			"being mailed, and `partwork subscriber erase` forgets a person.",
		Example: "  partwork subscriber unsubscribe anna@example.org\n" +
			"  partwork subscriber unsubscribe anna@example.org garden-notes",
		Args:              argCount(1, 2),
		ValidArgsFunction: e.completeCampaigns(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.with(cmd.Context(), func(in *app.Instance) error {
				return e.unsubscribe(cmd.Context(), in, args)
			})
		},
	}
}

func (e *env) unsubscribe(ctx context.Context, in *app.Instance, args []string) error {
	who, err := person(ctx, in, args[0])
	if err != nil {
		return err
	}
	var no drip.CampaignNo
	if len(args) == 2 {
		record, err := campaignRecord(ctx, in, args[1])
		if err != nil {
			return err
		}
		no = record.No
	}
	ended, err := in.Audience.Unsubscribe(ctx, audience.Who{ID: who.ID}, no)
	if err != nil {
		return err
	}
	if ended == 0 {
		e.say("there was nothing to end")
	} else {
		e.say("ended: %s", count(ended, "enrollment"))
	}
	return e.audit(ctx, in, store.AuditLine{Act: store.ActUnsubscribe, Campaign: no, Subscriber: who.ID})
}

func newSubscriberErase(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "erase ADDRESS",
		Short: "Forget a person: everything but a keyed hash of the address (asks first)",
		Long: "Removes a person with their enrollments and deliveries. Only a keyed hash of the address stays, so\n" +
			"that no import brings them back. Copies of the database made earlier still hold them.",
		Example: "  partwork subscriber erase anna@example.org\n  partwork subscriber erase anna@example.org --yes",
		Args:    argCount(1, 1),
	}
	yes := askFirst(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.with(cmd.Context(), func(in *app.Instance) error {
			who, err := person(cmd.Context(), in, args[0])
			if err != nil {
				return err
			}
			question := fmt.Sprintf("erase %s (subscriber %d) with everything they were sent? It cannot be undone.", who.Email, who.ID)
			if err := e.ask(cmd.Context(), *yes, question); err != nil {
				return err
			}
			if err := in.Audience.Erase(cmd.Context(), audience.Who{ID: who.ID}); err != nil {
				return err
			}
			e.say("erased subscriber %d; the address will never be mailed again", who.ID)
			return e.audit(cmd.Context(), in, store.AuditLine{Act: store.ActErase, Subscriber: who.ID})
		})
	}
	return cmd
}
