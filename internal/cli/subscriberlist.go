package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// listing is what subscriber list was asked for.
type listing struct {
	selection
	limit          int
	after          int64
	count, explain bool
	json           *bool
}

const (
	// peoplePage is how many people are asked for at once.
	peoplePage = 1000
	// shownPeople is how many of them a table has unless more are asked for.
	shownPeople = 1000
)

func newSubscriberList(e *env) *cobra.Command {
	var l listing
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List people in the order in which they came",
		Long: "Lists people, or those whom a filter selects; docs/FILTERS.md has the language. A table has the first\n" +
			"1,000 unless --limit says otherwise, and --after goes on from there; --json has everybody. Nothing is\n" +
			"kept in memory, however long the list.",
		Example: "  partwork subscriber list\n" +
			"  partwork subscriber list --campaign garden-notes --limit 20\n" +
			"  partwork subscriber list --filter 'tag:vip and joined < 30d ago' --count\n" +
			"  partwork subscriber list --filter 'country in (DE, AT) and not enrolled in garden-notes' --json\n" +
			"  partwork subscriber list --filter 'tag:vip' --explain",
		Args: argCount(0, 0),
	}
	e.selects(cmd, &l.selection)
	cmd.Flags().IntVar(&l.limit, "limit", 0, "at most `N` people; 0 is everyone, and of a table the first 1,000")
	cmd.Flags().Int64Var(&l.after, "after", 0, "go on after the person with this `NUMBER`")
	cmd.Flags().BoolVar(&l.count, "count", false, "say only how many there are")
	cmd.Flags().BoolVar(&l.explain, "explain", false, "say how the database finds them, and list nobody")
	l.json = asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		l.filtered = cmd.Flags().Changed("filter")
		if l.limit < 0 || l.after < 0 {
			return usagef("", "--limit is %d and --after is %d; expected 0 or more", l.limit, l.after)
		}
		if !*l.json && !cmd.Flags().Changed("limit") {
			l.limit = shownPeople
		}
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error { return e.list(cmd.Context(), in, l) })
	}
	return cmd
}

func (e *env) list(ctx context.Context, in *app.Instance, l listing) error {
	filter, err := e.people(ctx, in, l.selection, false)
	if err != nil {
		return err
	}
	filter.After = drip.SubscriberID(l.after)
	switch {
	case l.explain:
		return e.explainFilter(ctx, in, filter, l)
	case l.count:
		n, err := in.Store.CountSegment(ctx, filter)
		if err == nil && *l.json {
			return e.document(map[string]int{"people": n})
		}
		if err == nil {
			e.say("%d", n)
		}
		return err
	case *l.json:
		return e.listJSON(ctx, in, filter, l.limit)
	}
	return e.listTable(ctx, in, filter, l)
}

// explainFilter says how a filter was understood, and what the database does.
func (e *env) explainFilter(ctx context.Context, in *app.Instance, filter store.SubscriberFilter, l listing) error {
	filter.Limit = l.limit
	lines, err := in.Store.ExplainSegment(ctx, filter)
	if err != nil {
		return err
	}
	if *l.json {
		return e.document(struct {
			Filter string   `json:"filter"`
			Plan   []string `json:"plan"`
		}{filter.Where.String(), lines})
	}
	if !filter.Where.Empty() {
		e.say("filter: %s", printable(filter.Where.String()))
	}
	for _, line := range lines {
		e.say("%s", line)
	}
	return nil
}

// listTable prints a table, and how to go on if there is more.
func (e *env) listTable(ctx context.Context, in *app.Instance, filter store.SubscriberFilter, l listing) error {
	var rows []subscriberRow
	more := false
	err := eachPerson(ctx, in, filter, next(l.limit), func(s drip.Subscriber) error {
		if l.limit > 0 && len(rows) == l.limit {
			more = true
			return nil
		}
		rows = append(rows, subscriberRowOf(s))
		return nil
	})
	if err != nil {
		return err
	}
	e.showPeople(rows)
	if more {
		e.note("there are more: --after %d goes on, --limit 0 shows everybody, and --count says how many", rows[len(rows)-1].Subscriber)
	}
	return nil
}

// next is one more than a limit, to see whether there is more; 0 stays no limit.
func next(limit int) int {
	if limit == 0 {
		return 0
	}
	return limit + 1
}

// listJSON writes one document, person by person.
func (e *env) listJSON(ctx context.Context, in *app.Instance, filter store.SubscriberFilter, limit int) error {
	out := bufio.NewWriter(e.stdout)
	between := "[\n  "
	err := eachPerson(ctx, in, filter, limit, func(s drip.Subscriber) error {
		text, err := jsonText(subscriberRowOf(s), "  ")
		if err == nil {
			_, err = out.WriteString(between + text)
		}
		between = ",\n  "
		return err
	})
	if err != nil {
		return err
	}
	end := "\n]\n"
	if between == "[\n  " {
		end = "[]\n"
	}
	_, _ = out.WriteString(end)
	return out.Flush()
}

// jsonText returns a value as it stands within a document, at an indent.
func jsonText(v any, indent string) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if indent != "" {
		enc.SetIndent(indent, "  ")
	}
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("write the result: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

// eachPerson asks page by page; a limit of 0 is none.
func eachPerson(ctx context.Context, in *app.Instance, filter store.SubscriberFilter, limit int, do func(drip.Subscriber) error) error {
	for left := limit; ; {
		filter.Limit = peoplePage
		if limit > 0 {
			filter.Limit = min(left, peoplePage)
		}
		page, err := in.Store.Subscribers(ctx, filter)
		if err != nil {
			return err
		}
		for _, s := range page {
			if err := do(s); err != nil {
				return err
			}
			filter.After = s.ID
		}
		if left -= len(page); len(page) < filter.Limit || limit > 0 && left == 0 {
			return nil
		}
	}
}
