package scheduler_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"

	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
)

const (
	campaignNo     drip.CampaignNo = 3
	confirmationNo drip.IssueNo    = 100
)

// tuesday is the instant of a slot for a reader in London.
var tuesday = time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC)

func program(t *testing.T) scheduler.Program {
	t.Helper()
	schedule, err := timing.ParseSchedule("0 9 * * TUE")
	if err != nil {
		t.Fatal(err)
	}
	return scheduler.Program{
		Campaign: &drip.Campaign{
			ID: "herbs", Schedule: schedule, Timezone: drip.SubscriberZone, DefaultTimezone: "Europe/London",
			First: drip.FirstOnJoin, MinGap: 84 * time.Hour, MaxLate: 84 * time.Hour, GiveUp: 3,
			Issues: []drip.Issue{{ID: "one"}, {ID: "two"}, {ID: "three"}},
		},
		Record: store.CampaignRecord{No: campaignNo, Issues: map[string]drip.IssueNo{
			"one": 11, "two": 12, "three": 13, drip.ConfirmationID: confirmationNo,
		}},
		Contents:     []drip.ContentID{21, 22, 23},
		Confirmation: 20,
	}
}

func due(state drip.EnrollmentState) store.Due {
	return store.Due{Enrollment: drip.Enrollment{
		ID: 5, Campaign: campaignNo, State: state, Start: drip.StartAtSlot, Pace: 1, Revision: 4,
		JoinedAt: tuesday.Add(-24 * time.Hour), Floor: tuesday.Add(-24 * time.Hour),
	}}
}

// decide runs one round and returns the decision for the row, and its effects.
func decide(t *testing.T, p scheduler.Program, calendar time.Time, row store.Due) store.Decision {
	t.Helper()
	s := scheduler.New(scheduler.Config{Owner: 9})
	now := scheduler.Now{Calendar: calendar, Machine: machine}
	s.Step(now, scheduler.Wake{})
	effects := s.Step(now, scheduler.Loaded{
		Due: []store.Due{row}, Records: []store.CampaignRecord{p.Record}, Programs: []scheduler.Program{p},
	})
	if len(effects) != 1 {
		t.Fatalf("effects %v, want one commit", effects)
	}
	commit, ok := effects[0].(scheduler.Commit)
	if !ok || len(commit.Plan.Decisions) != 1 || commit.Plan.Owner != 9 {
		t.Fatalf("got %#v, want a commit with one decision", effects[0])
	}
	return commit.Plan.Decisions[0]
}

var machine = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestActiveReader(t *testing.T) {
	t.Parallel()
	p := program(t)
	t.Run("before the slot waits for it", func(t *testing.T) {
		t.Parallel()
		d := decide(t, p, tuesday.Add(-time.Hour), due(drip.EnrollmentActive))
		if d.Kind != store.DecideRest || !d.NextAt.Equal(tuesday) {
			t.Errorf("got %+v, want a rest until %v", d, tuesday)
		}
	})
	t.Run("at the slot claims", func(t *testing.T) {
		t.Parallel()
		d := decide(t, p, tuesday, due(drip.EnrollmentActive))
		if d.Kind != store.DecideClaim || d.Issue != 11 || d.Content != 21 || d.Revision != 4 {
			t.Errorf("got %+v, want a claim of issue 11 with content 21", d)
		}
		if !d.Slot.At.Equal(tuesday) || d.Slot.Zone != "Europe/London" || d.SendBy.Before(tuesday) {
			t.Errorf("planned for %+v by %v", d.Slot, d.SendBy)
		}
		if want := tuesday.AddDate(0, 0, 7).Add(-time.Hour); !d.NextAt.Equal(want) {
			t.Errorf("next at %v, want %v (British summer time began)", d.NextAt, want)
		}
	})
	t.Run("unapproved content waits", func(t *testing.T) {
		t.Parallel()
		p := program(t)
		p.Contents[0] = 0
		if d := decide(t, p, tuesday, due(drip.EnrollmentActive)); d.Kind != store.DecideRest || !d.NextAt.IsZero() {
			t.Errorf("got %+v, want a rest without a hint", d)
		}
	})
	t.Run("the last issue leaves no hint", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Had = []drip.IssueNo{11, 12}
		if d := decide(t, p, tuesday, row); d.Kind != store.DecideClaim || d.Issue != 13 || !d.NextAt.IsZero() {
			t.Errorf("got %+v, want a claim of issue 13 without a hint", d)
		}
	})
	t.Run("with everything had finishes", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Had = []drip.IssueNo{11, 12, 13}
		if d := decide(t, p, tuesday, row); d.Kind != store.DecideFinish {
			t.Errorf("got %+v, want finish", d)
		}
	})
	t.Run("an open delivery of a removed issue is skipped", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Open = &drip.Delivery{DeliveryKey: drip.DeliveryKey{Enrollment: 5, Issue: 99}, State: drip.DeliveryPlanned, Attempt: 2}
		d := decide(t, p, tuesday, row)
		if d.Kind != store.DecideSkip || d.Issue != 99 || d.Reason != drip.ReasonRemoved || d.Attempt != 2 {
			t.Errorf("got %+v, want issue 99 skipped as removed", d)
		}
	})
}

