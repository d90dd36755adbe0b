package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// newcomer is what subscriber add was given.
type newcomer struct {
	email, name, timezone string
	enrolling
	consent string
}

// enrolling is how somebody is to enter a campaign.
type enrolling struct {
	campaign    string
	invite, now bool
	// stated says that --consent was given.
	stated bool
}

func newSubscriberAdd(e *env) *cobra.Command {
	var n newcomer
	cmd := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Add one person, and enroll them",
		Long: "Adds a person, or adds what is said to what is known of them. With --enroll they enter a campaign:\n" +
			"at once if you state where their consent came from (--consent), else after they confirmed the\n" +
			"request that --invite sends them. The first issue leaves at the next slot; with --now it leaves\n" +
			"as for somebody who just confirmed: at once, if the campaign says first: on-join.",
		Example: "  partwork subscriber add anna@example.org --name Anna --timezone Europe/Berlin\n" +
			"  partwork subscriber add anna@example.org --enroll garden-notes --invite\n" +
			"  partwork subscriber add anna@example.org --enroll garden-notes --consent \"asked me on 3 March\" --now",
		Args: argCount(1, 1),
	}
	cmd.Flags().StringVar(&n.name, "name", "", "their `NAME`")
	cmd.Flags().StringVar(&n.timezone, "timezone", "", "their time `ZONE`, such as Europe/London")
	cmd.Flags().StringVar(&n.campaign, "enroll", "", "the `CAMPAIGN` to enroll them in")
	cmd.Flags().StringVar(&n.consent, "consent", "", "where their consent came from, as a `TEXT` that is kept")
	cmd.Flags().BoolVar(&n.invite, "invite", false, "send them a request to confirm")
	cmd.Flags().BoolVar(&n.now, "now", false, "follow the campaign's first: rule instead of waiting for a slot")
	_ = cmd.RegisterFlagCompletionFunc("enroll", e.completeCampaigns(0, -1))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		n.email, n.stated = args[0], strings.TrimSpace(n.consent) != ""
		if err := checkConsent(cmd); err != nil {
			return err
		}
		if err := n.check(); err != nil {
			return err
		}
		return e.with(cmd.Context(), func(in *app.Instance) error { return e.addPerson(cmd.Context(), in, n) })
	}
	return cmd
}

// check refuses what cannot be meant.
func (n newcomer) check() error {
	switch {
	case n.campaign == "" && (n.invite || n.now):
		return usagef("add --enroll CAMPAIGN", "--invite and --now are about entering a campaign, and none is named")
	case n.invite && n.consent != "":
		return usagef("use --consent if you know it, else --invite",
			"somebody whose consent is stated is not asked to confirm: --consent and --invite exclude each other")
	}
	return nil
}

func (e *env) addPerson(ctx context.Context, in *app.Instance, n newcomer) error {
	email, err := mailaddr.Parse(n.email)
	if err != nil {
		return err
	}
	if n.timezone != "" {
		if _, err := in.Zones.Load(n.timezone); err != nil {
			return usagef("", "%v", err)
		}
	}
	var no drip.CampaignNo
	if n.campaign != "" {
		record, err := campaignRecord(ctx, in, n.campaign)
		if err != nil {
			return err
		}
		if !record.ClosedAt.IsZero() || !record.StoppedAt.IsZero() {
			return drip.ErrClosed
		}
		no = record.No
		if entry, err := in.Store.SuppressedIn(ctx, in.Hasher.Sum(email), no); err == nil && entry.Campaign != "" {
			return drip.ErrKeptOut // before anything is written
		}
	}
	added, err := in.Audience.Add(ctx, audience.NewPerson{Email: email, Name: n.name, Timezone: n.timezone, Consent: n.consent})
	if err != nil {
		return err
	}
	e.say("%s", addedText(added, email))
	if err := e.audit(ctx, in, store.AuditLine{Act: store.ActAdd, Subscriber: added.Subscriber}); err != nil || no == 0 {
		return err
	}
	return e.enroll(ctx, in, added.Subscriber, no, n.enrolling)
}

func addedText(a audience.Added, email mailaddr.Address) string {
	if a.Former {
		return fmt.Sprintf("%s is an address that subscriber %d has changed since: nothing was written, and what follows is about them", email, a.Subscriber)
	}
	verb := map[store.RowResult]string{
		store.RowNew: "added", store.RowUpdated: "updated", store.RowUnchanged: "known already",
	}[a.Result]
	return fmt.Sprintf("%s: %s (subscriber %d)", verb, email, a.Subscriber)
}

// enroll enrolls a person and says what they can expect.
func (e *env) enroll(ctx context.Context, in *app.Instance, who drip.SubscriberID, no drip.CampaignNo, n enrolling) error {
	opts := audience.EnrollOptions{CampaignTarget: audience.CampaignTarget{No: no}, Invite: n.invite}
	if n.now {
		opts.Start = drip.StartOnJoin
	}
	enrollment, err := in.Audience.Enroll(ctx, audience.Who{ID: who}, opts)
	again := errors.Is(err, drip.ErrEnrolled)
	if err != nil && !again {
		return err
	}
	if again && n.invite && enrollment.State == drip.EnrollmentPending {
		if err := in.Store.Invite(ctx, enrollment.ID, in.Now()); err != nil {
			return err
		}
	}
	if err := e.audit(ctx, in, store.AuditLine{Act: store.ActEnroll, Campaign: no, Subscriber: who}); err != nil {
		return err
	}
	verb := "enrolled in %s: %s"
	if again {
		verb = "in %s already: %s"
	}
	e.say(verb, n.campaign, enrollment.State)
	if enrollment.State == drip.EnrollmentPending {
		e.noteWaiting(enrollment, n)
	}
	return e.tellProspects(ctx, in, enrollment.ID)
}

// noteWaiting says why somebody is pending still, and what brings them on.
func (e *env) noteWaiting(enrollment drip.Enrollment, n enrolling) {
	if n.stated {
		e.note("the consent is kept, but who left this campaign, or was pending in it already, comes in by confirming only")
	}
	if !n.invite && enrollment.InvitedAt.IsZero() {
		e.note("they get nothing before they confirm, and nobody has asked them: " +
			"`partwork subscriber enroll ADDRESS CAMPAIGN --invite` does")
	}
}
