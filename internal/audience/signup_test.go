package audience_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// open lets people join the series by themselves, by the given rules.
func (s *series) open(rules audience.SignUpRules) {
	s.campaign.SignUp = drip.SignUp{Open: true, Form: drip.Form{Version: "1", Text: "Send me the lilies."}}
	s.Audience = audience.New(audience.Options{
		Stores: s.store, Hasher: mailaddr.NewHasher(make([]byte, 32)), Keyring: s.keys, Zones: timing.NewZones(),
		Calendar: func() time.Time { return s.now }, Planner: s, SignUps: rules,
	})
}

// applied sends in a form that is as it should be.
func (s *series) applied(t testing.TB, f audience.Application) audience.SignUpAnswer {
	t.Helper()
	form, err := s.SignUpForm(t.Context(), "k-lilies")
	if err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(5 * time.Second)
	f.Stamp = form.Stamp
	answer, err := s.SignUp(t.Context(), "k-lilies", f)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// asks signs somebody up, has the mail sent that asks to confirm, and returns the
// enrollment and its link.
func (s *series) asks(t testing.TB, email string) (drip.Enrollment, string) {
	t.Helper()
	if answer := s.applied(t, audience.Application{Email: email}); answer.Kind != audience.SignUpTaken {
		t.Fatalf("%s is answered with %+v", email, answer)
	}
	person, err := s.store.SubscriberByEmail(t.Context(), parse(t, email))
	if err != nil {
		t.Fatal(err)
	}
	e := s.enrollmentOf(t, person.ID)
	s.sendConfirmation(t, e)
	_, link, _ := strings.Cut(s.ConfirmURL("", e), "/c/")
	return e, link
}

// sendConfirmation has the mail sent that asks to confirm.
func (s *series) sendConfirmation(t testing.TB, e drip.Enrollment) {
	t.Helper()
	issue := s.record.Issues[drip.ConfirmationID]
	s.lease += time.Minute // they grow
	machine := s.now
	n, err := s.store.CommitPlan(t.Context(), store.PlanCommit{Owner: 1, Calendar: s.now, Machine: machine, Decisions: []store.Decision{{
		Kind: store.DecideClaim, Enrollment: e.ID, Revision: e.Revision, Issue: issue, Lease: machine.Add(s.lease),
	}}})
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	fence := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: issue}, Attempt: 1}
	for _, round := range []store.Round{
		{Calendar: s.now, Machine: machine, Marks: []store.Mark{{Fence: fence, Lease: machine.Add(time.Hour)}}},
		{Calendar: s.now, Machine: machine, Outcomes: []store.Outcome{{Fence: fence, Class: drip.ClassAccepted, State: drip.DeliverySent, Reply: drip.Reply{Code: 250}}}},
	} {
		if _, err := s.store.CommitRound(t.Context(), round); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever asks for a second mail may use the link in either.
func TestBothLinksOfTwoMailsConfirm(t *testing.T) {
	t.Parallel()
	for use := range 2 {
		s := newSeries(t)
		s.open(audience.SignUpRules{})
		first, one := s.asks(t, "ann@example.org")
		s.now = s.now.Add(time.Hour)
		second, two := s.asks(t, "ann@example.org")
		if first.ID == second.ID {
			t.Fatal("there is no second mail")
		}
		link, other := one, two
		if use == 1 {
			link, other = two, one
		}
		if invitation, err := s.Invitation(t.Context(), link); err != nil || invitation.Confirmed {
			t.Errorf("link %d shows %+v, %v", use+1, invitation, err)
		}
		if _, err := s.Confirm(t.Context(), link, audience.ChooseNothing, statement); err != nil {
			t.Error(err)
		}
		if s.state(t, second.ID) != drip.EnrollmentActive || s.state(t, first.ID) != drip.EnrollmentLeft {
			t.Errorf("link %d: %s and %s", use+1, s.state(t, first.ID), s.state(t, second.ID))
		}
		if invitation, err := s.Invitation(t.Context(), other); err != nil || !invitation.Confirmed {
			t.Errorf("the other link shows %+v, %v", invitation, err)
		}
	}
}

// What began anew by the reader's own wish does not open again by an old link: that is
// for requests only.
func TestALinkIsNoWayAroundLeaving(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	s.open(audience.SignUpRules{})
	e, link := s.asks(t, "ann@example.org")
	if _, err := s.Confirm(t.Context(), link, audience.ChooseNothing, statement); err != nil {
		t.Fatal(err)
	}
	if _, err := s.StartOver(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invitation(t.Context(), link); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("the link shows %v", err)
	}
}

// A request that nobody confirms is forgotten in time, and its links are dead.
func TestUnansweredRequestsExpire(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	s.open(audience.SignUpRules{Expires: 48 * time.Hour, PerAddress: 3})
	first, one := s.asks(t, "ann@example.org")
	s.now = s.now.Add(time.Hour)
	_, two := s.asks(t, "ann@example.org")
	s.now = s.now.Add(48*time.Hour - time.Millisecond)
	if swept, err := s.SweepSignUps(t.Context()); err != nil || swept != (store.SignUpsSwept{}) {
		t.Errorf("too soon: %+v, %v", swept, err)
	}
	s.now = s.now.Add(time.Millisecond)
	if swept, err := s.SweepSignUps(t.Context()); err != nil || swept != (store.SignUpsSwept{Enrollments: 2, People: 1}) {
		t.Errorf("in time: %+v, %v", swept, err)
	}
	for _, link := range []string{one, two} {
		if _, err := s.Invitation(t.Context(), link); !errors.Is(err, drip.ErrNotFound) {
			t.Errorf("a link shows %v", err)
		}
		if _, err := s.Confirm(t.Context(), link, audience.ChooseNothing, statement); !errors.Is(err, drip.ErrNotFound) {
			t.Errorf("a link confirms: %v", err)
		}
	}
	again, link := s.asks(t, "ann@example.org")
	if again.ID <= first.ID || again.Subscriber == first.Subscriber {
		t.Error("a number is given out again")
	}
	if _, err := s.Confirm(t.Context(), link, audience.ChooseNothing, statement); err != nil {
		t.Error(err)
	}
}

// Whoever left is asked how they want to come back; whoever is through is in, and gets
// nothing.
func TestSignUpOfWhoWasThere(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	s.open(audience.SignUpRules{})
	e := s.reader(t, "ann@example.org")
	s.sent(t, e.ID, 2)
	if _, err := s.store.Leave(t.Context(), e.ID, drip.LeftByReader, s.now); err != nil {
		t.Fatal(err)
	}
	_, link := s.asks(t, "ann@example.org")
	invitation, err := s.Invitation(t.Context(), link)
	if err != nil || invitation.Comeback == nil || invitation.Comeback.Next != 3 {
		t.Errorf("the invitation is %+v, %v", invitation, err)
	}
	through := s.reader(t, "bea@example.org")
	if n, err := s.store.CommitPlan(t.Context(), store.PlanCommit{Owner: 1, Calendar: s.now, Machine: s.now, Decisions: []store.Decision{{
		Kind: store.DecideFinish, Enrollment: through.ID, Revision: through.Revision,
	}}}); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	if got := s.state(t, through.ID); got != drip.EnrollmentFinished {
		t.Fatal(got)
	}
	if answer := s.applied(t, audience.Application{Email: "bea@example.org"}); answer.Kind != audience.SignUpTaken {
		t.Errorf("the answer is %+v", answer)
	}
	if got := s.enrollmentOf(t, through.Subscriber); got.ID != through.ID {
		t.Errorf("there is another enrollment, %+v", got)
	}
}

// Evidence says what somebody would have to prove.
func TestEvidence(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	s.open(audience.SignUpRules{Expires: day, PerAddress: 3, KeepNetwork: true})
	s.applied(t, audience.Application{Email: "ann@example.org", From: netip.MustParseAddr("::ffff:203.0.113.77")})
	asked := s.now
	person, err := s.store.SubscriberByEmail(t.Context(), parse(t, "ann@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	e := s.enrollmentOf(t, person.ID)
	request := drip.Request{Form: drip.Form{Version: "1", Text: "Send me the lilies."}, At: asked, Network: "203.0.113.0/24"}
	if got, err := s.Evidence(t.Context(), e); err != nil || got != (audience.Evidence{Request: request}) {
		t.Errorf("while it waits: %+v, %v", got, err)
	}
	s.now = s.now.Add(time.Hour)
	_, link, _ := strings.Cut(s.ConfirmURL("", e), "/c/")
	if _, err := s.Confirm(t.Context(), link, audience.ChooseNothing, statement); err != nil {
		t.Fatal(err)
	}
	confirmed := s.now
	consent := drip.Consent{Source: drip.ConsentConfirmed, Text: statement, At: confirmed, Request: request}
	check := func(what string, withdrawn time.Time) {
		t.Helper()
		got, err := s.Evidence(t.Context(), s.enrollmentOf(t, person.ID))
		got.Consent.ID = 0
		if err != nil || got != (audience.Evidence{Consent: consent, WithdrawnAt: withdrawn}) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	check("after the confirmation", time.Time{})
	s.now = s.now.Add(time.Hour)
	if _, err := s.StartOver(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	check("after starting over", time.Time{})
	over, err := s.store.Enrollment(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Evidence(t.Context(), over); err != nil || !got.WithdrawnAt.IsZero() {
		t.Errorf("whoever starts over withdraws something: %+v, %v", got, err)
	}
	s.now = s.now.Add(time.Hour)
	if err := s.Suppress(t.Context(), parse(t, "ann@example.org"), drip.SuppressedByReader); err != nil {
		t.Fatal(err)
	}
	check("after everything was stopped", s.now)
}

// What is kept of where a form came from names no household, and nothing if it was
// switched off or cannot be known.
func TestKeptNetworks(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"203.0.113.77": "203.0.113.0/24", "2001:db8:1234:5678::9": "2001:db8:1234::/48", "fe80::1%eth0": "fe80::/48", "127.0.0.1": "", "::1": "", "": "",
	} {
		for _, keep := range []bool{true, false} {
			s := newSeries(t)
			s.open(audience.SignUpRules{Expires: day, PerAddress: 3, KeepNetwork: keep})
			addr, _ := netip.ParseAddr(from)
			s.applied(t, audience.Application{Email: "ann@example.org", From: addr})
			dump := s.dump(t)
			if keep && want != "" && !strings.Contains(dump, "'"+want+"'") {
				t.Errorf("from %s, %s is not kept", from, want)
			}
			if from != "" && strings.Contains(dump, strings.Split(from, "%")[0]) || !keep && want != "" && strings.Contains(dump, want) {
				t.Errorf("from %s, keep %t: more is kept than should be", from, keep)
			}
			if strings.Count(dump, "ann@example.org") != 2 { // the address and its key
				t.Errorf("the address is kept %d times", strings.Count(dump, "ann@example.org"))
			}
		}
	}
}

const day = 24 * time.Hour
