package scheduler_test

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// decideUnder is decide with a daily limit.
func decideUnder(t *testing.T, limit int, p scheduler.Program, row store.Due) store.Decision {
	t.Helper()
	row.Since = row.Enrollment.JoinedAt
	s := scheduler.New(scheduler.Config{Owner: 9, DailyLimit: limit})
	now := scheduler.Now{Calendar: tuesday, Machine: machine}
	load, ok := s.Step(now, scheduler.Wake{})[0].(scheduler.Load)
	if !ok || load.Query.Others != (limit > 0) {
		t.Fatalf("with a limit of %d it asks %+v", limit, load)
	}
	other := p
	other.Record.No = campaignNo + 1
	paused := p
	paused.Record.No = campaignNo + 2
	paused.Record.PausedAt = tuesday
	programs := []scheduler.Program{p, other, paused}
	effects := s.Step(now, scheduler.Loaded{Due: []store.Due{row}, Programs: programs})
	return effects[0].(scheduler.Commit).Plan.Decisions[0]
}

func TestDailyLimit(t *testing.T) {
	t.Parallel()
	p := program(t)
	today := timing.DateAt(tuesday)
	since := func(d time.Duration) time.Time { return tuesday.Add(-24 * time.Hour).Add(d) }
	other := store.Other{Enrollment: 4, Campaign: campaignNo + 1, Waits: true, Since: since(0)}
	change := func(f func(*store.Other)) []store.Other {
		o := other
		f(&o)
		return []store.Other{o}
	}
	for _, test := range []struct {
		name   string
		limit  int
		dates  []timing.Date
		others []store.Other
		want   store.DecisionKind
		next   time.Time // of a rest
	}{
		{"no limit", 0, []timing.Date{today, today}, []store.Other{other}, store.DecideClaim, time.Time{}},
		{"alone", 1, nil, nil, store.DecideClaim, time.Time{}},
		{"yesterday does not count", 1, []timing.Date{today - 1, today - 1}, nil, store.DecideClaim, time.Time{}},
		{"the day is full until tomorrow", 1, []timing.Date{today}, nil, store.DecideRest, tuesday.AddDate(0, 0, 1).Add(-9 * time.Hour)},
		{"the day is not full", 2, []timing.Date{today}, nil, store.DecideClaim, time.Time{}},
		{"who waited as long, and came first, goes first", 1, nil, []store.Other{other}, store.DecideRest, tuesday.Add(30 * time.Second)},
		{"who waited longer goes first", 1, nil, change(func(o *store.Other) { o.Enrollment, o.Since = 6, since(-1) }), store.DecideRest, tuesday.Add(30 * time.Second)},
		{"who came later does not", 1, nil, change(func(o *store.Other) { o.Enrollment = 6 }), store.DecideClaim, time.Time{}},
		{"who waited less does not", 1, nil, change(func(o *store.Other) { o.Since = since(1) }), store.DecideClaim, time.Time{}},
		{"who has nothing due does not", 1, nil, change(func(o *store.Other) { o.Waits = false }), store.DecideClaim, time.Time{}},
		{"a paused series does not", 1, nil, change(func(o *store.Other) { o.Campaign = campaignNo + 2 }), store.DecideClaim, time.Time{}},
		{"a series without files does not", 1, nil, change(func(o *store.Other) { o.Campaign = 77 }), store.DecideClaim, time.Time{}},
		{"there is room for two", 2, nil, []store.Other{other}, store.DecideClaim, time.Time{}},
		{"there is room for one more", 2, []timing.Date{today}, []store.Other{other}, store.DecideRest, tuesday.Add(30 * time.Second)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			row := due(drip.EnrollmentActive)
			row.Dates, row.Others = test.dates, test.others
			d := decideUnder(t, test.limit, p, row)
			if d.Kind != test.want || d.Kind == store.DecideRest && !d.NextAt.Equal(test.next) {
				t.Errorf("got %s until %v, want %s until %v", d.Kind, d.NextAt, test.want, test.next)
			}
		})
	}
	t.Run("whoever just joined is exempt", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Enrollment.Start, row.Enrollment.JoinedAt, row.Enrollment.Floor = drip.StartOnJoin, tuesday, tuesday
		row.Dates, row.Others = []timing.Date{today}, []store.Other{other}
		if d := decideUnder(t, 1, p, row); d.Kind != store.DecideClaim {
			t.Errorf("got %+v, want a claim", d)
		}
	})
	t.Run("whoever asked is exempt", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Enrollment.AskedAt = tuesday.Add(-time.Hour)
		row.Dates, row.Others = []timing.Date{today}, []store.Other{other}
		if d := decideUnder(t, 1, p, row); d.Kind != store.DecideClaim {
			t.Errorf("got %+v, want a claim", d)
		}
	})
	t.Run("an open delivery keeps its slot", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		slot := timing.Slot{Wall: timing.WallAt(tuesday), Zone: "Europe/London", At: tuesday}
		row.Open = &drip.Delivery{DeliveryKey: drip.DeliveryKey{Enrollment: 5, Issue: 11}, State: drip.DeliveryPlanned, Slot: slot, Attempt: 1}
		row.Others = []store.Other{other}
		if d := decideUnder(t, 1, p, row); d.Kind != store.DecideWait || d.Slot != slot || d.Attempt != 1 {
			t.Errorf("got %+v, want the delivery to wait for %v", d, slot)
		}
	})
}
