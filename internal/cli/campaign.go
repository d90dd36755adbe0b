package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
)

func newCampaign(e *env) *cobra.Command {
	return newNoun("campaign", "List campaigns; pause, resume, close, open or stop one",
		"  partwork campaign list\n  partwork campaign pause garden-notes",
		newCampaignList(e), newCampaignShow(e), newCampaignForm(e),
		newCampaignVerb(e, store.PauseCampaign, "Freeze a campaign: no mail leaves until it is resumed"),
		newCampaignVerb(e, store.ResumeCampaign, "End a pause: everyone goes on at their next slot"),
		newCampaignVerb(e, store.CloseCampaign, "Let nobody new in; those who are in go on"),
		newCampaignVerb(e, store.OpenCampaign, "Let people in again"),
		newCampaignStop(e),
	)
}

// campaignRow is what the commands say of a campaign.
type campaignRow struct {
	Campaign string `json:"campaign"`
	// State is "stopped", "paused", "closed" or "open". One that is paused may be
	// closed as well, as Closed says.
	State  string `json:"state"`
	Closed bool   `json:"closed"`
	// PauseReason says why Partwork paused it by itself; empty after a person's verb.
	PauseReason string `json:"pause_reason"`
	// Files says how the files stand to what is in force.
	Files  app.FilesState `json:"files"`
	Title  string         `json:"title"`
	Issues int            `json:"issues"`
	// Enrollments are without those that ended because their reader started over,
	// and Deliveries without the confirmation mails that were sent.
	Enrollments   map[drip.EnrollmentState]int `json:"enrollments"`
	Restarted     int                          `json:"restarted"`
	Deliveries    map[drip.DeliveryState]int   `json:"deliveries"`
	Confirmations int                          `json:"confirmations"`
	Next          stamp                        `json:"next"`
}

// campaignRows describes every campaign that the database knows.
func campaignRows(ctx context.Context, in *app.Instance) ([]campaignRow, error) {
	records, err := in.Store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]campaignRow, 0, len(records))
	for _, record := range records {
		row, err := campaignRowOf(ctx, in, record)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func campaignRowOf(ctx context.Context, in *app.Instance, record store.CampaignRecord) (campaignRow, error) {
	counts, err := in.Store.CampaignCounts(ctx, record.No)
	if err != nil {
		return campaignRow{}, err
	}
	row := campaignRow{
		Campaign: record.ID, State: campaignState(record), Closed: !record.ClosedAt.IsZero(), Next: stamp(counts.NextAt), PauseReason: record.PauseReason,
		Files: in.Library.Files(record), Enrollments: counts.Enrollments, Deliveries: counts.Deliveries,
	}
	row.Restarted, row.Confirmations = counts.Left[drip.LeftToRestart], counts.Confirmations[drip.DeliverySent]
	less(row.Enrollments, drip.EnrollmentLeft, row.Restarted)
	less(row.Deliveries, drip.DeliverySent, row.Confirmations)
	if !record.PausedAt.IsZero() {
		row.Next = stamp{}
	}
	if p, err := in.Library.Campaign(record.ID); err == nil {
		row.Title, row.Issues = p.Campaign.Title, len(p.Campaign.Issues)
	}
	return row, nil
}

// less takes some off a count, which goes when nothing is left of it.
func less[K comparable](counts map[K]int, key K, n int) {
	if counts[key] -= n; counts[key] <= 0 {
		delete(counts, key)
	}
}

// campaignState says which of the operator's verbs holds: the one that matters most.
func campaignState(r store.CampaignRecord) string {
	switch {
	case !r.StoppedAt.IsZero():
		return "stopped"
	case !r.PausedAt.IsZero():
		return "paused"
	case !r.ClosedAt.IsZero():
		return "closed"
	}
	return "open"
}

// states writes all that is to be said of a campaign's state.
func (r campaignRow) states() string {
	text := r.State
	if r.State == "paused" && r.Closed {
		text = "closed, paused"
	}
	switch {
	case r.State == "stopped":
	case r.Files == app.FilesBroken, r.Files == app.FilesGone:
		text += ", files " + string(r.Files)
	case r.Files == app.FilesDiffer:
		text += ", files edited"
	}
	return text
}

func newCampaignList(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the campaigns with their numbers",
		Example: "  partwork campaign list",
		Args:    argCount(0, 0),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtFiles, func(in *app.Instance) error {
			rows, err := campaignRows(cmd.Context(), in)
			if err != nil {
				return err
			}
			if *asked {
				return e.document(rows)
			}
			_, serving := health(cmd.Context(), in.Config)
			e.showCampaigns(rows, serving)
			return nil
		})
	}
	return cmd
}

