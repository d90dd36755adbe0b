package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/web/private"
)

// statusReport is the JSON of status.
type statusReport struct {
	// Healthy is true when serve runs and everything works.
	Healthy bool `json:"healthy"`
	Serving bool `json:"serving"`
	// Troubles says what does not work.
	Troubles []string `json:"troubles"`
	// Hold is the reason why nothing is sent; empty if mail is sent.
	Hold  store.HoldReason `json:"hold"`
	Relay string           `json:"relay"`
	// Fallbacks are the relays that take over, in order of preference.
	Fallbacks []string      `json:"fallbacks"`
	Next      stamp         `json:"next"`
	Version   string        `json:"version"`
	Campaigns []campaignRow `json:"campaigns"`
	Held      []heldRow     `json:"held"`
	Edited    []heldRow     `json:"edited"`
	Unknown   int           `json:"unknown"`
	// Uncomposed are issues that some readers wait for because they lack a value.
	Uncomposed []app.Uncomposed `json:"uncomposed"`
	// Differ are campaigns whose files are good, and not what is in force.
	Differ []string `json:"differ"`
	// Holds are limits that hold messages back, Waiting is how many could have left by
	// now; 0 if nothing holds them back.
	Holds   []private.Hold `json:"holds"`
	Waiting int            `json:"waiting"`
	// Warnings are campaigns whose next slot has more readers than the relay's
	// rate can reach, and what a running serve warns of.
	Warnings []string       `json:"warnings"`
	Backup   backupStatus   `json:"backup"`
	Findings []drip.Finding `json:"findings"`
}

// heldRow is an issue that waits for approval, or whose edit does.
type heldRow struct {
	Campaign string `json:"campaign"`
	Issue    string `json:"issue"`
}

func newStatus(e *env) *cobra.Command {
	var healthcheck bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say whether all is well, what is next, and what needs you",
		Long: "Asks a running serve how it is, and the database what is next and what needs a person: issues and\n" +
			"edits that wait for approval, deliveries of unknown fate, errors in the files. Says as well which limits\n" +
			"hold letters back, how many wait, and until when.",
		Example: "  partwork status\n  partwork status --json | jq .healthy\n  partwork status --healthcheck",
		Args:    argCount(0, 0),
	}
	cmd.Flags().BoolVar(&healthcheck, "healthcheck", false, "only ask whether serve runs: exit status 0 or 1, no words")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if healthcheck {
			return e.healthcheck(cmd.Context())
		}
		return e.looking(cmd.Context(), app.LookAtFiles, func(in *app.Instance) error {
			report, err := statusOf(cmd.Context(), in)
			if err != nil {
				return err
			}
			if *asked {
				return e.document(report)
			}
			e.showStatus(report)
			return nil
		})
	}
	return cmd
}

// healthcheck is for container runtimes, which know no other answers.
func (e *env) healthcheck(ctx context.Context) error {
	cfg, err := e.config()
	if err != nil {
		return errUnhealthy
	}
	response, err := askServe(ctx, cfg, "/healthz")
	if err != nil {
		return errUnhealthy
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return errUnhealthy
	}
	return nil
}

// askServe asks the private pages of a running serve.
func askServe(ctx context.Context, cfg *config.Config, path string) (*http.Response, error) {
	host, port, err := net.SplitHostPort(cfg.ListenPrivate)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // every interface is listened on, this one too
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	return client.Do(request)
}

// health asks a running serve how it is; false if there is none.
func health(ctx context.Context, cfg *config.Config) (private.Health, bool) {
	response, err := askServe(ctx, cfg, "/readyz")
	if err != nil {
		return private.Health{}, false
	}
	defer func() { _ = response.Body.Close() }()
	var h private.Health
	err = json.NewDecoder(response.Body).Decode(&h)
	return h, err == nil && h.Version != ""
}

