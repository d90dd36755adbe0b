package sim

import (
	"fmt"
	"time"

	"partwork/internal/audience"
	"partwork/internal/outbox"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
)

// process is one run of the program: a scheduler and an outbox with an owner
// number of their own, the database, the readers' pages, and the files as it read
// them last.
type process struct {
	world *world
	no    int
	owner int64
	alive bool
	// frozenUntil is when a process that was stopped by a signal goes on.
	frozenUntil time.Duration

	db       *sqlite.Store
	vault    *vault
	planner  *scheduler.Scheduler
	box      *outbox.Outbox
	audience *audience.Audience
	shelf    shelf
	lines    []line

	sleepNo, wakeNo int           // of the timers that count
	wakeAt          time.Duration // of the outbox; 0 if none
	looking         bool          // a look is due soon
	planning        bool
	// owed are the messages that the relay accepted, and told so, and of which the
	// ledger does not know yet.
	owed []debt
	// vain counts dials in vain, dialedAt is the latest.
	vain     int
	dialedAt time.Duration
	stopping bool
}

// debt is a message of which the ledger should know soon.
type debt struct {
	letter
	since time.Duration
}

// start runs the program.
func (w *world) start() *process {
	w.started++
	p := &process{world: w, no: w.started, owner: w.dice.Int64(), alive: true}
	var err error
	if p.db, err = sqlite.Open(w.ctx, w.disk.path, sqlite.Options{Now: w.calendar}); !w.must(err) {
		return nil
	}
	p.vault = &vault{Store: p.db, p: p}
	connections := w.dice.among(1, 2, 2, 3)
	plan := scheduler.Config{Owner: p.owner, DailyLimit: w.swarm.dailyLimit, Timezone: instanceZone, Zones: w.zones}
	box := outbox.Config{Connections: connections, Rate: w.swarm.rate, DailyLimit: w.swarm.dailyLimit, Zones: w.zones}
	if w.swarm.tight {
		plan.Page, plan.Backlog = w.dice.among(1, 2, 5), w.dice.among(2, 5)
		box.Queue, box.PerConnection = w.dice.among(4, 8), w.dice.among(1, 2, 5)
	}
	p.planner, p.box = scheduler.New(plan), outbox.New(box)
	p.lines = make([]line, connections)
	p.audience = audience.New(audience.Options{
		Stores: p.vault, Hasher: w.hasher, Keyring: w.keys, Zones: w.zones, Calendar: w.calendar, Planner: outlook{p},
	})
	w.procs = append(w.procs, p)
	p.note("starts")
	p.after(p.brief(), p.readFiles)
	return p
}

func (p *process) note(format string, args ...any) {
	p.world.note(nobody, "process %d: %s", p.no, fmt.Sprintf(format, args...))
}

// after lets something happen to the process later, unless it is dead by then.
func (p *process) after(wait time.Duration, do func()) { p.world.schedule(wait, p, do) }

// brief draws the time that a small thing takes.
func (p *process) brief() time.Duration {
	return p.world.dice.upTo(time.Duration(p.world.swarm.slow*2) * time.Millisecond)
}

// send gives the outbox an event and carries out what it wants.
func (p *process) send(ev outbox.Event) {
	w := p.world
	for _, effect := range p.box.Step(outbox.Now{Calendar: w.calendar(), Machine: w.machine()}, ev) {
		p.perform(effect)
	}
}

func (p *process) perform(effect outbox.Effect) {
	w := p.world
	switch e := effect.(type) {
	case outbox.Load:
		p.after(p.brief(), func() { p.loadClaims(e) })
	case outbox.Commit:
		p.after(p.brief(), func() { p.commitRound(e) })
	case outbox.Release:
		p.after(p.brief(), func() {
			if err := p.vault.Release(w.ctx, e.Fences, e.Calendar); err != nil {
				p.note("cannot give %d claims back: %v", len(e.Fences), err)
			}
		})
	case outbox.WakeAt:
		p.wake(e.At)
	case outbox.Planner:
		p.after(p.brief(), func() { p.plan(scheduler.Wake{}) })
	case outbox.PauseCampaign:
		p.after(p.brief(), func() {
			p.note("the relay refuses message after message")
			w.desk.verb(p, e.Campaign, store.PauseCampaign)
		})
	case outbox.Health:
		p.note("relay well: %t", e.Up)
	case outbox.Stopped:
		p.end("has stopped")
	default:
		p.speak(effect)
	}
}

