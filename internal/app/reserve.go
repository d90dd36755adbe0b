package app

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"

	"partwork/internal/store"
)

// reserve watches that there is room on the database's disk for what must be
// recorded. Below it nothing new is claimed or marked; outcomes of what is on its
// way are stored all the same, for which the room that is left is kept. The nil
// reserve is never short.
type reserve struct {
	dir    string
	bytes  int64
	free   func(dir string) (int64, bool)
	health *health
	log    *slog.Logger

	mu  sync.Mutex
	low bool
}

func (in *Instance) newReserve(opts ServeOptions, h *health) *reserve {
	r := &reserve{
		dir: filepath.Dir(in.Config.Database.Path()), bytes: int64(in.Config.DiskReserve) << 20,
		free: opts.FreeSpace, health: h, log: in.log,
	}
	if r.free == nil {
		r.free = freeSpace
	}
	return r
}

// short looks whether there is less room than there should be. It takes a few
// microseconds.
func (r *reserve) short() bool {
	if r == nil || r.bytes == 0 {
		return false
	}
	free, known := r.free(r.dir)
	low := known && free < r.bytes
	r.mu.Lock()
	defer r.mu.Unlock()
	if low == r.low {
		return low
	}
	if r.low = low; low {
		r.log.Error("the disk is nearly full: nothing new is sent until there is room",
			"folder", r.dir, "free", free, "disk_reserve", r.bytes)
		r.health.room("the disk of the database is nearly full: " + megabytes(free) + " are free, and disk_reserve is " +
			megabytes(r.bytes) + "; nothing new is sent until there is room in " + r.dir)
	} else {
		r.log.Info("there is room on the disk again", "folder", r.dir, "free", free)
		r.health.room("")
	}
	return low
}

// commitWithin is CommitRound, but while room is short the round's outcomes only:
// its marks are refused, and their claims given back.
func (r *reserve) commitWithin(ctx context.Context, s store.Sending, round store.Round) (store.RoundResult, error) {
	if len(round.Marks) == 0 || !r.short() {
		return s.CommitRound(ctx, round)
	}
	marks := round.Marks
	round.Marks = nil
	var result store.RoundResult
	if len(round.Outcomes) > 0 {
		var err error
		if result, err = s.CommitRound(ctx, round); err != nil {
			return result, err
		}
	}
	fences := make([]store.Fence, len(marks))
	for i, m := range marks {
		fences[i] = m.Fence
	}
	if err := s.Release(ctx, fences, round.Calendar); err != nil {
		r.log.Error("give claims back; they come free when their lease ends", "claims", len(fences), "error", err)
	}
	result.Marked = make([]bool, len(marks))
	return result, nil
}
