package audience_test

import (
	"errors"
	"strings"
	"testing"

	"partwork/internal/audience"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// refused fails the test unless the wish was refused with these words.
func refused(t testing.TB, err error, words string) {
	t.Helper()
	refusal := new(audience.Refusal)
	if !errors.As(err, &refusal) || !strings.Contains(refusal.Why, words) {
		t.Errorf("the answer is %v, want a refusal with %q", err, words)
	}
}

func date(t testing.TB, s string) timing.Date {
	t.Helper()
	d, err := timing.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPauseUntil(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 1)
	s.at(t, "2026-04-02 22:30") // 3 April in Berlin, half past midnight
	paused, err := s.PauseUntil(t.Context(), e.ID, date(t, "2026-04-20"))
	if err != nil || paused.PausedUntil.Format("2006-01-02 15:04") != "2026-04-19 22:00" {
		t.Errorf("paused: %v, %v", paused.PausedUntil, err)
	}
	s.comes(t, e.ID, "two 2026-04-21 09:00")
	for _, day := range []string{"2026-04-03", "2026-04-01", "2027-04-04"} {
		_, err := s.PauseUntil(t.Context(), e.ID, date(t, day))
		refused(t, err, "after today, 2026-04-03, and on 2027-04-03 at the latest; this one would end on "+day)
	}
	if _, err := s.PauseUntil(t.Context(), e.ID, date(t, "2027-04-03")); err != nil {
		t.Error(err)
	}
	s.at(t, "2026-04-07 12:00")
	resumed, err := s.Resume(t.Context(), e.ID)
	if err != nil || !resumed.PausedUntil.IsZero() || !resumed.Floor.Equal(s.now) {
		t.Errorf("resumed: %+v, %v", resumed, err)
	}
	s.comes(t, e.ID, "two 2026-04-14 09:00")
}

func TestSetPace(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 1) // on 31 March
	if _, err := s.SetPace(t.Context(), e.ID, 2); err != nil {
		t.Error(err)
	}
	s.comes(t, e.ID, "two 2026-04-14 09:00")
	for _, pace := range []int{0, -1, 3} {
		_, err := s.SetPace(t.Context(), e.ID, pace)
		refused(t, err, "a pace is 1 (every slot), 2")
	}
}

func TestMove(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 1)
	p, err := s.Move(t.Context(), audience.Who{ID: e.Subscriber}, "Asia/Tokyo")
	if err != nil || p.Timezone != "Asia/Tokyo" {
		t.Errorf("moved: %+v, %v", p, err)
	}
	s.comes(t, e.ID, "two 2026-04-07 02:00")
	before := s.dump(t)
	if _, err := s.Move(t.Context(), audience.Who{ID: e.Subscriber}, "Mars/Olympus"); err == nil || !strings.Contains(err.Error(), "Mars/Olympus") {
		t.Errorf("moving to Mars: %v", err)
	}
	if _, err := s.Move(t.Context(), audience.Who{ID: 99}, "Asia/Tokyo"); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("moving nobody: %v", err)
	}
	if s.dump(t) != before {
		t.Error("a refusal wrote something")
	}
}

func TestSendNext(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 1)
	s.at(t, "2026-04-01 21:00") // late in the evening, the day after an issue
	for range 2 {
		if _, err := s.SendNext(t.Context(), e.ID, "two"); err != nil {
			t.Fatal(err)
		}
		s.comes(t, e.ID, "two 2026-04-01 23:00")
	}
	s.sent(t, e.ID, 1)
	s.comes(t, e.ID, "three 2026-04-14 09:00") // it took the place of the coming slot
	before := s.dump(t)
	s.at(t, "2026-04-02 08:00")
	if _, err := s.SendNext(t.Context(), e.ID, "two"); err != nil || s.dump(t) != before {
		t.Errorf("asking for what they had: %v, or it wrote something", err)
	}
	_, err := s.SendNext(t.Context(), e.ID, "four")
	refused(t, err, "the next issue is three, not four")
	if _, err := s.SendNext(t.Context(), e.ID, "nine"); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("asking for what there is not: %v", err)
	}
}

