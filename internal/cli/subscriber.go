package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
)

func newSubscriber(e *env) *cobra.Command {
	return newNoun("subscriber", "Add, show, enroll or erase people, and do what readers ask for",
		"  partwork subscriber add anna@example.org --name Anna --enroll garden-notes --invite\n"+
			"  partwork subscriber show anna@example.org\n"+
			"  partwork subscriber pause anna@example.org garden-notes --until 2027-05-01",
		newSubscriberAdd(e), newSubscriberList(e), newSubscriberShow(e),
		newSubscriberEnroll(e), newSubscriberUnsubscribe(e), newSubscriberErase(e),
		newSubscriberPause(e), newSubscriberResume(e), newSubscriberPace(e),
		newSubscriberSendNext(e), newSubscriberRestart(e), newSubscriberMove(e),
	)
}

// subscriberRow is a person in a list.
type subscriberRow struct {
	Subscriber drip.SubscriberID `json:"subscriber"`
	Email      string            `json:"email"`
	Name       string            `json:"name"`
	Timezone   string            `json:"timezone"`
	Attributes map[string]string `json:"attributes"`
	Suppressed stamp             `json:"suppressed"`
	Created    stamp             `json:"created"`
}

func subscriberRowOf(s drip.Subscriber) subscriberRow {
	row := subscriberRow{
		Subscriber: s.ID, Email: s.Email.String(), Name: s.Name, Timezone: s.Timezone, Attributes: s.Attributes,
		Suppressed: stamp(s.SuppressedAt), Created: stamp(s.CreatedAt),
	}
	if row.Attributes == nil {
		row.Attributes = map[string]string{}
	}
	return row
}

func newSubscriberList(e *env) *cobra.Command {
	var campaign string
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List people in the order in which they came",
		Example: "  partwork subscriber list\n  partwork subscriber list --campaign garden-notes --limit 20",
		Args:    argCount(0, 0),
	}
	cmd.Flags().StringVar(&campaign, "campaign", "", "only people with an enrollment in this `CAMPAIGN`")
	cmd.Flags().IntVar(&limit, "limit", 0, "at most `N` people; 0 is everyone")
	_ = cmd.RegisterFlagCompletionFunc("campaign", e.completeCampaigns(0, -1))
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			people, err := listPeople(cmd.Context(), in, campaign, limit)
			if err != nil {
				return err
			}
			if *asked {
				return e.document(people)
			}
			e.showPeople(people)
			return nil
		})
	}
	return cmd
}

// peoplePage is how many people are asked for at once.
const peoplePage = 1000

func listPeople(ctx context.Context, in *app.Instance, campaign string, limit int) ([]subscriberRow, error) {
	if limit < 0 {
		return nil, usagef("", "--limit is %d; expected 0 or more", limit)
	}
	filter := store.SubscriberFilter{Limit: peoplePage}
	if campaign != "" {
		record, err := campaignRecord(ctx, in, campaign)
		if err != nil {
			return nil, err
		}
		filter.Campaign = record.No
	}
	rows := []subscriberRow{}
	for {
		page, err := in.Store.Subscribers(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, s := range page {
			rows = append(rows, subscriberRowOf(s))
			filter.After = s.ID
			if len(rows) == limit {
				return rows, nil
			}
		}
		if len(page) < peoplePage {
			return rows, nil
		}
	}
}

func (e *env) showPeople(people []subscriberRow) {
	if len(people) == 0 {
		e.say("nobody")
		return
	}
	t := newTable(e.stdout, "NO", "ADDRESS", "NAME", "TIME ZONE", "ADDED", "SUPPRESSED")
	for _, p := range people {
		t.row(strconv.FormatInt(int64(p.Subscriber), 10), p.Email, dash(p.Name), dash(p.Timezone),
			utc(p.Created.time()), utc(p.Suppressed.time()))
	}
	t.flush()
}
