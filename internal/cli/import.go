package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/store"
)

// listImport is what import was given.
type listImport struct {
	file, consent, campaign   string
	maps                      []string
	encoding, entry, spread   string
	columns                   []audience.Mapping
	over                      time.Duration
	dryRun, invite, fromStart bool
	yes, json                 *bool
}

func newImport(e *env) *cobra.Command {
	var l listImport
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take in a list of people (CSV or JSON Lines), and perhaps enroll them",
		Long: "Reads a CSV file with a header line, or JSON Lines: a column email, perhaps name and timezone, and any\n" +
			"others. The exports of Mailchimp, Kit, listmonk, Substack, Buttondown, Mautic and Ghost are known, tags and\n" +
			"dates of consent are carried over, and whom the other program does not mail any more is suppressed here.\n" +
			"Comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252; gzip or ZIP: all of that is found out.\n" +
			"--map says what other columns mean: email, name, first-name, last-name, timezone, tag, state,\n" +
			"consent-date, consent-source, skip or attribute:NAME:TYPE. docs/IMPORT.md says more.\n" +
			"Rows that cannot be read are reported by line and never stop the others. With --enroll the people\n" +
			"enter a campaign. If you state where their consent came from (--consent), they get its first issue\n" +
			"at the next slot; else they are pending until they confirm the request that --invite sends them,\n" +
			"also if they are pending from an earlier import that did not ask. It says first how many mails leave\n" +
			"when, and asks you. Importing a list twice has the effect of importing it once.\n\n" +
			"Ctrl-C, or a crash, leaves whole pieces of the list: the same command goes on where it stopped.\n" +
			"`partwork imports` shows what became of each list, keeps the rows that were rejected for 30 days, and\n" +
			"takes back what a list added.",
		Example: "  partwork import readers.csv --dry-run --enroll garden-notes --consent \"signed up at the spring fair\"\n" +
			"  partwork import readers.csv --enroll garden-notes --invite\n" +
			"  partwork import subscribed.zip --entry subscribed_members.csv --dry-run\n" +
			"  partwork import readers.csv --map \"Their mail=email\" --map \"Age=attribute:age:number\" --map Remarks=skip\n" +
			"  partwork import readers.csv --enroll garden-notes --consent \"paper form, 2026\" --spread 4w\n" +
			"  partwork import readers.csv --json --yes",
		Args: argCount(1, 1),
	}
	cmd.Flags().BoolVar(&l.dryRun, "dry-run", false, "make the report and change nothing")
	cmd.Flags().StringVar(&l.consent, "consent", "", "where the people's consent came from, as a `TEXT` that is kept")
	cmd.Flags().StringVar(&l.campaign, "enroll", "", "the `CAMPAIGN` to enroll them in")
	cmd.Flags().BoolVar(&l.invite, "invite", false, "send a request to confirm to those whose consent is not stated")
	l.readFlags(cmd)
	cmd.Flags().StringVar(&l.spread, "spread", "", "have people begin over a `TIME` such as 7d or 4w, and not all at the next slot")
	cmd.Flags().BoolVar(&l.fromStart, "from-start", false, "read the whole list although an import of it was cut short")
	_ = cmd.RegisterFlagCompletionFunc("enroll", e.completeCampaigns(0, -1))
	l.yes, l.json = askFirst(cmd), asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l.file = args[0]
		if err := checkConsent(cmd); err != nil {
			return err
		}
		if err := l.parse(); err != nil {
			return err
		}
		if err := l.check(); err != nil {
			return err
		}
		return e.importList(cmd.Context(), l)
	}
	return cmd
}

// check refuses what cannot be meant.
func (l listImport) check() error {
	switch {
	case l.campaign == "" && l.invite:
		return usagef("add --enroll CAMPAIGN", "an invitation is for a campaign, and none is named")
	case l.campaign == "" && l.over != 0:
		return usagef("add --enroll CAMPAIGN", "people are spread over the slots of a campaign, and none is named")
	case l.invite && l.consent != "":
		return usagef("use --consent if you know it, else --invite",
			"people whose consent is stated are not asked to confirm: --consent and --invite exclude each other")
	}
	return nil
}