func TestFrozenOrUnknownCampaignParksItsReaders(t *testing.T) {
	t.Parallel()
	paused := program(t)
	paused.Record.PausedAt = tuesday
	if d := decide(t, paused, tuesday, due(drip.EnrollmentActive)); d.Kind != store.DecideRest || !d.NextAt.IsZero() {
		t.Errorf("paused: got %+v, want a rest without a hint", d)
	}
	deferred := due(drip.EnrollmentActive)
	deferred.Open = &drip.Delivery{State: drip.DeliveryDeferred, Attempt: 1, WakeAt: machine}
	if d := decide(t, paused, tuesday, deferred); d.Kind != store.DecideWait {
		t.Errorf("paused with a retry: got %+v, want its delivery back to planned", d)
	}
	orphan := due(drip.EnrollmentActive)
	orphan.Enrollment.Campaign = 77
	if d := decide(t, program(t), tuesday, orphan); d.Kind != store.DecideRest || !d.NextAt.After(tuesday) {
		t.Errorf("orphan: got %+v, want another look later", d)
	}
}

func TestOpenDelivery(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		open drip.Delivery
		want store.DecisionKind
	}{
		{"claimed by somebody", drip.Delivery{State: drip.DeliveryClaimed, WakeAt: machine.Add(time.Second)}, store.DecideRest},
		{"on its way", drip.Delivery{State: drip.DeliverySending, WakeAt: machine.Add(time.Second)}, store.DecideRest},
		{"retry to come", drip.Delivery{State: drip.DeliveryDeferred, WakeAt: machine.Add(time.Second)}, store.DecideRest},
		{"lapsed claim", drip.Delivery{State: drip.DeliveryClaimed, WakeAt: machine}, store.DecideClaim},
		{"retry due", drip.Delivery{State: drip.DeliveryDeferred, WakeAt: machine}, store.DecideClaim},
		{"nobody answers for it any more", drip.Delivery{State: drip.DeliverySending, WakeAt: machine}, store.DecideUnknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			row := due(drip.EnrollmentActive)
			tc.open.DeliveryKey = drip.DeliveryKey{Enrollment: 5, Issue: 11}
			tc.open.Attempt = 1
			tc.open.Slot = timing.Slot{Wall: timing.WallAt(tuesday), Zone: "Europe/London", At: tuesday}
			row.Open = &tc.open
			if d := decide(t, program(t), tuesday.Add(time.Minute), row); d.Kind != tc.want || d.Attempt != 1 {
				t.Errorf("got %+v, want %s", d, tc.want)
			}
		})
	}
}

func TestConfirmation(t *testing.T) {
	t.Parallel()
	p := program(t)
	invited := due(drip.EnrollmentPending)
	invited.Enrollment.InvitedAt = tuesday
	if d := decide(t, p, tuesday.Add(time.Hour), invited); d.Kind != store.DecideClaim || d.Issue != confirmationNo || d.Content != 20 {
		t.Errorf("invited: got %+v, want a claim of the confirmation", d)
	}
	if d := decide(t, p, tuesday.Add(72*time.Hour), invited); d.Kind != store.DecideRefuse || d.Reason != drip.ReasonGaveUp {
		t.Errorf("two days late: got %+v, want it given up", d)
	}
	silent := due(drip.EnrollmentPending)
	if d := decide(t, p, tuesday, silent); d.Kind != store.DecideRest || !d.NextAt.IsZero() {
		t.Errorf("never invited: got %+v, want nothing", d)
	}
	asked := invited
	asked.Confirmation = drip.DeliverySent
	if d := decide(t, p, tuesday, asked); d.Kind != store.DecideRest || !d.NextAt.IsZero() {
		t.Errorf("asked already: got %+v, want nothing", d)
	}
}

