package app_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// TestOneServePerDatabase has a second instance of the same file refused, while
// what is not serve works beside the first.
func TestOneServePerDatabase(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	dir := t.TempDir()
	first := newInstance(t, instanceOptions{dir: dir})
	second := newInstance(t, instanceOptions{dir: dir})
	ready := make(chan struct{})
	r := first.serve(t, relay, app.ServeOptions{Ready: func(_, _ net.Addr) { close(ready) }})
	<-ready
	if err := second.Serve(t.Context(), app.ServeOptions{Public: listen(t), Private: listen(t)}); !errors.Is(err, app.ErrServed) {
		t.Fatalf("a second serve: %v, want ErrServed", err)
	}
	importPeople(t, second, writePeople(t, 1), "letters")
	r.stop()
	r.wait()
	r = second.serve(t, relay, app.ServeOptions{})
	second.step(newsday)
	relay.Await(t, "the letter of the second", func() bool { return len(relay.Accepted()) == 1 })
	r.stop()
	r.wait()
	if _, err := first.Store.Server(t.Context()); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("after a graceful stop somebody serves: %v", err)
	}
}

// TestWorkOfTheDeadIsTakenOverAtOnce starts on a database in which a process died
// with one letter claimed and one on its way: the leases do not matter.
func TestWorkOfTheDeadIsTakenOverAtOnce(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{connections: 1})
	importPeople(t, in, writePeople(t, 2), "letters")
	in.step(newsday)
	const dead = 4711
	if n := app.NewPlanner(in.Instance, in.Store, dead).Look(t.Context()); n != 2 {
		t.Fatalf("%d claims, want 2", n)
	}
	claims, _, err := in.Store.Claims(t.Context(), dead, store.Cursor{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := claims[0].Delivery
	_, err = in.Store.CommitRound(t.Context(), store.Round{Calendar: in.now(), Machine: time.Now(), Marks: []store.Mark{
		{Fence: store.Fence{DeliveryKey: d.DeliveryKey, Attempt: d.Attempt}, Lease: time.Now().Add(time.Hour)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Store.Occupy(t.Context(), app.DeadServer()); err != nil {
		t.Fatal(err)
	}
	r := in.serve(t, relay, app.ServeOptions{})
	await(t, "the claim sent and the other unknown", func() bool {
		return in.ledger(t)[drip.DeliverySent] == 1 && in.ledger(t)[drip.DeliveryUnknown] == 1
	})
	r.stop()
	r.wait()
	in.verify(t)
}

// TestServeOnAnotherMachineIsHeard has another machine's serve in the database: one
// that lives is left alone, one that is silent is dead.
func TestServeOnAnotherMachineIsHeard(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{})
	app.SetBeat(in.Instance, 100*time.Millisecond)
	other := store.Server{Owner: 4711, PID: 42, Host: "far-away", Machine: "boot another", StartedAt: newsday}
	if err := in.Store.Occupy(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	die := in.beatAs(t, other.Owner)
	err := in.Serve(t.Context(), app.ServeOptions{Public: listen(t), Private: listen(t)})
	if !errors.Is(err, app.ErrServed) {
		t.Fatalf("beside a living one: %v, want ErrServed", err)
	}
	die()
	ready := make(chan struct{})
	r := in.serve(t, relay, app.ServeOptions{Ready: func(_, _ net.Addr) { close(ready) }})
	select {
	case <-ready:
	case err := <-r.done:
		t.Fatalf("after its death: %v", err)
	}
	// Whoever was taken for dead and is not finds out, and stops.
	if err := in.Store.Occupy(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := <-r.done; !errors.Is(err, app.ErrServed) {
		t.Errorf("the one that was replaced ends with %v, want ErrServed", err)
	}
}

// beatAs beats for a serve on another machine, until the function it returns was called.
func (in *instance) beatAs(t *testing.T, owner int64) (die func()) {
	t.Helper()
	alive, stop := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for ticks := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case <-alive.Done():
				ticks.Stop()
				return
			case <-ticks.C:
				_ = in.Store.Beat(alive, owner)
			}
		}
	}()
	return func() {
		stop()
		<-gone
	}
}

// TestServeBesideAnotherMachineTakesNothingIn has the other one heard before a file is
// taken in, and, once it is dead, waited for once.
func TestServeBesideAnotherMachineTakesNothingIn(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{})
	other := store.Server{Owner: 4711, PID: 42, Host: "far-away", Machine: "boot another", StartedAt: newsday}
	if err := in.Store.Occupy(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	die := in.beatAs(t, other.Owner)
	before := in.inForce(t)
	edited := lettersFiles()
	delete(edited, "letters/03-three.md")
	var log bytes.Buffer
	open := func() (*app.Instance, error) {
		return app.Open(t.Context(), app.BeatingEvery(app.Options{
			Config: in.cfg, Calendar: in.now, Campaigns: edited, ToServe: true, Log: slog.New(slog.NewTextHandler(&log, nil)),
		}, 200*time.Millisecond))
	}
	if opened, err := open(); !errors.Is(err, app.ErrServed) || opened != nil || !strings.Contains(err.Error(), "far-away") {
		t.Errorf("beside a living one: %v, want ErrServed with its host", err)
	}
	if after := in.inForce(t); after != before {
		t.Errorf("what was refused left\n%s\nin place of\n%s", after, before)
	}
	die()
	log.Reset()
	opened, err := open()
	if err != nil {
		t.Fatalf("after its death: %v", err)
	}
	defer opened.Close()
	if in.inForce(t) == before {
		t.Error("the edit makes no difference, so that this test would see nothing")
	}
	in.Instance = opened
	ready := make(chan struct{})
	r := in.serve(t, relay, app.ServeOptions{Ready: func(_, _ net.Addr) { close(ready) }})
	select {
	case <-ready:
	case err := <-r.done:
		t.Fatalf("after its death: %v", err)
	}
	r.stop()
	r.wait()
	if n := strings.Count(log.String(), "waiting to hear"); n != 1 {
		t.Errorf("it was waited for %d times, want once:\n%s", n, log.String())
	}
}
