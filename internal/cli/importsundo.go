package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/store"
)

// undoReport is the JSON of imports undo.
type undoReport struct {
	Batch  int64 `json:"batch"`
	DryRun bool  `json:"dry_run"`
	// Removed people were added by the import, Enrollments and Consents are of people
	// who were there before.
	Removed     int `json:"removed"`
	Enrollments int `json:"enrollments"`
	Consents    int `json:"consents"`
	// Told is of how many others a name, a zone or attributes were removed, and Tags how
	// many tags of others.
	Told int                      `json:"told"`
	Tags int                      `json:"tags"`
	Kept map[store.KeptReason]int `json:"kept"`
}

func newImportsUndo(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "undo N",
		Short: "Take back what an import added and nobody has touched since (asks first)",
		Long: "Removes the people whom an import added. Of people who were there before it removes the enrollments\n" +
			"that the import opened, the consent that it stated, the tags that it gave, and the name, zone and\n" +
			"attributes that nobody knew before. It keeps, and counts, whoever confirmed, left, was sent something,\n" +
			"changed their pace or their data, or is in a later import; what the import overwrote stays as it is, and\n" +
			"suppressions stay. Who is removed can be imported again. Cut short, give it again.",
		Example: "  partwork imports undo 3 --dry-run\n  partwork imports undo 3\n  partwork imports undo 3 --yes --json",
		Args:    argCount(1, 1),
	}
	dryRun := cmd.Flags().Bool("dry-run", false, "count what would be removed, and change nothing")
	yes, asked := askFirst(cmd), asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.with(cmd.Context(), func(in *app.Instance) error {
			batch, err := importOf(cmd.Context(), in, args[0])
			if err != nil {
				return err
			}
			return e.undoImport(cmd.Context(), in, batch, *dryRun, *yes, *asked)
		})
	}
	return cmd
}

func (e *env) undoImport(ctx context.Context, in *app.Instance, b store.Batch, dryRun, yes, asked bool) error {
	run := func(dry bool) (undoReport, error) {
		undone, err := in.Audience.UndoImport(ctx, b.No, audience.UndoOptions{DryRun: dry, Who: e.who()})
		return undoReport{b.No, dry, undone.People, undone.Enrollments, undone.Consents, undone.Told, undone.Tags, undone.Kept}, err
	}
	if !dryRun && !yes {
		foreseen, err := run(true)
		if err != nil {
			return err
		}
		e.note("%s", foreseen.text())
		e.note("%s", foreseen.keptText())
		if err := e.ask(ctx, false, fmt.Sprintf("undo import %d of %s?", b.No, printable(b.File))); err != nil {
			return err
		}
	}
	report, err := run(dryRun)
	switch {
	case err != nil && dryRun:
		return err
	case err != nil:
		return undoCut(b.No, err)
	}
	if asked {
		return e.document(report)
	}
	e.say("%s", report.text())
	e.say("%s", report.keptText())
	if dryRun {
		e.say("nothing was changed: this was a dry run")
	}
	return nil
}

// undoCut says of an undoing that was interrupted how to go on; another error stays as it is.
func undoCut(no int64, err error) error {
	if !errors.Is(err, context.Canceled) {
		return err
	}
	reason, code := explain(err)
	return &problem{code, fmt.Sprintf("the undoing of import %d stopped: %s", no, reason),
		"what is removed stays removed; the same command removes the rest"}
}

func (r undoReport) text() string {
	verb := "removed"
	if r.DryRun {
		verb = "to be removed"
	}
	parts := []string{people(r.Removed)}
	if others := r.others(); others != "" {
		parts = append(parts, "and of others "+others)
	}
	return verb + ": " + strings.Join(parts, "; ")
}

// others says what was removed of people who were there before.
func (r undoReport) others() string {
	var parts []string
	for _, p := range []struct {
		n    int
		text string
	}{
		{r.Enrollments, count(r.Enrollments, "enrollment")}, {r.Consents, "the consent of " + people(r.Consents)},
		{r.Tags, count(r.Tags, "tag")}, {r.Told, "what it told of " + people(r.Told)},
	} {
		if p.n > 0 {
			parts = append(parts, p.text)
		}
	}
	return strings.Join(parts, ", ")
}

// keptWords say why somebody is kept.
var keptWords = map[store.KeptReason]string{
	store.KeptSuppressed: "suppressed", store.KeptLeft: "left", store.KeptConfirmed: "confirmed themselves",
	store.KeptSent: "were sent something", store.KeptLater: "in a later import, or enrolled otherwise",
	store.KeptChanged: "changed since",
}

func (r undoReport) keptText() string {
	var parts []string
	total := 0
	for _, reason := range store.KeptReasons() {
		if n := r.Kept[reason]; n > 0 {
			parts = append(parts, grouped(n)+" "+keptWords[reason])
			total += n
		}
	}
	if total == 0 {
		return "kept: nobody"
	}
	return "kept: " + people(total) + " (" + strings.Join(parts, ", ") + ")"
}
