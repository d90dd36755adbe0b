package twin

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"partwork/internal/testkit"
)

// TestNothingIsLostOrRepeated kills the binary at many moments, starts it again on
// the same files each time, lets it finish, and holds what the relay took against the
// ledger. PARTWORK_KILLS says how often:
//
//	PARTWORK_KILLS=500 go test -v -timeout 30m ./internal/twin
//
// PARTWORK_SEED repeats the choice of moments, though not what the system's scheduler
// makes of it. A kill is no power failure: what was written and not synced stays.
func TestNothingIsLostOrRepeated(t *testing.T) {
	t.Parallel()
	kills := killsWanted(t)
	seed := number(t, "PARTWORK_SEED", 1+int(time.Now().UnixNano()&0xffffff))
	t.Logf("seed %d", seed)
	binary := build(t)
	t.Run("WheneverItIsKilled", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, binary, seed, kills-kills/4)
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
		w := newWorld(t, binary, seed+1, max(kills/4, 1))
		for i := range max(kills/4, 1) {
			if w.tired(i) {
				break
			}
			w.dieTraced(t)
		}
		if w.missed > max(kills/4, 1)/2 {
			t.Errorf("%d of the lives came to no system call that they were to die of", w.missed)
		}
		w.settle(t)
	})
}

// killsWanted is how often to kill: as said, or as often as takes a quarter of a minute
// on a machine with nothing else to do.
func killsWanted(t *testing.T) int {
	if testing.Short() {
		return number(t, "PARTWORK_KILLS", 12)
	}
	return number(t, "PARTWORK_KILLS", 40)
}

// tired reports whether a test that nobody asked for a number of kills has taken long
// enough: on a machine with much else to do, it makes do with fewer.
func (w *world) tired(lives int) bool {
	return os.Getenv("PARTWORK_KILLS") == "" && lives >= 8 && time.Since(w.began) > enough
}

// enough is how long to kill if nobody says how often.
const enough = 40 * time.Second

// number reads a number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; expected a number from 1", name, text)
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
	deaths map[string]int // by what led to them
	missed int            // lives that a system call should have ended, and did not
	times  times
}

// newWorld returns a world with enough to send for so many lives.
func newWorld(t *testing.T, binary string, seed, lives int) *world {
	t.Helper()
	w := &world{trap: &trap{}, rng: rand.New(rand.NewPCG(uint64(seed), 0)), deaths: map[string]int{}}
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
	t.Logf("%d kills in %.0f s, healed in %.0f s; %s\ndeaths: %v\n%s", w.kills(), killed.Sub(w.began).Seconds(),
		time.Since(killed).Seconds(), balance, w.deaths, w.times.report())
}

// saw hears of every moment.
func (w *world) saw(at moment) {
	if at == taken {
		w.times.took(time.Now())
	}
}

// live is one life, with a death of a kind that goes around.
func (w *world) live(t *testing.T, i int) {
	t.Helper()
	if i%6 == 3 {
		w.die(t, "at a random time", func(l *life) {
			timer := time.AfterFunc(time.Duration(w.rng.IntN(1000))*time.Millisecond, l.kill)
			t.Cleanup(func() { timer.Stop() })
		})
	} else {
		m := moments[w.rng.IntN(len(moments))]
		w.die(t, string(m.at), func(l *life) { w.trap.set(m.at, 1+w.rng.IntN(m.most), l.kill) })
	}
	if i%12 == 6 {
		w.stop(t)
	}
}

// calls are the system calls by which a commit reaches the disk, and a message the
// relay, with how often a thread makes them in a short life.
var calls = []struct {
	names string
	most  int
}{{"fsync,fdatasync", 15}, {"pwrite64", 120}, {"write", 40}}

