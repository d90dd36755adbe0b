package sim_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	_ "time/tzdata"

	"partwork/internal/sim"
)

const (
	// histories is how many seeds are lived through where time is plentiful, and
	// fewHistories elsewhere. Hundreds are for `partwork simulate`.
	histories    = 4 + 20/raceShare
	fewHistories = 2 + 6/raceShare
	// workers is how many of them at a time.
	workers = 2
)

// folder returns a place for databases, in memory if there is one.
func folder(t *testing.T) string {
	t.Helper()
	if info, err := os.Stat("/dev/shm"); err != nil || !info.IsDir() {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp("/dev/shm", "partwork-sim-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func newSimulator(t *testing.T, days int) *sim.Simulator {
	t.Helper()
	s, err := sim.New(t.Context(), sim.Options{Days: days, Dir: folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t *testing.T, s *sim.Simulator, seed uint64) sim.Result {
	t.Helper()
	result, err := s.Run(t.Context(), seed)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestHistories lives through many histories; in none of them is a promise broken.
func TestHistories(t *testing.T) {
	t.Parallel()
	seeds := uint64(fewHistories)
	if os.Getenv("CI") == "true" {
		seeds = histories
	}
	for worker := range uint64(workers) {
		t.Run(fmt.Sprint("worker ", worker), func(t *testing.T) {
			t.Parallel()
			s := newSimulator(t, 60)
			var results []sim.Result
			for seed := worker; seed < seeds; seed += workers {
				result := run(t, s, seed)
				results = append(results, result)
				for _, v := range result.Violations {
					t.Errorf("seed %d broke %q: %s\n%s", v.Seed, v.Rule, v.What, strings.Join(v.Trace, "\n"))
				}
			}
			tally := sim.Sum(results)
			t.Logf("%+v", tally)
			if tally.Sent == 0 || tally.Crashes == 0 && len(results) > 5 {
				t.Errorf("hardly anything happened: %+v", tally)
			}
		})
	}
}

// TestHunt looks for the first seed that breaks a promise, for TestBugs and for
// whoever changes the simulator: PARTWORK_HUNT=FROM,COUNT.
func TestHunt(t *testing.T) {
	from, count, ok := strings.Cut(os.Getenv("PARTWORK_HUNT"), ",")
	if !ok {
		t.Skip("PARTWORK_HUNT is not set")
	}
	first, _ := strconv.ParseUint(from, 10, 64)
	n, _ := strconv.ParseUint(count, 10, 64)
	s := newSimulator(t, 60)
	for seed := first; seed < first+n; seed++ {
		result, err := s.Run(t.Context(), seed)
		if err != nil {
			fmt.Printf("CAUGHT %d error: %v\n", seed, err)
			return
		}
		for _, v := range result.Violations {
			fmt.Printf("CAUGHT %d %s: %s\n", seed, v.Rule, v.What)
			if os.Getenv("PARTWORK_HUNT_TRACE") != "" {
				fmt.Println(strings.Join(v.Trace, "\n"))
			}
		}
		if len(result.Violations) > 0 && os.Getenv("PARTWORK_HUNT_ON") == "" {
			return
		}
	}
}

// TestSameSeedSameHistory runs seeds twice, the second time in another order and in
// another folder: nothing but the seed may matter.
func TestSameSeedSameHistory(t *testing.T) {
	t.Parallel()
	seeds := []uint64{2, 11}
	first, again := newSimulator(t, 15), newSimulator(t, 15)
	var before []sim.Result
	for _, seed := range seeds {
		before = append(before, run(t, first, seed))
	}
	hashes := map[string]bool{}
	for i := len(seeds) - 1; i >= 0; i-- {
		after := run(t, again, seeds[i])
		if after.Hash != before[i].Hash || after.Steps != before[i].Steps {
			t.Errorf("seed %d: %d steps and hash %s, then %d and %s", seeds[i], before[i].Steps, before[i].Hash, after.Steps, after.Hash)
		}
		hashes[after.Hash] = true
	}
	if len(hashes) != len(seeds) {
		t.Errorf("%d seeds gave %d histories", len(seeds), len(hashes))
	}
}
