package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/store"
)

// invariantRow is an element of verify's JSON.
type invariantRow struct {
	Invariant string   `json:"invariant"`
	Rows      int      `json:"rows"`
	Sample    []string `json:"sample"`
}

func newVerify(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the rules that the ledger must keep",
		Long: "Runs every invariant that can be said in SQL over the whole ledger: no issue twice, none out of\n" +
			"order, none after somebody left, and so on. The exit status is 3 if a row breaks one.",
		Example: "  partwork verify\n  partwork verify --json | jq 'map(.rows) | add'",
		Args:    argCount(0, 0),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			invariants, err := in.Store.Verify(cmd.Context())
			if err != nil {
				return err
			}
			return e.showInvariants(invariants, *asked)
		})
	}
	return cmd
}

func (e *env) showInvariants(invariants []store.Invariant, asJSON bool) error {
	broken := 0
	rows := []invariantRow{}
	for _, inv := range invariants {
		if inv.Rows > 0 {
			broken++
		}
		rows = append(rows, invariantRow{Invariant: inv.Name, Rows: inv.Rows, Sample: append([]string{}, inv.Sample...)})
	}
	if asJSON {
		if err := e.document(rows); err != nil {
			return err
		}
	} else {
		e.showInvariantRows(rows, broken)
	}
	if broken > 0 {
		return errFindings
	}
	return nil
}

func (e *env) showInvariantRows(rows []invariantRow, broken int) {
	t := newTable(e.stdout, "ROWS", "INVARIANT")
	for _, r := range rows {
		t.row(strconv.Itoa(r.Rows), r.Invariant)
		for _, sample := range r.Sample {
			t.row("", "  such as "+sample)
		}
	}
	t.flush()
	if broken == 0 {
		e.say("every rule holds")
	} else {
		e.say("%s broken; stop serve and keep a copy of the database as evidence", count(broken, "invariant"))
	}
}
