package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
)

// part is one person's part in one campaign, as a command named it.
type part struct {
	person     drip.Subscriber
	campaign   string
	enrollment drip.Enrollment
	zone       *time.Location // the clock by which they read it
}

// newWish returns a command about one person's part in one campaign. do is given
// the arguments after ADDRESS and CAMPAIGN, of which there are more.
func (e *env) newWish(use string, more int, do func(context.Context, *app.Instance, part, []string) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Args: argCount(2+more, 2+more), ValidArgsFunction: e.completeCampaigns(1, 2)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.with(cmd.Context(), func(in *app.Instance) error {
			p, err := findPart(cmd.Context(), in, args[0], args[1])
			if err != nil {
				return err
			}
			return wishError(do(cmd.Context(), in, p, args[2:]))
		})
	}
	return cmd
}

// wishError says what to do about a wish that was refused.
func wishError(err error) error {
	if refusal := new(audience.Refusal); errors.As(err, &refusal) {
		return failf("nothing was changed; `partwork subscriber show ADDRESS` says how things stand", "%s", refusal.Why)
	}
	return err
}

// findPart finds a person's open enrollment in a campaign.
func findPart(ctx context.Context, in *app.Instance, address, campaign string) (part, error) {
	who, err := person(ctx, in, address)
	if err != nil {
		return part{}, err
	}
	record, err := campaignRecord(ctx, in, campaign)
	if err != nil {
		return part{}, err
	}
	enrollments, err := in.Store.EnrollmentsOf(ctx, who.ID)
	if err != nil {
		return part{}, err
	}
	p := part{person: who, campaign: campaign, zone: clockOf(in, who.Timezone, record.No)}
	for _, enrollment := range enrollments {
		if enrollment.Campaign == record.No {
			p.enrollment = enrollment // the open one is the last
		}
	}
	const advice = "`partwork subscriber enroll ADDRESS CAMPAIGN --invite` asks them to come in"
	switch {
	case p.enrollment.ID == 0:
		return part{}, failf(advice, "%s is not in %s", who.Email, campaign)
	case p.enrollment.State == drip.EnrollmentLeft:
		return part{}, failf(advice, "%s is not in %s any more: %s", who.Email, campaign, idle(p.enrollment))
	}
	return p, nil
}

// clockOf returns the clock by which a person reads a campaign. If the campaign's
// files are not at hand, that is their own, or the instance's.
func clockOf(in *app.Instance, own string, no drip.CampaignNo) *time.Location {
	zone := cmp.Or(own, in.Config.Timezone)
	if program, ok := in.Library.Program(no); ok {
		zone = program.Campaign.Zone(own, in.Config.Timezone)
	}
	loc, err := in.Zones.Load(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// paceWords says a pace in words.
func paceWords(pace int) string {
	switch pace {
	case 1:
		return "every slot"
	case 2:
		return "every second slot"
	case 4:
		return "every fourth slot"
	default:
		return fmt.Sprintf("one slot in %d", pace)
	}
}