func statusOf(ctx context.Context, in *app.Instance) (statusReport, error) {
	report := statusReport{
		Relay: relayText(in.Config), Version: app.Version(), Troubles: []string{}, Held: []heldRow{}, Edited: []heldRow{},
		Fallbacks: []string{}, Holds: []private.Hold{}, Warnings: []string{}, Uncomposed: []app.Uncomposed{},
		Differ:   append([]string{}, in.Library.Differing()...),
		Findings: append([]drip.Finding{}, in.Library.Findings()...),
	}
	for i := range in.Config.SMTP.Fallbacks {
		report.Fallbacks = append(report.Fallbacks, relayName(&in.Config.SMTP.Fallbacks[i]))
	}
	report.ask(ctx, in.Config)
	if err := report.askFence(ctx, in); err != nil {
		return report, err
	}
	if err := report.countWaiting(ctx, in); err != nil {
		return report, err
	}
	if err := report.lookForBackups(ctx, in); err != nil {
		return report, err
	}
	for _, held := range in.Library.Held() {
		report.Held = append(report.Held, heldRow(held))
	}
	for _, p := range in.Library.Programs() {
		if !p.Record.StoppedAt.IsZero() {
			report.Held = slices.DeleteFunc(report.Held, func(held heldRow) bool { return held.Campaign == p.Campaign.ID })
			continue
		}
		edited, err := editedIssues(ctx, in, p)
		if err != nil {
			return report, err
		}
		for _, issue := range edited {
			report.Edited = append(report.Edited, heldRow{Campaign: p.Campaign.ID, Issue: issue})
		}
		warnings, err := slotWarnings(ctx, in, p)
		if err != nil {
			return report, err
		}
		report.Warnings = append(report.Warnings, warnings...)
	}
	var err error
	if report.Campaigns, err = campaignRows(ctx, in); err != nil {
		return report, err
	}
	report.Healthy = report.Healthy && len(report.pauses()) == 0
	deferred := 0
	for _, c := range report.Campaigns {
		deferred += c.Deliveries[drip.DeliveryDeferred]
		report.Unknown += c.Deliveries[drip.DeliveryUnknown]
		if next := c.Next.time(); !next.IsZero() && (report.Next.time().IsZero() || next.Before(report.Next.time())) {
			report.Next = c.Next
		}
	}
	if deferred > 0 {
		uncomposed, err := in.Uncomposed(ctx)
		report.Uncomposed = append(report.Uncomposed, uncomposed...)
		report.Healthy = report.Healthy && len(uncomposed) == 0
		return report, err
	}
	return report, nil
}

// ask asks a running serve how it is. What it warns of and the files say as well is
// said once.
func (r *statusReport) ask(ctx context.Context, cfg *config.Config) {
	h, serving := health(ctx, cfg)
	if !serving {
		r.Troubles = append(r.Troubles, "serve is not running")
		return
	}
	r.Serving, r.Troubles = true, append(r.Troubles, h.Troubles...)
	r.Holds = append(r.Holds, h.Holds...)
	errors, _ := severities(r.Findings)
	r.Healthy = h.Ready && len(h.Troubles)+len(h.Warnings)+errors == 0
	for _, warning := range h.Warnings {
		if !slices.ContainsFunc(r.Findings, func(f drip.Finding) bool { return f.String() == warning }) {
			r.Warnings = append(r.Warnings, warning)
		}
	}
}

// askFence says whether mail is held, which the database and the state folder know
// without a serve.
func (r *statusReport) askFence(ctx context.Context, in *app.Instance) error {
	reason, why, err := in.Held(ctx)
	if err != nil || reason == "" {
		return err
	}
	r.Hold, r.Healthy = reason, false
	if !slices.ContainsFunc(r.Troubles, func(t string) bool { return strings.HasPrefix(t, "nothing is sent: ") }) {
		r.Troubles = append(r.Troubles, "nothing is sent: "+why+". `partwork unhold` shows what would be sent, and goes on")
	}
	return nil
}

// slotWarnings says whether the next slot of a campaign is too much for the relay.
func slotWarnings(ctx context.Context, in *app.Instance, p scheduler.Program) ([]string, error) {
	if !p.Record.PausedAt.IsZero() || !p.Record.StoppedAt.IsZero() {
		return nil, nil
	}
	overloads, err := in.Overloads(ctx, p, nil)
	var warnings []string
	for _, warning := range overloadWarnings(overloads, in.Config.SMTP.Rate, p.Campaign.Timezone) {
		warnings = append(warnings, p.Campaign.ID+", "+warning)
	}
	return warnings, err
}

