package storetest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// census reads the rows in two parts, by enrollment.
func (w *world) census(finishedAfter time.Time) map[drip.EnrollmentID]store.CensusRow {
	w.Helper()
	rows := make(map[drip.EnrollmentID]store.CensusRow)
	var mu sync.Mutex
	query := store.CensusQuery{Campaign: w.campaign.No, FinishedAfter: finishedAfter, Parts: 2}
	w.must(w.store.Census(w.ctx, query, func(_ int, row *store.CensusRow) error {
		mu.Lock()
		defer mu.Unlock()
		if _, twice := rows[row.Enrollment]; twice {
			w.Errorf("enrollment %d comes twice", row.Enrollment)
		}
		rows[row.Enrollment] = *row
		return nil
	}))
	return rows
}

func censusLaws() []law {
	return []law{
		{"Census/HasWhoeverIsActive", func(w *world) {
			a, b := w.reader(), w.reader()
			w.pending()
			w.leave(w.reader().ID)
			got := slices.Sorted(maps.Keys(w.census(time.Time{})))
			if !slices.Equal(got, []drip.EnrollmentID{a.ID, b.ID}) {
				w.Errorf("the census has %v, want %v", got, []drip.EnrollmentID{a.ID, b.ID})
			}
		}},
		{"Census/HasWhoeverFinishedLaterThanAsked", func(w *world) {
			early, late := w.reader(), w.reader()
			w.commit(w.decision(store.DecideFinish, early.ID, ""))
			w.pass(week)
			w.commit(w.decision(store.DecideFinish, late.ID, ""))
			same(w, "those who count without", len(w.census(time.Time{})), 0)
			got := slices.Sorted(maps.Keys(w.census(w.now.Add(-time.Hour))))
			if !slices.Equal(got, []drip.EnrollmentID{late.ID}) {
				w.Errorf("the census has %v, want %d", got, late.ID)
			}
		}},
		{"Census/LeavesOutWhoeverIsSuppressed", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByAdmin), p.Email))
			same(w, "the number of rows", len(w.census(time.Time{})), 0)
		}},
		{"Census/AgreesWithHistory", func(w *world) {
			// One of each: new, sent, skipped, refused, unknown, on its way, open.
			for i, state := range []drip.DeliveryState{"", drip.DeliverySent, drip.DeliveryRefused, drip.DeliveryUnknown} {
				e := w.reader()
				w.pass(time.Duration(i) * time.Minute)
				if state != "" {
					f := w.claim(e.ID, "a")
					w.mustMark(f)
					w.pass(time.Second)
					w.mustSettle(f, state)
				}
				if i > 1 {
					w.commit(w.decision(store.DecideSkip, e.ID, "b"))
				}
				if i > 2 {
					w.claim(e.ID, "c")
				}
			}
			rows := w.census(time.Time{})
			same(w, "the number of rows", len(rows), 4)
			for id, row := range rows {
				w.agree(id, row)
			}
		}},
		{"Census/CountsWhatIsOnItsWayAsHad", func(w *world) {
			e := w.reader()
			w.mustMark(w.claim(e.ID, "a"))
			row := w.census(time.Time{})[e.ID]
			if got := row.Had.Numbers(); !slices.Equal(got, []drip.IssueNo{w.issue("a")}) || row.Open != nil {
				w.Errorf("it had %v, open is %v", got, row.Open)
			}
			same(w, "the acceptance", row.Last.AcceptedAt, w.now)
		}},
		{"Census/TheFirstErrorEndsIt", func(w *world) {
			w.reader()
			w.reader()
			enough := errors.New("enough")
			err := w.store.Census(w.ctx, store.CensusQuery{Campaign: w.campaign.No, Parts: 2}, func(int, *store.CensusRow) error { return enough })
			w.fails(err, enough)
			ctx, cancel := context.WithCancel(w.ctx)
			cancel()
			err = w.store.Census(ctx, store.CensusQuery{Campaign: w.campaign.No}, func(int, *store.CensusRow) error { return nil })
			w.fails(err, context.Canceled)
		}},
		{"Census/UnknownIsNotFound", func(w *world) {
			err := w.store.Census(w.ctx, store.CensusQuery{Campaign: 99}, func(int, *store.CensusRow) error { return nil })
			w.fails(err, drip.ErrNotFound)
		}},
		{"ReaderZones/CountsTheActiveByZone", func(w *world) {
			w.reader()
			w.pending()
			out := w.imported(store.ImportChunk{
				Consent: w.batch().Consent, Enroll: &store.EnrollRule{Campaign: w.campaign.No, Start: drip.StartAtSlot},
			}, w.row("x@example.org", "", "Asia/Tokyo"), w.row("y@example.org", "", ""), w.row("z@example.org", "", "Asia/Tokyo"))
			same(w, "the last row's result", out[2].Enroll, store.EnrollActive)
			zones, err := w.store.ReaderZones(w.ctx, w.campaign.No)
			w.must(err)
			if want := map[string]int{"Europe/London": 1, "Asia/Tokyo": 2, "": 1}; !maps.Equal(zones, want) {
				w.Errorf("the zones are %v, want %v", zones, want)
			}
		}},
	}
}

// agree compares a row with what a plan would be based on.
func (w *world) agree(id drip.EnrollmentID, row store.CensusRow) {
	w.Helper()
	due := w.history(id)
	e := due.Enrollment
	same(w, "the person", row.Subscriber, e.Subscriber)
	same(w, "the state", row.State, e.State)
	same(w, "the start", row.Start, e.Start)
	same(w, "the pace", row.Pace, e.Pace)
	same(w, "the joining", row.JoinedAt, e.JoinedAt)
	same(w, "the floor", row.Floor, e.Floor)
	same(w, "the zone", row.Timezone, due.Timezone)
	slices.Sort(due.Had)
	if got := row.Had.Numbers(); !slices.Equal(got, due.Had) {
		w.Errorf("enrollment %d had %v, want %v", id, got, due.Had)
	}
	due.Last.Issue = 0
	same(w, "the last delivery", row.Last, due.Last)
	if (row.Open == nil) != (due.Open == nil) {
		w.Fatalf("enrollment %d: open is %v, want %v", id, row.Open, due.Open)
	}
	if row.Open != nil {
		same(w, "the open delivery's issue", row.Open.Issue, due.Open.Issue)
		same(w, "its slot", row.Open.Slot, due.Open.Slot)
		same(w, "its state", row.Open.State, due.Open.State)
		same(w, "its moves", row.Open.Moves, due.Open.Moves)
	}
}
