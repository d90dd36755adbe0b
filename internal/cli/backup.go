package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/config"
)

// backupReport is the JSON of backup.
type backupReport struct {
	File     string           `json:"file"`
	Bytes    int64            `json:"bytes"`
	Made     stamp            `json:"made"`
	Schema   int64            `json:"schema"`
	Instance string           `json:"instance"`
	Rows     map[string]int64 `json:"rows"`
	// Also are the files that a restore needs as well, and that are not in it.
	Also []alsoRow `json:"also"`
}

// alsoRow is a file that belongs into the backups beside the database.
type alsoRow struct {
	File   string `json:"file"`
	Why    string `json:"why"`
	Secret bool   `json:"secret"`
	Exists bool   `json:"exists"`
}

func newBackup(e *env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "backup [FILE]",
		Short: "Copy the database, also while serve sends, and check the copy",
		Long: "Writes a consistent copy of the database as it was when the command began; a running serve is not held\n" +
			"up. The copy is checked before it gets its name: that it is sound, and has every row. It holds people's\n" +
			"addresses, so only its owner may read it. Without FILE it goes to backup.dir with a name that tells the\n" +
			"time. The keys are not in it, on purpose: keep them elsewhere. It lists what else a restore needs, and\n" +
			"docs/RESTORE.md says how to do one. serve makes such copies by itself: see backup.schedule.",
		Example: "  partwork backup\n  partwork backup /mnt/nas/partwork.db --force\n  partwork backup --json | jq -r .file",
		Args:    argCount(0, 1),
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace FILE if it exists, once the copy is good")
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		file := ""
		if len(args) > 0 {
			file = args[0]
		}
		report, err := e.backup(cmd.Context(), file, force)
		if err != nil {
			return err
		}
		if *asked {
			return e.document(report)
		}
		e.showBackup(report)
		return nil
	}
	return cmd
}

func (e *env) backup(ctx context.Context, file string, force bool) (backupReport, error) {
	cfg, err := e.config()
	if err != nil {
		return backupReport{}, err
	}
	progress, done := e.backupProgress()
	made, err := app.MakeBackup(ctx, app.BackupOptions{Config: cfg, File: file, Replace: force, Now: e.now(), Progress: progress})
	done()
	switch {
	case errors.Is(err, fs.ErrExist):
		return backupReport{}, failf("--force replaces it once the copy is good; without a name, each copy gets its own",
			"nothing was written: %s exists already", file)
	case errors.Is(err, fs.ErrNotExist) && !exists(cfg.Database.Path()):
		return backupReport{}, failf("`partwork serve` makes it, and so does adding somebody",
			"there is nothing to copy: the database %s does not exist yet", relative(cfg.Database.Path()))
	case errors.Is(err, fs.ErrNotExist):
		return backupReport{}, failf("make the folder, or name another one", "nothing was written: the folder of %s does not exist", file)
	case err != nil:
		return backupReport{}, err
	}
	return backupReport{
		File: made.File, Bytes: made.Bytes, Made: stamp(made.MadeAt), Schema: made.Schema, Instance: made.UUID, Rows: made.Rows,
		Also: e.alsoFiles(cfg),
	}, nil
}

// alsoFiles lists what belongs into the backups beside the database.
func (e *env) alsoFiles(cfg *config.Config) []alsoRow {
	configFile, err := filepath.Abs(e.configFile)
	if err != nil {
		configFile = e.configFile
	}
	rows := []alsoRow{
		{File: cfg.SecretFile, Secret: true, Why: "signs the links in every letter that was sent; without it they are dead"},
		{File: config.SuppressionFile(cfg.SecretFile), Secret: true, Why: "recognizes those who must never be mailed again; without it nobody is"},
		{File: configFile, Why: "the configuration"},
		{File: cfg.Campaigns, Why: "the campaigns, if they are not in version control"},
	}
	if exists(cfg.Templates) {
		rows = append(rows, alsoRow{File: cfg.Templates, Why: "your templates, likewise"})
	}
	if cfg.SMTP.PasswordFile != "" {
		rows = append(rows, alsoRow{File: cfg.SMTP.PasswordFile, Secret: true, Why: "the relay's password, if you have it nowhere else"})
	}
	for _, key := range cfg.SMTP.DKIM.Keys() {
		rows = append(rows, alsoRow{File: key.File, Secret: true, Why: "signs letters; a new key needs a new DNS record"})
	}
	for i := range rows {
		_, err := os.Stat(rows[i].File)
		rows[i].Exists = err == nil
	}
	return rows
}

// backupProgress returns functions that show how far the copy is; on a terminal
// only.
func (e *env) backupProgress() (set func(checking bool, done, total int64), finish func()) {
	if !isTerminal(e.stderr) {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	return func(checking bool, done, total int64) {
			if checking {
				if bar != nil {
					_ = bar.Finish()
				}
				bar = nil
				e.note("checking the copy, which takes longer than making it")
				return
			}
			if bar == nil {
				bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(e.stderr), progressbar.OptionShowBytes(true),
					progressbar.OptionSetDescription("copying"), progressbar.OptionClearOnFinish())
			}
			bar.ChangeMax64(total)
			_ = bar.Set64(done)
		}, func() {
			if bar != nil {
				_ = bar.Finish()
			}
		}
}

func (e *env) showBackup(r backupReport) {
	e.say("%s: %s, schema %d, checked", relative(r.File), megabytes(r.Bytes), r.Schema)
	e.say("%s, %s, %s", people(int(r.Rows["subscribers"])), count(int(r.Rows["enrollments"]), "enrollment"), deliveries(r.Rows["deliveries"]))
	e.say("\nnot in it, and needed for a restore; keep these elsewhere than the copy:\n")
	t := newTable(e.stdout)
	for _, also := range r.Also {
		why := also.Why
		if !also.Exists {
			why += " (does not exist yet)"
		}
		t.row("  "+relative(also.File), why)
	}
	t.flush()
	e.say("\nnever copy state_dir back with the database: it is what tells an old copy from the live one.")
}

func deliveries(n int64) string {
	if n == 1 {
		return "1 delivery"
	}
	return fmt.Sprintf("%d deliveries", n)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
