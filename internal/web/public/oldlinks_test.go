package public_test

import (
	"net/http"
	"testing"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// The link in a letter of an earlier passage means the series: by the button, by
// one click, and by the button for everything.
func TestTheLinkInAnOldLetterStopsTheSeries(t *testing.T) {
	t.Parallel()
	for passage, again := range map[string]func(testing.TB, *site) drip.EnrollmentID{
		"started over": func(t testing.TB, s *site) drip.EnrollmentID {
			e, err := s.audience.StartOver(t.Context(), s.active.ID)
			if err != nil {
				t.Fatal(err)
			}
			return e.ID
		},
		"came back": func(t testing.TB, s *site) drip.EnrollmentID {
			e, path := s.cameBack(t)
			s.post(t, path, "action=continue")
			return e.ID
		},
	} {
		for _, form := range []string{"action=series", "List-Unsubscribe=One-Click", "action=everything"} {
			t.Run(passage+"/"+form, func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				open := again(t, s)
				before := s.dump(t)
				ask := s.get(t, s.leave)
				s.do(t, "HEAD", s.leave, "", "")
				if s.dump(t) != before || s.state(t, open) != drip.EnrollmentActive {
					t.Fatal("looking changed something")
				}
				buttons := len(testkit.ParseHTML(t, text(t, ask)).All("form[method=post] button[type=submit]"))
				if ask.StatusCode != http.StatusOK || buttons != 2 {
					t.Errorf("the page: %d, %d buttons", ask.StatusCode, buttons)
				}
				for range 2 { // a double click
					if r := s.post(t, s.leave, form); r.StatusCode != http.StatusOK {
						t.Errorf("status %d", r.StatusCode)
					}
					if got := s.state(t, open); got != drip.EnrollmentLeft {
						t.Fatalf("the page says stopped, and the reader is %s", got)
					}
				}
				if got, want := s.suppressed(t, s.active), form == "action=everything"; got != want {
					t.Errorf("suppressed: %v, want %v", got, want)
				}
			})
		}
	}
}

// The link of an invitation that was answered with "no" stays dead, and does
// nothing to one that was confirmed since.
func TestAnOldInvitationUndoesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post(t, s.audience.UnsubscribeURL("", s.invited), "List-Unsubscribe=One-Click")
	again, err := s.audience.Enroll(t.Context(), audience.Who{ID: s.invited.Subscriber}, audience.EnrollOptions{
		CampaignTarget: audience.CampaignTarget{No: s.invited.Campaign}, Invite: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.post(t, s.audience.ConfirmURL("", again), ""); r.StatusCode != http.StatusOK {
		t.Errorf("confirming: %d", r.StatusCode)
	}
	before := s.dump(t)
	for _, r := range []*http.Response{s.get(t, s.confirm), s.post(t, s.confirm, ""), s.post(t, s.confirm, "action=anew")} {
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("the old link: %d", r.StatusCode)
		}
	}
	if s.dump(t) != before || s.state(t, again.ID) != drip.EnrollmentActive {
		t.Error("an old invitation changed something")
	}
}
