package audience_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// moves gives the person of an enrollment another address.
func (w *world) moves(t testing.TB, e drip.Enrollment, to string) {
	t.Helper()
	address := parse(t, to)
	n, ok, err := w.store.AskNotice(t.Context(), drip.Notice{
		Subscriber: e.Subscriber, Enrollment: e.ID, Kind: drip.NoticeAddress, Email: address, AskedAt: w.now,
	}, store.NoticeLimit{})
	if err == nil && ok {
		_, err = w.store.TakeAddress(t.Context(), n.ID, w.hasher.Sum(address), store.Instant{Calendar: w.now, Machine: w.now})
	}
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
}

// A list has addresses that readers have changed, and one of somebody of whom nothing is
// known but that they left: the dry run knows, and so does an import that goes on.
func TestImportKnowsAddressesThatNobodyHas(t *testing.T) {
	t.Parallel()
	whole, w := newWorld(t), chopped(t)
	list := "email,name\nold1@example.org,Other\ngone@example.org,\nold2@example.org,\n"
	for i := range 200 {
		list += fmt.Sprintf("reader%d@example.org,\n", i)
	}
	for _, w := range []*world{whole, w} {
		for _, n := range "12" {
			w.moves(t, w.invited(t, "old"+string(n)+"@example.org"), "new"+string(n)+"@example.org")
		}
		gone := drip.Withdrawal{Hash: w.hasher.Sum(parse(t, "gone@example.org")), At: start, Left: drip.LeftByReader, Campaign: "k-tulips"}
		if _, err := w.store.Withdraw(t.Context(), []drip.Withdrawal{gone}); err != nil {
			t.Fatal(err)
		}
	}
	opts := func(w *world) audience.ImportOptions {
		return audience.ImportOptions{File: "list.csv", FileHash: [32]byte{1}, Consent: "c", Campaign: w.target()}
	}
	dry := opts(whole)
	dry.DryRun = true
	foreseen, want := whole.imported(t, list, dry), whole.imported(t, list, opts(whole))
	foreseen.Batch = want.Batch
	if diff := cmp.Diff(foreseen, want); diff != "" {
		t.Errorf("(-foreseen +came):\n%s", diff)
	}
	warnings := strings.Join(want.Warnings, "\n")
	if want.Unchanged != 2 || want.New != 201 || want.Enrolled != 200 || !strings.Contains(warnings, "2 rows have an address that its reader has changed") ||
		!strings.Contains(warnings, "1 person left this campaign") {
		t.Errorf("the report is %+v", want)
	}
	w.cutShort(t, list, opts(w))
	got := w.imported(t, list, opts(w))
	if got.Resumed == 0 {
		t.Fatal("it did not go on")
	}
	got.Resumed = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-in one go +in two):\n%s", diff)
	}
	added, err := w.Add(t.Context(), audience.NewPerson{Email: parse(t, "old1@example.org"), Consent: "c"})
	if err != nil || !added.Former {
		t.Errorf("who is added by a former address: %+v, %v", added, err)
	}
}
