package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// TestSeriesGoesOut sends three issues to readers in several zones and checks
// the relay's account against the ledger.
func TestSeriesGoesOut(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{})
	importPeople(t, in, writePeople(t, 40), "letters")
	in.runOut(t, relay)
	if got := len(relay.Accepted()); got != 120 {
		t.Fatalf("the relay accepted %d messages, want 120", got)
	}
	var ids []string
	for _, e := range in.entries(t) {
		id, err := in.MessageIDOf(t.Context(), e.Delivery)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, "<"+id+">")
		if e.SentAt.Before(e.Slot.At) || e.SentAt.After(e.SendBy) {
			t.Errorf("%s was sent at %v, outside %v to %v", e.IssueID, e.SentAt, e.Slot.At, e.SendBy)
		}
	}
	relay.ExactlyOnce(t, ids...)
}

// TestStopDuringASendLosesAndRepeatsNothing stops the program while messages
// are on their way, again and again, and starts it on the same database.
func TestStopDuringASendLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	const people = 60
	in := newInstance(t, instanceOptions{connections: 3})
	importPeople(t, in, writePeople(t, people), "letters")
	in.step(newsday)
	var accepted []testkit.Message
	for round := 0; in.sent(t) < people; round++ {
		if round > 30 {
			t.Fatalf("not done after %d starts; ledger %v", round, in.ledger(t))
		}
		gate := testkit.NewGate()
		relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
			{At: testkit.AtFinal, Conn: 2, Message: 4, Do: []testkit.Step{testkit.Hold(gate)}},
		}})
		r := in.serve(t, relay, app.ServeOptions{})
		if people-in.sent(t) > 20 {
			gate.Await(t) // a message is between its final dot and the reply
			r.stop()
			gate.Open()
		} else {
			gate.Open()
			relay.Await(t, "the rest", func() bool { return len(accepted)+len(relay.Accepted()) >= people })
			r.stop()
		}
		r.wait()
		accepted = append(accepted, relay.Accepted()...)
		if n := in.ledger(t)[drip.DeliverySending] + in.ledger(t)[drip.DeliveryClaimed]; n > 0 {
			t.Fatalf("%d deliveries left claimed or sending after a graceful stop", n)
		}
		in.Close()
		in.open(t)
	}
	seen := map[string]int{}
	for _, m := range accepted {
		seen[m.ID()]++
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("message %s was accepted %d times", id, n)
		}
	}
	if len(seen) != people {
		t.Errorf("%d different messages accepted, want %d", len(seen), people)
	}
	if unknown := in.ledger(t)[drip.DeliveryUnknown]; unknown > 0 {
		t.Errorf("%d unknown after graceful stops", unknown)
	}
	in.verify(t)
}

// TestWhoLeavesBeforeTheMarkGetsNothing holds the relay's reply to RCPT: the
// message is claimed, composed and offered, but not marked. Leaving then must win.
func TestWhoLeavesBeforeTheMarkGetsNothing(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"page", "one-click", "suppression", "pause"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			gate := testkit.NewGate()
			relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
				{At: testkit.AtRcpt, Do: []testkit.Step{testkit.Hold(gate)}},
			}})
			in := newInstance(t, instanceOptions{connections: 1})
			importPeople(t, in, writePeople(t, 1), "letters")
			in.step(newsday)
			r := in.serve(t, relay, app.ServeOptions{})
			gate.Await(t)
			if got := in.ledger(t)[drip.DeliveryClaimed]; got != 1 {
				t.Fatalf("ledger %v, want one claimed delivery", in.ledger(t))
			}
			leave(t, in, r, how)
			gate.Open()
			relay.Await(t, "the withdrawal", func() bool {
				for _, verb := range relay.Verbs(1) {
					if verb == "RSET" || verb == "QUIT" {
						return true
					}
				}
				return false
			})
			r.stop()
			r.wait()
			for _, verb := range relay.Verbs(1) {
				if verb == "DATA" {
					t.Fatal("DATA was said after the reader had left")
				}
			}
			if len(relay.Accepted()) > 0 || in.sent(t) > 0 {
				t.Fatal("a message went out after the reader had left")
			}
			in.verify(t)
		})
	}
}

