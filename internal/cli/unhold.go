package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/store"
)

// holdReport is the JSON of unhold.
type holdReport struct {
	// Held tells whether something was held when the command began, and Unheld
	// whether it is not any more.
	Held   bool             `json:"held"`
	Unheld bool             `json:"unheld"`
	Reason store.HoldReason `json:"reason"`
	Why    string           `json:"why"`
	// Since is the ledger's last word: what was due after it may have been sent.
	Since     stamp             `json:"since"`
	Campaigns []heldCampaignRow `json:"campaigns"`
	// Skipped are deliveries that count as had, because of --skip-before.
	Skipped int `json:"skipped"`
}

type heldCampaignRow struct {
	Campaign     string `json:"campaign"`
	Frozen       bool   `json:"frozen"`
	Readers      int    `json:"readers"`
	Missed       int    `json:"missed"`
	MissedIssues int    `json:"missed_issues"`
	Next         stamp  `json:"next"`
	NextReaders  int    `json:"next_readers"`
}

func newHold(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "hold",
		Short: "Send nothing any more, and keep the readers' pages up",
		Long: "Stops everything that is sent, in all campaigns, at once: also what a running serve has in hand, but for\n" +
			"letters that the relay is taking at this moment. Readers can go on leaving, confirming and changing their\n" +
			"pace. `partwork unhold` ends it. To stop one campaign only, use `partwork campaign pause`.",
		Example: "  partwork hold",
		Args:    argCount(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.with(cmd.Context(), func(in *app.Instance) error {
				if err := in.Hold(cmd.Context()); err != nil {
					return err
				}
				e.say("nothing is sent any more; `partwork unhold` shows what would be sent, and goes on")
				return e.audit(cmd.Context(), in, store.AuditLine{Act: store.ActHold})
			})
		},
	}
}

func newUnhold(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "unhold",
		Short: "Say why nothing is sent and what would be, and go on after a restore",
		Long: "A database that was restored or copied, a state folder that vanished or belongs to another instance, and\n" +
			"`partwork hold` have nothing sent. This says why, shows for each campaign what came due meanwhile and what\n" +
			"is next, and asks. Then sending goes on with the next slots: nothing that was due before now leaves.\n\n" +
			"The ledger of a restored database does not know what was sent after the copy was made. With\n" +
			"--skip-before TIME, what was due between the copy and that time counts as had, and readers go on with the\n" +
			"issue after it. Without, they get at the next slot what the ledger lacks, perhaps for the second time.\n\n" +
			"A running serve notices within seconds.",
		Example: "  partwork unhold\n  partwork unhold --skip-before 2026-03-24T12:00:00Z\n  partwork unhold --yes --json",
		Args:    argCount(0, 0),
	}
	yes, asked := askFirst(cmd), asJSON(cmd)
	before := cmd.Flags().String("skip-before", "", "count what was due before `TIME` as had: RFC 3339, such as 2026-03-24T12:00:00Z")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		skip, err := e.skipBefore(*before)
		if err != nil {
			return err
		}
		return e.with(cmd.Context(), func(in *app.Instance) error {
			return e.unhold(cmd.Context(), in, skip, *yes, *asked)
		})
	}
	return cmd
}

// skipBefore reads the flag; zero if it was not given.
func (e *env) skipBefore(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, usagef("", "--skip-before: %q cannot be used; expected a time such as 2026-03-24T12:00:00Z", text)
	}
	if t.After(e.now()) {
		return t, usagef("give the time until which issues may have been sent already", "--skip-before: %s is still to come", text)
	}
	return t, nil
}

func (e *env) unhold(ctx context.Context, in *app.Instance, skip time.Time, yes, asked bool) error {
	hold, err := in.Holding(ctx)
	if err != nil {
		return err
	}
	report := holdReport{
		Held: hold.Reason != "", Reason: hold.Reason, Why: hold.Why, Since: stamp(hold.Since), Campaigns: []heldCampaignRow{},
	}
	for _, c := range hold.Campaigns {
		report.Campaigns = append(report.Campaigns, heldCampaignRow{
			c.ID, c.Frozen, c.Readers, c.Missed, c.MissedIssues, stamp(c.Next), c.NextReaders,
		})
	}
	if !asked {
		e.showHold(report, skip)
	}
	if report.Held {
		err = e.ask(ctx, yes, "send again?")
		if err == nil {
			report.Skipped, err = in.Unhold(ctx, skip)
		}
		if report.Unheld = err == nil; report.Unheld {
			err = e.audit(ctx, in, store.AuditLine{Act: store.ActUnhold, Detail: string(report.Reason)})
		}
	}
	if asked {
		return errors.Join(err, e.document(report))
	}
	if !report.Unheld {
		return err
	}
	if !skip.IsZero() {
		e.say("%s skipped", countOf(report.Skipped, "delivery", "deliveries"))
	}
	e.say("not held any more; a running serve goes on within seconds")
	return nil
}

// countOf is count for a plural that is not formed with s.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

func (e *env) showHold(r holdReport, skip time.Time) {
	if !r.Held {
		e.say("nothing is held")
		return
	}
	e.say("held (%s): %s", r.Reason, printable(r.Why))
	e.say("the ledger's last word: %s; what was due since may have been sent without its knowing\n", utc(r.Since.time()))
	t := newTable(e.stdout, "CAMPAIGN", "READERS", "CAME DUE SINCE", "NEXT", "READERS THEN")
	for _, c := range r.Campaigns {
		since, next, then := "-", "-", "-"
		if c.Missed > 0 {
			since = grouped(c.MissedIssues) + " to " + countOf(c.Missed, "reader", "readers")
		}
		switch {
		case c.Frozen:
			next = "paused or stopped"
		case !c.Next.time().IsZero():
			next, then = utc(c.Next.time()), grouped(c.NextReaders)
		}
		t.row(c.Campaign, grouped(c.Readers), since, next, then)
	}
	t.flush()
	e.say("")
	if skip.IsZero() {
		e.say("going on, readers get what came due at their next slot, and nothing sooner; --skip-before TIME counts it as had")
	} else {
		e.say("going on, what was due before %s counts as had, and nothing leaves before its next slot", utc(skip))
	}
}
