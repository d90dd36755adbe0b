package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/store"
)

// exporting is what export was given.
type exporting struct {
	selection
	format, file string
	raw, force   bool
}

// The formats of exports.
const (
	formatCSV   = "csv"
	formatJSONL = "jsonl"
)

func newExport(e *env) *cobra.Command {
	var x exporting
	cmd := &cobra.Command{
		Use:   "export [ADDRESS]",
		Short: "Write people with their tags, series and consents to a file: CSV or JSON Lines",
		Long: "Writes everybody, or those whom a filter selects (docs/FILTERS.md has the language), to the standard\n" +
			"output or to a file that only its owner may read. Each person comes with the proof of their consent: with\n" +
			"--campaign the one to that series, else the latest. CSV is made for spreadsheets: a text that one would take for a\n" +
			"formula gets an apostrophe before it; --raw leaves it as it is, for programs. JSON Lines have every series\n" +
			"and every consent of a person. With an ADDRESS it writes all that is kept about that one person, as one\n" +
			"JSON document: what somebody may ask for (GDPR, articles 15 and 20).",
		Example: "  partwork export --output readers.csv\n" +
			"  partwork export --filter 'tag:vip' --campaign garden-notes --output vip.csv\n" +
			"  partwork export --format jsonl --filter 'status = left' | jq .email\n" +
			"  partwork export anna@example.org > anna.json",
		Args: argCount(0, 1),
	}
	e.selects(cmd, &x.selection)
	cmd.Flags().StringVar(&x.format, "format", "", "csv or jsonl; without it, what the name of the file ends in, else csv")
	cmd.Flags().StringVarP(&x.file, "output", "o", "", "write to this `FILE` instead of the standard output")
	cmd.Flags().BoolVar(&x.raw, "raw", false, "in CSV, leave what looks like a formula as it is")
	cmd.Flags().BoolVar(&x.force, "force", false, "replace FILE if it exists, once the new one is complete")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		x.filtered = cmd.Flags().Changed("filter")
		if err := x.check(len(args) > 0); err != nil {
			return err
		}
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			return e.exportTo(x, func(w io.Writer) error {
				if len(args) > 0 {
					return e.exportPerson(cmd.Context(), in, args[0], w)
				}
				return e.export(cmd.Context(), in, x, w)
			})
		})
	}
	return cmd
}

// check fills in the format, and refuses what cannot be meant.
func (x *exporting) check(one bool) error {
	if one && (x.filtered || x.campaign != "" || x.format != "" || x.raw) {
		return usagef("leave the flags or the address out", "all that is kept about one person is one JSON document; "+
			"--filter, --campaign, --format and --raw are for lists")
	}
	if x.format == "" {
		x.format = formatCSV
		if ext := filepath.Ext(x.file); ext == ".jsonl" || ext == ".ndjson" {
			x.format = formatJSONL
		}
	}
	switch x.format {
	case formatCSV:
		return nil
	case formatJSONL:
		if x.raw {
			return usagef("", "--raw is about CSV; JSON Lines have everything as it is")
		}
		return nil
	}
	return usagef("write csv or jsonl", "--format is %q", x.format)
}

// exportTo opens where it goes. A file gets its name when it is complete.
func (e *env) exportTo(x exporting, write func(io.Writer) error) error {
	if x.file == "" {
		return buffered(e.stdout, write)
	}
	if exists(x.file) && !x.force {
		return failf("add --force to replace it", "%s exists", x.file)
	}
	dir := filepath.Dir(x.file)
	file, err := os.CreateTemp(dir, ".partwork-export-*") // for its owner alone
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return failf("", "the folder %s does not exist", dir)
		}
		return failf("", "the file cannot be made: %v", err)
	}
	err = buffered(file, write)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), x.file)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	out := bufio.NewWriterSize(w, 1<<16)
	if err := write(out); err != nil {
		return err
	}
	return out.Flush()
}

// exportPerson writes all that is kept about one person.
func (e *env) exportPerson(ctx context.Context, in *app.Instance, address string, w io.Writer) error {
	who, err := person(ctx, in, address)
	if err != nil {
		return err
	}
	data, err := in.Audience.Tell(ctx, audience.Who{ID: who.ID})
	if err != nil {
		return err
	}
	if err := e.noteExport(ctx, in, store.AuditLine{Subscriber: who.ID}); err != nil {
		return err
	}
	data.Note = "This is all that the database has. Not in it: the log of the mail server, and backups made before."
	text, err := jsonText(data, "")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text+"\n")
	return err
}

// export writes people page by page, so that neither memory nor the database's log grows
// with their number. Who is added meanwhile may be among them.
func (e *env) export(ctx context.Context, in *app.Instance, x exporting, w io.Writer) error {
	filter, err := e.people(ctx, in, x.selection, false)
	if err != nil {
		return err
	}
	n, err := in.Store.CountSegment(ctx, filter)
	if err != nil {
		return err
	}
	if err := e.noteExport(ctx, in, store.AuditLine{Campaign: filter.Campaign, People: n, Detail: x.format}); err != nil {
		return err
	}
	var each func(*store.Member) error
	if x.format == formatJSONL {
		each = func(m *store.Member) error { return writeMemberJSON(w, m) }
	} else {
		names, err := in.Store.SegmentAttributes(ctx, filter)
		if err != nil {
			return err
		}
		out := newMemberCSV(w, names, x)
		if err := out.header(); err != nil {
			return err
		}
		each = out.member
	}
	advance, done := e.exportProgress(n)
	defer done()
	n = 0
	for filter.Limit = peoplePage; ; {
		page, err := in.Store.Members(ctx, filter)
		if err != nil {
			return err
		}
		for i := range page {
			if err := each(&page[i]); err != nil {
				return err
			}
			filter.After = page[i].ID
		}
		n += len(page)
		advance(len(page))
		if len(page) < peoplePage {
			if x.file != "" {
				e.note("%s: %s", relative(x.file), people(n))
			}
			return nil
		}
	}
}

// exportProgress shows how far it is; on a terminal only, and not if the list itself
// goes there.
func (e *env) exportProgress(total int) (advance func(int), done func()) {
	nothing := func() {}
	if !isTerminal(e.stderr) || isTerminal(e.stdout) {
		return func(int) {}, nothing
	}
	bar := progressbar.NewOptions(total, progressbar.OptionSetWriter(e.stderr), progressbar.OptionShowCount(),
		progressbar.OptionShowIts(), progressbar.OptionSetItsString("people"),
		progressbar.OptionSetDescription("exporting"), progressbar.OptionClearOnFinish())
	return func(n int) { _ = bar.Add(n) }, func() { _ = bar.Finish() }
}

// formulaSafe returns a text that no spreadsheet takes for a formula (OWASP, CSV
// injection): those characters at its beginning are what starts one.
func formulaSafe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}