func (e *env) showStatus(r statusReport) {
	if r.Healthy {
		e.say("all is well")
	}
	for _, trouble := range r.Troubles {
		e.say("trouble: %s", printable(trouble))
	}
	if !r.Serving {
		e.say("`partwork serve` starts it")
	}
	e.say("relay: %s", strings.Join(append([]string{r.Relay}, r.Fallbacks...), ", then "))
	for _, line := range r.heldBack() {
		e.say("held:  %s", line)
	}
	e.say("next:  %s", e.upcoming(r.Next, r.Serving))
	e.say("backup: %s\n", r.Backup.text(e.now()))
	e.showCampaigns(r.Campaigns, r.Serving)
	for _, need := range r.needs() {
		e.say("%s", need)
	}
}

// needs says what waits for a person.
func (r statusReport) needs() []string {
	needs := r.pauses()
	for _, held := range r.Held {
		needs = append(needs, fmt.Sprintf("needs you: %s/%s waits for approval: partwork approve %s/%s",
			held.Campaign, held.Issue, held.Campaign, held.Issue))
	}
	for _, edited := range r.Edited {
		needs = append(needs, fmt.Sprintf("needs you: %s/%s was edited, and goes on being sent as it was approved: partwork approve %s/%s",
			edited.Campaign, edited.Issue, edited.Campaign, edited.Issue))
	}
	switch {
	case r.Unknown == 1:
		needs = append(needs, "needs you: 1 delivery may or may not have arrived: partwork log --unknown")
	case r.Unknown > 1:
		needs = append(needs, fmt.Sprintf("needs you: %d deliveries may or may not have arrived: partwork log --unknown", r.Unknown))
	}
	for _, u := range r.Uncomposed {
		why := ": the log of serve says why"
		if u.Why != "" {
			why = ": " + u.Why
		}
		needs = append(needs, fmt.Sprintf("needs you: %s/%s cannot be composed for %s%s",
			u.Campaign, u.Issue, count(u.Readers, "reader"), why))
	}
	for _, warning := range r.Warnings {
		needs = append(needs, "needs you: "+warning)
	}
	if len(r.Differ) > 0 {
		needs = append(needs, strings.Join(r.Differ, ", ")+": "+filesDiffer)
	}
	return append(needs, r.fileNeeds()...)
}

// filesDiffer says of campaigns that their files were not taken in.
const filesDiffer = "the files differ from what is in force: `partwork plan` says what that changes; a running serve takes them in"

// fileNeeds says that something is wrong with the files, and which command says
// what: `check` does not look into the database.
func (r statusReport) fileNeeds() []string {
	var needs, unseen []string // the latter are campaigns
	rest := slices.DeleteFunc(slices.Clone(r.Findings), func(f drip.Finding) bool {
		if !slices.Contains(databaseRules, f.Rule) {
			return false
		}
		parts := strings.Split(f.File, "/")
		at := slices.IndexFunc(r.Campaigns, func(c campaignRow) bool { return slices.Contains(parts, c.Campaign) })
		if at >= 0 {
			unseen = append(unseen, r.Campaigns[at].Campaign)
		} else { // one that the database does not have, and cannot show
			needs = append(needs, "needs you: "+f.String())
		}
		return true
	})
	if errors, warnings := severities(rest); errors+warnings > 0 {
		needs = append(needs, fmt.Sprintf("needs you: the campaign files have %s: partwork check", errorsAndWarnings(errors, warnings)))
	}
	slices.Sort(unseen)
	for _, id := range slices.Compact(unseen) {
		needs = append(needs, fmt.Sprintf("needs you: the files of %s do not agree with the database: partwork campaign show %s", id, id))
	}
	return needs
}

// databaseRules are the rules of findings that only the database tells.
var databaseRules = []string{"campaign-gone", "key-taken", "key-changed", "version", "being-written"}

// errorsAndWarnings writes "1 error and 2 warnings", without what there is none of.
func errorsAndWarnings(errors, warnings int) string {
	switch {
	case errors == 0:
		return count(warnings, "warning")
	case warnings == 0:
		return count(errors, "error")
	}
	return count(errors, "error") + " and " + count(warnings, "warning")
}
