package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// logRow is an element of log's JSON.
type logRow struct {
	Subscriber drip.SubscriberID   `json:"subscriber"`
	Email      string              `json:"email"`
	Campaign   string              `json:"campaign"`
	Issue      string              `json:"issue"`
	State      drip.DeliveryState  `json:"state"`
	Reason     drip.DeliveryReason `json:"reason"`
	Due        stamp               `json:"due"`
	Sent       stamp               `json:"sent"`
	Attempts   int                 `json:"attempts"`
	MessageID  string              `json:"message_id"`
	Reply      string              `json:"reply"`
}

// logQuery is what log was asked for.
type logQuery struct {
	campaign, subscriber, bounce string
	unknown                      bool
	limit                        int
}

func newLog(e *env) *cobra.Command {
	var q logQuery
	cmd := &cobra.Command{
		Use:   "log",
		Short: "Show the ledger: who got which issue when, with the relay's reply",
		Long: "Lists deliveries, the latest first. A delivery is unknown when the relay did not answer the end\n" +
			"of the message: it may or may not have arrived, and is not sent again unless its campaign says so. The series goes on\n" +
			"after it; the relay's own log, searched for the Message-ID that --unknown shows, tells what became of\n" +
			"it, and `partwork settle` writes it down.\n\n" +
			"With bounces.address set, --bounce says which delivery a bounce is about, by the address that it was\n" +
			"sent to; a bounce to an address that this instance did not sign is not believed.",
		Example: "  partwork log\n  partwork log --campaign garden-notes --limit 20\n" +
			"  partwork log --subscriber anna@example.org\n  partwork log --unknown --json\n" +
			"  partwork log --bounce bounces+a6afptqf5k3extqolfvfqesfaojktor55gjpanzl@bounce.example.org",
		Args: argCount(0, 0),
	}
	cmd.Flags().StringVar(&q.campaign, "campaign", "", "only this `CAMPAIGN`")
	cmd.Flags().StringVar(&q.subscriber, "subscriber", "", "only the person with this `ADDRESS`")
	cmd.Flags().StringVar(&q.bounce, "bounce", "", "only what a bounce is about that was sent to this `ADDRESS`")
	cmd.Flags().BoolVar(&q.unknown, "unknown", false, "only deliveries whose fate is not known")
	cmd.Flags().IntVar(&q.limit, "limit", 100, "at most `N` deliveries")
	_ = cmd.RegisterFlagCompletionFunc("campaign", e.completeCampaigns(0, -1))
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			rows, err := logRows(cmd.Context(), in, q)
			if err != nil {
				return err
			}
			if *asked {
				return e.document(rows)
			}
			e.showLog(rows, q)
			return nil
		})
	}
	return cmd
}

func logRows(ctx context.Context, in *app.Instance, q logQuery) ([]logRow, error) {
	if q.limit < 1 {
		return nil, usagef("", "--limit is %d; expected at least 1", q.limit)
	}
	if err := q.checkBounce(); err != nil {
		return nil, err
	}
	if q.bounce != "" {
		return bounceRows(ctx, in, q.bounce)
	}
	filter := store.LogFilter{Limit: q.limit}
	if q.unknown {
		filter.States = []drip.DeliveryState{drip.DeliveryUnknown}
	}
	if q.campaign != "" {
		record, err := campaignRecord(ctx, in, q.campaign)
		if err != nil {
			return nil, err
		}
		filter.Campaign = record.No
	}
	if q.subscriber != "" {
		who, err := person(ctx, in, q.subscriber)
		if err != nil {
			return nil, err
		}
		filter.Subscriber = who.ID
	}
	return ledger(ctx, in, filter)
}

// ledger reads deliveries as log shows them.
func ledger(ctx context.Context, in *app.Instance, filter store.LogFilter) ([]logRow, error) {
	entries, err := in.Store.Log(ctx, filter)
	if err != nil {
		return nil, err
	}
	rows := make([]logRow, 0, len(entries))
	for _, entry := range entries {
		id, err := in.MessageIDOf(ctx, entry.Delivery)
		if err != nil {
			return nil, err
		}
		rows = append(rows, logRow{
			Subscriber: entry.Subscriber, Email: entry.Email, Campaign: entry.Campaign, Issue: entry.IssueID,
			State: entry.State, Reason: entry.Reason, Due: stamp(entry.Slot.At), Sent: stamp(entry.SentAt),
			Attempts: transactions(entry), MessageID: id, Reply: entry.Reply,
		})
	}
	return rows, nil
}

func (e *env) showLog(rows []logRow, q logQuery) {
	if len(rows) == 0 {
		e.say("nothing")
		return
	}
	if q.unknown {
		e.showUnknown(rows, q)
		return
	}
	t := newTable(e.stdout, "DUE", "SENT", "STATE", "CAMPAIGN", "ISSUE", "SUBSCRIBER", "ATTEMPTS", "REPLY")
	for _, r := range rows {
		t.row(utc(r.Due.time()), utc(r.Sent.time()), stateText(r), r.Campaign, issueName(r.Issue), r.Email,
			strconv.Itoa(r.Attempts), dash(r.Reply))
	}
	t.flush()
	e.noteLimit(rows, q)
}

// showUnknown shows what is needed to find out what became of them.
func (e *env) showUnknown(rows []logRow, q logQuery) {
	t := newTable(e.stdout, "DUE", "CAMPAIGN", "ISSUE", "SUBSCRIBER", "REPLY", "MESSAGE-ID")
	for _, r := range rows {
		t.row(utc(r.Due.time()), r.Campaign, issueName(r.Issue), r.Email, dash(r.Reply), r.MessageID)
	}
	t.flush()
	e.noteLimit(rows, q)
	e.note("the relay's log tells what became of a Message-ID; then: partwork settle --as sent|refused|resend MESSAGE-ID")
}

func (e *env) noteLimit(rows []logRow, q logQuery) {
	if len(rows) == q.limit {
		e.note("at most %d are shown, the latest; --limit shows more", q.limit)
	}
}

// issueName is what people call an issue: the confirmation has no id of its own.
func issueName(id string) string {
	if id == drip.ConfirmationID {
		return "(confirmation)"
	}
	return id
}

// stateText is the state with its reason, if there is one.
func stateText(r logRow) string {
	if r.Reason == drip.ReasonNone {
		return string(r.State)
	}
	return string(r.State) + ": " + string(r.Reason)
}

// transactions counts a delivery's SMTP transactions: those that came to nothing
// are kept one by one, a success is the delivery itself.
func transactions(entry store.LogEntry) int {
	if entry.State == drip.DeliverySent || entry.State == drip.DeliverySending {
		return entry.Tries + 1
	}
	return entry.Tries
}
