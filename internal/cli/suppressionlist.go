package cli

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// suppressionReasons are those that a list can be taken in for.
var suppressionReasons = []string{
	string(drip.SuppressedByAdmin), string(drip.SuppressedByReader), string(drip.SuppressedByBounce), string(drip.SuppressedByComplaint),
}

func newSuppressionList(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Count the addresses that are never mailed, by the reason",
		Long: "Counts the addresses that are never mailed anything, and those that are never mailed a campaign, by the\n" +
			"reason. With --campaign it counts those of that campaign alone.",
		Example: "  partwork suppression list\n  partwork suppression list --campaign garden-notes",
		Args:    argCount(0, 0),
	}
	campaign := e.scopeFlag(cmd, "count only those who must not be mailed this `CAMPAIGN`, though they may be mailed others")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			s, err := scopeOf(cmd.Context(), in, *campaign)
			if err != nil {
				return err
			}
			counts, err := countSuppressions(cmd.Context(), in)
			if err != nil {
				return err
			}
			if s.key != "" {
				counts = map[string]reasonCounts{s.name: counts[s.name]}
			}
			if *asked {
				return e.document(counted(counts, s))
			}
			e.showSuppressionCounts(counts, s)
			return nil
		})
	}
	return cmd
}

// reasonCounts are numbers of addresses by the reason.
type reasonCounts map[drip.SuppressionReason]int

// countSuppressions counts the entries of each campaign by its name, and under the empty
// name those of everything.
func countSuppressions(ctx context.Context, in *app.Instance) (map[string]reasonCounts, error) {
	records, err := in.Store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string)
	for _, r := range records {
		names[r.Key] = r.ID
	}
	counts := make(map[string]reasonCounts)
	return counts, eachSuppression(ctx, in, func(entry drip.Suppression) error {
		name := cmp.Or(names[entry.Campaign], entry.Campaign)
		if counts[name] == nil {
			counts[name] = make(reasonCounts)
		}
		counts[name][entry.Reason]++
		return nil
	})
}

// counted is the JSON of suppression list: the numbers of one scope by the reason, and
// under "campaigns" those of each campaign, if any is in it.
func counted(counts map[string]reasonCounts, s scope) map[string]any {
	document := make(map[string]any)
	for reason, n := range counts[s.name] {
		document[string(reason)] = n
	}
	if delete(counts, ""); s.key == "" && len(counts) > 0 {
		document["campaigns"] = counts
	}
	return document
}

func (e *env) showSuppressionCounts(counts map[string]reasonCounts, s scope) {
	t := newTable(e.stdout, "REASON", "ADDRESSES", "FOR")
	some := false
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		for _, reason := range append(suppressionReasons, string(drip.SuppressedByErasure)) {
			if n := counts[name][drip.SuppressionReason(reason)]; n > 0 {
				t.row(reason, grouped(n), cmp.Or(name, "everything"))
				some = true
			}
		}
	}
	if !some {
		e.say("no address is suppressed%s", s.behind())
		return
	}
	t.flush()
}

func eachSuppression(ctx context.Context, in *app.Instance, do func(drip.Suppression) error) error {
	for after := (drip.Suppression{}); ; {
		page, err := in.Store.SuppressionsAfter(ctx, after, 0)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, entry := range page {
			if err := do(entry); err != nil {
				return err
			}
			after = entry
		}
	}
}

func newSuppressionExport(e *env) *cobra.Command {
	var x exporting
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the list of suppressions as CSV: keyed hashes, reasons, dates and scopes",
		Long: "Writes no address, for none is kept: keyed hashes, which mean something only beside the key in\n" +
			"secret_file.suppression. `partwork suppression import` takes the list into an instance with that key.\n" +
			"The scope is everything, or campaign: and the key of one campaign, as its campaign.yaml has it.",
		Example: "  partwork suppression export --output suppressions.csv\n  partwork suppression export --campaign garden-notes",
		Args:    argCount(0, 0),
	}
	campaign := e.scopeFlag(cmd, "write only those who must not be mailed this `CAMPAIGN`, though they may be mailed others")
	cmd.Flags().StringVarP(&x.file, "output", "o", "", "write to this `FILE` instead of the standard output")
	cmd.Flags().BoolVar(&x.force, "force", false, "replace FILE if it exists, once the new one is complete")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			s, err := scopeOf(cmd.Context(), in, *campaign)
			if err != nil {
				return err
			}
			each := func(do func(drip.Suppression) error) error {
				return eachSuppression(cmd.Context(), in, func(entry drip.Suppression) error {
					if s.key != "" && entry.Campaign != s.key {
						return nil
					}
					return do(entry)
				})
			}
			line := store.AuditLine{Act: store.ActSuppressionExport, Campaign: s.no}
			_ = each(func(drip.Suppression) error { line.People++; return nil })
			if err := e.noteExport(cmd.Context(), in, line); err != nil {
				return err
			}
			return e.exportTo(x, func(w io.Writer) error {
				out := csv.NewWriter(w)
				_ = out.Write(audience.SuppressionColumns())
				err := each(func(entry drip.Suppression) error { return out.Write(audience.SuppressionRow(entry)) })
				out.Flush()
				return errors.Join(err, out.Error())
			})
		})
	}
	return cmd
}

