package fence_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/fence"
	"partwork/internal/mailaddr"
)

var at = time.Date(2026, 3, 24, 9, 0, 0, int(7*time.Millisecond), time.UTC)

func leaving(b byte) drip.Withdrawal {
	return drip.Withdrawal{Hash: mailaddr.Hash{b}, At: at, Left: drip.LeftByReader, Campaign: "s7k2qd"}
}

func suppression(b byte) drip.Withdrawal {
	return drip.Withdrawal{Hash: mailaddr.Hash{b}, At: at, Suppressed: drip.SuppressedByErasure}
}

func newFolder(t *testing.T) (fence.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "state")
	return fence.At(dir), filepath.Join(dir, "withdrawals.journal")
}

func mustAppend(t *testing.T, f fence.Folder, list ...drip.Withdrawal) {
	t.Helper()
	if err := f.Append(list...); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, f fence.Folder, from int64) fence.Journal {
	t.Helper()
	j, err := f.Journal(from)
	if err != nil {
		t.Fatal(err)
	}
	size, err := f.JournalSize()
	if err != nil || size != j.Size {
		t.Errorf("the size is %d by itself (%v), and %d with the lines", size, err, j.Size)
	}
	return j
}

func TestJournalIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	f, name := newFolder(t)
	if j := mustRead(t, f, 0); j.Size != 0 || len(j.List) != 0 {
		t.Errorf("no journal reads as %v", j)
	}
	mustAppend(t, f, leaving(1))
	first := mustRead(t, f, 0)
	lifted := drip.Withdrawal{Hash: mailaddr.Hash{2}, At: at, Suppressed: drip.SuppressedByReader, Lifted: true}
	mustAppend(t, f, suppression(2), leaving(3), lifted)
	if all := mustRead(t, f, 0); !slices.Equal(all.List, []drip.Withdrawal{leaving(1), suppression(2), leaving(3), lifted}) || all.Bad != nil {
		t.Errorf("the journal is %v", all)
	}
	if rest := mustRead(t, f, first.Size); !slices.Equal(rest.List, []drip.Withdrawal{suppression(2), leaving(3), lifted}) || rest.Short {
		t.Errorf("after the first line there is %v", rest)
	}
	for path, mode := range map[string]os.FileMode{name: 0o600, filepath.Dir(name): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v, want %v (%v)", path, info.Mode(), mode, err)
		}
	}
	b, err := os.ReadFile(name)
	if err != nil || strings.Contains(string(b), "@") {
		t.Errorf("the journal is %q (%v)", b, err)
	}
}

// TestTornLineHidesNothing cuts the last line at every byte, as a crash may, and
// writes on.
func TestTornLineHidesNothing(t *testing.T) {
	t.Parallel()
	f, name := newFolder(t)
	mustAppend(t, f, leaving(1))
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		torn := append(slices.Clone(whole), whole[:cut]...)
		if err := os.WriteFile(name, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		if j := mustRead(t, f, 0); len(j.List) != 1 || j.Bad != nil || j.Size != int64(len(whole)) {
			t.Fatalf("cut after %d: %v", cut, j)
		}
		mustAppend(t, f, suppression(2))
		j := mustRead(t, f, 0)
		if j.List[0] != leaving(1) || j.List[len(j.List)-1] != suppression(2) || len(j.Bad) > 1 {
			t.Fatalf("cut after %d and written on: %v", cut, j)
		}
	}
}

func TestBadLinesAreNumbered(t *testing.T) {
	t.Parallel()
	f, name := newFolder(t)
	mustAppend(t, f, leaving(1))
	size := mustRead(t, f, 0).Size
	for i, line := range []string{
		"", "nonsense", "2026-03-24T09:00:00.007Z lifted 01000000000000000000000000000000 erased",
		"2026-03-24T09:00:00.007Z left 01000000000000000000000000000000 reader",
		"2026-03-24T09:00:00.007Z suppressed 01000000000000000000000000000000 whim",
		"yesterday left 01000000000000000000000000000000 reader s7k2qd",
		"2026-03-24T09:00:00.007Z left 0100 reader s7k2qd",
	} {
		if err := os.WriteFile(name, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if j := mustRead(t, f, 0); !slices.Equal(j.Bad, []int{1}) {
			t.Errorf("line %d, %q, is %v", i, line, j)
		}
	}
	if j := mustRead(t, f, size); !j.Short || len(j.Bad) != 1 {
		t.Errorf("a journal that became shorter reads as %v", j)
	}
}

func TestSeveralProcessesAppendAtOnce(t *testing.T) {
	t.Parallel()
	f, _ := newFolder(t)
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			for range 10 {
				if err := f.Append(leaving(byte(i)), suppression(byte(i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if j := mustRead(t, f, 0); len(j.List) != 160 || j.Bad != nil {
		t.Errorf("%d lines, and bad ones %v", len(j.List), j.Bad)
	}
}