// TestSendNextWhileOneIsOnItsWay asks when the mark was made and the relay has not
// answered yet: whatever the answer, one issue comes.
func TestSendNextWhileOneIsOnItsWay(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	due, err := s.store.History(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Passage(&due)
	if err != nil {
		t.Fatal(err)
	}
	coming := calendar.Forecast(s.campaign, p, s.now, 1)
	s.now = coming[0].At
	s.mark(t, &due, coming[0])
	if after, err := s.SendNext(t.Context(), e.ID, ""); err != nil || !after.AskedAt.IsZero() {
		t.Errorf("asked at %v, %v", after.AskedAt, err)
	}
}

func TestSendNextSaysWhyNot(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, why string
		arrange   func(*series, drip.Enrollment) error
	}{
		{"a quiet date", "2026-04-01: it is a quiet date", func(s *series, _ drip.Enrollment) (err error) {
			s.campaign.Quiet, err = timing.ParseDates([]string{"04-01"})
			return err
		}},
		{"an issue for later", "issue two is not sent before 2026-04-09", func(s *series, _ drip.Enrollment) (err error) {
			s.campaign.Issues[1].NotBefore, err = timing.ParseDate("2026-04-09")
			return err
		}},
		{"a draft", "issue two is a draft", func(s *series, _ drip.Enrollment) error {
			s.campaign.Issues[1].Draft = true
			return nil
		}},
		{"an issue that must be reviewed", "must be reviewed again", func(s *series, _ drip.Enrollment) (err error) {
			s.campaign.Review = drip.ReviewRequired
			s.campaign.Issues[1].ReviewBy, err = timing.ParseDate("2026-03-31")
			return err
		}},
		{"an issue without approval", "issue two waits for approval", func(s *series, _ drip.Enrollment) error {
			s.sendable[1] = false
			return nil
		}},
		{"the last issue", "no further issue", func(s *series, _ drip.Enrollment) error {
			s.campaign.Issues = s.campaign.Issues[:1]
			return nil
		}},
		{"a paused reader", "they pause until Mon 20 Apr 2026; resume first", func(s *series, e drip.Enrollment) error {
			_, err := s.PauseUntil(t.Context(), e.ID, date(t, "2026-04-20"))
			return err
		}},
		{"a paused campaign", "the campaign is paused", func(s *series, e drip.Enrollment) error {
			_, err := s.store.ChangeCampaign(t.Context(), store.CampaignChange{Campaign: e.Campaign, Verb: store.PauseCampaign, Now: s.now})
			return err
		}},
		{"a campaign without files", "errors or are gone", func(s *series, _ drip.Enrollment) error {
			s.record.No++
			return nil
		}},
		{"somebody who left", "not in this series any more", func(s *series, e drip.Enrollment) error {
			_, err := s.Unsubscribe(t.Context(), audience.Who{ID: e.Subscriber}, 0)
			return err
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSeries(t)
			e := s.reader(t, "ann@example.org")
			s.sent(t, e.ID, 1)
			s.at(t, "2026-04-01 12:00")
			if err := tc.arrange(s, e); err != nil {
				t.Fatal(err)
			}
			before := s.dump(t)
			_, err := s.SendNext(t.Context(), e.ID, "")
			refused(t, err, tc.why)
			if s.dump(t) != before {
				t.Error("a refusal wrote something")
			}
		})
	}
}

// An issue that was inserted behind the reader is not what they ask for.
func TestSendNextPassesWhatIsBehind(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 2)
	s.at(t, "2026-04-08 12:00")
	s.campaign.Issues[0], s.campaign.Issues[2] = s.campaign.Issues[2], s.campaign.Issues[0]
	if _, err := s.SendNext(t.Context(), e.ID, "four"); err != nil {
		t.Error(err)
	}
	s.comes(t, e.ID, "four 2026-04-08 14:00")
}

func TestWishesOfWhoHasNotBegun(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.invited(t, "ann@example.org")
	_, err := s.PauseUntil(t.Context(), e.ID, date(t, "2026-04-20"))
	refused(t, err, "waits for their confirmation")
	_, err = s.Resume(t.Context(), e.ID)
	refused(t, err, "waits for their confirmation")
	_, err = s.SetPace(t.Context(), e.ID, 2)
	refused(t, err, "waits for their confirmation")
	_, err = s.SendNext(t.Context(), e.ID, "")
	refused(t, err, "waits for their confirmation")
	_, err = s.StartOver(t.Context(), e.ID)
	refused(t, err, "waits for their confirmation")
	if _, err := s.Resume(t.Context(), 99); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("nobody's wish: %v", err)
	}
}

func TestStartOver(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 2) // the second on 7 April
	s.at(t, "2026-04-08 12:00")
	for range 2 {
		again, err := s.StartOver(t.Context(), e.ID)
		if err != nil || again.Follows != e.ID || again.Continues || again.ConsentID != e.ConsentID {
			t.Fatalf("started over: %+v, %v", again, err)
		}
		s.comes(t, again.ID, "one 2026-04-14 09:00")
	}
	again := s.enrollmentOf(t, e.Subscriber)
	s.sent(t, again.ID, 1)
	s.comes(t, again.ID, "two 2026-04-21 09:00")
	if s.state(t, e.ID) != drip.EnrollmentLeft {
		t.Error("the first part has not ended")
	}
}

// The first issue does not wait for the pace, and the others do.
func TestStartOverDoesNotWaitForThePace(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 2) // the second on 7 April
	s.at(t, "2026-04-08 12:00")
	if _, err := s.SetPace(t.Context(), e.ID, 2); err != nil {
		t.Fatal(err)
	}
	again, err := s.StartOver(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.comes(t, again.ID, "one 2026-04-14 09:00")
	s.sent(t, again.ID, 1)
	s.comes(t, again.ID, "two 2026-04-28 09:00")
}

// Who starts over just after an issue does not get two in a row.
func TestStartOverKeepsTheDistance(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 1)
	s.at(t, "2026-04-06 12:00") // Monday: an issue is asked for, and leaves
	if _, err := s.SendNext(t.Context(), e.ID, ""); err != nil {
		t.Fatal(err)
	}
	s.sent(t, e.ID, 1)
	again, err := s.StartOver(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.comes(t, again.ID, "one 2026-04-14 09:00")
}
