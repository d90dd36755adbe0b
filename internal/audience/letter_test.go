package audience_test

import (
	"errors"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// A letter can be opened from its mark on, with what the mark pinned; before that
// nobody has the link, and there is nothing to show.
func TestLetterIsWhatTheMarkPinned(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	key := drip.DeliveryKey{Enrollment: e.ID, Issue: s.record.Issues["one"]}
	link := link(s.ViewURL("https://letters.example.org/", key))
	missing := func(when string) {
		t.Helper()
		if _, err := s.Letter(t.Context(), link); !errors.Is(err, drip.ErrNotFound) {
			t.Errorf("%s: %v", when, err)
		}
	}
	missing("before anything was decided")
	content, err := s.store.SaveContent(t.Context(), [32]byte{1}, []byte("{}"), s.now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.store.CommitPlan(t.Context(), store.PlanCommit{Owner: 1, Calendar: s.now, Machine: s.now, Decisions: []store.Decision{{
		Kind: store.DecideClaim, Enrollment: e.ID, Revision: e.Revision, Issue: key.Issue, Content: content,
		Lease: s.now.Add(time.Hour), Slot: timing.Slot{Wall: timing.WallAt(s.now), Zone: "UTC", At: s.now},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	missing("claimed")
	mark := store.Mark{Fence: store.Fence{DeliveryKey: key, Attempt: 1}, Lease: s.now.Add(time.Hour), LocalDate: timing.DateAt(s.now), Merge: `{"name":"Ann"}`}
	if _, err := s.store.CommitRound(t.Context(), store.Round{Calendar: s.now, Machine: s.now, Marks: []store.Mark{mark}}); err != nil {
		t.Fatal(err)
	}
	letter, err := s.Letter(t.Context(), link)
	if err != nil || letter.Delivery.Content != content || letter.Delivery.Merge != mark.Merge || letter.Enrollment.ID != e.ID {
		t.Errorf("marked: %+v, %v", letter, err)
	}
	if err := s.Leave(t.Context(), s.UnsubscribeURL("", e)[3:]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Letter(t.Context(), link); err != nil {
		t.Errorf("who left: %v", err)
	}
	if err := s.Erase(t.Context(), audience.Who{ID: e.Subscriber}); err != nil {
		t.Fatal(err)
	}
	missing("erased")
}

// The stages of a reader's way, and what can be asked for at each.
func TestPreferencesAlongTheWay(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	e := s.reader(t, "ann@example.org")
	l := link(s.PreferencesURL("", e))
	is := func(stage audience.Stage, next int, ahead bool) {
		t.Helper()
		p, err := s.Preferences(t.Context(), l)
		if err != nil || p.Stage != stage || p.Next != next || p.Of != 4 || (p.Ahead != "") != ahead || !p.ZoneIsTheirs || p.Zone != "Europe/Berlin" {
			t.Errorf("want %s %d, ahead %v; got %+v, %v", stage, next, ahead, p, err)
		}
	}
	is(audience.StageComing, 1, true)
	s.sendable[0] = false
	is(audience.StageWaiting, 1, false)
	s.sendable[0] = true
	s.campaign.Issues[0].Draft = true
	if p, err := s.Preferences(t.Context(), l); err != nil || p.Stage != audience.StageWaiting {
		t.Errorf("a draft: %+v, %v", p, err)
	}
	s.campaign.Issues[0].Draft = false
	s.sent(t, e.ID, 1)
	s.now = s.now.Add(time.Hour)
	is(audience.StageComing, 2, true)
	change := func(verb store.CampaignVerb) {
		t.Helper()
		if _, err := s.store.ChangeCampaign(t.Context(), store.CampaignChange{Campaign: s.record.No, Verb: verb, Now: s.now}); err != nil {
			t.Fatal(err)
		}
	}
	change(store.PauseCampaign)
	is(audience.StageHalted, 2, false)
	change(store.ResumeCampaign)
	s.sent(t, e.ID, 3)
	is(audience.StageFinished, 0, false)
	change(store.StopCampaign)
	if p, err := s.Preferences(t.Context(), l); err != nil || p.Stage != audience.StageOut {
		t.Errorf("stopped: %+v, %v", p, err)
	}
}
