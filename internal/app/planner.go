package app

import (
	"context"
	"log/slog"
	"time"

	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// maxSleep caps the planner's timer: timers do not run while a machine is
// suspended, clocks are set, and other processes change the database.
const maxSleep = 5 * time.Second

// planner drives the scheduler in a goroutine of its own.
type planner struct {
	plan     *scheduler.Scheduler
	store    store.Store
	library  *Library
	calendar timing.Clock
	machine  timing.Clock
	log      *slog.Logger
	health   *health
	// claimed tells the sender that there are new claims.
	claimed func()
	// reserve keeps new claims from being made while the disk is nearly full.
	reserve *reserve
	// overtaken is told when another process seems to have read newer files. It
	// may be nil.
	overtaken func()
	// idle is told when nothing is in flight or waiting for a retry, with the
	// next instant of calendar time at which something is due (zero if never).
	// It returns true to look again at once. It may be nil.
	idle func(next time.Time) bool
	// may tells whether anything may be claimed. It may be nil.
	may func(context.Context) (bool, error)

	kicks chan struct{}
}

// kick asks to look now. It never blocks.
func (p *planner) kick() {
	select {
	case p.kicks <- struct{}{}:
	default: // one is waiting already
	}
}

// run works until ctx ends.
func (p *planner) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.kicks:
		case <-timer.C:
		}
		timer.Reset(p.round(ctx))
	}
}

// round lets the scheduler look until it sleeps, and returns for how long.
func (p *planner) round(ctx context.Context) time.Duration {
	if p.reserve.short() {
		return maxSleep
	}
	events := []scheduler.Event{scheduler.Wake{}}
	wait := maxSleep
	var failed error
	for len(events) > 0 && ctx.Err() == nil {
		now := scheduler.Now{Calendar: p.calendar(), Machine: p.machine()}
		effects := p.plan.Step(now, events[0])
		events = events[1:]
		for _, effect := range effects {
			switch e := effect.(type) {
			case scheduler.Load:
				events = append(events, p.load(ctx, e))
			case scheduler.Commit:
				claimed, err := p.store.CommitPlan(ctx, e.Plan)
				events = append(events, scheduler.Committed{Claimed: claimed, Err: err})
			case scheduler.Claimed:
				p.claimed()
			case scheduler.Trouble:
				p.log.Error("plan what is due", "error", e.Err)
				failed = e.Err
			case scheduler.Sleep:
				p.health.planned(failed)
				wait = p.sleep(now, e)
			}
		}
	}
	return wait
}

func (p *planner) load(ctx context.Context, e scheduler.Load) scheduler.Event {
	var ev scheduler.Loaded
	if p.may != nil {
		may, err := p.may(ctx)
		if err != nil || !may {
			return scheduler.Loaded{Err: err}
		}
	}
	ev.Backlog, ev.Err = p.store.Backlog(ctx, e.Owner, e.Query.Machine, e.BacklogLimit)
	if ev.Err != nil || ev.Backlog >= e.BacklogLimit {
		return ev
	}
	if ev.Due, ev.Err = p.store.Due(ctx, e.Query); ev.Err != nil {
		return ev
	}
	if ev.Records, ev.Err = p.store.Campaigns(ctx); ev.Err != nil {
		return ev
	}
	if p.overtaken != nil && p.library.overtaken(ev.Records) {
		p.overtaken()
	}
	ev.Programs = p.library.Programs()
	ev.Upcoming, ev.Err = p.store.Upcoming(ctx)
	return ev
}

// sleep turns the scheduler's wish into a duration.
func (p *planner) sleep(now scheduler.Now, e scheduler.Sleep) time.Duration {
	p.health.next(e.Calendar)
	if p.idle != nil && e.Machine.IsZero() && p.idle(e.Calendar) {
		return 0
	}
	wait := maxSleep
	if !e.Calendar.IsZero() {
		wait = min(wait, e.Calendar.Sub(now.Calendar))
	}
	if !e.Machine.IsZero() {
		wait = min(wait, e.Machine.Sub(now.Machine))
	}
	return max(wait, time.Millisecond)
}
