package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/testkit"
	"partwork/internal/timing"
)

// halfway returns a store in which n people are half-way through a series.
func halfway(b testing.TB, n int) (*sqlite.Store, store.CampaignRecord) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "partwork.db")
	s, err := sqlite.Open(b.Context(), path, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	record, err := s.SyncCampaign(b.Context(), store.CampaignSync{
		ID: "letters", Key: "k1", Issues: []string{"a", "b", "c", "d", "e", "f", "g", "h"}, Now: now,
	})
	if err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	wall, err := timing.ParseWall("2026-11-17T09:00")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	testkit.Halfway{
		Campaign: int64(record.No), Issues: []string{"a", "b", "c", "d"}, People: n, Slot: wall, Rate: 10,
	}.Fill(b, db)
	return s, record
}

// What 100,000 people have had is read in a fraction of a second.
func BenchmarkCensus(b *testing.B) {
	const people = 100_000
	s, record := halfway(b, people)
	for b.Loop() {
		var n atomic.Int64
		err := s.Census(b.Context(), store.CensusQuery{Campaign: record.No, Parts: 2}, func(int, *store.CensusRow) error {
			n.Add(1)
			return nil
		})
		if err != nil || n.Load() != people {
			b.Fatal(n.Load(), err)
		}
	}
}

func BenchmarkCounts(b *testing.B) {
	s, record := halfway(b, 100_000)
	b.Run("CampaignCounts", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.CampaignCounts(b.Context(), record.No); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ReaderZones", func(b *testing.B) {
		for b.Loop() {
			if zones, err := s.ReaderZones(b.Context(), record.No); err != nil || len(zones) != 20 {
				b.Fatal(zones, err)
			}
		}
	})
}
