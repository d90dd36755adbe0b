package app_test

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/report"
	"partwork/internal/store"
)

// TestReportsAgreeWithTheLedger lives through months of random series, with readers who
// leave, pause and start over, and counts again what the report says.
func TestReportsAgreeWithTheLedger(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		w := foretell(t, seed)
		began := w.now()
		for round := range 4 {
			w.joins(round)
			w.live(w.now().AddDate(0, 0, 9))
		}
		s, err := w.observer().Report(t.Context(), "letters")
		w.must(err)
		log, err := w.Store.Log(t.Context(), store.LogFilter{Limit: 10_000})
		w.must(err)
		counts, err := w.Store.CampaignCounts(t.Context(), w.no)
		w.must(err)

		due, sent, listed := 0, 0, 0
		for _, row := range log {
			if row.IssueID == drip.ConfirmationID || row.State == drip.DeliveryPlanned {
				continue
			}
			due++
			if row.State == drip.DeliverySent {
				sent++
			}
		}
		for _, is := range s.Issues {
			due, sent = due-is.Due, sent-is.Sent
			listed += is.Sent
			if is.Late > is.Sent || is.LeftAfter > is.Due {
				t.Errorf("seed %d: %+v", seed, is)
			}
		}
		if due != 0 || sent != 0 || listed == 0 {
			t.Errorf("seed %d: the ledger has %d due and %d sent more than the report, which has %d", seed, due, sent, listed)
		}
		if s.Readers.Active != counts.Enrollments[drip.EnrollmentActive] || s.Readers.Finished != counts.Enrollments[drip.EnrollmentFinished] {
			t.Errorf("seed %d: the readers are %+v, the enrollments %v", seed, s.Readers, counts.Enrollments)
		}
		last := s.Weeks[len(s.Weeks)-1]
		if last.Readers != s.Readers.Active {
			t.Errorf("seed %d: the last week ends with %d readers, and %d are active", seed, last.Readers, s.Readers.Active)
		}
		if first := s.Weeks[0].From; first.Weekday() != time.Monday || first.After(began) || began.Sub(first) >= 7*24*time.Hour {
			t.Errorf("seed %d: the first week is from %v, the first reader joined on %v", seed, first, began)
		}
		zones := 0
		for _, z := range s.Zones {
			zones += z.Readers
		}
		if zones != s.Readers.Active {
			t.Errorf("seed %d: the zones have %d readers, and %d are active", seed, zones, s.Readers.Active)
		}
		if s.Stuck.All != 0 {
			t.Errorf("seed %d: %+v are stuck", seed, s.Stuck.List)
		}
		// A day later, those of whom nobody took care are stuck.
		w.step(w.now().AddDate(0, 0, 9))
		s, err = w.observer().Report(t.Context(), "letters")
		w.must(err)
		waiting, err := w.Store.Waiting(t.Context(), w.now().Add(-report.StuckAfter))
		w.must(err)
		if s.Stuck.All != waiting || waiting == 0 {
			t.Errorf("seed %d: %d are stuck, and %d are waiting", seed, s.Stuck.All, waiting)
		}
	}
}
