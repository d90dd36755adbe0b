package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"partwork/internal/mailaddr"
	"partwork/internal/timing"
	"partwork/internal/token"
)

// world is one history.
type world struct {
	// ctx is what the store is called with. It never ends, because watching for its
	// end is dear; given tells whether the history is still wanted.
	ctx   context.Context
	given context.Context
	sim   *Simulator
	seed  uint64
	dice  dice
	swarm swarm
	// members says which issues are for some readers only.
	members members

	queue   queue
	elapsed time.Duration // since the beginning; what no clock shows
	epoch   time.Time     // what the calendar showed at the beginning
	skew    time.Duration // by how much it was set since
	// wentBack tells that it was set back, offUntil until when nothing is started.
	wentBack bool
	offUntil time.Duration
	// trouble is over when the world heals.
	trouble bool
	healed  time.Duration

	disk    *disk
	procs   []*process // those that run
	started int        // processes so far
	relay   *relay
	desk    *desk
	model   *model
	journal *journal
	keys    *token.Keyring
	hasher  mailaddr.Hasher
	zones   *timing.Zones

	today, todaySteps   int
	minute, minuteSteps int
	// catalog grows with every change of the campaigns in the database.
	catalog int

	tally Result
	err   error // of the simulation itself
}

// machineEpoch is what the machine clock showed when the world began. It has
// nothing to do with the calendar.
var machineEpoch = time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC)

func (w *world) calendar() time.Time {
	return w.epoch.Add(w.elapsed + w.skew).Truncate(time.Millisecond)
}

func (w *world) machine() time.Time {
	return machineEpoch.Add(w.elapsed).Truncate(time.Millisecond)
}

// newWorld prepares the history of a seed.
func newWorld(ctx context.Context, s *Simulator, seed uint64) (*world, error) {
	d := dice{rand.New(rand.NewPCG(seed, 0x70617274776f726b))}
	w := &world{
		ctx: context.WithoutCancel(ctx), given: ctx, sim: s, seed: seed, dice: d, swarm: drawSwarm(d.Rand), members: drawMembers(seed), trouble: true,
		epoch: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(d.upTo(700 * day)),
		disk:  &disk{dir: s.opts.Dir}, journal: newJournal(s.opts.Trace), zones: s.zones,
		tally: Result{Seed: seed, Days: s.opts.Days},
	}
	var err error
	if w.keys, err = token.NewKeyring(token.Key{ID: 1, Secret: [token.KeySize]byte{1}}); err != nil {
		return nil, fmt.Errorf("make a keyring: %w", err)
	}
	w.hasher = mailaddr.NewHasher(make([]byte, 32))
	w.relay, w.model = newRelay(w), newModel(w)
	w.desk = newDesk(w)
	return w, w.disk.put(s.blank)
}

// at lets something happen later, to no process.
func (w *world) after(wait time.Duration, do func()) { w.schedule(wait, nil, do) }

func (w *world) schedule(wait time.Duration, p *process, do func()) {
	w.queue.add(event{at: w.elapsed + max(wait, 0), tie: w.dice.Uint64(), proc: p, do: do})
}

// run lets things happen until a moment, or until nothing more will.
func (w *world) run(until time.Duration, enough func() bool) {
	for len(w.queue) > 0 && w.queue[0].at <= until && w.err == nil && !w.model.hopeless() && !enough() {
		ev := w.queue.next()
		w.elapsed = max(w.elapsed, ev.at)
		if p := ev.proc; p != nil {
			switch {
			case !p.alive:
				continue
			case p.frozenUntil > w.elapsed:
				ev.at = p.frozenUntil
				w.queue.add(ev)
				continue
			}
		}
		if w.err = w.given.Err(); w.err != nil {
			return
		}
		w.tally.Steps++
		w.spinning()
		ev.do()
		if p := ev.proc; p != nil && p.alive && w.trouble && w.dice.chance(w.swarm.crashStep) {
			p.crash("between two steps")
		}
	}
	if w.err == nil && !w.model.hopeless() && !enough() {
		w.elapsed = max(w.elapsed, until)
	}
}

// What is more than anything sensible takes in a day, and in a minute. While a relay is
// in trouble all day, two processes claim what waits for it every five minutes: 20,000
// steps. What is tried again every second takes several hundred thousand.
const (
	mostSteps       = 100_000
	mostMinuteSteps = 1_500
)

// spinning holds the program to coming to rest: what can not be done now must not
// be tried again and again.
func (w *world) spinning() {
	if today := int(w.elapsed / day); today != w.today {
		w.today, w.todaySteps = today, 0
	}
	if minute := int(w.elapsed / time.Minute); minute != w.minute {
		w.minute, w.minuteSteps = minute, 0
	}
	w.todaySteps, w.minuteSteps = w.todaySteps+1, w.minuteSteps+1
	if w.todaySteps == mostSteps || w.minuteSteps == mostMinuteSteps {
		w.model.broken("rest", nobody, "%d steps in a day, %d in a minute, and no end", w.todaySteps, w.minuteSteps)
		w.queue = nil
	}
}

func (w *world) note(reader int, format string, args ...any) {
	w.journal.write(w.calendar(), reader, format, args)
}

// must notes an error that no fault explains: the first one ends the history.
func (w *world) must(err error) bool {
	if err != nil && w.err == nil {
		w.err = err
	}
	return err == nil
}

// stirred says that the database changed: whoever works with it sees that before
// long, because planners never sleep for longer than seconds. What the machines
// did themselves is seen a little later than it would be, which is no easier.
func (w *world) stirred(most time.Duration) {
	for _, p := range w.procs {
		p.lookSoon(most)
	}
}