// dieTraced is a life that ends when one of its threads is about to write: in the
// middle of a commit, between two, or in a message. If no thread comes to its number,
// it ends after some messages.
func (w *world) dieTraced(t *testing.T) {
	t.Helper()
	call := calls[w.rng.IntN(len(calls))]
	missed := false
	w.die(t, "at "+call.names, func(l *life) { w.trap.set(answered, 80, func() { missed = true; l.kill() }) },
		traced(call.names, 1+w.rng.IntN(call.most))...)
	if missed {
		w.missed++
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

// die is a life that arm has killed.
func (w *world) die(t *testing.T, by string, arm func(*life), wrapper ...string) {
	t.Helper()
	l := w.begin(t, wrapper...)
	arm(l)
	if how := l.end(t); how != "killed" {
		t.Fatalf("a life that was to be killed (%s) ended with %s; it said\n%s", by, how, l.words())
	}
	w.bury(t, l, by)
}

// begin starts a life.
func (w *world) begin(t *testing.T, wrapper ...string) *life {
	t.Helper()
	w.trap.set("", 0, nil)
	w.times.born(time.Now())
	return w.project.start(t, wrapper...)
}

// bury notes a death, when the relay has read all that was still on the wire.
func (w *world) bury(t *testing.T, l *life, by string) {
	t.Helper()
	w.deaths[by]++
	left, at := l.found()
	w.times.ended(time.Now(), at, l.served())
	if left.Unknown > connections {
		t.Errorf("a dead process left %d messages on their way over %d connections", left.Unknown, connections)
	}
	w.trap.set("", 0, nil)
	opened, _ := w.relay.Connections()
	w.relay.AwaitEnded(t, opened)
}

// stop is a life that ends with SIGTERM in the middle of its work: it finishes what
// is on its way, and leaves nothing in hand.
func (w *world) stop(t *testing.T) {
	t.Helper()
	l := w.begin(t)
	m := moments[w.rng.IntN(len(moments))]
	w.trap.set(m.at, 1+w.rng.IntN(m.most), func() { l.signal(syscall.SIGTERM) })
	if how := l.end(t); how != "exit status 0" {
		t.Errorf("after SIGTERM it ended with %s; it said\n%s", how, l.words())
	}
	w.bury(t, l, "SIGTERM")
	c := w.project.census(t)
	if n := c.Deliveries["claimed"] + c.Deliveries["sending"]; n > 0 {
		t.Errorf("after SIGTERM %d deliveries are in hand: %v", n, c.Deliveries)
	}
}

// survive is a life that is frozen in the middle of a message. Nobody may take its
// place meanwhile; when it goes on, nothing happened.
func (w *world) survive(t *testing.T) {
	t.Helper()
	l := w.begin(t)
	frozen := make(chan struct{})
	w.trap.set(halfway, 1, func() { l.signal(syscall.SIGSTOP); close(frozen) })
	await(t, frozen, "the middle of a message", l)
	opened, _ := w.relay.Connections()
	second := w.project.start(t)
	how := second.end(t)
	// The frozen one may hold the lock of the database as well.
	refused := strings.Contains(second.words(), "another serve") || strings.Contains(second.words(), "database is locked")
	if how != "exit status 1" || !refused {
		t.Errorf("beside a frozen process a second one ended with %s; it said\n%s", how, second.words())
	}
	if now, _ := w.relay.Connections(); now > opened {
		t.Errorf("beside a frozen process a second one connected to the relay")
	}
	thawed := make(chan struct{})
	w.trap.set(answered, 10, func() { close(thawed) })
	l.signal(syscall.SIGCONT)
	await(t, thawed, "ten more messages", l)
	l.kill()
	if how := l.end(t); how != "killed" {
		t.Errorf("the frozen process ended with %s; it said\n%s", how, l.words())
	}
	w.bury(t, l, "after SIGSTOP and SIGCONT")
}

func await(t *testing.T, done <-chan struct{}, what string, l *life) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("it never came to %s; it said\n%s", what, l.words())
	}
}

// heal lets the binary finish everything that is due, and stops it in peace.
func (w *world) heal(t *testing.T) {
	t.Helper()
	look := time.NewTicker(250 * time.Millisecond)
	defer look.Stop()
	for range 5 { // a new minute may begin while it stops
		l := w.begin(t)
		for limit := time.After(5 * patience); !w.project.census(t).quiet(time.Now()); {
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
		if w.project.census(t).quiet(time.Now()) {
			return
		}
	}
	t.Fatal("there was always something due")
}