// leave makes the only reader go, in one of the ways there are.
func leave(t *testing.T, in *instance, r *running, how string) {
	t.Helper()
	rows := in.entries(t)
	e, err := in.Store.Enrollment(t.Context(), rows[0].Enrollment)
	if err != nil {
		t.Fatal(err)
	}
	link := in.Audience.UnsubscribeURL(r.base, e)
	switch how {
	case "page":
		post(t, link, url.Values{"action": {"series"}})
	case "one-click":
		post(t, link, url.Values{"List-Unsubscribe": {"One-Click"}})
	case "suppression":
		post(t, link, url.Values{"action": {"everything"}})
	case "pause":
		change := store.CampaignChange{Campaign: e.Campaign, Verb: store.PauseCampaign, Now: in.now()}
		if _, err := in.Store.ChangeCampaign(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
}

func post(t *testing.T, link string, form url.Values) {
	t.Helper()
	resp, err := http.PostForm(link, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("POST answered %s", resp.Status)
	}
}

// TestInvitedReaderConfirmsAndGetsTheFirstIssueAtOnce walks a reader through
// double opt-in: nothing but the confirmation before, issue 1 right after.
func TestInvitedReaderConfirmsAndGetsTheFirstIssueAtOnce(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{connections: 1, at: newsday.Add(-18 * time.Hour)}) // Monday afternoon, no slot
	invite(t, in, "ada@example.net")
	r := in.serve(t, relay, app.ServeOptions{})
	relay.Await(t, "the confirmation", func() bool { return len(relay.Accepted()) == 1 })
	confirmation := string(relay.Accepted()[0].Body)
	if strings.Contains(confirmation, "Letter one") {
		t.Fatal("an unconfirmed reader got an issue")
	}
	e := onlyEnrollment(t, in)
	post(t, in.Audience.ConfirmURL(r.base, e), url.Values{})
	post(t, in.Audience.ConfirmURL(r.base, e), url.Values{}) // twice is once
	relay.Await(t, "issue 1", func() bool { return len(relay.Accepted()) == 2 })
	r.stop()
	r.wait()
	if got := in.ledger(t)[drip.DeliverySent]; got != 2 {
		t.Fatalf("ledger %v, want confirmation and issue 1", in.ledger(t))
	}
	in.verify(t)
}

// TestRelayFallsSilent leaves the final dot without a reply: the delivery is
// unknown, it is not sent again, and the relay did take it.
func TestRelayFallsSilent(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtFinal, Conn: 1, Message: 1, Do: []testkit.Step{testkit.Accept(), testkit.Drop()}},
	}})
	in := newInstance(t, instanceOptions{connections: 1})
	importPeople(t, in, writePeople(t, 1), "letters")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	await(t, "unknown", func() bool { return in.ledger(t)[drip.DeliveryUnknown] == 1 })
	r.stop()
	r.wait()
	r = in.serve(t, relay, app.ServeOptions{})
	r.stop()
	r.wait()
	if got := len(relay.Accepted()); got != 1 {
		t.Fatalf("the relay took %d messages, want 1", got)
	}
	in.verify(t)
}

// TestStopGivesEveryClaimBack stops while far more is claimed than the outbox
// holds in memory.
func TestStopGivesEveryClaimBack(t *testing.T) {
	t.Parallel()
	gate := testkit.NewGate()
	relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtRcpt, Conn: 1, Message: 1, Do: []testkit.Step{testkit.Hold(gate)}},
	}})
	in := newInstance(t, instanceOptions{connections: 1})
	importPeople(t, in, writePeople(t, 1500), "letters")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	gate.Await(t)
	await(t, "a full backlog", func() bool { return in.ledger(t)[drip.DeliveryClaimed] >= 1024 })
	r.stop()
	gate.Open()
	r.wait()
	if left := in.ledger(t); left[drip.DeliveryClaimed]+left[drip.DeliverySending] > 0 {
		t.Errorf("after a graceful stop: %v", left)
	}
	in.verify(t)
}

// TestInvitationIsRefusedWithOneClick lets somebody who did not ask for it refuse
// the confirmation mail through its header: they hear nothing more, even if the
// confirmation is clicked later.
func TestInvitationIsRefusedWithOneClick(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{connections: 1, at: newsday.Add(-18 * time.Hour)})
	invite(t, in, "ada@example.net")
	r := in.serve(t, relay, app.ServeOptions{})
	await(t, "the confirmation", func() bool { return in.sent(t) == 1 })
	e := onlyEnrollment(t, in)
	if link := in.Audience.UnsubscribeURL("http://127.0.0.1:8080", e); !strings.Contains(string(relay.Accepted()[0].Body), "<"+link+">") {
		t.Errorf("the confirmation has no %s", link)
	}
	post(t, in.Audience.UnsubscribeURL(r.base, e), url.Values{"List-Unsubscribe": {"One-Click"}})
	resp, err := http.PostForm(in.Audience.ConfirmURL(r.base, e), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if e = onlyEnrollment(t, in); e.State != drip.EnrollmentLeft {
		t.Errorf("the enrollment is %s after the refusal", e.State)
	}
	r.stop()
	r.wait()
	if n := len(relay.Accepted()); n != 1 {
		t.Errorf("%d messages, want the confirmation alone", n)
	}
	in.verify(t)
}
