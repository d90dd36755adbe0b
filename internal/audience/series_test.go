package audience_test

import (
	"slices"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// series is a world whose campaign is in force: issues one to four, Tuesdays at
// nine on the reader's clock. It starts on Tuesday, 24 March 2026, at ten.
type series struct {
	*world
	campaign *drip.Campaign
	record   store.CampaignRecord
	sendable []bool
	lease    time.Duration
}

// Series implements audience.Planner.
func (s *series) Series(no drip.CampaignNo) (audience.Series, bool) {
	return audience.Series{Campaign: s.campaign, Sendable: s.sendable}, no == s.record.No
}

// Passage implements audience.Planner.
func (s *series) Passage(due *store.Due) (calendar.Passage, error) {
	return scheduler.Passage(scheduler.Config{Timezone: "UTC", Zones: timing.NewZones()}, scheduler.Program{Campaign: s.campaign, Record: s.record}, due)
}

func newSeries(t testing.TB) *series {
	t.Helper()
	schedule, err := timing.ParseSchedule("0 9 * * TUE")
	if err != nil {
		t.Fatal(err)
	}
	s := &series{world: newWorld(t), sendable: []bool{true, true, true, true}, campaign: &drip.Campaign{
		Timezone: drip.SubscriberZone, Schedule: schedule, First: drip.FirstOnJoin,
		MinGap: schedule.Interval() / 2, MaxLate: schedule.Interval() / 2, GiveUp: 3,
		Issues: []drip.Issue{{ID: "one"}, {ID: "two"}, {ID: "three"}, {ID: "four"}},
	}}
	if s.campaign.LateHours, err = timing.ParseHours("08:00-20:00"); err != nil {
		t.Fatal(err)
	}
	s.record, err = s.store.SyncCampaign(t.Context(), store.CampaignSync{
		ID: "lilies", Key: "k-lilies", Timetable: "t", Outline: "o", Issues: []string{"one", "two", "three", "four"}, Now: start,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Audience = audience.New(audience.Options{
		Stores: s.store, Hasher: mailaddr.NewHasher(make([]byte, 32)), Keyring: s.keys, Zones: timing.NewZones(),
		Calendar: func() time.Time { return s.now }, Planner: s,
	})
	return s
}

// reader enrolls somebody in Berlin whose consent is known.
func (s *series) reader(t testing.TB, address string) drip.Enrollment {
	t.Helper()
	added, err := s.Add(t.Context(), audience.NewPerson{
		Email: parse(t, address), Timezone: "Europe/Berlin", Consent: "form", Campaign: &audience.CampaignTarget{No: s.record.No},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.enrollmentOf(t, added.Subscriber)
}

// at sets the clock, in UTC.
func (s *series) at(t testing.TB, clock string) {
	t.Helper()
	now, err := time.Parse("2006-01-02 15:04", clock)
	if err != nil {
		t.Fatal(err)
	}
	s.now = now
}

// next tells what comes next and when, on the clock of Berlin.
func (s *series) next(t testing.TB, id drip.EnrollmentID) string {
	t.Helper()
	due, err := s.store.History(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Passage(&due)
	if err != nil {
		t.Fatal(err)
	}
	for _, coming := range calendar.Forecast(s.campaign, p, s.now, 1) {
		return s.campaign.Issues[coming.Issue].ID + " " + coming.At.In(berlin(t)).Format("2006-01-02 15:04")
	}
	return "nothing"
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// comes fails the test unless that comes next.
func (s *series) comes(t testing.TB, id drip.EnrollmentID, want string) {
	t.Helper()
	if got := s.next(t, id); got != want {
		t.Errorf("next is %s, want %s", got, want)
	}
}

// sent has the next issues leave, each as soon as it can.
func (s *series) sent(t testing.TB, id drip.EnrollmentID, n int) {
	t.Helper()
	for range n {
		due, err := s.store.History(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Passage(&due)
		if err != nil {
			t.Fatal(err)
		}
		coming := calendar.Forecast(s.campaign, p, s.now, 1)
		if len(coming) == 0 {
			t.Fatal("there is nothing to send")
		}
		s.now = coming[0].At
		s.send(t, &due, coming[0])
	}
}

// send claims, marks and settles a delivery.
func (s *series) send(t testing.TB, due *store.Due, coming calendar.Due) {
	t.Helper()
	s.commit(t, store.Round{Outcomes: []store.Outcome{{Fence: s.mark(t, due, coming), State: drip.DeliverySent, Class: drip.ClassAccepted}}})
}

// mark claims and marks a delivery.
func (s *series) mark(t testing.TB, due *store.Due, coming calendar.Due) store.Fence {
	t.Helper()
	s.lease += time.Second
	issue := s.record.Issues[s.campaign.Issues[coming.Issue].ID]
	claims, err := s.store.CommitPlan(t.Context(), store.PlanCommit{Owner: 1, Calendar: s.now, Machine: s.now, Decisions: []store.Decision{{
		Kind: store.DecideClaim, Enrollment: due.Enrollment.ID, Revision: due.Enrollment.Revision, Issue: issue,
		Slot: coming.Slot, SendBy: s.now.Add(time.Hour), Lease: s.now.Add(time.Hour + s.lease),
	}}})
	if err != nil || claims != 1 {
		t.Fatalf("%d claims, %v", claims, err)
	}
	fence := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: due.Enrollment.ID, Issue: issue}, Attempt: 1}
	s.commit(t, store.Round{Marks: []store.Mark{{Fence: fence, Lease: s.now.Add(time.Hour)}}})
	return fence
}

// commit commits a round of which everything must count.
func (s *series) commit(t testing.TB, round store.Round) {
	t.Helper()
	round.Calendar, round.Machine = s.now, s.now
	result, err := s.store.CommitRound(t.Context(), round)
	if err != nil || slices.Contains(result.Marked, false) || slices.Contains(result.Settled, false) {
		t.Fatalf("%+v, %v", result, err)
	}
}

// finish notes that a reader is through.
func (s *series) finish(t testing.TB, id drip.EnrollmentID) {
	t.Helper()
	due, err := s.store.History(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.store.CommitPlan(t.Context(), store.PlanCommit{Owner: 1, Calendar: s.now, Machine: s.now, Decisions: []store.Decision{{
		Kind: store.DecideFinish, Enrollment: id, Revision: due.Enrollment.Revision,
	}}})
	if err != nil {
		t.Fatal(err)
	}
}

// invitedBack has somebody leave and be enrolled again, and returns their link.
func (s *series) invitedBack(t testing.TB, e drip.Enrollment) (drip.Enrollment, string) {
	t.Helper()
	if _, err := s.Unsubscribe(t.Context(), audience.Who{ID: e.Subscriber}, e.Campaign); err != nil {
		t.Fatal(err)
	}
	again, err := s.Enroll(t.Context(), audience.Who{ID: e.Subscriber}, audience.EnrollOptions{
		CampaignTarget: audience.CampaignTarget{No: e.Campaign}, Invite: true,
	})
	if err != nil || again.State != drip.EnrollmentPending {
		t.Fatalf("enrolled again: %+v, %v", again, err)
	}
	return again, link(s.ConfirmURL("", again))
}