func (e *env) showCampaigns(rows []campaignRow, serving bool) {
	if len(rows) == 0 {
		e.say("there is no campaign that can be read; `partwork check` says more")
		return
	}
	t := newTable(e.stdout, "CAMPAIGN", "STATE", "ISSUES", "ACTIVE", "PENDING", "FINISHED", "LEFT", "SENT", "UNKNOWN", "NEXT")
	for _, r := range rows {
		t.row(r.Campaign, r.states(), strconv.Itoa(r.Issues),
			strconv.Itoa(r.Enrollments[drip.EnrollmentActive]), strconv.Itoa(r.Enrollments[drip.EnrollmentPending]),
			strconv.Itoa(r.Enrollments[drip.EnrollmentFinished]), strconv.Itoa(r.Enrollments[drip.EnrollmentLeft]),
			strconv.Itoa(r.Deliveries[drip.DeliverySent]), strconv.Itoa(r.Deliveries[drip.DeliveryUnknown]), e.upcoming(r.Next, serving))
	}
	t.flush()
}

func newCampaignVerb(e *env, verb store.CampaignVerb, short string) *cobra.Command {
	return &cobra.Command{
		Use:               string(verb) + " CAMPAIGN",
		Short:             short,
		Example:           "  partwork campaign " + string(verb) + " garden-notes",
		Args:              argCount(1, 1),
		ValidArgsFunction: e.completeCampaigns(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.with(cmd.Context(), func(in *app.Instance) error {
				return e.changeCampaign(cmd.Context(), in, args[0], verb)
			})
		},
	}
}

func (e *env) changeCampaign(ctx context.Context, in *app.Instance, id string, verb store.CampaignVerb) error {
	record, err := campaignRecord(ctx, in, id)
	if err != nil {
		return err
	}
	if !record.StoppedAt.IsZero() && verb != store.StopCampaign {
		return failf("stopping cannot be undone; start a new campaign with an id of its own", "campaign %q was stopped on %s", id, utc(record.StoppedAt))
	}
	record, err = in.Store.ChangeCampaign(ctx, store.CampaignChange{Campaign: record.No, Verb: verb, Now: in.Now()})
	if err != nil {
		return err
	}
	e.say("%s: %s", id, campaignRow{State: campaignState(record), Closed: !record.ClosedAt.IsZero()}.states())
	return e.audit(ctx, in, store.AuditLine{Act: store.Act(verb), Campaign: record.No})
}

func newCampaignStop(e *env) *cobra.Command {
	cmd := newCampaignVerb(e, store.StopCampaign, "End a campaign for everyone, for good (asks first)")
	cmd.Example += " --yes"
	yes := askFirst(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.with(cmd.Context(), func(in *app.Instance) error {
			record, err := campaignRecord(cmd.Context(), in, args[0])
			if err != nil {
				return err
			}
			counts, err := in.Store.CampaignCounts(cmd.Context(), record.No)
			if err != nil {
				return err
			}
			open := counts.Enrollments[drip.EnrollmentActive] + counts.Enrollments[drip.EnrollmentPending] +
				counts.Enrollments[drip.EnrollmentFinished]
			question := fmt.Sprintf("stop %s for good? It ends for %s, and cannot be undone.", args[0], people(open))
			if err := e.ask(cmd.Context(), *yes || !record.StoppedAt.IsZero(), question); err != nil {
				return err
			}
			return e.changeCampaign(cmd.Context(), in, args[0], store.StopCampaign)
		})
	}
	return cmd
}

// people writes "1 person" or "3 people".
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}

// upcoming writes when there is something to decide or to send next. What is due
// already, nobody has planned yet: a running serve is at it.
func (e *env) upcoming(s stamp, serving bool) string {
	if at := s.time(); at.IsZero() || at.After(e.now()) {
		return utc(at)
	}
	if serving {
		return "being planned"
	}
	return "when serve runs"
}

// appendCount adds "3 sent" to a list unless there is none.
func appendCount(parts []string, n int, word string) []string {
	if n == 0 {
		return parts
	}
	return append(parts, strconv.Itoa(n)+" "+word)
}
