package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"partwork/campaigns"
	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/campaignfile"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/smtpsend"
)

// demoStart is a Monday; the demo's eight weeks from there cross the change to
// summer time in Europe and to winter time in the south.
var demoStart = time.Date(2026, 3, 23, 12, 0, 0, 0, time.UTC)

const (
	demoCampaign = campaigns.MSTherapies
	demoConsent  = "made-up readers of the demo"
	// demoLimit bounds --exit, which takes seconds.
	demoLimit = 5 * time.Minute
)

func newDemo(e *env) *cobra.Command {
	d := &demo{env: e}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See the whole product at work; nothing leaves this machine",
		Long: "Starts an SMTP inbox on loopback and a database in a temporary folder, imports twelve made-up\n" +
			"readers around the world, approves the shipped series for them, and sends its eight weekly\n" +
			"emails over real SMTP, with the calendar stepped from one due instant to the next. A local page\n" +
			"shows every reader's inbox while it fills.",
		Example: "  partwork demo\n  partwork demo --exit\n  partwork demo --exit --json",
		Args:    argCount(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context()) },
	}
	cmd.Flags().BoolVar(&d.exit, "exit", false, "run at full speed, print the tally and exit; status 1 if an email is missing or double")
	cmd.Flags().DurationVar(&d.week, "week", 4*time.Second, "how long a week takes, without --exit")
	cmd.Flags().StringVar(&d.listen, "listen", "127.0.0.1:8025", "where to serve the page, without --exit")
	d.json = asJSON(cmd)
	return cmd
}

// demo is one run of the demo.
type demo struct {
	*env
	exit   bool
	json   *bool
	week   time.Duration
	listen string

	instance *app.Instance
	mail     *mailroom
	clock    *steppedClock
	readers  []demoReader
	campaign *drip.Campaign
}

func (d *demo) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "partwork-demo-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(dir)
	if d.exit {
		limited, cancel := context.WithTimeout(ctx, demoLimit)
		defer cancel()
		ctx = limited
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d.clock = newSteppedClock(demoStart)
	if d.mail, err = openMailroom(ctx, d.clock.now); err != nil {
		return err
	}
	defer d.mail.close()
	pages, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the readers' pages: %w", err)
	}
	private, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for health checks: %w", err)
	}
	if err := d.open(ctx, dir, "http://"+pages.Addr().String()); err != nil {
		return err
	}
	defer d.instance.Close()
	began := time.Now()
	if err := d.announce(ctx); err != nil {
		return err
	}
	pacer := &pacer{demo: d, ctx: ctx, finished: make(chan struct{})}
	served := make(chan error, 1)
	go func() {
		served <- d.instance.Serve(ctx, app.ServeOptions{
			Relay:  smtpsend.Relay{Host: "127.0.0.1", Port: d.mail.port(), TLS: smtpsend.NoTLS},
			Public: pages, Private: private, Idle: pacer.idle, Abort: d.abort,
		})
	}()
	select {
	case <-pacer.finished:
	case <-ctx.Done():
	}
	if !d.exit && ctx.Err() == nil {
		d.progress("Finished. The page stays until you press Ctrl-C.")
		<-ctx.Done()
	}
	stop()
	if err := <-served; err != nil {
		return err
	}
	return d.conclude(context.WithoutCancel(ctx), time.Since(began))
}

// open opens an instance with the shipped campaigns and lets the readers in.
func (d *demo) open(ctx context.Context, dir, publicURL string) error {
	database, err := config.ParseDatabase(filepath.Join(dir, "partwork.db"))
	if err != nil {
		return err
	}
	cfg := config.Default()
	cfg.Database, cfg.StateDir = database, filepath.Join(dir, "state")
	cfg.SecretFile, cfg.Templates = filepath.Join(dir, "secret"), ""
	cfg.PublicURL, cfg.Timezone, cfg.SMTP.Rate = publicURL, "Europe/London", 0
	cfg.Backup.Schedule = "off" // nothing of it is kept
	d.instance, err = app.Open(ctx, app.Options{Config: cfg, Calendar: d.clock.now, Campaigns: campaigns.Files()})
	if err != nil {
		return err
	}
	if _, err := d.instance.Library.Approve(ctx, demoCampaign, nil, "the demo", d.clock.now()); err != nil {
		return fmt.Errorf("approve the shipped series: %w", err)
	}
	return d.enroll(ctx)
}

// enroll imports the campaign's personas, just as an admin would.
func (d *demo) enroll(ctx context.Context) error {
	program, err := d.instance.Library.Campaign(demoCampaign)
	if err != nil {
		return err
	}
	d.campaign = program.Campaign
	personas, _ := campaignfile.Personas(campaigns.Files(), d.campaign, campaignfile.Options{})
	list, err := listOf(personas)
	if err != nil {
		return err
	}
	report, err := d.instance.Audience.Import(ctx, list, audience.ImportOptions{
		File: "personas.yaml", Consent: demoConsent, Campaign: &audience.CampaignTarget{No: program.Record.No},
	})
	if err != nil {
		return err
	}
	if report.Enrolled != report.Rows {
		return failf("", "only %d of %d personas could be enrolled", report.Enrolled, report.Rows)
	}
	d.readers, err = listReaders(ctx, d.instance, program.Record.No)
	return err
}

// listOf writes personas as a list that can be imported: without attributes, because
// the readers of the demo have none.
func listOf(personas []campaignfile.Persona) (io.Reader, error) {
	var list bytes.Buffer
	w := csv.NewWriter(&list)
	rows := [][]string{{"email", "name", "timezone"}}
	for _, p := range personas {
		rows = append(rows, []string{p.Email.String(), p.Name, p.Timezone})
	}
	err := w.WriteAll(rows)
	return &list, err
}

// announce says what is about to happen and opens the page.
func (d *demo) announce(ctx context.Context) error {
	issues := 0
	for i := range d.campaign.Issues {
		if !d.campaign.Issues[i].Draft {
			issues++
		}
	}
	d.progress("Partwork demo: nothing leaves this machine.")
	d.progress("%q: %s to %s in as many time zones, from %s.",
		d.campaign.Title, count(issues, "weekly email"), count(len(d.readers), "made-up reader"), demoStart.Format("Monday 2 January 2006"))
	if d.exit {
		return nil
	}
	addr, err := d.mail.serve(ctx, d.listen, d)
	if err != nil {
		return err
	}
	d.progress("Watch it at http://%s; a week takes %v.", addr, d.week)
	return nil
}

// progress tells the person at the terminal how it goes; with --json it goes to
// standard error, so that the document stands alone.
func (d *demo) progress(format string, args ...any) {
	if *d.json {
		d.note(format, args...)
	} else {
		d.say(format, args...)
	}
}