func TestRounds(t *testing.T) {
	t.Parallel()
	now := scheduler.Now{Calendar: tuesday, Machine: machine}
	t.Run("nothing due sleeps until there is", func(t *testing.T) {
		t.Parallel()
		s := scheduler.New(scheduler.Config{})
		s.Step(now, scheduler.Wake{})
		next := store.Upcoming{Calendar: tuesday.Add(time.Hour), Machine: machine.Add(time.Minute)}
		effects := s.Step(now, scheduler.Loaded{Upcoming: next})
		if sleep, ok := effects[0].(scheduler.Sleep); !ok || !sleep.Calendar.Equal(next.Calendar) || !sleep.Machine.Equal(next.Machine) {
			t.Errorf("got %#v, want a sleep until %v", effects, next)
		}
	})
	t.Run("a full backlog claims nothing", func(t *testing.T) {
		t.Parallel()
		s := scheduler.New(scheduler.Config{Backlog: 10})
		s.Step(now, scheduler.Wake{})
		effects := s.Step(now, scheduler.Loaded{Due: []store.Due{due(drip.EnrollmentActive)}, Backlog: 10})
		if _, ok := effects[0].(scheduler.Sleep); !ok {
			t.Errorf("got %#v, want sleep", effects)
		}
	})
	t.Run("leases grow strictly even when the clock stands still", func(t *testing.T) {
		t.Parallel()
		s := scheduler.New(scheduler.Config{})
		s.Step(now, scheduler.Wake{})
		var last time.Time
		for range 5 {
			effects := s.Step(now, scheduler.Loaded{
				Due: []store.Due{due(drip.EnrollmentActive)}, Programs: []scheduler.Program{program(t)},
			})
			lease := effects[0].(scheduler.Commit).Plan.Decisions[0].Lease
			if !lease.After(last) {
				t.Fatalf("lease %v after %v", lease, last)
			}
			last = lease
			s.Step(now, scheduler.Committed{Claimed: 1})
		}
	})
	t.Run("a kick during a round is not lost", func(t *testing.T) {
		t.Parallel()
		s := scheduler.New(scheduler.Config{})
		s.Step(now, scheduler.Wake{})
		if effects := s.Step(now, scheduler.Wake{}); effects != nil {
			t.Fatalf("a second round began: %#v", effects)
		}
		if _, ok := s.Step(now, scheduler.Loaded{})[0].(scheduler.Load); !ok {
			t.Error("the kick was forgotten")
		}
	})
	t.Run("trouble with the store is reported and tried again", func(t *testing.T) {
		t.Parallel()
		s := scheduler.New(scheduler.Config{})
		s.Step(now, scheduler.Wake{})
		effects := s.Step(now, scheduler.Loaded{Err: errors.New("locked")})
		if _, ok := effects[0].(scheduler.Trouble); !ok || len(effects) != 2 {
			t.Fatalf("got %#v, want trouble and sleep", effects)
		}
		if _, ok := s.Step(now, scheduler.Wake{})[0].(scheduler.Load); !ok {
			t.Error("it never tries again")
		}
	})
	t.Run("an edit that only the store knows decides nothing", func(t *testing.T) {
		t.Parallel()
		p := program(t)
		p.Contents[0] = 0 // this process still sees a draft
		s := scheduler.New(scheduler.Config{})
		s.Step(now, scheduler.Wake{})
		edited := p.Record
		edited.Outline = "the draft has ended"
		effects := s.Step(now, scheduler.Loaded{
			Due: []store.Due{due(drip.EnrollmentActive)}, Programs: []scheduler.Program{p}, Records: []store.CampaignRecord{edited},
		})
		if d := effects[0].(scheduler.Commit).Plan.Decisions[0]; d.Kind != store.DecideRest || !d.NextAt.After(tuesday) {
			t.Errorf("got %+v, want another look soon", d)
		}
	})
	t.Run("a suppressed reader is put aside", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Suppressed = true
		if d := decide(t, program(t), tuesday, row); d.Kind != store.DecideRest || !d.NextAt.IsZero() {
			t.Errorf("got %+v, want a rest without a hint", d)
		}
	})
	t.Run("a pause in the record holds at once", func(t *testing.T) {
		t.Parallel()
		p := program(t)
		s := scheduler.New(scheduler.Config{})
		s.Step(now, scheduler.Wake{})
		paused := p.Record
		paused.PausedAt = tuesday
		effects := s.Step(now, scheduler.Loaded{
			Due: []store.Due{due(drip.EnrollmentActive)}, Programs: []scheduler.Program{p}, Records: []store.CampaignRecord{paused},
		})
		if d := effects[0].(scheduler.Commit).Plan.Decisions[0]; d.Kind != store.DecideRest {
			t.Errorf("got %+v, want a rest", d)
		}
	})
}
