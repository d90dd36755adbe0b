package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/schollz/progressbar/v3"

	"partwork/internal/audience"
)

// progress returns functions that show how far a file is read, how fast, and how long
// the rest takes; on a terminal only.
func (e *env) progress(file *os.File, dryRun bool) (set func(bytes int64, rows int), done func()) {
	info, err := file.Stat()
	if err != nil || !isTerminal(e.stderr) {
		return func(int64, int) {}, func() {}
	}
	label := "importing"
	if dryRun {
		label = "reading"
	}
	bar := progressbar.NewOptions64(info.Size(), progressbar.OptionSetWriter(e.stderr), progressbar.OptionShowBytes(true),
		progressbar.OptionSetPredictTime(true), progressbar.OptionSetDescription(label), progressbar.OptionClearOnFinish())
	begun := e.now()
	return func(bytes int64, rows int) {
		if rate := rowRate(rows, e.now().Sub(begun).Seconds()); rate > 0 {
			bar.Describe(fmt.Sprintf("%s, %s rows, %s a second", label, grouped(rows), grouped(rate)))
		}
		_ = bar.Set64(bytes)
	}, func() { _ = bar.Finish() }
}

// rowRate returns rows a second; 0 before there is one to tell.
func rowRate(rows int, seconds float64) int {
	if seconds < 0.1 {
		return 0
	}
	return int(float64(rows) / seconds)
}

// failed says how far an import came that did not end, and how to go on.
func (l listImport) failed(report audience.ImportReport, err error) error {
	var cut *audience.Interrupted
	if !errors.As(err, &cut) {
		return err
	}
	reason, code := explain(err)
	again := "the same command goes on with the next row,"
	if list := new(audience.ListError); errors.As(err, &list) {
		if cut.Rows == 0 {
			return list
		}
		// Giving the same list again would end in the same place.
		reason, again = list.Error(), "import the list again once it is mended,"
	}
	if cut.Rows == 0 {
		return &problem{code, fmt.Sprintf("the import stopped before anything was in: %s", reason), "the same command begins it anew"}
	}
	return &problem{code, fmt.Sprintf("the import stopped after %s of %s: %s", grouped(cut.Rows)+" rows", l.file, reason),
		fmt.Sprintf("what came before is in, as import %d; %s\n"+
			"and `partwork imports undo %d` takes back what it added", cut.Batch, again, cut.Batch)}
}
