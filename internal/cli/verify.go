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
	// Dated says that a clock that was set back breaks it as well.
	Dated bool `json:"dated"`
}

func newVerify(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the rules that the ledger must keep",
		Long: "Runs every invariant that can be said in SQL over the whole ledger: no issue twice, none out of\n" +
			"order, none after somebody left, and so on. The exit status is 3 if a row breaks one. Some compare dates:\n" +
			"where the machine's clock was set back, they are broken as well although nothing was done wrong. It says so.",
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
	broken, dated := 0, 0
	rows := []invariantRow{}
	for _, inv := range invariants {
		if inv.Rows > 0 {
			broken++
			if inv.Dated {
				dated++
			}
		}
		rows = append(rows, invariantRow{
			Invariant: inv.Name, Rows: inv.Rows, Sample: append([]string{}, inv.Sample...), Dated: inv.Dated,
		})
	}
	if asJSON {
		if err := e.document(rows); err != nil {
			return err
		}
	} else {
		e.showInvariantRows(rows, broken, dated)
	}
	if broken > 0 {
		return errFindings
	}
	return nil
}

func (e *env) showInvariantRows(rows []invariantRow, broken, dated int) {
	t := newTable(e.stdout, "ROWS", "INVARIANT")
	for _, r := range rows {
		t.row(strconv.Itoa(r.Rows), r.Invariant)
		for _, sample := range r.Sample {
			t.row("", "  such as "+sample)
		}
	}
	t.flush()
	switch {
	case broken == 0:
		e.say("every rule holds")
		return
	case dated > 0:
		e.say("%s broken by dates only: was the machine's clock set back at that time? Then nothing was done wrong there", count(dated, "invariant"))
	}
	if dated < broken {
		e.say("%s broken that no clock breaks; stop serve and keep a copy of the database as evidence", count(broken-dated, "invariant"))
	} else {
		e.say("if it was not, stop serve and keep a copy of the database as evidence")
	}
}
