package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// profile is the JSON of subscriber show.
type profile struct {
	subscriberRow
	// SuppressedFor is the reason of the suppression, empty if there is none.
	SuppressedFor drip.SuppressionReason `json:"suppressed_for"`
	Enrollments   []enrollmentRow        `json:"enrollments"`
	// Log is what they got, the latest first.
	Log []logRow `json:"log"`
}

type enrollmentRow struct {
	Enrollment  drip.EnrollmentID    `json:"enrollment"`
	Campaign    string               `json:"campaign"`
	State       drip.EnrollmentState `json:"state"`
	Joined      stamp                `json:"joined"`
	Pace        int                  `json:"pace"`
	PausedUntil stamp                `json:"paused_until"`
	// Coming is what comes next and when; Why says why there is nothing (more).
	Coming []coming `json:"coming"`
	Why    string   `json:"why"`
}

func newSubscriberShow(e *env) *cobra.Command {
	var ahead int
	cmd := &cobra.Command{
		Use:   "show ADDRESS",
		Short: "Show one person: what they got, what comes next and when, and why",
		Example: "  partwork subscriber show anna@example.org\n" +
			"  partwork subscriber show anna@example.org --ahead 8 --json",
		Args: argCount(1, 1),
	}
	cmd.Flags().IntVar(&ahead, "ahead", 3, "foresee at most `N` issues of each campaign")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.with(cmd.Context(), func(in *app.Instance) error {
			who, err := person(cmd.Context(), in, args[0])
			if err != nil {
				return err
			}
			p, err := profileOf(cmd.Context(), in, who.ID, ahead)
			if err != nil {
				return err
			}
			if *asked {
				return e.document(p)
			}
			e.showProfile(in, p)
			return nil
		})
	}
	return cmd
}

func profileOf(ctx context.Context, in *app.Instance, who drip.SubscriberID, ahead int) (profile, error) {
	known, err := in.Audience.Show(ctx, audience.Who{ID: who})
	if err != nil {
		return profile{}, err
	}
	p := profile{subscriberRow: subscriberRowOf(known.Subscriber), Enrollments: []enrollmentRow{}}
	if known.Suppression != nil {
		p.SuppressedFor, p.Suppressed = known.Suppression.Reason, stamp(known.Suppression.At)
	}
	records, err := in.Store.Campaigns(ctx)
	if err != nil {
		return p, err
	}
	for _, enrollment := range known.Enrollments {
		next, err := prospectsOf(ctx, in, enrollment, ahead)
		if err != nil {
			return p, err
		}
		p.Enrollments = append(p.Enrollments, enrollmentRow{
			Enrollment: enrollment.ID, Campaign: campaignID(records, enrollment.Campaign), State: enrollment.State,
			Joined: stamp(enrollment.JoinedAt), Pace: enrollment.Pace, PausedUntil: stamp(enrollment.PausedUntil),
			Coming: append([]coming{}, next.list...), Why: next.why,
		})
	}
	p.Log, err = ledger(ctx, in, store.LogFilter{Subscriber: who})
	return p, err
}

func campaignID(records []store.CampaignRecord, no drip.CampaignNo) string {
	for _, r := range records {
		if r.No == no {
			return r.ID
		}
	}
	return ""
}

func (e *env) showProfile(in *app.Instance, p profile) {
	t := newTable(e.stdout)
	t.row("address:", p.Email)
	t.row("name:", dash(p.Name))
	t.row("time zone:", dash(p.Timezone))
	for _, key := range slices.Sorted(maps.Keys(p.Attributes)) {
		t.row(key+":", p.Attributes[key])
	}
	t.row("added:", utc(p.Created.time()))
	if p.SuppressedFor != "" {
		t.row("suppressed:", utc(p.Suppressed.time())+" ("+string(p.SuppressedFor)+")")
	}
	t.flush()
	for _, enrollment := range p.Enrollments {
		e.showEnrollment(in, enrollment)
	}
	e.say("\nwhat they got:")
	e.showLog(p.Log, 0)
}

func (e *env) showEnrollment(in *app.Instance, r enrollmentRow) {
	e.say("\n%s: %s, joined %s", r.Campaign, r.State, utc(r.Joined.time()))
	t := newTable(e.stdout)
	label := "  next: "
	for _, c := range r.Coming {
		loc, err := in.Zones.Load(c.Zone)
		if err != nil {
			continue
		}
		t.row(label+c.Issue, local(c.Due.time(), loc), c.Reason)
		label = "  then: "
	}
	t.flush()
	if r.Why != "" {
		e.say("  %s", r.Why)
	}
}