// checkConsent refuses a --consent that says nothing: people would be pending
// whom somebody meant to let in.
func checkConsent(cmd *cobra.Command) error {
	if f := cmd.Flags().Lookup("consent"); f.Changed && strings.TrimSpace(f.Value.String()) == "" {
		return usagef("say where the consent came from, such as \"sign-up sheet, spring fair\", or leave --consent out",
			"--consent is empty")
	}
	return nil
}

func (e *env) importList(ctx context.Context, l listImport) error {
	file, err := openList(l.file)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return e.with(ctx, func(in *app.Instance) error {
		var record *store.CampaignRecord
		if l.campaign != "" {
			r, err := campaignRecord(ctx, in, l.campaign)
			if err != nil {
				return err
			}
			record = &r
		}
		if l.dryRun {
			report, err := e.readList(ctx, in, l, file, record, true)
			if err != nil {
				return err
			}
			return e.showImport(ctx, in, l, record, report)
		}
		if err := e.askImport(ctx, in, l, file, record); err != nil {
			return err
		}
		report, err := e.readList(ctx, in, l, file, record, false)
		if err != nil {
			return l.failed(report, err)
		}
		return e.showImport(ctx, in, l, record, report)
	})
}

// openList opens a file that can be read twice.
func openList(name string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failf("", "%s does not exist", name)
	case err == nil && !info.Mode().IsRegular():
		return nil, failf("save the list as a CSV file first", "%s is not a file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, failf("", "the list cannot be opened: %v", err)
	}
	return file, nil
}

// askImport shows what enrolling would do and asks. With --yes, or without
// enrolling, there is nothing to ask, and the list is read only once.
func (e *env) askImport(ctx context.Context, in *app.Instance, l listImport, file *os.File, record *store.CampaignRecord) error {
	if *l.yes || record == nil {
		return nil
	}
	foreseen, err := e.readList(ctx, in, l, file, record, true)
	if err != nil {
		return err
	}
	if foreseen.Enrolled+foreseen.Pending == 0 {
		return nil
	}
	plan, err := departuresOf(ctx, in, *record, foreseen)
	if err != nil {
		return err
	}
	e.showDepartures(e.stderr, in, plan, foreseen, l)
	for _, warning := range plan.warnings {
		e.note("warning: %s", warning)
	}
	return e.ask(ctx, false, fmt.Sprintf("import %s and enroll %s in %s?",
		count(foreseen.Rows, "row"), people(foreseen.Enrolled+foreseen.Pending), l.campaign))
}

// readList runs the import, or pretends to.
func (e *env) readList(ctx context.Context, in *app.Instance, l listImport, file *os.File, record *store.CampaignRecord, dryRun bool) (audience.ImportReport, error) {
	opts := audience.ImportOptions{
		File: filepath.Base(l.file), DryRun: dryRun, Consent: l.consent, Invite: l.invite,
		Spread: l.over, Map: l.columns, Encoding: l.encoding, Entry: l.entry,
		Who: e.who(), FromStart: l.fromStart,
	}
	if record != nil {
		opts.Campaign = &audience.CampaignTarget{No: record.No}
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return audience.ImportReport{}, err
	}
	opts.FileHash = [32]byte(hash.Sum(nil))
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return audience.ImportReport{}, err
	}
	defer leanly()()
	progress, done := e.progress(file, dryRun)
	opts.Progress = progress
	report, err := in.Audience.Import(ctx, file, opts)
	done()
	if err != nil {
		return report, err
	}
	_, err = file.Seek(0, io.SeekStart)
	return report, err
}

// leanly lets the heap grow by half until garbage is collected, and not to the double, and
// returns how to go back to what was. A long list goes through in chunks, each of which
// is garbage when the next one is in: collecting earlier is little work beside the
// database's, and a tenth of the memory. Who sets GOGC knows better.
func leanly() (back func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(50)
	return func() { debug.SetGCPercent(before) }
}
