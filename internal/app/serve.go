package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"partwork/internal/outbox"
	"partwork/internal/scheduler"
	"partwork/internal/smtpsend"
)

// ServeOptions say how to run an instance.
type ServeOptions struct {
	// Relay replaces the relay of the configuration if its Host is not empty.
	Relay smtpsend.Relay
	// Public and Private replace the listeners of the configuration if they
	// are not nil. They are closed when Serve returns.
	Public, Private net.Listener
	// Idle is told when nothing is in flight or waiting for a retry, with the
	// next calendar instant at which something is due (zero if never). When it
	// returns true the scheduler looks again at once. It may be nil.
	Idle func(next time.Time) bool
	// Ready is called once everything runs, with the addresses of the public
	// and the private pages. It may be nil.
	Ready func(public, private net.Addr)
	// FreeSpace replaces the system's answer to how many bytes are free in a
	// folder, which may be that nobody knows. It may be nil.
	FreeSpace func(dir string) (int64, bool)
	// Abort ends a graceful stop at once: connections are cut, and messages on
	// their way become unknown. It may be nil.
	Abort context.Context
}

// close closes the listeners that Serve was given.
func (o ServeOptions) close() error {
	var errs []error
	for _, listener := range []net.Listener{o.Public, o.Private} {
		if listener != nil {
			errs = append(errs, listener.Close())
		}
	}
	return errors.Join(errs...)
}

// Serve runs scheduler, sender and pages until ctx ends, and then stops
// gracefully: messages that are marked are finished, claims that are not are
// given back, nothing is left sending.
//
// It returns an error that wraps ErrServed if another process serves the database.
func (in *Instance) Serve(ctx context.Context, opts ServeOptions) error {
	owner := rand.Int64N(1<<62) + 1
	vacate, err := in.occupy(ctx, owner)
	if err != nil {
		return errors.Join(unlessStopped(ctx, err), opts.close())
	}
	defer vacate()
	in.writer = owner
	fence, err := in.raise(ctx)
	if err != nil {
		return errors.Join(unlessStopped(ctx, err), opts.close())
	}
	in.uuid = fence.UUID
	public, private, err := in.listen(opts)
	if err != nil {
		return err
	}
	if err := in.composer.unsignable; err != nil {
		// Better nothing than letters without the signatures that were asked for.
		return errors.Join(err, public.Close(), private.Close())
	}
	h := &health{}
	plan, send := in.engine(opts, h, owner)
	pages, err := in.newReaderPages()
	if err != nil {
		return errors.Join(err, public.Close(), private.Close())
	}
	notices := in.newMessenger(opts)
	servers := []*http.Server{in.publicServer(pages, func() { plan.kick(); notices.kick() }), in.privateServer(h)}
	files := in.curator(pages, h, plan.kick)
	plan.overtaken = files.overtaken
	abort := opts.Abort
	if abort == nil {
		abort = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	if err := in.checkDatabase(ctx, running.Go, cancel); err != nil {
		return errors.Join(unlessStopped(ctx, err), public.Close(), private.Close())
	}
	for i, listener := range []net.Listener{public, private} {
		running.Go(func() {
			if err := servers[i].Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				cancel(fmt.Errorf("serve pages: %w", err))
			}
		})
	}
	// The planner stops first, so that the sender can give back every claim.
	sending, stopSending := context.WithCancel(context.WithoutCancel(ctx))
	var sender sync.WaitGroup
	sender.Go(func() {
		defer stopSending()
		plan.run(ctx)
	})
	sender.Go(func() { send.run(sending, abort) })
	running.Go(func() { files.run(ctx) })
	running.Go(func() { notices.run(ctx) })
	running.Go(func() {
		if err := in.catchUp(ctx); err != nil && ctx.Err() == nil {
			in.log.Error("compare the journal with the database", "error", err)
		}
	})
	beating, stopBeating := context.WithCancel(context.WithoutCancel(ctx)) // also while it stops
	defer stopBeating()
	running.Go(func() {
		if err := in.keepBeating(beating, owner, func(ctx context.Context) { in.watchFence(ctx, h) }); err != nil {
			cancel(err)
		}
	})
	ticks := in.startCron(files)
	backups{in, h}.schedule(ctx, ticks)
	if opts.Ready != nil {
		opts.Ready(public.Addr(), private.Addr())
	}

	<-ctx.Done()
	<-ticks.Stop().Done()
	in.log.Info("stopping: finishing what is on its way")
	h.stop()
	shutDown(context.WithoutCancel(ctx), servers[:1])
	sender.Wait()
	shutDown(context.WithoutCancel(ctx), servers[1:]) // until now, to tell what is going on
	stopBeating()
	running.Wait()
	in.watchFence(context.WithoutCancel(ctx), h) // what was sent since the last beat counts, too
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// unlessStopped returns err, but nil if it is there because the program was told to stop
// before it had begun.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return nil
	}
	return err
}

