package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"partwork/internal/sim"
)

// memoryFolder is a file system in memory on most Linux machines.
const memoryFolder = "/dev/shm"

func newSimulate(e *env) *cobra.Command {
	s := &simulate{env: e}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Live through months with everything going wrong, and hold the program to its promises",
		Long: "Runs the program's own scheduler, outbox and database on made-up clocks, against a made-up relay,\n" +
			"while processes are killed, the power fails, disks fill up, clocks are set, files are edited, and\n" +
			"readers join, leave and change their minds. Whatever the relay accepted is compared with what it\n" +
			"should have got. One seed is one history, the same on every machine; nothing leaves this one, and\n" +
			"neither your configuration nor your database is touched.\n\n" +
			"The exit status is 3 if a promise was broken.",
		Example: "  partwork simulate\n  partwork simulate --seed 7 --seeds 300 --days 60 --json\n" +
			"  partwork simulate --seed 7 --trace",
		Args: argCount(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	cmd.Flags().Uint64Var(&s.seed, "seed", 1, "begin with the history of this `NUMBER`")
	cmd.Flags().IntVar(&s.seeds, "seeds", 1, "how many histories, of this seed and those after it")
	cmd.Flags().IntVar(&s.days, "days", 60, "for how many days things go wrong")
	cmd.Flags().IntVar(&s.jobs, "jobs", runtime.NumCPU(), "how many histories at a time")
	cmd.Flags().BoolVar(&s.trace, "trace", false, "print all that happens; for a single seed")
	s.json = asJSON(cmd)
	return cmd
}

// simulate is one run of the simulator.
type simulate struct {
	*env
	seed              uint64
	seeds, days, jobs int
	trace             bool
	json              *bool
}

func (s *simulate) run(ctx context.Context) error {
	switch {
	case s.seeds < 1 || s.days < 1 || s.jobs < 1:
		return usagef("`partwork simulate --help` shows examples", "--seeds, --days and --jobs are whole numbers from 1 on")
	case s.trace && s.seeds > 1:
		return usagef("leave --seeds out", "--trace prints one history; --seeds asks for %d", s.seeds)
	}
	parent := ""
	if info, err := os.Stat(memoryFolder); err == nil && info.IsDir() {
		parent = memoryFolder
	}
	dir, err := os.MkdirTemp(parent, "partwork-simulate-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(dir)
	results, err := s.histories(ctx, dir)
	if err != nil {
		return err
	}
	return s.show(sim.Sum(results))
}

// histories runs the seeds, several at a time, and returns their results in order.
func (s *simulate) histories(ctx context.Context, dir string) ([]sim.Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]sim.Result, s.seeds)
	next, done := make(chan int), s.progress()
	var workers sync.WaitGroup
	for range min(s.jobs, s.seeds) {
		workers.Go(func() {
			if err := s.work(ctx, dir, next, results, done); err != nil {
				cancel(err)
			}
		})
	}
	for i := range results {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	workers.Wait()
	return results, context.Cause(ctx)
}

// work runs seeds until there are no more.
func (s *simulate) work(ctx context.Context, dir string, next <-chan int, results []sim.Result, done func()) error {
	dir, err := os.MkdirTemp(dir, "worker-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	opts := sim.Options{Days: s.days, Dir: dir}
	if s.trace {
		opts.Trace = s.tell
	}
	simulator, err := sim.New(ctx, opts)
	if err != nil {
		return err
	}
	for i := range next {
		seed := s.seed + uint64(i)
		if results[i], err = simulator.Run(ctx, seed); err != nil {
			return gaveUp(err, seed, s.days)
		}
		done()
	}
	return nil
}

// gaveUp explains an error of the simulation itself, which is about nothing of the
// user's.
func gaveUp(err error, seed uint64, days int) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return failf(fmt.Sprintf("`partwork simulate --seed %d --days %d --trace` plays it again; please report it", seed, days),
		"the simulator cannot go on with a history: %v", err)
}

// tell prints a line of the history.
func (s *simulate) tell(line string) {
	if *s.json {
		s.note("%s", line)
	} else {
		s.say("%s", line)
	}
}

// progress returns what to call after each history: it moves a bar, on a terminal
// only.
func (s *simulate) progress() func() {
	if s.seeds == 1 || !isTerminal(s.stderr) {
		return func() {}
	}
	bar := progressbar.NewOptions(s.seeds, progressbar.OptionSetWriter(s.stderr), progressbar.OptionShowCount(),
		progressbar.OptionSetDescription("simulating"), progressbar.OptionClearOnFinish())
	return func() { _ = bar.Add(1) }
}

func (s *simulate) show(t sim.Tally) error {
	if *s.json {
		if err := s.document(t); err != nil {
			return err
		}
	} else {
		s.showTally(t)
	}
	if t.Violations > 0 {
		return errFindings
	}
	return nil
}

func (s *simulate) showTally(t sim.Tally) {
	for _, v := range t.Broken {
		if !s.trace {
			for _, line := range v.Trace {
				s.say("%s", line)
			}
		}
		s.say("seed %d broke %q: %s", v.Seed, v.Rule, v.What)
		s.say("  again: partwork simulate --seed %d --days %d --trace\n", v.Seed, t.Days)
	}
	table := newTable(s.stdout)
	for _, row := range []struct {
		what string
		n    any
	}{
		{"histories", t.Seeds}, {"virtual years", fmt.Sprintf("%.1f", t.Years)}, {"readers", t.Readers},
		{"issues accepted by the relay", t.Sent}, {"confirmations", t.Confirmations},
		{"processes killed", t.Crashes}, {"power failures", t.PowerLosses}, {"copies put back", t.Restores}, {"leavings taken back", t.Undone}, {"edits of files", t.Edits},
		{"clock changes in readers' zones", t.Transitions}, {"deliveries of unknown fate", t.Unknown},
		{"duplicates", t.Duplicates}, {"lost", t.Lost}, {"promises broken", t.Violations}, {"hash", t.Hash},
	} {
		table.row(row.what, fmt.Sprint(row.n))
	}
	table.flush()
}
