package audience_test

import (
	"errors"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
)

// laterPassages are the ways in which a reader who had two issues goes through
// the series again. Each returns the enrollment that is open then.
func (s *series) laterPassages(t testing.TB) map[string]func(drip.Enrollment) drip.Enrollment {
	t.Helper()
	cameBack := func(choice audience.Choice) func(drip.Enrollment) drip.Enrollment {
		return func(e drip.Enrollment) drip.Enrollment {
			again, l := s.invitedBack(t, e)
			if _, err := s.Confirm(t.Context(), l, choice, statement); err != nil {
				t.Fatal(err)
			}
			return again
		}
	}
	return map[string]func(drip.Enrollment) drip.Enrollment{
		"started over": func(e drip.Enrollment) drip.Enrollment {
			again, err := s.StartOver(t.Context(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			return again
		},
		"came back to go on": cameBack(audience.ChooseContinue),
		"came back anew":     cameBack(audience.ChooseAnew),
		"was invited back": func(e drip.Enrollment) drip.Enrollment {
			again, _ := s.invitedBack(t, e)
			return again
		},
	}
}

// Letters are kept for years: the link in the oldest one ends the series as well
// as that in the newest.
func TestTheLinkInAnOldLetterStopsTheSeries(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	n := 0
	for name, again := range s.laterPassages(t) {
		for what, leave := range map[string]func(string) error{
			"series":     func(l string) error { return s.Leave(t.Context(), l) },
			"everything": func(l string) error { return s.LeaveEverything(t.Context(), l) },
		} {
			n++
			e := s.reader(t, "ann"+string(rune('a'+n))+"@example.org")
			s.sent(t, e.ID, 2)
			old := link(s.UnsubscribeURL("", e))
			now := again(e)
			before := s.dump(t)
			if err := s.Departure(t.Context(), old); err != nil || s.dump(t) != before {
				t.Errorf("%s: Departure = %v, or it wrote something", name, err)
			}
			for range 2 { // a double click
				if err := leave(old); err != nil {
					t.Fatal(err)
				}
				after, err := s.store.Enrollment(t.Context(), now.ID)
				if err != nil || after.State != drip.EnrollmentLeft || after.LeftReason != drip.LeftByReader || !after.LeftAt.Equal(s.now) {
					t.Fatalf("%s, then they left %s by the link of an old letter: %+v, %v", name, what, after, err)
				}
				s.comes(t, now.ID, "nothing")
			}
		}
	}
}

// What an old link ended, a later invitation may begin again; and whoever
// confirmed that stays in, whatever else is done with the link of the earlier
// invitation.
func TestALaterInvitationOutlastsOldLinks(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.invitedReader(t, "ann@example.org")
	oldLeave, oldConfirm := link(s.UnsubscribeURL("", e)), link(s.ConfirmURL("", e))
	if err := s.Leave(t.Context(), oldLeave); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(time.Hour)
	again, l := s.invitedBack(t, e)
	if _, err := s.Confirm(t.Context(), l, audience.ChooseNothing, statement); err != nil {
		t.Fatal(err)
	}
	before := s.dump(t)
	if _, err := s.Confirm(t.Context(), oldConfirm, audience.ChooseAnew, statement); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("the link of the earlier invitation: %v", err)
	}
	if err := s.Departure(t.Context(), oldLeave); err != nil {
		t.Error(err)
	}
	if s.dump(t) != before || s.state(t, again.ID) != drip.EnrollmentActive {
		t.Error("it is not as confirmed any more")
	}
}

// invitedReader adds somebody who is asked to confirm.
func (s *series) invitedReader(t testing.TB, address string) drip.Enrollment {
	t.Helper()
	added, err := s.Add(t.Context(), audience.NewPerson{
		Email: parse(t, address), Campaign: &audience.CampaignTarget{No: s.record.No}, Invite: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.enrollmentOf(t, added.Subscriber)
}
