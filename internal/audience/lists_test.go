package audience_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/audience"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// Every list in testdata has, beside it, what a person is told about it and
// what is known afterwards. A dry run must tell the same.
func TestLists(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/lists/*.csv")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d lists, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".csv"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			list, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before := w.dump(t)
			dry, dryErr := w.Import(t.Context(), bytes.NewReader(list), audience.ImportOptions{DryRun: true})
			if after := w.dump(t); after != before {
				t.Errorf("the dry run wrote (-before +after):\n%s", cmp.Diff(before, after))
			}
			report, err := w.Import(t.Context(), bytes.NewReader(list), audience.ImportOptions{})
			addUp(t, report)
			dry.Batch = report.Batch
			if diff := cmp.Diff(dry, report); diff != "" || fmt.Sprint(dryErr) != fmt.Sprint(err) {
				t.Errorf("dry run and import differ: %v, %v (-dry +real):\n%s", dryErr, err, diff)
			}
			var refused *audience.ListError
			if err != nil && (!errors.As(err, &refused) || w.dump(t) != before) {
				t.Errorf("a refused list: %v", err)
			}
			testkit.Golden(t, strings.TrimSuffix(file, ".csv")+".want", told(t, w, report, err))
		})
	}
}

// told writes down a report, or why there is none, and the people there are.
func told(t *testing.T, w *world, report audience.ImportReport, err error) []byte {
	t.Helper()
	if err != nil {
		return []byte(err.Error() + "\n")
	}
	var out bytes.Buffer
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(bytes.ReplaceAll(text, []byte("anna@example.org"), nil), []byte("@example")) {
		t.Errorf("the report repeats an address: %s", text)
	}
	out.Write(append(text, '\n'))
	people, err := w.store.Subscribers(t.Context(), store.SubscriberFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		fmt.Fprintf(&out, "%s %q %q %q\n", p.Email, p.Name, p.Timezone, p.Attributes)
	}
	return out.Bytes()
}
