package audience_test

import (
	"bufio"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// hashes takes a list of hashes in.
func (w *world) hashes(t *testing.T, list string) (rows, added int, err error) {
	t.Helper()
	return w.SuppressHashes(t.Context(), bufio.NewReader(strings.NewReader(list)))
}

// TestHashesKeepWhatTheListSays takes in what another instance may say of an address and
// this one must not take over as it stands.
func TestHashesKeepWhatTheListSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := parse(t, "ann@example.org")
	hash := w.hasher.Sum(address)
	for _, test := range []struct {
		name, row string
		want      drip.Suppression
	}{
		{"who was erased there is not erased here", ",erased,2026-03-03T09:00:00Z,everything",
			drip.Suppression{Hash: hash, Reason: drip.SuppressedByReader, At: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)}},
		{"a clock that is ahead", ",admin,2031-03-03T09:00:00Z,everything",
			drip.Suppression{Hash: hash, Reason: drip.SuppressedByAdmin, At: start}},
		{"no date", ",bounce,,everything",
			drip.Suppression{Hash: hash, Reason: drip.SuppressedByBounce, At: start}},
	} {
		if _, added, err := w.hashes(t, strings.Join(audience.SuppressionColumns(), ",")+"\n"+hash.String()+test.row+"\n"); added != 1 || err != nil {
			t.Errorf("%s: %d added, %v", test.name, added, err)
		}
		got, err := w.store.Suppressed(t.Context(), hash)
		if got.At = got.At.UTC(); err != nil || got != test.want {
			t.Errorf("%s: it is %+v, %v; want %+v", test.name, got, err, test.want)
		}
		// An erased address could not be lifted.
		if _, err := w.Lift(t.Context(), address, ""); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := w.store.Suppressed(t.Context(), hash); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("it was lifted, and is there: %v", err)
	}
}

// TestLongListOfHashes is of several transactions, and has each hash once.
func TestLongListOfHashes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const rows = 2*10_000 + 17
	var list strings.Builder
	list.WriteString(strings.Join(audience.SuppressionColumns(), ",") + "\n")
	want := make(map[mailaddr.Hash]bool)
	for n := range rows {
		hash := w.hasher.Sum(parse(t, "reader"+strconv.Itoa(n)+"@example.org"))
		want[hash] = true
		list.WriteString(hash.String() + ",reader,2026-03-03T09:00:00Z,everything\n")
	}
	for _, added := range []int{rows, 0} {
		if r, a, err := w.hashes(t, list.String()); r != rows || a != added || err != nil {
			t.Errorf("%d of %d rows are new, %v; want %d of %d", a, r, err, added, rows)
		}
	}
	got, err := w.store.SuppressionsAfter(t.Context(), drip.Suppression{}, 2*rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range got {
		if !want[entry.Hash] {
			t.Errorf("%v is suppressed, and not on the list", entry.Hash)
		}
		delete(want, entry.Hash)
	}
	if len(want) > 0 {
		t.Errorf("%d of %d are not suppressed", len(want), rows)
	}
}