func newSuppressionImport(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Never mail the addresses of a list again",
		Long: "Takes in a list of addresses that must not be mailed, in any form that `partwork import` reads, or one of\n" +
			"keyed hashes that `partwork suppression export` wrote beside the same key. Whoever of them is on the list\n" +
			"of readers gets nothing more. A list of addresses is a batch: `partwork imports` shows it, and undoing\n" +
			"it does not lift them. With --campaign they are not mailed that campaign, and whatever else they get\n" +
			"goes on; a list of hashes tells for itself what each of them is for.",
		Example: "  partwork suppression import bounced.csv --reason bounce\n  partwork suppression import suppressions.csv\n" +
			"  partwork suppression import audience.zip --entry cleaned_members.csv --reason bounce\n" +
			"  partwork suppression import left-the-garden-list.csv --campaign garden-notes --reason reader",
		Args: argCount(1, 1),
	}
	var l listImport
	l.readFlags(cmd)
	reason := cmd.Flags().String("reason", string(drip.SuppressedByAdmin), "why: admin, reader, bounce or complaint; lists of hashes say it")
	campaign := e.scopeFlag(cmd, "never mail them this `CAMPAIGN`, instead of never anything")
	_ = cmd.RegisterFlagCompletionFunc("reason", cobra.FixedCompletions(suppressionReasons, cobra.ShellCompDirectiveNoFileComp))
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !slices.Contains(suppressionReasons, *reason) {
			return usagef("write one of "+strings.Join(suppressionReasons, ", "), "--reason %q is none", *reason)
		}
		if err := l.parse(); err != nil {
			return err
		}
		file, err := openList(args[0])
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		return e.with(cmd.Context(), func(in *app.Instance) error {
			s, err := scopeOf(cmd.Context(), in, *campaign)
			if err != nil {
				return err
			}
			return e.importSuppressions(cmd.Context(), in, file, withdrawing{drip.SuppressionReason(*reason), s, l}, *asked)
		})
	}
	return cmd
}

// suppressionImport is the JSON of suppression import.
type suppressionImport struct {
	// Batch is 0 for a list of hashes; Rejected rows of it do not exist.
	Batch    int64    `json:"batch"`
	Rows     int      `json:"rows"`
	Rejected int      `json:"rejected"`
	Warnings []string `json:"warnings"`
}

// withdrawing is why the people of a list must not be mailed, and what, and how the list
// is read.
type withdrawing struct {
	reason drip.SuppressionReason
	scope
	list listImport
}

func (e *env) importSuppressions(ctx context.Context, in *app.Instance, file *os.File, w withdrawing, asked bool) error {
	result := suppressionImport{Warnings: []string{}}
	buffered := bufio.NewReaderSize(file, 64<<10)
	if audience.HasHashes(buffered) {
		if w.key != "" {
			return usagef("leave it out: the last column of the list says it",
				"--campaign is for lists of addresses, and this is one of hashes, each of which is for everything or for a campaign already")
		}
		if w.list.readsOtherwise() {
			return usagef("leave them out", "--map, --encoding and --entry are for lists of addresses, and this is one of hashes, as Partwork writes it")
		}
		rows, _, err := in.Audience.SuppressHashes(ctx, buffered)
		if err != nil {
			return err
		}
		result.Rows = rows
	} else {
		report, err := e.suppressAddresses(ctx, in, file, w)
		if err != nil {
			return err
		}
		result = suppressionImport{report.Batch, report.Rows, report.Rejected, report.Warnings}
	}
	line := store.AuditLine{Act: store.ActSuppressionImport, Campaign: w.no, Batch: result.Batch, People: result.Rows - result.Rejected}
	if err := e.audit(ctx, in, line); err != nil {
		return err
	}
	if asked {
		return e.document(result)
	}
	for _, warning := range result.Warnings {
		e.note("warning: %s", printable(warning))
	}
	e.say("suppressed%s: %s", w.behind(), countOf(result.Rows-result.Rejected, "address", "addresses"))
	if result.Rejected > 0 {
		e.say("rejected: %s; `partwork imports show %d --rejects` writes them", countOf(result.Rejected, "row", "rows"), result.Batch)
	}
	return nil
}

func (e *env) suppressAddresses(ctx context.Context, in *app.Instance, file *os.File, w withdrawing) (audience.ImportReport, error) {
	hash := sha256.New()
	_, err := file.Seek(0, io.SeekStart)
	if err == nil {
		_, err = io.Copy(hash, file)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return audience.ImportReport{}, failf("", "the list cannot be read: %v", err)
	}
	progress, done := e.progress(file, false)
	defer done()
	report, err := in.Audience.Import(ctx, file, audience.ImportOptions{
		File: filepath.Base(file.Name()), FileHash: [32]byte(hash.Sum(nil)), Withdraw: w.reason, KeepOutOf: w.key, Who: e.who(), Progress: progress,
		Map: w.list.columns, Encoding: w.list.encoding, Entry: w.list.entry,
	})
	if err != nil {
		return report, listImport{file: filepath.Base(file.Name())}.failed(report, err)
	}
	return report, nil
}
