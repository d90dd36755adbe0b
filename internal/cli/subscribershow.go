package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

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
	// KeptOut are the campaigns that the address is suppressed for.
	KeptOut     []keptOutRow    `json:"kept_out"`
	Enrollments []enrollmentRow `json:"enrollments"`
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
	// Asked is when they asked for the next issue, null unless it is still to
	// leave. Follows is the part that this one goes on from, or begins anew;
	// null if there is none.
	Asked   stamp              `json:"asked"`
	Follows *drip.EnrollmentID `json:"follows"`
	// Continues tells that what they had in that part counts as had.
	Continues bool `json:"continues"`
	// Zone is the clock by which they read it.
	Zone string `json:"zone"`
	// since is when the part that this one follows ended.
	since time.Time
	// Coming is what comes next and when; Why says why there is nothing (more).
	Coming []coming `json:"coming"`
	Why    string   `json:"why"`
	// Waits says what holds the next one up today; empty if nothing does.
	Waits string `json:"waits"`
	// Consent is null while there is none, and nobody asked for one on a sign-up page.
	Consent *consentRow `json:"consent"`
}

func newSubscriberShow(e *env) *cobra.Command {
	var ahead int
	cmd := &cobra.Command{
		Use:   "show ADDRESS|NUMBER",
		Short: "Show one person: what they got, what comes next and when, and why",
		Long:  "The person is named by address, or by the number that logs and `partwork report` have instead.",
		Example: "  partwork subscriber show anna@example.org\n  partwork subscriber show 4711\n" +
			"  partwork subscriber show anna@example.org --ahead 8 --json",
		Args: argCount(1, 1),
	}
	cmd.Flags().IntVar(&ahead, "ahead", 3, "foresee at most `N` issues of each campaign")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
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
	p := profile{subscriberRow: subscriberRowOf(known.Subscriber), Enrollments: []enrollmentRow{}, KeptOut: []keptOutRow{}}
	if known.Suppression != nil {
		p.SuppressedFor, p.Suppressed = known.Suppression.Reason, stamp(known.Suppression.At)
	}
	records, err := in.Store.Campaigns(ctx)
	if err != nil {
		return p, err
	}
	p.KeptOut = append(p.KeptOut, keptOutRows(records, known.KeptOut)...)
	for _, enrollment := range known.Enrollments {
		row, err := enrollmentRowOf(ctx, in, known.Subscriber, enrollment, ahead)
		if err != nil {
			return p, err
		}
		row.Campaign = campaignID(records, enrollment.Campaign)
		for _, earlier := range known.Enrollments {
			if earlier.ID == enrollment.Follows {
				row.since = earlier.LeftAt
			}
		}
		p.Enrollments = append(p.Enrollments, row)
	}
	p.Log, err = ledger(ctx, in, store.LogFilter{Subscriber: who})
	return p, err
}

func enrollmentRowOf(ctx context.Context, in *app.Instance, who drip.Subscriber, e drip.Enrollment, ahead int) (enrollmentRow, error) {
	next, err := prospectsOf(ctx, in, e, ahead)
	if err != nil {
		return enrollmentRow{}, err
	}
	row := enrollmentRow{
		Enrollment: e.ID, State: e.State, Joined: stamp(e.JoinedAt), Pace: e.Pace, Continues: e.Continues,
		Zone: clockOf(in, who.Timezone, e.Campaign).String(), Coming: append([]coming{}, next.list...), Why: next.why,
		Waits: next.waits,
	}
	consent, known, err := consentOf(ctx, in, e)
	if err != nil {
		return row, err
	}
	if known {
		row.Consent = &consent
	}
	if e.PausedUntil.After(in.Now()) {
		row.PausedUntil = stamp(e.PausedUntil)
	}
	if e.Follows != 0 {
		row.Follows = &e.Follows
	}
	if e.AskedAt.IsZero() || e.State != drip.EnrollmentActive {
		return row, nil
	}
	due, err := in.Store.History(ctx, e.ID)
	if err == nil && due.Last.AcceptedAt.Before(e.AskedAt) && !e.Floor.After(e.AskedAt) {
		row.Asked = stamp(e.AskedAt)
	}
	return row, err
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
	for _, row := range p.KeptOut {
		t.row("suppressed for "+row.name()+":", utc(row.At.time())+" ("+string(row.Reason)+")")
	}
	t.flush()
	for _, enrollment := range p.Enrollments {
		e.showEnrollment(in, enrollment)
	}
	e.say("\nwhat they got:")
	e.showLog(p.Log, logQuery{})
}

func (e *env) showEnrollment(in *app.Instance, r enrollmentRow) {
	e.say("\n%s: %s, joined %s", r.Campaign, r.State, utc(r.Joined.time()))
	if wishes := r.wishes(in); len(wishes) > 0 {
		e.say("  %s", strings.Join(wishes, "; "))
	}
	e.showConsent(r.Consent)
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
	if r.Waits != "" {
		e.say("  %s", r.Waits)
	}
	if r.Why != "" {
		e.say("  %s", r.Why)
	}
}

// wishes says in words what the reader asked for.
func (r *enrollmentRow) wishes(in *app.Instance) []string {
	loc, err := in.Zones.Load(r.Zone)
	if err != nil {
		loc = time.UTC
	}
	var words []string
	switch {
	case r.Continues:
		words = append(words, "goes on where they left off on "+local(r.since, loc))
	case r.Follows != nil:
		words = append(words, "begins anew since "+local(r.since, loc))
	}
	if r.State == drip.EnrollmentLeft {
		return words
	}
	if r.Pace > 1 {
		words = append(words, paceWords(r.Pace))
	}
	if at := r.PausedUntil.time(); !at.IsZero() {
		words = append(words, "paused until "+local(at, loc))
	}
	if at := r.Asked.time(); !at.IsZero() {
		words = append(words, "asked for the next issue on "+local(at, loc))
	}
	return words
}
