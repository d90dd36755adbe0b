package app

import (
	"context"
	"time"

	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// Planner is the planner of a test: it looks when it is told to, at a machine
// time of the test's choosing.
type Planner struct {
	planner *planner
	machine time.Time
	claims  int
}

// NewPlanner returns a planner for the instance that uses s, which may be
// in.Store with something around it.
func NewPlanner(in *Instance, s store.Store, owner int64) *Planner {
	p := &Planner{machine: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	p.planner = &planner{
		plan: scheduler.New(scheduler.Config{
			Owner: owner, Timezone: in.Config.Timezone, Zones: in.Zones,
		}),
		store: counting{s, p}, library: in.Library, calendar: in.calendar,
		machine: func() time.Time { return p.machine }, log: in.log,
		health: &health{}, claimed: func() {}, kicks: make(chan struct{}, 1),
	}
	return p
}

// Look lets the planner work until it sleeps, and returns the claims it made.
func (p *Planner) Look(ctx context.Context) int {
	before := p.claims
	p.planner.round(ctx)
	return p.claims - before
}

// Pass lets machine time pass.
func (p *Planner) Pass(d time.Duration) { p.machine = p.machine.Add(d) }

// counting counts claims.
type counting struct {
	store.Store
	p *Planner
}

// CommitPlan implements store.Planning.
func (c counting) CommitPlan(ctx context.Context, plan store.PlanCommit) (int, error) {
	n, err := c.Store.CommitPlan(ctx, plan)
	c.p.claims += n
	return n, err
}

// OnCheck has done called before the database is checked.
func (in *Instance) OnCheck(done func()) {
	check := in.check
	in.check = func(ctx context.Context) error { done(); return check(ctx) }
}

// SweepSignUps does what serve does every minute.
func (in *Instance) SweepSignUps(ctx context.Context) { in.sweepSignUps(ctx) }
