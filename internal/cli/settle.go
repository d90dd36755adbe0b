package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/store"
)

// settleQuery is what settle was asked for.
type settleQuery struct {
	as, campaign, from string
	all                bool
	ids                []string
}

// settleReport is the JSON of settle.
type settleReport struct {
	As      app.Verdict `json:"as"`
	Settled int         `json:"settled"`
	// Left are those that could not be settled, with the reason.
	Left []unsettledRow `json:"left"`
	// NotFound are Message-IDs that are not those of an unknown delivery.
	NotFound []string `json:"not_found"`
}

type unsettledRow struct {
	MessageID string `json:"message_id"`
	Reason    string `json:"reason"`
}

// unknownDelivery is one that can be settled.
type unknownDelivery struct {
	id    string // the Message-ID
	entry store.LogEntry
}

func newSettle(e *env) *cobra.Command {
	var q settleQuery
	cmd := &cobra.Command{
		Use:   "settle --as sent|refused|resend [MESSAGE-ID]...",
		Short: "Say what became of deliveries of unknown fate (asks first)",
		Long: "A delivery is unknown when the relay took the whole message and did not answer. The relay's own log,\n" +
			"searched for the Message-ID that `partwork log --unknown` shows, tells what became of it:\n\n" +
			"  --as sent      it arrived: it counts as sent when it went out\n" +
			"  --as refused   it did not arrive, and shall not any more: the series goes on without it\n" +
			"  --as resend    it did not arrive: the very same message is sent once more, unless a later issue\n" +
			"                 went out meanwhile\n\n" +
			"Name them by Message-ID, or let --from find the Message-IDs in a text, such as a piece of the relay's\n" +
			"log. A campaign with `on_unknown: resend` sends unknown deliveries once more by itself.",
		Example: "  partwork log --unknown\n" +
			"  partwork settle --as sent 3f9c2k7d5m1p8q4r6s0t@letters.example.org\n" +
			"  partwork settle --as sent --from sent-by-relay.log --yes\n" +
			"  partwork settle --as resend --all --campaign garden-notes",
		Args: argCount(0, -1),
	}
	cmd.Flags().StringVar(&q.as, "as", "", "what became of them: `sent`, refused, or resend")
	cmd.Flags().StringVar(&q.from, "from", "", "those whose Message-ID stands in `FILE`; - is the standard input")
	cmd.Flags().BoolVar(&q.all, "all", false, "all unknown deliveries")
	cmd.Flags().StringVar(&q.campaign, "campaign", "", "with --all, only those of this `CAMPAIGN`")
	_ = cmd.RegisterFlagCompletionFunc("campaign", e.completeCampaigns(0, -1))
	_ = cmd.RegisterFlagCompletionFunc("as", cobra.FixedCompletions(
		[]string{string(app.Arrived), string(app.Lost), string(app.Again)}, cobra.ShellCompDirectiveNoFileComp))
	yes := askFirst(cmd)
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.ids = args
		if err := q.check(); err != nil {
			return err
		}
		return e.with(cmd.Context(), func(in *app.Instance) error {
			report, chosen, err := e.chooseUnknown(cmd.Context(), in, q)
			if err != nil {
				return err
			}
			if len(chosen) > 0 {
				if err := e.ask(cmd.Context(), *yes, q.question(len(chosen))); err != nil {
					return err
				}
				if err := report.settle(cmd.Context(), in, chosen); err != nil {
					return err
				}
				line := store.AuditLine{Act: store.ActSettle, People: report.Settled, Detail: q.as}
				if err := e.audit(cmd.Context(), in, line); err != nil {
					return err
				}
			}
			if *asked {
				return e.document(report)
			}
			e.showSettled(report)
			return nil
		})
	}
	return cmd
}

