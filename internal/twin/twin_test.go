//go:build unix

package twin

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"partwork/internal/testkit"
)

// TestNothingIsLostOrRepeated kills the binary at many moments, starts it again on
// the same files each time, lets it finish, and holds what the relay took against the
// ledger. PARTWORK_KILLS says how often:
//
//	PARTWORK_KILLS=500 go test -v -timeout 1h ./internal/twin
//
// PARTWORK_SEED repeats the choice of moments, though not what the system's scheduler
// makes of it. A kill is no power failure: what was written and not synced stays.
func TestNothingIsLostOrRepeated(t *testing.T) {
	t.Parallel()
	kills, asked := killsWanted(t)
	seed := number(t, "PARTWORK_SEED", 1+int(time.Now().UnixNano()&0xffffff))
	t.Logf("seed %d", seed)
	binary := build(t)
	t.Run("WheneverItIsKilled", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, binary, seed, kills-kills/4, asked)
		for i := range kills - kills/4 {
			if w.tired(i) {
				break
			}
			w.live(t, i)
		}
		w.survive(t)
		w.settle(t)
	})
	t.Run("WhereverACommitIsCut", func(t *testing.T) {
		t.Parallel()
		needStrace(t)
		w := newWorld(t, binary, seed+1, max(kills/4, 1), asked)
		for i := range max(kills/4, 1) {
			if w.tired(i) {
				break
			}
			w.dieTraced(t)
		}
		if w.missed > w.kills()/2 {
			t.Errorf("%d of %d lives did not come to the system call that they were to die of", w.missed, w.kills())
		}
		w.settle(t)
	})
}

// killsWanted is how often to kill: as asked for, or as often as takes a quarter of a
// minute on a machine with nothing else to do.
func killsWanted(t *testing.T) (kills int, asked bool) {
	t.Helper()
	if kills = number(t, "PARTWORK_KILLS", 0); kills > 0 {
		return kills, true
	}
	if testing.Short() {
		return 12, false
	}
	return 40, false
}

// enough is how long to kill if nobody asked for a number: on a machine with much else
// to do, the test makes do with fewer.
const enough = 30 * time.Second

// tired reports whether to make do with the lives so far.
func (w *world) tired(lives int) bool {
	return !w.asked && lives >= 8 && time.Since(w.began) > enough
}

// number reads a number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; expected a whole number from 1", name, text)
	}
	return n
}

// world is the relay, the project, and what was seen of the lives so far.
type world struct {
	trap    *trap
	relay   *testkit.Relay
	project *project
	rng     *rand.Rand

	began  time.Time
	asked  bool           // somebody asked for a number of kills, and has time
	deaths map[string]int // by what led to them
	turn   int            // moments chosen so far
	missed int            // lives that a system call should have ended, and did not
	times  times
}

// newWorld returns a world with enough to send for so many lives.
func newWorld(t *testing.T, binary string, seed, lives int, asked bool) *world {
	t.Helper()
	w := &world{trap: &trap{}, rng: rand.New(rand.NewPCG(uint64(seed), 0)), deaths: map[string]int{}, asked: asked}
	w.trap.seen = w.saw
	w.relay = testkit.Start(t, w.trap.script())
	w.project = newProject(t, binary, w.relay, 300+25*lives)
	w.began = time.Now()
	return w
}

// settle lets the binary finish, and holds what the relay took against the ledger.
func (w *world) settle(t *testing.T) {
	t.Helper()
	killed := time.Now()
	w.heal(t)
	balance := w.audit(t)
	t.Logf("%d kills in %.0f s, healed in %.0f s; %s\ndeaths: %v, %d of them not where they should be\n%s", w.kills(),
		killed.Sub(w.began).Seconds(), time.Since(killed).Seconds(), balance, w.deaths, w.missed, w.times.report())
}

// saw hears of every moment.
func (w *world) saw(at moment) {
	if at == taken {
		w.times.took(time.Now())
	}
}

// needStrace skips the test where system calls cannot be tampered with.
func needStrace(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command("strace", append(traced("write", 1<<15)[1:], "true")...).Run()
	}
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("strace is needed to kill inside a commit: %v", err)
	default:
		t.Skipf("strace is needed to kill inside a commit: %v", err)
	}
}

// heal lets the binary finish everything that is due, and stops it in peace. Somebody
// who asked for a number of kills also waits for what is due with the next minute.
func (w *world) heal(t *testing.T) {
	t.Helper()
	look := time.NewTicker(250 * time.Millisecond)
	defer look.Stop()
	for range 5 { // a new minute may begin while it stops
		l := w.begin(t)
		for limit := time.After(5 * patience); !w.rests(t); {
			select {
			case <-look.C:
			case <-limit:
				t.Fatalf("it does not come to rest: %v; it said\n%s", w.project.census(t), l.words())
			}
		}
		l.signal(syscall.SIGTERM)
		if how := l.end(t); how != "exit status 0" {
			t.Errorf("in the end it ended with %s; it said\n%s", how, l.words())
		}
		w.bury(t, l, "SIGTERM")
		if w.rests(t) {
			return
		}
	}
	t.Fatal("there was always something due")
}

// rests reports whether nothing is left to be done.
func (w *world) rests(t *testing.T) bool {
	t.Helper()
	c := w.project.census(t)
	return c.quiet(time.Now()) && (!w.asked || c.Enrollments["active"] == 0)
}
