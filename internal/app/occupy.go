package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
)

const (
	// beatEvery is how often a serve shows that it lives, and has the epoch grow.
	beatEvery = 15 * time.Second
	// beatsMissed is how many beats of another machine's serve may stay out before
	// it counts as dead.
	beatsMissed = 3
)

// ErrServed says that another process serves the database.
var ErrServed = errors.New("another serve runs on this database")

// occupy makes this process the only one that serves the database, or returns an
// error that wraps ErrServed. What processes that are gone left behind is taken
// over. The function it returns gives all of it back, but a lock that Open took.
func (in *Instance) occupy(ctx context.Context, owner int64) (vacate func(), err error) {
	host, _ := os.Hostname() // a name for people; none will do
	now := in.machine().UTC().Truncate(time.Millisecond)
	release, err := in.lockOfServe()
	if err != nil {
		return nil, err
	}
	vacate = func() {
		done := context.WithoutCancel(ctx)
		if err := errors.Join(in.Store.Vacate(done, owner), release()); err != nil {
			in.log.Error("give the database back", "error", err)
		}
	}
	me := store.Server{Owner: owner, PID: os.Getpid(), Host: host, Machine: machineID(host), StartedAt: now}
	if _, err := in.awaitDeath(ctx, me.Machine, in.Store.Server); err != nil {
		return nil, errors.Join(err, release())
	}
	if err := in.Store.Occupy(ctx, me); err != nil {
		return nil, errors.Join(err, release())
	}
	if err := in.storeKept(ctx); err != nil {
		vacate()
		return nil, err
	}
	taken, err := in.Store.TakeOver(ctx, owner, in.calendar())
	if err != nil {
		vacate()
		return nil, err
	}
	if taken != (store.TakenOver{}) {
		in.log.Warn("an earlier serve did not end in peace: took over what it left",
			"claims", taken.Claims, "unknown", taken.Unknown)
	}
	return vacate, nil
}

// hearOthers refuses a database that another machine serves, before anything of it was
// changed. One that does not exist yet is nobody's.
func (in *Instance) hearOthers(ctx context.Context) (err error) {
	if _, err := os.Stat(in.database); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	host, _ := os.Hostname()
	in.silent, err = in.awaitDeath(ctx, machineID(host), func(ctx context.Context) (store.Server, error) {
		return sqlite.ServerOf(ctx, in.database)
	})
	return err
}

// awaitDeath returns nil if no other process serves the database, and who did if it is
// not heard any more. On this machine the lock has answered that already. About another
// machine, which may share the file over a network and not the lock, only its beats can
// tell; and they are waited for, once, not compared with a clock.
func (in *Instance) awaitDeath(ctx context.Context, machine string, look func(context.Context) (store.Server, error)) (store.Server, error) {
	other, err := look(ctx)
	if errors.Is(err, drip.ErrNotFound) || err == nil && (other.Machine == machine || other == in.silent) {
		return store.Server{}, nil
	}
	if err != nil {
		return store.Server{}, err
	}
	in.log.Info("this machine was started anew, or a serve runs on another one: waiting to hear from it",
		"host", other.Host, "pid", other.PID, "for", in.beat*beatsMissed)
	wait := time.NewTimer(in.beat * beatsMissed)
	defer wait.Stop()
	ticks := time.NewTicker(in.beat / 5)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return other, context.Cause(ctx)
		case <-wait.C:
			return other, nil
		case <-ticks.C:
		}
		now, err := look(ctx)
		switch {
		case errors.Is(err, drip.ErrNotFound):
			return other, nil // it stopped
		case err != nil:
			return other, err
		case now.Owner != other.Owner || now.Beat != other.Beat:
			return other, fmt.Errorf("%w: process %d on %s serves it since %s, and is alive",
				ErrServed, now.PID, now.Host, now.StartedAt.UTC().Format("2006-01-02 15:04:05 UTC"))
		}
	}
}

// machineID tells one running kernel from another: processes on the same one see
// each other's locks, whatever containers they are in. Where the system gives its
// start no name, the host's name has to do.
func machineID(host string) string {
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		return "boot " + strings.TrimSpace(string(b))
	}
	return "host " + host
}

// keepBeating shows that this process lives, until ctx ends. It returns an error
// when another one has taken its place.
func (in *Instance) keepBeating(ctx context.Context, owner int64, beat func(context.Context)) error {
	ticks := time.NewTicker(in.beat)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		if err := in.checkReplaced(ctx); err != nil {
			return err
		}
		err := in.Store.Beat(ctx, owner)
		switch {
		case errors.Is(err, drip.ErrConflict):
			return fmt.Errorf("%w: it took this one for dead, and its place", ErrServed)
		case err != nil && ctx.Err() == nil:
			in.log.Error("show that this serve lives", "error", err)
		case err == nil:
			beat(ctx)
		}
	}
}
