package app_test

import (
	"testing"
	"time"

	"partwork/internal/drip"
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
