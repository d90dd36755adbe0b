package cli

import (
	"context"
	"errors"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/preview"
)

// Plan says what the files of a campaign would do to its readers, in the words of
// `partwork plan` and by the same function. See [preview.Options].
func (p deskPeople) Plan(ctx context.Context, campaign string) (out preview.Plan, err error) {
	err = p.observe(ctx, func(o *app.Observer) error {
		// The desk itself shows what is found for the personas.
		plans, err := o.Plan(ctx, app.PlanQuery{Campaigns: []string{campaign}, Unrehearsed: true})
		if unknown := (*app.UnknownCampaignError)(nil); errors.As(err, &unknown) {
			out.Headline = "neither the files nor the database have this campaign by now"
			return nil
		}
		if err != nil {
			return err
		}
		out = p.env.deskPlan(plannedBy(o, plans[0]))
		return nil
	})
	return out, err
}

// deskPlan writes a plan for the desk.
func (e *env) deskPlan(p planned) preview.Plan {
	out := preview.Plan{
		Headline: planHeadline(p), Warnings: p.Warnings, Changes: p.State != app.PlanSame && p.State != app.PlanBroken,
	}
	out.Edits, out.Turns = planLines(p.CampaignPlan, e.now())
	for _, f := range p.Findings {
		if f.Severity == drip.SeverityError {
			out.Errors = append(out.Errors, f)
		}
	}
	if p.Effects != nil {
		out.Readers, out.Unchanged = p.Effects.Readers, p.Effects.Unchanged
	}
	return out
}
