package cli

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

func newImports(e *env) *cobra.Command {
	return newNoun("imports", "What became of imported lists; take one back",
		"  partwork imports list\n  partwork imports show 3 --rejects > rejected.csv\n  partwork imports undo 3 --dry-run",
		newImportsList(e), newImportsShow(e), newImportsUndo(e))
}

// batchRow is what the commands say of an import.
type batchRow struct {
	Batch int64 `json:"batch"`
	// State is "done", "unfinished" or "undone".
	State    string `json:"state"`
	File     string `json:"file"`
	Hash     string `json:"sha256"`
	Who      string `json:"operator"`
	Consent  string `json:"consent"`
	Started  stamp  `json:"started"`
	Finished stamp  `json:"finished"`
	Undone   stamp  `json:"undone"`
	// Asked is what was asked of it, besides the consent; keys are there as far as they were given.
	Asked askedRow `json:"asked"`
	// Position is how many rows of the list are in. Rejects is how many of the rows that
	// were rejected are still kept.
	Position int `json:"position"`
	Rejects  int `json:"rejects_kept"`
	// Report is that of the import; null until it is done.
	Report json.RawMessage `json:"report"`
}

func batchRowOf(b store.Batch) batchRow {
	row := batchRow{
		Batch: b.No, State: "done", File: b.File, Hash: hex.EncodeToString(b.Hash[:]), Who: b.Who, Consent: b.Consent,
		Started: stamp(b.StartedAt), Finished: stamp(b.FinishedAt), Undone: stamp(b.UndoneAt),
		Asked: askedOf(b), Position: b.Position, Rejects: b.Rejects, Report: b.Report,
	}
	switch {
	case !b.UndoneAt.IsZero():
		row.State = "undone"
	case b.FinishedAt.IsZero():
		row.State = "unfinished"
	}
	return row
}

func newImportsList(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the imports, the newest first",
		Example: "  partwork imports list\n  partwork imports list --json | jq '.[0].batch'",
		Args:    argCount(0, 0),
	}
	most := cmd.Flags().Int("limit", 50, "show at most `N`")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			list, err := in.Store.ImportList(cmd.Context(), *most)
			if err != nil {
				return err
			}
			return e.showImports(cmd.Context(), in, list, *asked)
		})
	}
	return cmd
}

func (e *env) showImports(ctx context.Context, in *app.Instance, list []store.Batch, asked bool) error {
	rows, err := batchRows(ctx, in, list...)
	if err != nil {
		return err
	}
	if asked {
		return e.document(rows)
	}
	if len(rows) == 0 {
		e.say("no list was imported yet")
		return nil
	}
	t := newTable(e.stdout, "BATCH", "STARTED", "STATE", "FILE", "NEW", "UPDATED", "ENROLLED", "REJECTS KEPT", "BY")
	for i, r := range rows {
		c := list[i].Counts
		t.row(strconv.FormatInt(r.Batch, 10), utc(r.Started.time()), r.State, r.File,
			grouped(c.New), grouped(c.Updated), grouped(c.Enrolled), grouped(r.Rejects), dash(r.Who))
	}
	t.flush()
	return nil
}

func newImportsShow(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show N",
		Short: "Show the report of an import, or the rows that it rejected",
		Long: "Shows what became of a list. With --rejects it writes the rows that were rejected as CSV, each with its\n" +
			"line and the reason in front: put them right and import that file. They are kept for 30 days, at most\n" +
			"10,000 of a list, and go sooner when a person is erased who is named in them.",
		Example: "  partwork imports show 3\n  partwork imports show 3 --rejects > rejected.csv",
		Args:    argCount(1, 1),
	}
	rejects := cmd.Flags().Bool("rejects", false, "write the rejected rows as CSV")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *rejects && *asked {
			return usagef("leave one out", "--rejects writes CSV, and --json a JSON document")
		}
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			batch, err := importOf(cmd.Context(), in, args[0])
			switch {
			case err != nil:
				return err
			case *rejects:
				return e.writeRejects(cmd.Context(), in, batch)
			}
			rows, err := batchRows(cmd.Context(), in, batch)
			switch {
			case err != nil:
				return err
			case *asked:
				return e.document(rows[0])
			}
			return e.showBatch(batch, rows[0])
		})
	}
	return cmd
}

// importOf finds the import whose number was typed.
func importOf(ctx context.Context, in *app.Instance, typed string) (store.Batch, error) {
	const advice = "`partwork imports list` shows the numbers"
	no, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || no < 1 {
		return store.Batch{}, usagef(advice, "%q is no number of an import; expected one such as 3", typed)
	}
	batch, err := in.Audience.ImportedBatch(ctx, no)
	if errors.Is(err, drip.ErrNotFound) {
		return batch, failf(advice, "there is no import %d", no)
	}
	return batch, err
}

func (e *env) showBatch(b store.Batch, row batchRow) error {
	e.say("import %d of %s: %s", row.Batch, printable(row.File), row.State)
	t := newTable(e.stdout)
	t.row("  started:", utc(b.StartedAt))
	t.row("  finished:", utc(b.FinishedAt))
	if !b.UndoneAt.IsZero() {
		t.row("  undone:", utc(b.UndoneAt))
	}
	t.row("  by:", dash(b.Who))
	t.row("  consent:", dash(b.Consent))
	e.rowsOfAsked(t, row.Asked)
	t.row("  SHA-256:", row.Hash)
	t.flush()
	if row.State == "unfinished" {
		e.say("%s; the same `partwork import` command goes on with the next one", countOf(b.Position, "row of the list is in", "rows of the list are in"))
	}
	if b.Report != nil {
		var report audience.ImportReport
		if err := json.Unmarshal(b.Report, &report); err != nil {
			return fmt.Errorf("read the report of import %d: %w", b.No, err)
		}
		for _, warning := range report.Warnings {
			e.say("warning: %s", printable(warning))
		}
		e.showImportCounts(report, listImport{})
	}
	if b.Rejects > 0 {
		e.say("%s kept; --rejects writes them", countOf(b.Rejects, "rejected row is", "rejected rows are"))
	}
	return nil
}

// writeRejects writes the rejected rows as a list that can be put right and imported.
func (e *env) writeRejects(ctx context.Context, in *app.Instance, b store.Batch) error {
	if b.Rejects == 0 {
		e.note("no rejected rows of import %d are kept", b.No)
	}
	w := csv.NewWriter(e.stdout)
	_ = w.Write(append([]string{audience.RejectedLine, audience.RejectedReason}, b.Columns...))
	for after := 0; ; {
		rows, err := in.Store.Rejects(ctx, b.No, after, 0)
		if err != nil {
			return err
		}
		for _, r := range rows {
			after = r.Line
			_ = w.Write(append([]string{strconv.Itoa(r.Line), r.Reason}, r.Cells...))
		}
		if len(rows) == 0 {
			break
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write the rejected rows: %w", err)
	}
	return nil
}
