package sqlite

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Whoever is kept out of a campaign leaves it in the same transaction. Here somebody does
// not, as after a mistake elsewhere: the last look of all, at the mark, still sees it, and so
// does the one before planning.
func TestMarksLookAtTheCampaignsSuppressions(t *testing.T) {
	t.Parallel()
	r := newRounds(t, 3, 1)
	records, err := r.Campaigns(t.Context())
	r.must(err)
	due, err := r.Due(t.Context(), store.DueQuery{Calendar: r.now, Machine: r.now, Limit: 10})
	r.must(err)
	if len(due) != 3 || len(records) != 1 {
		t.Fatalf("%d are due, of %d campaigns", len(due), len(records))
	}
	r.claim(due)
	hashOf := `(SELECT s.email_hash FROM enrollments e JOIN subscribers s ON s.id = e.subscriber_id WHERE e.id = $1)`
	for i, key := range []string{"k1", "k2"} { // the first one is kept out, the second one of another campaign
		r.exec(`INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at) VALUES (`+hashOf+`, $2, 'admin', 1000)`,
			int64(due[i].Enrollment.ID), key)
	}
	round := store.Round{Calendar: r.now, Machine: r.now}
	for i := range due {
		round.Marks = append(round.Marks, store.Mark{
			Fence: store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: due[i].Enrollment.ID, Issue: r.campaign.Issues["b"]}, Attempt: 1},
			Lease: r.now.Add(time.Hour), LocalDate: timing.DateAt(r.now),
		})
	}
	result, err := r.CommitRound(t.Context(), round)
	r.must(err)
	for i, want := range []bool{false, true, true} {
		if result.Marked[i] != want {
			t.Errorf("mark %d was made: %v, want %v", i, result.Marked[i], want)
		}
		row, err := r.History(t.Context(), due[i].Enrollment.ID)
		r.must(err)
		if row.Suppressed == want {
			t.Errorf("reader %d is suppressed: %v", i, row.Suppressed)
		}
	}
}
