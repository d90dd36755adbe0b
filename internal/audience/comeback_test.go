package audience_test

import (
	"testing"

	"partwork/internal/audience"
	"partwork/internal/drip"
)

func TestComingBack(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		choice audience.Choice
		next   string
	}{
		{"to go on", audience.ChooseContinue, "three 2026-04-14 09:00"},
		{"to begin anew", audience.ChooseAnew, "one 2026-04-08 14:00"},
		{"without a word goes on", audience.ChooseNothing, "three 2026-04-14 09:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSeries(t)
			e := s.reader(t, "ann@example.org")
			s.sent(t, e.ID, 2) // the second on 7 April
			s.at(t, "2026-04-08 12:00")
			again, l := s.invitedBack(t, e)
			before := s.dump(t)
			invitation, err := s.Invitation(t.Context(), l)
			if err != nil || invitation.Comeback == nil || invitation.Comeback.Next != 3 || invitation.Comeback.Of != 4 {
				t.Errorf("Invitation = %+v, %v", invitation, err)
			}
			if s.dump(t) != before {
				t.Error("looking at an invitation wrote something")
			}
			for range 2 { // the second time changes nothing
				now, err := s.Confirm(t.Context(), l, tc.choice, statement)
				if err != nil || !now.Confirmed || now.Continues != (tc.choice != audience.ChooseAnew) {
					t.Fatalf("Confirm = %+v, %v", now, err)
				}
				s.comes(t, again.ID, tc.next)
			}
			if _, err := s.Confirm(t.Context(), l, audience.ChooseAnew, statement); err != nil {
				t.Fatal(err)
			}
			s.comes(t, again.ID, tc.next)
			if invitation, err = s.Invitation(t.Context(), l); err != nil || invitation.Comeback != nil || !invitation.Confirmed ||
				invitation.Continues != (tc.choice != audience.ChooseAnew) {
				t.Errorf("Invitation afterwards = %+v, %v", invitation, err)
			}
		})
	}
}

// Whoever leaves and comes back within the hour is not sent two issues in a row.
func TestComingBackKeepsTheDistance(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 1)
	s.at(t, "2026-04-06 12:00")
	if _, err := s.SendNext(t.Context(), e.ID, ""); err != nil {
		t.Fatal(err)
	}
	s.sent(t, e.ID, 1)
	again, l := s.invitedBack(t, e)
	if _, err := s.Confirm(t.Context(), l, audience.ChooseContinue, statement); err != nil {
		t.Fatal(err)
	}
	s.comes(t, again.ID, "three 2026-04-14 09:00")
}

func TestNothingToComeBackTo(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	fresh, through := s.reader(t, "ann@example.org"), s.reader(t, "bob@example.org")
	s.sent(t, through.ID, 4)
	s.finish(t, through.ID)
	for name, e := range map[string]drip.Enrollment{"who had nothing": fresh, "who had everything": through} {
		again, l := s.invitedBack(t, e)
		if invitation, err := s.Invitation(t.Context(), l); err != nil || invitation.Comeback != nil {
			t.Errorf("%s: Invitation = %+v, %v", name, invitation, err)
		}
		if _, err := s.Confirm(t.Context(), l, audience.ChooseNothing, statement); err != nil {
			t.Fatal(err)
		}
		s.comes(t, again.ID, "one "+s.now.In(berlin(t)).Format("2006-01-02 15:04"))
	}
}

// An issue that was appended since is something to go on with.
func TestComingBackToAnAppendedIssue(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	s.campaign.Issues = s.campaign.Issues[:3]
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 3)
	s.finish(t, e.ID)
	again, l := s.invitedBack(t, e)
	s.campaign.Issues = append(s.campaign.Issues, drip.Issue{ID: "four"})
	invitation, err := s.Invitation(t.Context(), l)
	if err != nil || invitation.Comeback == nil || invitation.Comeback.Next != 4 || invitation.Comeback.Of != 4 {
		t.Errorf("Invitation = %+v, %v", invitation, err)
	}
	if _, err := s.Confirm(t.Context(), l, audience.ChooseNothing, statement); err != nil {
		t.Fatal(err)
	}
	s.comes(t, again.ID, "four 2026-04-21 09:00")
}

// Without the campaign's files nobody knows the place, but nothing is lost.
func TestComingBackWithoutFiles(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 2)
	again, l := s.invitedBack(t, e)
	s.record.No++
	invitation, err := s.Invitation(t.Context(), l)
	if err != nil || invitation.Comeback == nil || invitation.Comeback.Of != 0 {
		t.Errorf("Invitation = %+v, %v", invitation, err)
	}
	if _, err := s.Confirm(t.Context(), l, audience.ChooseNothing, statement); err != nil {
		t.Fatal(err)
	}
	s.record.No--
	s.comes(t, again.ID, "three 2026-04-14 09:00")
}
