//go:build unix

package twin

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// live is one life, with a death of a kind that goes around.
func (w *world) live(t *testing.T, i int) {
	t.Helper()
	if i%6 == 3 {
		w.die(t, "at a random time", func(l *life) {
			timer := time.AfterFunc(time.Duration(w.rng.IntN(1000))*time.Millisecond, l.kill)
			t.Cleanup(func() { timer.Stop() })
		})
	} else {
		m := w.nextMoment()
		w.die(t, string(m.at), func(l *life) { w.trap.set(m.at, 1+w.rng.IntN(m.most), l.kill) })
	}
	if i%12 == 6 {
		w.stop(t)
	}
}

// nextMoment goes around the moments from a random one on, so that few lives come to
// as many of them as they can.
func (w *world) nextMoment() appointment {
	if w.turn == 0 {
		w.turn = w.rng.IntN(len(moments))
	}
	w.turn++
	return moments[w.turn%len(moments)]
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
	call := calls[w.kills()%len(calls)]
	missed := false
	w.die(t, "at "+call.names, func(l *life) { w.trap.set(answered, 80, func() { missed = true; l.kill() }) },
		traced(call.names, 1+w.rng.IntN(call.most))...)
	if missed {
		w.missed++
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
	m := w.nextMoment()
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
	refused := strings.Contains(second.words(), "another serve") || strings.Contains(second.words(), "another program holds the database")
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
