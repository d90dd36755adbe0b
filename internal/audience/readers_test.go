package audience_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/token"
)

// link is the last part of a URL.
func link(url string) string { return url[strings.LastIndex(url, "/")+1:] }

func TestLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := drip.Enrollment{ID: 7, Subscriber: 8}
	for _, base := range []string{"https://letters.example.org", "https://letters.example.org/", "https://example.org/letters/"} {
		c, u := w.ConfirmURL(base, e), w.UnsubscribeURL(base, e)
		prefix := strings.TrimSuffix(base, "/")
		if c != prefix+"/c/"+link(c) || u != prefix+"/u/"+link(u) || link(c) == link(u) || len(link(c)) != token.Size {
			t.Errorf("%s: %s and %s", base, c, u)
		}
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.invited(t, "ann@example.org")
	l := link(w.ConfirmURL("", e))
	before := w.dump(t)
	invitation, err := w.Invitation(t.Context(), l)
	if err != nil || invitation.Confirmed {
		t.Fatalf("Invitation = %+v, %v", invitation, err)
	}
	if w.dump(t) != before {
		t.Error("looking at an invitation wrote something")
	}
	w.now = w.now.Add(time.Hour)
	confirmed := w.now
	for range 2 {
		if now, err := w.Confirm(t.Context(), l, audience.ChooseNothing, statement); err != nil || !now.Confirmed || now.Continues {
			t.Fatalf("Confirm = %+v, %v", now, err)
		}
		after, _ := w.store.Enrollment(t.Context(), e.ID)
		if after.State != drip.EnrollmentActive || !after.JoinedAt.Equal(confirmed) || after.ConsentID == 0 {
			t.Errorf("confirmed: %+v", after)
		}
		w.now = w.now.Add(time.Hour)
	}
	if again, err := w.Invitation(t.Context(), l); err != nil || !again.Confirmed {
		t.Errorf("Invitation afterwards = %+v, %v", again, err)
	}
	if n := strings.Count(w.dump(t), statement); n != 1 {
		t.Errorf("what the page said is kept %d times as the consent", n)
	}
}

func TestConfirmRefusesQuietly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	suppressed, left, erased := w.invited(t, "a@example.org"), w.invited(t, "b@example.org"), w.invited(t, "c@example.org")
	if err := w.Suppress(t.Context(), parse(t, "a@example.org"), drip.SuppressedByBounce); err != nil {
		t.Fatal(err)
	}
	if err := w.Leave(t.Context(), link(w.UnsubscribeURL("", left))); err != nil {
		t.Fatal(err)
	}
	if err := w.Erase(t.Context(), audience.Who{ID: erased.Subscriber}); err != nil {
		t.Fatal(err)
	}
	stranger := w.invited(t, "d@example.org")
	stranger.Subscriber++ // as after an erasure, if the number came back
	before := w.dump(t)
	for name, l := range map[string]string{
		"suppressed":     link(w.ConfirmURL("", suppressed)),
		"left":           link(w.ConfirmURL("", left)),
		"unknown":        link(w.ConfirmURL("", drip.Enrollment{ID: 99, Subscriber: 99})),
		"other person":   link(w.ConfirmURL("", stranger)),
		"leave link":     link(w.UnsubscribeURL("", suppressed)),
		"no link at all": "x",
		"empty":          "",
	} {
		if _, err := w.Confirm(t.Context(), l, audience.ChooseNothing, statement); !errors.Is(err, drip.ErrNotFound) {
			t.Errorf("%s: Confirm = %v", name, err)
		}
		if _, err := w.Invitation(t.Context(), l); !errors.Is(err, drip.ErrNotFound) {
			t.Errorf("%s: Invitation = %v", name, err)
		}
	}
	if after := w.dump(t); after != before {
		t.Error("a refusal wrote something")
	}
}

func TestLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	roses := w.newCampaign(t, "roses")
	e := w.invited(t, "ann@example.org")
	other, err := w.Enroll(t.Context(), audience.Who{ID: e.Subscriber}, audience.EnrollOptions{CampaignTarget: audience.CampaignTarget{No: roses}})
	if err != nil {
		t.Fatal(err)
	}
	l := link(w.UnsubscribeURL("", e))
	before := w.dump(t)
	if err := w.Departure(t.Context(), l); err != nil || w.dump(t) != before {
		t.Errorf("Departure = %v", err)
	}
	for range 2 {
		if err := w.Leave(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		after, _ := w.store.Enrollment(t.Context(), e.ID)
		if after.State != drip.EnrollmentLeft || after.LeftReason != drip.LeftByReader || !after.LeftAt.Equal(start) {
			t.Errorf("left: %+v", after)
		}
		if w.state(t, other.ID) == drip.EnrollmentLeft {
			t.Error("leaving one series ended another")
		}
		w.now = w.now.AddDate(2, 0, 0) // the link works for years
	}
	for range 2 {
		if err := w.LeaveEverything(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		if w.state(t, other.ID) != drip.EnrollmentLeft {
			t.Error("leaving everything did not end the other series")
		}
	}
	p, err := w.Show(t.Context(), audience.Who{ID: e.Subscriber})
	if err != nil || p.Suppression == nil || p.Suppression.Reason != drip.SuppressedByReader {
		t.Errorf("Show = %+v, %v", p, err)
	}
}

// Whoever has nothing to leave any more is told the same as everybody.
func TestLeaveAfterErasureIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.invited(t, "ann@example.org")
	l := link(w.UnsubscribeURL("", e))
	other := w.invited(t, "bob@example.org")
	if err := w.Erase(t.Context(), audience.Who{ID: e.Subscriber}); err != nil {
		t.Fatal(err)
	}
	mixed := link(w.UnsubscribeURL("", drip.Enrollment{ID: other.ID, Subscriber: e.Subscriber}))
	before := w.dump(t)
	for _, l := range []string{l, mixed} {
		if err := errors.Join(w.Departure(t.Context(), l), w.Leave(t.Context(), l), w.LeaveEverything(t.Context(), l)); err != nil {
			t.Errorf("err = %v", err)
		}
	}
	if after := w.dump(t); after != before {
		t.Error("a link of nobody's changed something")
	}
}

// A link is good for what it was signed for, and for nothing else.
func TestOtherPurposesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.invited(t, "ann@example.org")
	before := w.dump(t)
	subject := token.Subject{A: int64(e.ID), B: int64(e.Subscriber)}
	for _, p := range []token.Purpose{0, token.Confirm, token.Unsubscribe, token.Preferences, token.View} {
		l := w.keys.Sign(p, subject)
		if p != token.Confirm {
			_, look := w.Invitation(t.Context(), l)
			_, yes := w.Confirm(t.Context(), l, audience.ChooseNothing, statement)
			if !errors.Is(look, drip.ErrNotFound) || !errors.Is(yes, drip.ErrNotFound) {
				t.Errorf("purpose %d confirms", p)
			}
		}
		if p != token.Unsubscribe {
			for _, act := range []error{w.Departure(t.Context(), l), w.Leave(t.Context(), l), w.LeaveEverything(t.Context(), l)} {
				if !errors.Is(act, drip.ErrNotFound) {
					t.Errorf("purpose %d leaves: %v", p, act)
				}
			}
		}
	}
	if after := w.dump(t); after != before {
		t.Error("a foreign link changed something")
	}
}

// A link that names the enrollment alone is honored: it is better to end a
// series for somebody than to say "done" and go on.
func TestLinkWithoutSubscriber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.invited(t, "ann@example.org")
	if err := w.Leave(t.Context(), w.keys.Sign(token.Unsubscribe, token.Subject{A: int64(e.ID)})); err != nil {
		t.Fatal(err)
	}
	if w.state(t, e.ID) != drip.EnrollmentLeft {
		t.Error("still enrolled")
	}
}
