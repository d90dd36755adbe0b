package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"partwork/internal/audience"
)

// Whoever brings a damaged list is not told to give the same command again, and never that
// nothing was imported if something was.
func TestDamagedListsAreNotToBeGivenAgain(t *testing.T) {
	t.Parallel()
	damaged := &audience.ListError{Problem: "the gzip file is damaged; fetch it again"}
	for rows, want := range map[int]string{
		0: "nothing was imported: the gzip file is damaged; fetch it again",
		40_000: "the import stopped after 40,000 rows of list.gz: the gzip file is damaged; fetch it again\n" +
			"what came before is in, as import 3; import the list again once it is mended,\n" +
			"and `partwork imports undo 3` takes back what it added",
	} {
		cut := errors.Join(&audience.Interrupted{Batch: 3, Rows: rows}, damaged)
		got, code := explain(listImport{file: "list.gz"}.failed(audience.ImportReport{}, cut))
		if got != want || code != exitFailed {
			t.Errorf("after %d rows: exit %d,\n%s\nwant\n%s", rows, code, got, want)
		}
		if strings.Contains(got, "the same command") {
			t.Errorf("after %d rows it says to give the same command again", rows)
		}
	}
}

// Undoing is done a piece at a time, and whoever cuts it short is told how to go on.
func TestUndoingThatIsCutShortSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	got, code := explain(undoCut(3, fmt.Errorf("undo: %w", context.Canceled)))
	const want = "the undoing of import 3 stopped: interrupted\nwhat is removed stays removed; the same command removes the rest"
	if got != want || code != exitFailed {
		t.Errorf("exit %d, %s", code, got)
	}
	other := errors.New("the disk is full")
	if err := undoCut(3, other); err != other {
		t.Errorf("another error became %v", err)
	}
}
