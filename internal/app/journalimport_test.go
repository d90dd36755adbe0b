package app_test

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// goBackTo puts an older copy back in the place of the database: it is held, the journal
// tells it who left or was suppressed meanwhile, and then the hold is ended.
func (r *restored) goBackTo(copied string) {
	r.t.Helper()
	r.Close()
	copyFile(r.t, copied, r.cfg.Database.Path())
	r.open(r.t)
	r.held(r.t, store.HeldBehind, "older copy")
	r.serveUntil(nil)
	r.held(r.t, store.HeldBehind, "older copy")
	if _, err := r.Unhold(r.t.Context(), time.Time{}); err != nil {
		r.t.Fatal(err)
	}
	r.held(r.t, "", "")
}

// takeIn imports a list into the test campaign, with their consent stated.
func (r *restored) takeIn(list string) audience.ImportReport {
	r.t.Helper()
	report, err := r.Audience.Import(r.t.Context(), strings.NewReader(list), audience.ImportOptions{Consent: "a test", File: "list.csv", Campaign: r.target()})
	if err != nil {
		r.t.Fatal(err)
	}
	return report
}

// target is the test campaign.
func (r *restored) target() *audience.CampaignTarget {
	r.t.Helper()
	program, err := r.Library.Campaign("letters")
	if err != nil {
		r.t.Fatal(err)
	}
	return &audience.CampaignTarget{No: program.Record.No}
}

// sumOf returns the hash of an address.
func (r *restored) sumOf(email string) mailaddr.Hash {
	r.t.Helper()
	a, err := mailaddr.Parse(email)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.Hasher.Sum(a)
}

// Whom another program's list says not to mail any more is in the journal, with the
// addresses that they had before, so that an older copy of the database knows it too.
// There they stay away from the next list, and nothing is sent to them.
func TestTheJournalKnowsWhomAListWithdraws(t *testing.T) {
	t.Parallel()
	r := newReturned(t)
	r.serveUntil(nil)
	people := r.active(t)
	early, late, leaves := people[1], people[2], people[3]
	before := []mailaddr.Hash{r.hash(early), r.hash(late)}
	r.movesTo(early, "elsewhere@example.net")
	backup := r.backUp()
	r.serveUntil(nil) // which nobody does after the list: it would add to the journal what that lacks
	r.movesTo(late, "later@example.net")
	if _, err := r.Store.Leave(t.Context(), leaves.ID, drip.LeftByReader, r.now()); err != nil {
		t.Fatal(err)
	}
	const withdrawn = "email,status\nelsewhere@example.net,unsubscribed\nlater@example.net,unsubscribed\nstranger@example.net,bounced\n"
	if report := r.takeIn(withdrawn); report.Suppressed != 3 || r.Unjournaled() {
		t.Fatalf("%+v", report)
	}
	r.goBackTo(backup)
	for hash, want := range map[mailaddr.Hash]drip.SuppressionReason{
		r.sumOf("stranger@example.net"): drip.SuppressedByBounce, before[0]: drip.SuppressedByReader, before[1]: drip.SuppressedByReader,
		r.sumOf("elsewhere@example.net"): drip.SuppressedByReader, r.sumOf("later@example.net"): drip.SuppressedByReader,
	} {
		s, err := r.Store.Suppressed(t.Context(), hash)
		if err != nil || s.Reason != want {
			t.Errorf("%s is suppressed by %q, %v; want %q", hash, s.Reason, err, want)
		}
	}
	again := r.takeIn("email\nelsewhere@example.net\nlater@example.net\nstranger@example.net\nreader00000001@example.net\n" +
		"reader00000002@example.net\nreader00000003@example.net\nnew@example.net\n")
	if again.Suppressed != 5 || again.Enrolled != 1 {
		t.Errorf("the next list: %+v, want 5 suppressed and only new@example.net enrolled", again)
	}
	if e := r.enrollment(leaves.ID); e.State != drip.EnrollmentLeft || len(r.active(t)) != 2 {
		t.Errorf("who left is %s; %d are active, want the one who stays and the new one", e.State, len(r.active(t)))
	}
	r.step(newsday)
	r.serveUntil(func(*running) {
		r.relay.Await(t, "the first letters", func() bool { return len(r.relay.Accepted()) == 2 })
	})
	for _, m := range r.relay.Accepted() {
		if to := m.To; to[0] != "reader00000000@example.net" && to[0] != "new@example.net" {
			t.Errorf("a letter left to %v", to)
		}
	}
	r.verify(t)
}
