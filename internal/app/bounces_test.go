package app_test

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// TestBouncesNameTheirDelivery sends issues and a confirmation to a real server, and
// reads every envelope sender, in capitals, as a bounce would bring it back.
func TestBouncesNameTheirDelivery(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{connections: 2})
	in.Close()
	in.cfg.Bounces.Address = "bounces@bounce.letters.test"
	in.open(t)
	relay := testkit.Start(t, testkit.Script{})
	importPeople(t, in, writePeople(t, 5), "letters")
	invite(t, in, "invited@example.net")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	relay.Await(t, "issues and the confirmation", func() bool { return len(relay.Accepted()) >= 6 })
	r.stop()
	r.wait()
	in.verify(t)

	rows := map[drip.DeliveryKey]store.LogEntry{}
	for _, row := range in.entries(t) {
		rows[row.DeliveryKey] = row
	}
	confirmations := 0
	for _, m := range relay.Accepted() {
		if strings.Contains(string(m.Body), "letters.test+") || strings.Contains(string(m.Body), m.From) {
			t.Errorf("the message shows its envelope sender:\n%s", m.Body)
		}
		to, err := mailaddr.Parse(strings.ToUpper(m.From))
		if err != nil {
			t.Fatal(err)
		}
		key, err := in.Bounces.Delivery(to)
		row, ours := rows[key]
		if err != nil || !ours || row.Email != m.To[0] {
			t.Errorf("a bounce to %s is of %v, sent to %s: %v; want the one to %s", to, key, row.Email, err, m.To[0])
		}
		if row.IssueID == drip.ConfirmationID {
			confirmations++
		}
		delete(rows, key)
		in.wantEnvelopeAgain(t, row, m.From)
	}
	if confirmations != 1 || len(rows) != 0 {
		t.Errorf("%d confirmations, and %d deliveries that no bounce would name", confirmations, len(rows))
	}
}

// wantEnvelopeAgain holds that an attempt five days later has the same envelope.
func (in *instance) wantEnvelopeAgain(t *testing.T, row store.LogEntry, want string) {
	t.Helper()
	enrollment, err1 := in.Store.Enrollment(t.Context(), row.Enrollment)
	subscriber, err2 := in.Store.Subscriber(t.Context(), row.Subscriber)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	row.Delivery.Attempt++
	item := store.Claimed{Delivery: row.Delivery, Subscriber: subscriber, Campaign: enrollment.Campaign, Enrollment: enrollment}
	if again, err := in.EnvelopeAgain(t.Context(), item, newsday.Add(5*24*time.Hour)); err != nil || again != want {
		t.Errorf("a later attempt has the envelope sender %s, %v; want %s", again, err, want)
	}
}

// TestWithoutAMailboxTheSenderIsThatOfTheCampaign holds that nothing changes for
// those who configure nothing.
func TestWithoutAMailboxTheSenderIsThatOfTheCampaign(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{connections: 2})
	for _, m := range in.sendTo(t, 2) {
		if m.From != "letters@letters.test" {
			t.Errorf("the envelope sender is %s", m.From)
		}
	}
}