// wake sets the outbox's timer to the earliest of the instants asked for.
func (p *process) wake(at time.Time) {
	w := p.world
	due := w.elapsed + max(at.Sub(w.machine()), 0)
	if p.wakeAt != 0 && p.wakeAt <= due {
		return
	}
	p.wakeAt = due
	p.wakeNo++
	no := p.wakeNo
	p.after(due-w.elapsed, func() {
		if no == p.wakeNo {
			p.wakeAt = 0
			p.send(outbox.Wake{})
		}
	})
}

func (p *process) loadClaims(e outbox.Load) {
	w := p.world
	items, cursor, err := p.vault.Claims(w.ctx, p.owner, e.After, e.Limit)
	if !w.must(err) {
		return
	}
	for i := range items {
		w.model.claimed(p, &items[i])
	}
	p.after(p.brief(), func() { p.send(outbox.Loaded{Items: items, Cursor: cursor}) })
}

func (p *process) commitRound(e outbox.Commit) {
	w := p.world
	if w.trouble && w.dice.chance(w.swarm.tearCommit) {
		w.tearCommit(func() error { _, err := p.db.CommitRound(w.ctx, e.Round); return err })
		return
	}
	result, err := p.vault.CommitRound(w.ctx, e.Round)
	if err != nil && !simulated(err) && !w.must(err) {
		return
	}
	p.after(p.brief(), func() { p.send(outbox.Committed{Result: result, Err: err}) })
}

// crash ends the process as a kill does: nothing is said to anybody.
func (p *process) crash(why string) {
	w := p.world
	w.tally.Crashes++
	p.note("is killed %s", why)
	w.model.owes(p, longestDebt)
	if len(w.procs) == 1 {
		// Closing would tidy up, so it is done on a database that nobody uses any more.
		im, err := w.disk.take()
		w.forget(p)
		if w.must(err) {
			w.must(w.disk.put(im))
		}
	} else {
		w.forget(p)
	}
	w.restartLater()
}

// end ends the process after a graceful stop.
func (p *process) end(how string) {
	p.note("%s", how)
	p.world.model.owes(p, 0)
	p.world.forget(p)
	p.world.restartLater()
}

// forget closes what a process had open.
func (w *world) forget(p *process) {
	p.alive = false
	w.must(p.db.Close())
	for i := range w.procs {
		if w.procs[i] == p {
			w.procs = append(w.procs[:i:i], w.procs[i+1:]...)
			break
		}
	}
}

// restartLater has a process start again after a while, as a supervisor does.
func (w *world) restartLater() {
	wait := max(w.dice.upTo(time.Duration(w.dice.amount(1, 3600))*time.Second), w.offUntil-w.elapsed)
	w.after(wait, w.fill)
}

// fill starts processes until as many run as there should be.
func (w *world) fill() {
	want := 1
	if w.swarm.second {
		want = 2
	}
	for w.elapsed >= w.offUntil && len(w.procs) < want && w.err == nil {
		if w.start() == nil {
			return
		}
	}
}

// tearCommit has the power fail in the middle of a commit.
func (w *world) tearCommit(commit func() error) {
	before, err := w.disk.take()
	if !w.must(err) {
		return
	}
	_ = commit() // nobody hears of it
	after, err := w.disk.take()
	if w.must(err) {
		w.powerFails(torn(before, after, w.dice))
	}
}

// powerFails ends everything that runs on the machine, and leaves im on the disk.
func (w *world) powerFails(im image) {
	w.tally.PowerLosses++
	w.note(nobody, "the power fails")
	for len(w.procs) > 0 {
		w.forget(w.procs[0])
	}
	w.must(w.disk.put(im))
	w.restartLater()
}