func (q *settleQuery) check() error {
	switch app.Verdict(q.as) {
	case app.Arrived, app.Lost, app.Again:
	case "":
		return usagef("add --as sent, --as refused or --as resend", "settle has to know what became of the deliveries")
	default:
		return usagef("", "--as is %q; expected sent, refused or resend", q.as)
	}
	ways := 0
	for _, way := range []bool{len(q.ids) > 0, q.from != "", q.all} {
		if way {
			ways++
		}
	}
	if ways != 1 {
		return usagef("partwork log --unknown lists them", "expected either Message-IDs, or --from FILE, or --all")
	}
	if q.campaign != "" && !q.all {
		return usagef("", "--campaign goes with --all")
	}
	return nil
}

func (q *settleQuery) question(n int) string {
	what := count(n, "delivery of unknown fate")
	if n != 1 {
		what = fmt.Sprintf("%d deliveries of unknown fate", n)
	}
	switch app.Verdict(q.as) {
	case app.Arrived:
		return "count " + what + " as sent?"
	case app.Lost:
		return "give up " + what + "?"
	}
	return "send " + what + " once more? Whoever got the first copy gets a second one."
}

// chooseUnknown finds the deliveries that were asked for.
func (e *env) chooseUnknown(ctx context.Context, in *app.Instance, q settleQuery) (settleReport, []unknownDelivery, error) {
	report := settleReport{As: app.Verdict(q.as), Left: []unsettledRow{}, NotFound: []string{}}
	if q.campaign != "" {
		if _, err := campaignRecord(ctx, in, q.campaign); err != nil {
			return report, nil, err
		}
	}
	ids := q.ids
	if q.from != "" {
		text, err := e.readAll(q.from)
		if err != nil {
			return report, nil, err
		}
		ids = messageIDs.FindAllString(text, -1)
	}
	entries, err := in.Unknown(ctx)
	if err != nil {
		return report, nil, err
	}
	named := make(map[string]bool, len(ids)) // and whether it was found
	for _, id := range ids {
		named[strings.Trim(id, "<>")] = false
	}
	var chosen []unknownDelivery
	for _, entry := range slices.Backward(entries) { // the oldest first
		id, err := in.MessageIDOf(ctx, entry.Delivery)
		if err != nil {
			return report, nil, err
		}
		_, wanted := named[id]
		if q.all && (q.campaign == "" || q.campaign == entry.Campaign) || wanted {
			chosen = append(chosen, unknownDelivery{id, entry})
			named[id] = true
		}
	}
	if q.from == "" { // a log is full of Message-IDs that are none of ours
		for _, id := range q.ids {
			if !named[strings.Trim(id, "<>")] {
				report.NotFound = append(report.NotFound, id)
			}
		}
	}
	return report, chosen, nil
}

// messageIDs finds what may be a Message-ID in a text (RFC 5322 §3.6.4).
var messageIDs = regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+[A-Za-z0-9]`)

func (e *env) readAll(name string) (string, error) {
	if name == "-" {
		text, err := io.ReadAll(e.stdin)
		if err != nil {
			return "", fmt.Errorf("read the standard input: %w", err)
		}
		return string(text), nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return string(text), nil
}

// settle settles one after the other; each is a transaction of its own.
func (r *settleReport) settle(ctx context.Context, in *app.Instance, chosen []unknownDelivery) error {
	for _, d := range chosen {
		err := in.Settle(ctx, d.entry, r.As)
		switch {
		case errors.Is(err, app.ErrTwice), errors.Is(err, app.ErrOvertaken), errors.Is(err, app.ErrSettled):
			r.Left = append(r.Left, unsettledRow{d.id, err.Error()})
		case err != nil:
			return err
		default:
			r.Settled++
		}
	}
	return nil
}

func (e *env) showSettled(r settleReport) {
	switch {
	case r.Settled == 0 && len(r.Left)+len(r.NotFound) == 0:
		e.say("there is nothing to settle")
	case r.As == app.Again:
		e.say("to be sent once more: %d", r.Settled)
	default:
		e.say("settled as %s: %d", r.As, r.Settled)
	}
	for _, row := range r.Left {
		e.say("left as it is: %s: %s", row.MessageID, row.Reason)
	}
	for _, id := range r.NotFound {
		e.say("not found: %s: no delivery of unknown fate has this Message-ID (partwork log --unknown)", printable(id))
	}
}
