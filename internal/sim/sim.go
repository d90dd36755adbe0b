package sim

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"partwork/internal/store/sqlite"
	"partwork/internal/timing"
)

// Options say what to simulate.
type Options struct {
	// Days is how many days of the calendar troubles go on for; 60 if zero.
	Days int
	// Dir is a folder for the databases; a file system in memory is fastest.
	Dir string
	// Trace, if not nil, is given every line of the journal.
	Trace func(line string)
}

// Simulator lives through histories, one at a time. It must be used from one
// goroutine.
type Simulator struct {
	opts    Options
	almanac almanac
	zones   *timing.Zones
	// blank is a database in which nothing happened yet.
	blank image
}

// New prepares a simulator.
func New(ctx context.Context, opts Options) (*Simulator, error) {
	if opts.Days == 0 {
		opts.Days = 60
	}
	s := &Simulator{opts: opts, almanac: almanac{}, zones: timing.NewZones()}
	d := disk{dir: opts.Dir, path: filepath.Join(opts.Dir, "blank.db")}
	db, err := sqlite.Open(ctx, d.path, sqlite.Options{Now: func() time.Time { return machineEpoch }})
	if err != nil {
		return nil, fmt.Errorf("make a database: %w", err)
	}
	if err := db.Close(); err != nil {
		return nil, fmt.Errorf("make a database: %w", err)
	}
	s.blank, err = d.take()
	d.remove()
	return s, err
}

// Run lives through the history of a seed. The error is about the simulation
// itself; what the program did wrong is in the result.
func (s *Simulator) Run(ctx context.Context, seed uint64) (Result, error) {
	w, err := newWorld(ctx, s, seed)
	if err != nil {
		return Result{}, fmt.Errorf("seed %d: %w", seed, err)
	}
	defer w.disk.remove()
	defer w.closeAll()
	w.fill()
	half := time.Duration(s.opts.Days) * day / 2
	never := func() bool { return false }
	w.run(half, never)
	if len(w.procs) > 0 && w.err == nil {
		w.verify(w.procs[0].db)
	}
	restore := drawRestore(seed)
	w.run(2*half-restore.age, never)
	w.copies(&restore)
	w.run(2*half, never)
	w.putBack(&restore)
	w.heal()
	w.rest()
	if w.err == nil && len(w.procs) > 0 {
		w.model.judge(w.procs[0].db)
	}
	if w.err != nil {
		return w.tally, fmt.Errorf("seed %d: %w", seed, w.err)
	}
	w.tally.Lived, w.tally.Readers = w.elapsed, len(w.desk.readers)
	w.tally.Hash, w.tally.Violations = w.journal.digest(), w.model.found
	w.tally.Transitions = w.transitions()
	return w.tally, nil
}

func (w *world) closeAll() {
	for len(w.procs) > 0 {
		w.forget(w.procs[0])
	}
}

// transitions counts the changes of the clocks that readers lived through.
func (w *world) transitions() int {
	n := 0
	for _, r := range w.desk.readers {
		loc, err := w.zones.Load(r.zone)
		if err != nil {
			continue
		}
		_, before := w.epoch.In(loc).Zone()
		for at := w.epoch; at.Before(w.epoch.Add(w.elapsed)); at = at.Add(12 * time.Hour) {
			if _, now := at.In(loc).Zone(); now != before {
				n, before = n+1, now
			}
		}
	}
	return n
}