// engine builds the planner and the sender, and lets each wake the other.
func (in *Instance) engine(opts ServeOptions, h *health, owner int64) (*planner, *sender) {
	relays := instead(relaysOf(in.Config), opts.Relay)
	limits := make([]outbox.RelayConfig, len(relays))
	for i, r := range relays {
		limits[i] = r.limits
	}
	h.name(limits)
	send := newSender(outbox.New(outbox.Config{
		Relays: limits, Domains: domainLimits(in.Config), MarkLease: markLease(in.Config),
		DailyLimit: in.Config.DailyLimit, Zones: in.Zones,
	}), in, relays, owner, h)
	h.holds = send.holds
	plan := &planner{
		plan:  scheduler.New(scheduler.Config{Owner: owner, DailyLimit: in.Config.DailyLimit, Timezone: in.Config.Timezone, Zones: in.Zones}),
		store: in.Store, library: in.Library, calendar: in.calendar, machine: in.machine, log: in.log,
		health: h, claimed: send.kick, idle: opts.Idle, kicks: make(chan struct{}, 1),
		may: in.mayPlan(h),
	}
	send.plan = plan.kick
	send.reserve = in.newReserve(opts, h)
	plan.reserve = send.reserve
	return plan, send
}

// shutDown lets requests in progress finish, within bounds.
func shutDown(ctx context.Context, servers []*http.Server) {
	ctx, done := context.WithTimeout(ctx, 5*time.Second)
	defer done()
	for _, server := range servers {
		if err := server.Shutdown(ctx); err != nil {
			server.Close()
		}
	}
}

// startCron starts the backstops and the housekeeping. Nothing depends on its
// punctuality: what is due is a column in the database, and changed files are
// heard of.
func (in *Instance) startCron(files *curator) *cron.Cron {
	ticks := cron.New(cron.WithLocation(time.UTC), cron.WithChain(
		cron.Recover(cronLog{in.log}), cron.SkipIfStillRunning(cronLog{in.log})))
	ticks.Schedule(cron.Every(rereadEvery), cron.FuncJob(files.ask))
	ticks.Schedule(cron.Every(time.Minute), cron.FuncJob(func() {
		if err := in.resend(context.Background()); err != nil {
			in.log.Error("send once more what is unknown", "error", err)
		}
	}))
	ticks.Schedule(cron.Every(keysEvery), cron.FuncJob(in.followKeys))
	ticks.Schedule(cron.Every(sweepEvery), cron.FuncJob(func() { in.sweepSignUps(context.Background()) }))
	ticks.Schedule(cron.Every(rejectsEvery), cron.FuncJob(func() { in.sweepRejects(context.Background()) }))
	ticks.Start()
	return ticks
}

func (in *Instance) listen(opts ServeOptions) (public, private net.Listener, err error) {
	public, private = opts.Public, opts.Private
	if public == nil {
		if public, err = net.Listen("tcp", in.Config.Listen); err != nil {
			return nil, nil, fmt.Errorf("listen for the readers' pages: %w", err)
		}
	}
	if private == nil {
		if private, err = net.Listen("tcp", in.Config.ListenPrivate); err != nil {
			public.Close()
			return nil, nil, fmt.Errorf("listen for health checks: %w", err)
		}
	}
	secured, err := in.secured(public)
	if err != nil {
		return nil, nil, errors.Join(err, public.Close(), private.Close())
	}
	return secured, private, nil
}
