package audience_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

func TestAdd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann := audience.NewPerson{
		Email: parse(t, "ann@example.org"), Name: "Ann", Timezone: "Europe/London",
		Attributes: map[string]string{"city": "Bonn"}, Consent: "asked me by phone", Campaign: w.target(),
	}
	for _, want := range []audience.Added{
		{Subscriber: 1, Result: store.RowNew, Enroll: store.EnrollActive},
		{Subscriber: 1, Result: store.RowUnchanged, Enroll: store.EnrollAlready},
	} {
		if got, err := w.Add(t.Context(), ann); err != nil || got != want {
			t.Errorf("Add = %+v, %v, want %+v", got, err, want)
		}
	}
	p, err := w.Show(t.Context(), audience.Who{ID: 1})
	if err != nil || p.Subscriber.Name != "Ann" || p.Subscriber.Attributes["city"] != "Bonn" || p.Subscriber.ConsentID == 0 ||
		len(p.Enrollments) != 1 || p.Suppression != nil {
		t.Errorf("Show = %+v, %v", p, err)
	}
	if e := w.invited(t, "bob@example.org"); e.State != drip.EnrollmentPending || e.InvitedAt.IsZero() {
		t.Errorf("invited: %+v", e)
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Suppress(t.Context(), parse(t, "stop@example.org"), drip.SuppressedByAdmin); err != nil {
		t.Fatal(err)
	}
	ann := parse(t, "ann@example.org")
	before := w.dump(t)
	for name, p := range map[string]audience.NewPerson{
		"no @":             {},
		"address is suppr": {Email: parse(t, "Stop@Example.org")},
		"line break":       {Email: ann, Name: "A\nB"},
		"time zone":        {Email: ann, Timezone: "Mars/Olympus"},
		"attribute":        {Email: ann, Attributes: map[string]string{"First Name": "x"}},
		"hidden character": {Email: ann, Attributes: map[string]string{"city": "a\nb"}},
		"which one":        {Email: ann, Invite: true},
		"not found":        {Email: ann, Campaign: &audience.CampaignTarget{No: 99}},
	} {
		_, err := w.Add(t.Context(), p)
		if name == "no @" {
			name = "no address"
		}
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("err = %v, want something with %q", err, name)
		}
	}
	if w.dump(t) != before {
		t.Error("a refused person left traces")
	}
}

func TestEnroll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.imported(t, "email\nann@example.org\n", audience.ImportOptions{Consent: "c"})
	w.imported(t, "email\nbob@example.org\n", audience.ImportOptions{})
	ann, bob := audience.Who{Email: parse(t, "ANN@example.org")}, audience.Who{ID: 2}
	to := audience.EnrollOptions{CampaignTarget: *w.target(), Invite: true}

	e, err := w.Enroll(t.Context(), ann, to)
	if err != nil || e.State != drip.EnrollmentActive || e.Start != drip.StartAtSlot {
		t.Errorf("with a consent: %+v, %v", e, err)
	}
	if again, err := w.Enroll(t.Context(), ann, to); !errors.Is(err, drip.ErrEnrolled) || again.ID != e.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	if e, err := w.Enroll(t.Context(), bob, to); err != nil || e.State != drip.EnrollmentPending || e.InvitedAt.IsZero() {
		t.Errorf("without a consent: %+v, %v", e, err)
	}
	if n, err := w.Unsubscribe(t.Context(), ann, 0); n != 1 || err != nil {
		t.Errorf("unsubscribed from %d, %v", n, err)
	}
	if n, err := w.Unsubscribe(t.Context(), ann, 0); n != 0 || err != nil {
		t.Errorf("unsubscribed again from %d, %v", n, err)
	}
	// Coming back needs their own confirmation, whatever consent there was.
	if e, err := w.Enroll(t.Context(), ann, to); err != nil || e.State != drip.EnrollmentPending {
		t.Errorf("after leaving: %+v, %v", e, err)
	}
	if _, err := w.Enroll(t.Context(), audience.Who{Email: parse(t, "nobody@example.org")}, to); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := w.Enroll(t.Context(), audience.Who{}, to); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("no name: %v", err)
	}
	w.verb(t, store.CloseCampaign)
	w.imported(t, "email\ncarl@example.org\n", audience.ImportOptions{Consent: "c"})
	if _, err := w.Enroll(t.Context(), audience.Who{ID: 3}, to); !errors.Is(err, drip.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestUnsubscribeFromOneCampaign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	roses := w.newCampaign(t, "roses")
	w.imported(t, "email\nann@example.org\n", audience.ImportOptions{Consent: "c", Campaign: w.target()})
	if _, err := w.Enroll(t.Context(), audience.Who{ID: 1}, audience.EnrollOptions{CampaignTarget: audience.CampaignTarget{No: roses}}); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Unsubscribe(t.Context(), audience.Who{ID: 1}, w.campaign); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	p, _ := w.Show(t.Context(), audience.Who{ID: 1})
	if a, b := p.Enrollments[0], p.Enrollments[1]; a.LeftReason != drip.LeftByAdmin || b.State != drip.EnrollmentActive {
		t.Errorf("enrollments %+v, %+v", a, b)
	}
}

// Erasure outlasts an import of the same list.
func TestErase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := "email,name\nann@example.org,Ann Secret\nbob@example.org,Bob\n"
	w.imported(t, list, audience.ImportOptions{Consent: "c", Campaign: w.target()})
	if err := w.Erase(t.Context(), audience.Who{Email: parse(t, "Ann@example.org")}); err != nil {
		t.Fatal(err)
	}
	if err := w.Erase(t.Context(), audience.Who{ID: 1}); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	if r := w.imported(t, list, audience.ImportOptions{Consent: "c"}); r.Suppressed != 1 || r.Unchanged != 1 {
		t.Errorf("imported again: %+v", r)
	}
	if dump := w.dump(t); strings.Contains(dump, "ann@") || strings.Contains(dump, "Secret") {
		t.Errorf("the database remembers: %s", dump)
	}
}

func TestSuppressKeepsTheFirstReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.imported(t, "email\nann@example.org\n", audience.ImportOptions{Consent: "c", Campaign: w.target()})
	for _, reason := range []drip.SuppressionReason{drip.SuppressedByBounce, drip.SuppressedByAdmin} {
		if err := w.Suppress(t.Context(), parse(t, "ann@example.org"), reason); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
	}
	p, err := w.Show(t.Context(), audience.Who{ID: 1})
	if err != nil || p.Suppression == nil || p.Suppression.Reason != drip.SuppressedByBounce || !p.Suppression.At.Equal(start) {
		t.Errorf("Show = %+v, %v", p, err)
	}
	if e := p.Enrollments[0]; e.LeftReason != drip.LeftSuppressed {
		t.Errorf("enrollment %+v", e)
	}
}
