package cli

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// suppressionReasons are those that a list can be taken in for.
var suppressionReasons = []string{
	string(drip.SuppressedByAdmin), string(drip.SuppressedByReader), string(drip.SuppressedByBounce), string(drip.SuppressedByComplaint),
}

func newSuppressionLift(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lift ADDRESS",
		Short: "Let an address be mailed again (asks first)",
		Long: "Takes an address off the list, because its owner asked for that: what they said goes into the audit log.\n" +
			"It brings nobody back: series that ended go on only when their reader confirms. Who was erased stays\n" +
			"on the list for good.",
		Example: "  partwork suppression lift anna@example.org --reason 'asked on the phone, 3 March'",
		Args:    argCount(1, 1),
	}
	reason := cmd.Flags().String("reason", "", "why, as a `TEXT` for the audit log (required)")
	yes := askFirst(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		address, err := mailaddr.Parse(args[0])
		if err != nil {
			return err
		}
		if strings.TrimSpace(*reason) == "" {
			return usagef("add --reason 'what its owner said'", "whoever must not be mailed is let in for a reason only, and none is given")
		}
		return e.with(cmd.Context(), func(in *app.Instance) error {
			return e.lift(cmd.Context(), in, address, strings.TrimSpace(*reason), *yes)
		})
	}
	return cmd
}

func (e *env) lift(ctx context.Context, in *app.Instance, address mailaddr.Address, reason string, yes bool) error {
	hash := in.Hasher.Sum(address)
	switch entry, err := in.Store.Suppressed(ctx, hash); {
	case errors.Is(err, drip.ErrNotFound):
		return failf("", "%s is not suppressed", address)
	case err != nil:
		return err
	case entry.Reason == drip.SuppressedByErasure:
		return failf("they can sign up with another address", "%s was erased, and stays on the list for good", address)
	default:
		e.note("suppressed since %s: %s", utc(entry.At), entry.Reason)
	}
	if err := e.ask(ctx, yes, "let "+address.String()+" be mailed again?"); err != nil {
		return err
	}
	// Noted first: nobody is let in without a line, also if this ends in between.
	line := store.AuditLine{Act: store.ActLift, People: 1, Hash: hash, Reason: printable(reason)}
	if err := e.audit(ctx, in, line); err != nil {
		return err
	}
	if _, err := in.Audience.Lift(ctx, address); err != nil {
		return err
	}
	e.say("not suppressed any more: %s", address)
	return nil
}

func newSuppressionList(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Count the addresses that are never mailed, by the reason",
		Example: "  partwork suppression list",
		Args:    argCount(0, 0),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			counts := map[drip.SuppressionReason]int{}
			err := eachSuppression(cmd.Context(), in, func(entry drip.Suppression) error {
				counts[entry.Reason]++
				return nil
			})
			if err != nil {
				return err
			}
			if *asked {
				return e.document(counts)
			}
			if len(counts) == 0 {
				e.say("no address is suppressed")
				return nil
			}
			t := newTable(e.stdout, "REASON", "ADDRESSES")
			for _, reason := range append(suppressionReasons, string(drip.SuppressedByErasure)) {
				if n := counts[drip.SuppressionReason(reason)]; n > 0 {
					t.row(reason, grouped(n))
				}
			}
			t.flush()
			return nil
		})
	}
	return cmd
}

func eachSuppression(ctx context.Context, in *app.Instance, do func(drip.Suppression) error) error {
	for after := (mailaddr.Hash{}); ; {
		page, err := in.Store.SuppressionsAfter(ctx, after, 0)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, entry := range page {
			if err := do(entry); err != nil {
				return err
			}
			after = entry.Hash
		}
	}
}

func newSuppressionExport(e *env) *cobra.Command {
	var x exporting
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the list of suppressions as CSV: keyed hashes, reasons and dates",
		Long: "Writes no address, for none is kept: keyed hashes, which mean something only beside the key in\n" +
			"secret_file.suppression. `partwork suppression import` takes the list into an instance with that key.",
		Example: "  partwork suppression export --output suppressions.csv",
		Args:    argCount(0, 0),
	}
	cmd.Flags().StringVarP(&x.file, "output", "o", "", "write to this `FILE` instead of the standard output")
	cmd.Flags().BoolVar(&x.force, "force", false, "replace FILE if it exists, once the new one is complete")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			line := store.AuditLine{Act: store.ActSuppressionExport}
			_ = eachSuppression(cmd.Context(), in, func(drip.Suppression) error { line.People++; return nil })
			if err := e.noteExport(cmd.Context(), in, line); err != nil {
				return err
			}
			return e.exportTo(x, func(w io.Writer) error {
				out := csv.NewWriter(w)
				_ = out.Write(audience.SuppressionColumns())
				err := eachSuppression(cmd.Context(), in, func(entry drip.Suppression) error {
					return out.Write([]string{entry.Hash.String(), string(entry.Reason), entry.At.UTC().Format(time.RFC3339)})
				})
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
			"it does not lift them.",
		Example: "  partwork suppression import bounced.csv --reason bounce\n  partwork suppression import suppressions.csv",
		Args:    argCount(1, 1),
	}
	reason := cmd.Flags().String("reason", string(drip.SuppressedByAdmin), "why: admin, reader, bounce or complaint; lists of hashes tell it themselves")
	_ = cmd.RegisterFlagCompletionFunc("reason", cobra.FixedCompletions(suppressionReasons, cobra.ShellCompDirectiveNoFileComp))
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !slices.Contains(suppressionReasons, *reason) {
			return usagef("write one of "+strings.Join(suppressionReasons, ", "), "--reason %q is none", *reason)
		}
		file, err := openList(args[0])
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		return e.with(cmd.Context(), func(in *app.Instance) error {
			return e.importSuppressions(cmd.Context(), in, file, drip.SuppressionReason(*reason), *asked)
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

func (e *env) importSuppressions(ctx context.Context, in *app.Instance, file *os.File, reason drip.SuppressionReason, asked bool) error {
	result := suppressionImport{Warnings: []string{}}
	buffered := bufio.NewReaderSize(file, 64<<10)
	if audience.HasHashes(buffered) {
		rows, _, err := in.Audience.SuppressHashes(ctx, buffered)
		if err != nil {
			return err
		}
		result.Rows = rows
	} else {
		report, err := e.suppressAddresses(ctx, in, file, reason)
		if err != nil {
			return err
		}
		result = suppressionImport{report.Batch, report.Rows, report.Rejected, report.Warnings}
	}
	line := store.AuditLine{Act: store.ActSuppressionImport, Batch: result.Batch, People: result.Rows - result.Rejected}
	if err := e.audit(ctx, in, line); err != nil {
		return err
	}
	if asked {
		return e.document(result)
	}
	for _, warning := range result.Warnings {
		e.note("warning: %s", printable(warning))
	}
	e.say("suppressed: %s", countOf(result.Rows-result.Rejected, "address", "addresses"))
	if result.Rejected > 0 {
		e.say("rejected: %s; `partwork imports show %d --rejects` writes them", countOf(result.Rejected, "row", "rows"), result.Batch)
	}
	return nil
}

func (e *env) suppressAddresses(ctx context.Context, in *app.Instance, file *os.File, reason drip.SuppressionReason) (audience.ImportReport, error) {
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
		File: filepath.Base(file.Name()), FileHash: [32]byte(hash.Sum(nil)), Withdraw: reason, Who: e.who(), Progress: progress,
	})
	if err != nil {
		return report, listImport{file: filepath.Base(file.Name())}.failed(report, err)
	}
	return report, nil
}
