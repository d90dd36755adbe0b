package fence_test

import (
	"os"
	"slices"
	"testing"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// A suppression for a campaign is read as it was written, beside one for everything and a
// leaving, and so is its lifting.
func TestJournalTellsTheScope(t *testing.T) {
	t.Parallel()
	f, name := newFolder(t)
	out := drip.Withdrawal{Hash: mailaddr.Hash{4}, At: at, Suppressed: drip.SuppressedByAdmin, Campaign: "s7k2qd"}
	lifted := out
	lifted.Lifted = true
	everything := out
	everything.Campaign = ""
	want := []drip.Withdrawal{out, everything, leaving(4), lifted}
	mustAppend(t, f, want...)
	if got := mustRead(t, f, 0); !slices.Equal(got.List, want) || got.Bad != nil {
		t.Errorf("the journal is %v, want %v", got, want)
	}
	for _, line := range []string{
		"2026-03-24T09:00:00.007Z suppressed 01000000000000000000000000000000 admin ",
		"2026-03-24T09:00:00.007Z suppressed 01000000000000000000000000000000 admin a b",
		"2026-03-24T09:00:00.007Z suppressed 01000000000000000000000000000000 erased s7k2qd",
		"2026-03-24T09:00:00.007Z lifted 01000000000000000000000000000000 erased s7k2qd",
		"2026-03-24T09:00:00.007Z suppressed 01000000000000000000000000000000 whim s7k2qd",
	} {
		if err := os.WriteFile(name, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if j := mustRead(t, f, 0); !slices.Equal(j.Bad, []int{1}) {
			t.Errorf("%q is %v", line, j)
		}
	}
}
