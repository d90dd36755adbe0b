package cli

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/config"
)

// schemaReport is the JSON of migrate.
type schemaReport struct {
	Version int64    `json:"version"`
	Pending []string `json:"pending"`
	Applied []string `json:"applied"`
	// Copy is the database as it was before; empty if nothing was applied.
	Copy string `json:"copy"`
}

func newMigrate(e *env) *cobra.Command {
	var dryRun, anew bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema up to date",
		Long: "Applies the migrations that the database lacks, each in a transaction of its own, after it made a checked\n" +
			"copy of the database beside it. serve does the same when it starts. There is no way back but that copy.\n" +
			"--new makes an empty database for an instance that has lost its own: everybody who left or was sent\n" +
			"something is forgotten, so restore a backup if there is one (docs/RESTORE.md).",
		Example: "  partwork migrate --dry-run\n  partwork migrate\n  partwork migrate --new",
		Args:    argCount(0, 0),
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only show what would be applied")
	cmd.Flags().BoolVar(&anew, "new", false, "make an empty database where one was lost")
	asked := asJSON(cmd)
	cmd.MarkFlagsMutuallyExclusive("dry-run", "new")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		report, err := e.migrate(cmd.Context(), dryRun, anew)
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

func (e *env) migrate(ctx context.Context, dryRun, anew bool) (schemaReport, error) {
	report := schemaReport{Pending: []string{}, Applied: []string{}}
	cfg, err := e.config()
	if err != nil {
		return report, err
	}
	if anew {
		if err := newDatabase(ctx, cfg); err != nil {
			return report, err
		}
	}
	schema, err := app.ReadSchema(ctx, cfg)
	if err != nil {
		return report, err
	}
	if schema.Version > 0 && len(schema.Pending) > 0 && !dryRun {
		var done app.Migrated
		if schema, done, err = app.Migrate(ctx, cfg, e.now); err != nil {
			return report, err
		}
		report.Applied, report.Copy = append(report.Applied, done.Applied...), done.Copy
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
	if r.Copy != "" {
		e.say("before, it was copied to %s", relative(r.Copy))
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

// newDatabase makes an empty database, if nothing is in its place.
func newDatabase(ctx context.Context, cfg *config.Config) error {
	err := app.NewDatabase(ctx, cfg)
	if errors.Is(err, fs.ErrExist) {
		return failf("--new is only for a database that is gone; move what is there away first, and keep it",
			"nothing was made: there is something in place of %s", relative(cfg.Database.Path()))
	}
	return err
}
