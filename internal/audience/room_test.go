package audience_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/store/sqlite"
)

// TestImportWritesLessAtATimeBesideOthers takes a list in alone and while another handle of
// the database writes, and looks at how far apart the chunks end.
func TestImportWritesLessAtATimeBesideOthers(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	list.WriteString("email\n")
	const rows, most = 20_000, 4000
	for n := range rows {
		fmt.Fprintf(&list, "reader%05d@example.org\n", n)
	}
	for _, dryRun := range []bool{true, false} {
		for _, beside := range []bool{false, true} {
			w := newWorld(t)
			w.CutSmall(most)
			other, err := sqlite.Open(t.Context(), w.path, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var chunks []int
			before := 0
			w.imported(t, list.String(), audience.ImportOptions{Consent: "a form", DryRun: dryRun, Progress: func(_ int64, read int) {
				chunks, before = append(chunks, read-before), read
				if !beside {
					return
				}
				no := byte(len(chunks))
				if _, err := other.SaveContent(t.Context(), [32]byte{no}, []byte{no}, time.UnixMilli(0)); err != nil {
					t.Error(err)
				}
			}})
			if err := other.Close(); err != nil {
				t.Error(err)
			}
			// Two are on their way before it can have noticed anything.
			switch n := len(chunks); {
			case !beside && n != rows/most && n != rows/most+1: // the last one may be empty
				t.Errorf("dry run %v, alone: chunks of %v rows, want %d", dryRun, chunks, most)
			case beside && (n <= rows/most+1 || chunks[n-2] != 1000):
				t.Errorf("dry run %v, beside others: chunks of %v rows, want 1000 in the end", dryRun, chunks)
			}
		}
	}
}
