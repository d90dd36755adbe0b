package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
)

// schemaReport is the JSON of migrate.
type schemaReport struct {
	Version int64    `json:"version"`
	Pending []string `json:"pending"`
	Applied []string `json:"applied"`
}

func newMigrate(e *env) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema up to date",
		Long: "Applies the migrations that the database lacks, each in a transaction of its own. serve does the\n" +
			"same when it starts. There is no way back but a copy of the database: make one first.",
		Example: "  partwork migrate --dry-run\n  partwork migrate",
		Args:    argCount(0, 0),
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only show what would be applied")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		report, err := e.migrate(cmd.Context(), dryRun)
		if err != nil {
			return err
		}
		if *asked {
			return e.document(report)
		}
		e.showSchema(report)
		return nil
	}
	return cmd
}

func (e *env) migrate(ctx context.Context, dryRun bool) (schemaReport, error) {
	report := schemaReport{Pending: []string{}, Applied: []string{}}
	cfg, err := e.config()
	if err != nil {
		return report, err
	}
	schema, err := app.ReadSchema(ctx, cfg)
	if err != nil {
		return report, err
	}
	if schema.Version > 0 && len(schema.Pending) > 0 && !dryRun {
		var applied []string
		if schema, applied, err = app.Migrate(ctx, cfg); err != nil {
			return report, err
		}
		report.Applied = append(report.Applied, applied...)
	}
	report.Version = schema.Version
	report.Pending = append(report.Pending, schema.Pending...)
	return report, nil
}

func (e *env) showSchema(r schemaReport) {
	if r.Version == 0 {
		e.say("there is no database yet; the first command that needs one makes it")
		return
	}
	if len(r.Applied) > 0 {
		e.say("applied: %s", strings.Join(r.Applied, ", "))
	}
	e.say("schema version: %d", r.Version)
	if len(r.Pending) > 0 {
		e.say("pending: %s", strings.Join(r.Pending, ", "))
	} else {
		e.say("nothing is pending")
	}
}
