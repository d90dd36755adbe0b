package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/web/private"
)

// statusReport is the JSON of status.
type statusReport struct {
	// Healthy is true when serve runs and everything works.
	Healthy bool `json:"healthy"`
	Serving bool `json:"serving"`
	// Troubles says what does not work.
	Troubles  []string      `json:"troubles"`
	Relay     string        `json:"relay"`
	Next      stamp         `json:"next"`
	Version   string        `json:"version"`
	Campaigns []campaignRow `json:"campaigns"`
	Held      []heldRow     `json:"held"`
	Edited    []heldRow     `json:"edited"`
	Unknown   int           `json:"unknown"`
	// Warnings are campaigns whose next slot has more readers than the relay's
	// rate can reach.
	Warnings []string       `json:"warnings"`
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
			"edits that wait for approval, deliveries of unknown fate, errors in the files.",
		Example: "  partwork status\n  partwork status --json | jq .healthy\n  partwork status --healthcheck",
		Args:    argCount(0, 0),
	}
	cmd.Flags().BoolVar(&healthcheck, "healthcheck", false, "only ask whether serve runs: exit status 0 or 1, no words")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if healthcheck {
			return e.healthcheck(cmd.Context())
		}
		return e.with(cmd.Context(), func(in *app.Instance) error {
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
		Warnings: []string{},
		Findings: append([]drip.Finding{}, in.Library.Findings()...),
	}
	h, serving := health(ctx, in.Config)
	report.Serving, report.Healthy = serving, serving && h.Ready
	if serving {
		report.Troubles = append(report.Troubles, h.Troubles...)
	} else {
		report.Troubles = append(report.Troubles, "serve is not running")
	}
	for _, held := range in.Library.Held() {
		report.Held = append(report.Held, heldRow(held))
	}
	for _, p := range in.Library.Programs() {
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
	for _, c := range report.Campaigns {
		report.Unknown += c.Deliveries[drip.DeliveryUnknown]
		if next := c.Next.time(); !next.IsZero() && (report.Next.time().IsZero() || next.Before(report.Next.time())) {
			report.Next = c.Next
		}
	}
	return report, nil
}

// slotWarnings says whether the next slot of a campaign is too much for the relay.
func slotWarnings(ctx context.Context, in *app.Instance, p scheduler.Program) ([]string, error) {
	if !p.Record.PausedAt.IsZero() || !p.Record.StoppedAt.IsZero() {
		return nil, nil
	}
	overloads, err := in.Overloads(ctx, p, nil)
	var warnings []string
	for _, warning := range overloadWarnings(overloads, in.Config.SMTP.Rate) {
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
	e.say("relay: %s", r.Relay)
	e.say("next:  %s\n", e.upcoming(r.Next))
	e.showCampaigns(r.Campaigns)
	for _, need := range r.needs() {
		e.say("%s", need)
	}
}

// needs says what waits for a person.
func (r statusReport) needs() []string {
	var needs []string
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
	for _, warning := range r.Warnings {
		needs = append(needs, "needs you: "+warning)
	}
	if errors, warnings := severities(r.Findings); errors+warnings > 0 {
		needs = append(needs, fmt.Sprintf("needs you: the campaign files have %s and %s: partwork check",
			count(errors, "error"), count(warnings, "warning")))
	}
	return needs
}
