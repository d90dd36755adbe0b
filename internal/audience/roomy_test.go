package audience_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// roomy is a store that says how much room there is, and remembers how much was taken.
type roomy struct {
	audience.Stores
	room  int
	err   error
	asked []int // of Room
	takes []int // rows of a transaction
}

func (r *roomy) Room(_ context.Context, most int) (int, error) {
	r.asked = append(r.asked, most)
	return min(most, r.room), r.err
}

func (r *roomy) UndoImport(ctx context.Context, undo store.Undoing) (store.Undone, error) {
	r.takes = append(r.takes, undo.Limit)
	return r.Stores.UndoImport(ctx, undo)
}

func (r *roomy) SuppressAll(_ context.Context, list []drip.Suppression) (int, error) {
	r.takes = append(r.takes, len(list))
	return len(list), nil
}

func (w *world) roomy(room int) (*audience.Audience, *roomy) {
	stores := &roomy{Stores: w.store, room: room}
	return audience.New(audience.Options{Stores: stores, Hasher: w.hasher, Keyring: w.keys, Zones: timing.NewZones(), Calendar: func() time.Time { return w.now }}), stores
}

// TestUndoingMakesRoom undoes a list, for good and for a try, where there is room for three
// people at a time.
func TestUndoingMakesRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var list strings.Builder
	list.WriteString("email\n")
	for n := range 7 {
		fmt.Fprintf(&list, "reader%d@example.org\n", n)
	}
	report := w.imported(t, list.String(), audience.ImportOptions{File: "list.csv", Consent: "a form"})
	for _, dryRun := range []bool{true, false} {
		a, stores := w.roomy(3)
		undone, err := a.UndoImport(t.Context(), report.Batch, audience.UndoOptions{DryRun: dryRun})
		if err != nil || undone.People != 7 {
			t.Errorf("%d people are undone (%v)", undone.People, err)
		}
		if len(stores.takes) != 2 || stores.takes[1] != 3 || !slices.Equal(stores.asked, stores.takes[:1]) {
			t.Errorf("dry run %v: looked at %v people at a time, and asked for room for %v", dryRun, stores.takes, stores.asked)
		}
	}
}

// TestSuppressingHashesMakesRoom suppresses a list of more hashes than one transaction has,
// and one whose room is refused after the first part, which is told all the same.
func TestSuppressingHashesMakesRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var list strings.Builder
	list.WriteString(strings.Join(audience.SuppressionColumns(), ",") + "\n")
	for n := range 10_001 {
		fmt.Fprintf(&list, "%032x,reader,2026-01-01T00:00:00Z,everything\n", n)
	}
	a, stores := w.roomy(1000)
	rows, added, err := a.SuppressHashes(t.Context(), bufio.NewReader(strings.NewReader(list.String())))
	if rows != 10_001 || added != 10_001 || err != nil {
		t.Fatalf("%d of %d rows are suppressed (%v)", added, rows, err)
	}
	if !slices.Equal(stores.takes, []int{10_000, 1}) || len(stores.asked) != 1 {
		t.Errorf("suppressed %v at a time, and asked %d times for room", stores.takes, len(stores.asked))
	}
	a, stores = w.roomy(0)
	stores.err = errors.New("no room")
	if _, added, err = a.SuppressHashes(t.Context(), bufio.NewReader(strings.NewReader(list.String()))); added != 10_000 || !errors.Is(err, stores.err) {
		t.Errorf("%d are suppressed until %v", added, err)
	}
}

// TestImportEndsWithoutRoom refuses room after the first chunk, which is in.
func TestImportEndsWithoutRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, stores := w.roomy(2)
	a.CutSmall(2)
	stores.err = context.Canceled
	report, err := a.Import(t.Context(), strings.NewReader("email\na@example.org\nb@example.org\nc@example.org\n"), audience.ImportOptions{Consent: "a form"})
	var cut *audience.Interrupted
	if !errors.As(err, &cut) || cut.Rows != 2 || !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if report.New != 2 {
		t.Errorf("%d are new", report.New)
	}
}
