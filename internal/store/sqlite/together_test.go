package sqlite_test

import (
	"encoding/binary"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/timing"
)

// Commands work beside a running serve, each with a handle of its own.
func TestTwoHandlesTakeTurns(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	var group sync.WaitGroup
	for n := range 2 {
		s := openAt(t, path)
		group.Go(func() {
			for i := range 100 {
				var hash [32]byte
				binary.BigEndian.PutUint32(hash[:], uint32(i*2+n))
				id, err := s.SaveContent(t.Context(), hash, hash[:], time.UnixMilli(0))
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Content(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// Loops are tested in bubbles of fake time; the store must not keep one alive.
func TestWorksInABubble(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	synctest.Test(t, func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(time.Hour)
			if _, err := s.SaveContent(t.Context(), [32]byte{}, nil, time.Now()); err != nil {
				t.Error(err)
			}
		}()
		time.Sleep(2 * time.Hour)
		if _, err := s.Content(t.Context(), 1); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A reader's own pause is re-checked at the mark. The contract cannot set it
// yet, so the test does.
func TestNoMarkWhileTheReaderPauses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s := openAt(t, path)
	now := time.UnixMilli(5000)
	campaign, err := s.SyncCampaign(t.Context(), store.CampaignSync{ID: "letters", Issues: []string{"a"}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	a, err := mailaddr.Parse("anna@example.org")
	if err != nil {
		t.Fatal(err)
	}
	start, err := s.StartImport(t.Context(), store.ImportStart{Consent: "yes", Source: drip.ConsentImport, At: now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.ImportRows(t.Context(), store.ImportChunk{
		Batch: start.Batch, Consent: start.Consent, Rows: []store.Person{{Email: a, Hash: mailaddr.Hash{1}}}, Now: now,
		Enroll: &store.EnrollRule{Campaign: campaign.No, Start: drip.StartAtSlot},
	})
	if err != nil {
		t.Fatal(err)
	}
	execute(t, path, `UPDATE enrollments SET paused_until = 6000`)
	for i, want := range []bool{false, true} {
		now := now.Add(time.Duration(i) * time.Second) // the pause ends at 6000
		n, err := s.CommitPlan(t.Context(), store.PlanCommit{Owner: 7, Calendar: now, Machine: now, Decisions: []store.Decision{{
			Kind: store.DecideClaim, Enrollment: 1, Revision: int64(1 + i), Attempt: i, Issue: campaign.Issues["a"],
			Lease: now.Add(time.Minute), Slot: timing.Slot{Wall: 1, Zone: "UTC", At: now},
		}}})
		if err != nil || n != 1 {
			t.Fatalf("%d claims, %v", n, err)
		}
		fence := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: 1, Issue: campaign.Issues["a"]}, Attempt: i + 1}
		result, err := s.CommitRound(t.Context(), store.Round{
			Calendar: now, Machine: now, Marks: []store.Mark{{Fence: fence, Lease: now.Add(time.Hour)}},
		})
		if err != nil || result.Marked[0] != want {
			t.Errorf("at %v: %+v, want %v (%v)", now, result, want, err)
		}
	}
}
