package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// selection is how a command was told which people it is about.
type selection struct {
	filter, campaign string
	filtered         bool // --filter was given
}

// selects adds --filter and --campaign to a command.
func (e *env) selects(cmd *cobra.Command, s *selection) {
	cmd.Flags().StringVar(&s.filter, "filter", "", "only people whom this `FILTER` selects, such as 'tag:vip and country = DE'")
	cmd.Flags().StringVar(&s.campaign, "campaign", "", "only people with an enrollment in this `CAMPAIGN`")
	_ = cmd.RegisterFlagCompletionFunc("campaign", e.completeCampaigns(0, -1))
}

// people returns what the database is to be asked. Names in the filter that nobody has
// are said, or refused where something is done to people and not only shown.
func (e *env) people(ctx context.Context, in *app.Instance, s selection, refuse bool) (store.SubscriberFilter, error) {
	filter := store.SubscriberFilter{View: segment.View{Now: in.Now(), Zone: in.Config.Location(), Campaign: s.campaign}}
	if s.campaign != "" {
		record, err := campaignRecord(ctx, in, s.campaign)
		if err != nil {
			return filter, err
		}
		filter.Campaign = record.No
	}
	if !s.filtered {
		return filter, nil
	}
	where, err := parseFilter(s.filter)
	if err != nil {
		return filter, err
	}
	filter.Where = where
	strangers, err := in.Store.Strangers(ctx, where)
	if err != nil {
		return filter, err
	}
	for _, stranger := range strangers {
		problem, advice := strangeName(stranger)
		if refuse {
			return filter, usagef(advice, "%s", problem)
		}
		e.note("note: %s", strings.TrimSuffix(problem+"; "+advice, "; "))
	}
	return filter, nil
}

// parseFilter reads a filter, and points at what is wrong with it.
func parseFilter(text string) (segment.Filter, error) {
	f, err := segment.Parse(text)
	var fault *segment.Error
	if errors.As(err, &fault) {
		return f, usagef("    "+strings.ReplaceAll(fault.Caret(), "\n", "\n    "), "%s", printable(fault.Error()))
	}
	return f, err
}

// strangeName says that a name in a filter is nobody's, and which one may be meant.
func strangeName(s store.Stranger) (problem, advice string) {
	if near := nearest(s.Name, s.Known); near != "" && near != s.Name {
		advice = "did you mean " + near + "?"
	}
	switch {
	case s.Field.Kind == segment.Attribute:
		problem = "nobody has an attribute " + s.Name
	case s.Field.Kind == segment.Series:
		problem = "there is no campaign " + s.Name
	case s.Field.Name == segment.FieldTag:
		problem = "nobody has the tag " + s.Name
	default:
		problem = "there is no issue " + s.Name
	}
	return printable(problem), printable(advice)
}
