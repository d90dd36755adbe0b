package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/fence"
	"partwork/internal/mailaddr"
)

// Who is kept out of a series is in the journal as such: an older copy learns of it, and of
// what was lifted, and who may be mailed everything else is not taken for suppressed.
func TestTheJournalKnowsWhoIsKeptOut(t *testing.T) {
	t.Parallel()
	r := newReturned(t)
	r.serveUntil(nil)
	program, err := r.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	key, people := program.Record.Key, r.active(t)
	moves, lifted, both := people[1], people[2], people[3]
	backup := r.backUp()
	r.serveUntil(nil)
	addressOf := func(e drip.Enrollment) mailaddr.Address {
		p, err := r.Store.Subscriber(t.Context(), e.Subscriber)
		if err != nil {
			t.Fatal(err)
		}
		return p.Email
	}
	for _, e := range []drip.Enrollment{moves, lifted, both} {
		if err := r.Audience.KeepOut(t.Context(), addressOf(e), key, drip.SuppressedByAdmin); err != nil {
			t.Fatal(err)
		}
	}
	r.movesTo(moves, "elsewhere@example.net")
	if err := r.Audience.Suppress(t.Context(), addressOf(both), drip.SuppressedByBounce); err != nil {
		t.Fatal(err)
	}
	r.step(r.now().Add(time.Minute))
	if _, err := r.Audience.Lift(t.Context(), addressOf(lifted), key); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Audience.Lift(t.Context(), addressOf(both), ""); err != nil {
		t.Fatal(err)
	}
	r.goBackTo(backup)
	for address, want := range map[string]int{
		"elsewhere@example.net": 1, addressOf(moves).String(): 1, addressOf(both).String(): 1, addressOf(lifted).String(): 0,
	} {
		got, err := r.Store.SuppressionsOf(t.Context(), r.sumOf(address))
		if err != nil || len(got) != want || want == 1 && got[0].Campaign != key {
			t.Errorf("%s is held by %v, %v; want %d entries of the series", address, got, err, want)
		}
	}
	report := r.takeIn("email\nelsewhere@example.net\n" + addressOf(moves).String() + "\n" + addressOf(both).String() + "\n")
	if report.Enrolled != 0 || report.Suppressed != 0 {
		t.Errorf("the next list: %+v, want nobody enrolled and nobody suppressed", report)
	}
	if list := r.active(t); len(list) != 2 || list[0].ID != people[0].ID || list[1].ID != lifted.ID {
		t.Errorf("active are %v, want the first reader, and the one whose suppression was lifted before the restore", list)
	}
	r.verify(t)
}

// A journal that was lost in part gets the leaving of a series back, though a suppression for
// the same series was lifted later: the one is not the other.
func TestTheJournalTellsALeavingFromAScope(t *testing.T) {
	t.Parallel()
	r := newReturned(t)
	r.serveUntil(nil)
	program, err := r.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	e := r.active(t)[0]
	if _, err := r.Store.Leave(t.Context(), e.ID, drip.LeftByReader, r.now()); err != nil {
		t.Fatal(err)
	}
	out := drip.Withdrawal{Hash: r.hash(e), At: r.now(), Suppressed: drip.SuppressedByAdmin, Campaign: program.Record.Key}
	lifted := out
	lifted.At, lifted.Lifted = out.At.Add(time.Minute), true
	state := fence.At(r.cfg.StateDir)
	if err := os.Remove(filepath.Join(r.cfg.StateDir, "withdrawals.journal")); err != nil {
		t.Fatal(err)
	}
	if err := state.Append(out, lifted); err != nil {
		t.Fatal(err)
	}
	r.serveUntil(nil)
	journal, err := state.Journal(0)
	if err != nil || !slices.ContainsFunc(journal.List, func(w drip.Withdrawal) bool { return w.Left == drip.LeftByReader && w.Hash == out.Hash }) {
		t.Errorf("the journal has %v, %v; want the leaving in it", journal.List, err)
	}
	r.verify(t)
}
