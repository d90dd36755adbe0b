package sim

import (
	"errors"
	"time"

	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// longestSleep is how long a planner sleeps at most: it looks again although it
// was not woken. A look changes nothing if nothing changed, so it is simulated
// only after something did.
const longestSleep = 5 * time.Second

// lookSoon has the planner look within a while.
func (p *process) lookSoon(most time.Duration) {
	if p.looking || !p.alive {
		return
	}
	p.looking = true
	p.after(p.world.dice.upTo(most), func() {
		p.looking = false
		p.plan(scheduler.Wake{})
	})
}

// plan gives the scheduler an event and carries out what it wants.
func (p *process) plan(ev scheduler.Event) {
	w := p.world
	if p.shelf.programs == nil {
		return // the files come first
	}
	for _, effect := range p.planner.Step(scheduler.Now{Calendar: w.calendar(), Machine: w.machine()}, ev) {
		switch e := effect.(type) {
		case scheduler.Load:
			p.after(p.brief(), func() { p.loadDue(e) })
		case scheduler.Commit:
			p.snipe(e)
			w.desk.turn(e)
			p.after(p.brief(), func() { p.commitPlan(e) })
		case scheduler.Claimed:
			p.after(p.brief(), p.wakeBox)
		case scheduler.Trouble:
			p.note("cannot plan: %v", e.Err)
		case scheduler.Sleep:
			p.sleep(e)
		}
	}
}

// loadDue reads in the order that the scheduler asks for, with time in between.
func (p *process) loadDue(e scheduler.Load) {
	w := p.world
	var ev scheduler.Loaded
	var err error
	if held, err := p.held(); !w.must(err) || held {
		p.after(p.brief(), func() { p.plan(ev) })
		return
	}
	if ev.Backlog, err = p.vault.Backlog(w.ctx, e.Owner, e.Query.Machine, e.BacklogLimit); !w.must(err) {
		return
	}
	if ev.Backlog >= e.BacklogLimit {
		p.after(p.brief(), func() { p.plan(ev) })
		return
	}
	if ev.Due, err = p.vault.Due(w.ctx, e.Query); !w.must(err) {
		return
	}
	p.after(p.brief(), func() { p.loadRest(ev) })
}

// held asks the fence, as serve does before it plans; where no copy was ever put back,
// the answer is known.
func (p *process) held() (bool, error) {
	if p.world.tally.Restores == 0 {
		return false, nil
	}
	f, err := p.db.FenceState(p.world.ctx)
	return f.Held(), err
}

func (p *process) loadRest(ev scheduler.Loaded) {
	w := p.world
	var err error
	if ev.Records, err = p.vault.Campaigns(w.ctx); !w.must(err) {
		return
	}
	if p.shelf.behind(ev.Records) {
		p.readSoon()
	}
	ev.Programs = p.shelf.programs
	if ev.Upcoming, err = p.vault.Upcoming(w.ctx); !w.must(err) {
		return
	}
	p.after(p.brief(), func() { p.plan(ev) })
}

func (p *process) commitPlan(e scheduler.Commit) {
	w := p.world
	if w.trouble && w.dice.chance(w.swarm.tearCommit) {
		w.tearCommit(func() error { _, err := p.db.CommitPlan(w.ctx, e.Plan); return err })
		return
	}
	claimed, err := p.vault.CommitPlan(w.ctx, e.Plan)
	if err != nil && !simulated(err) && !w.must(err) {
		return
	}
	for i := range e.Plan.Decisions {
		d := &e.Plan.Decisions[i]
		w.note(w.model.readerOf(d.Enrollment), "process %d decides: %s issue %d of enrollment %d %s", p.no, d.Kind, d.Issue, d.Enrollment, d.Reason)
	}
	p.after(p.brief(), func() { p.plan(scheduler.Committed{Claimed: claimed, Err: err}) })
}

// sleep sets the planner's timer to what the scheduler asks for.
func (p *process) sleep(e scheduler.Sleep) {
	w := p.world
	wait := time.Duration(-1)
	for _, at := range []struct{ at, now time.Time }{{e.Calendar, w.calendar()}, {e.Machine, w.machine()}} {
		if d := at.at.Sub(at.now); !at.at.IsZero() && (wait < 0 || d < wait) {
			wait = max(d, time.Millisecond)
		}
	}
	p.sleepNo++
	if wait < 0 {
		return
	}
	no := p.sleepNo
	p.after(wait, func() {
		if no == p.sleepNo {
			p.plan(scheduler.Wake{})
		}
	})
}

// simulated reports whether an error is one of the simulator's own.
func simulated(err error) bool {
	return errors.Is(err, errFull) || errors.Is(err, errLost) || errors.Is(err, errLocked)
}

var _ store.Store = (*vault)(nil)
