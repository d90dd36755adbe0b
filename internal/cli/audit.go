package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// auditRow is the JSON of a line of the audit log.
type auditRow struct {
	No   int64     `json:"no"`
	At   stamp     `json:"at"`
	Who  string    `json:"operator"`
	What store.Act `json:"what"`
	// Campaign is empty, and the numbers are zero, if the act was about nothing such.
	Campaign   string            `json:"campaign"`
	Batch      int64             `json:"batch"`
	Subscriber drip.SubscriberID `json:"subscriber"`
	People     int               `json:"people"`
	Detail     string            `json:"detail"`
	// Hash is the keyed hash of an address, and Reason what the operator said of it.
	Hash   string `json:"hash"`
	Reason string `json:"reason"`
}

func newAudit(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Show who did what, and when: imports, erasures, suppressions, pauses, approvals …",
		Long: "Shows the log of what operators did, the oldest first. It only grows: the database refuses to change or\n" +
			"remove a line, and `partwork verify` says if one is missing. It never tells an address. Who acts is the\n" +
			"user of the system, or the name given with --operator. What readers do themselves is not in it.",
		Example: "  partwork audit\n  partwork audit --since 30d\n  partwork audit --since 2026-03-01 --json | jq '.[] | select(.what == \"erase\")'",
		Args:    argCount(0, 0),
	}
	since := cmd.Flags().String("since", "", "only what was done since a `TIME`: a date, RFC 3339, or how long ago, such as 12h or 30d")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		from, err := e.sinceTime(*since)
		if err != nil {
			return err
		}
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			rows, err := auditRows(cmd.Context(), in, from)
			if err != nil {
				return err
			}
			if *asked {
				return e.document(rows)
			}
			e.showAudit(rows)
			return nil
		})
	}
	return cmd
}

// sinceTime reads --since; zero if it was not given.
func (e *env) sinceTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return e.now().AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return e.now().Add(-d), nil
	}
	return time.Time{}, usagef("", "--since: %q cannot be used; expected a date such as 2026-03-24, a time such as 2026-03-24T12:00:00Z, or 12h or 30d", text)
}

func auditRows(ctx context.Context, in *app.Instance, since time.Time) ([]auditRow, error) {
	records, err := in.Store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[drip.CampaignNo]string, len(records))
	for _, r := range records {
		names[r.No] = r.ID
	}
	rows := []auditRow{}
	for after := int64(0); ; {
		lines, err := in.Store.AuditLines(ctx, store.AuditFilter{Since: since, After: after})
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			after = l.No
			row := auditRow{
				No: l.No, At: stamp(l.At), Who: l.Who, What: l.Act, Campaign: names[l.Campaign], Batch: l.Batch,
				Subscriber: l.Subscriber, People: l.People, Detail: l.Detail, Reason: l.Reason,
			}
			if l.Hash != (mailaddr.Hash{}) {
				row.Hash = l.Hash.String()
			}
			rows = append(rows, row)
		}
		if len(lines) == 0 {
			return rows, nil
		}
	}
}

func (e *env) showAudit(rows []auditRow) {
	if len(rows) == 0 {
		e.say("nothing is noted")
		return
	}
	t := newTable(e.stdout, "WHEN", "OPERATOR", "WHAT", "ABOUT")
	for _, r := range rows {
		t.row(utc(r.At.time()), r.Who, string(r.What), dash(r.about()))
	}
	t.flush()
}

// about says what an act was about.
func (r auditRow) about() string {
	var parts []string
	add := func(word, value string, there bool) {
		if there {
			parts = append(parts, word+value)
		}
	}
	add("import ", strconv.FormatInt(r.Batch, 10), r.Batch != 0)
	add("campaign ", r.Campaign, r.Campaign != "")
	add("subscriber ", strconv.FormatInt(int64(r.Subscriber), 10), r.Subscriber != 0)
	add("", people(r.People), r.People != 0)
	add("", r.Detail, r.Detail != "")
	add("address ", r.Hash, r.Hash != "")
	add("because: ", r.Reason, r.Reason != "")
	return strings.Join(parts, ", ")
}
