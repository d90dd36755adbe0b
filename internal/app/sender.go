package app

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"partwork/internal/outbox"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// sender drives the outbox: one goroutine steps the machine, one runs group
// commits, and each connection has its own.
type sender struct {
	box      *outbox.Outbox
	owner    int64
	store    store.Store
	calendar timing.Clock
	machine  timing.Clock
	log      *slog.Logger
	health   *health
	reserve  *reserve
	unstored *unstored
	// plan asks the scheduler to look.
	plan func()

	events  chan outbox.Event
	commits chan store.Round
	lines   []*line
	asks    chan chan []outbox.Hold
	timer   *time.Timer
	wakeAt  time.Time // machine; what timer is set to, zero if it is not running
	stopped atomic.Bool
	aborted atomic.Bool
	gaveUp  bool // see giveUp
	workers sync.WaitGroup
}

func newSender(box *outbox.Outbox, in *Instance, relays []relayLine, owner int64, h *health) *sender {
	connections := 0
	for _, r := range relays {
		connections += r.limits.Connections
	}
	s := &sender{
		box: box, owner: owner, store: in.Store, calendar: in.calendar, machine: in.machine,
		log: in.log, health: h, plan: func() {},
		unstored: &unstored{folder: in.state, uuid: in.uuid, log: in.log},
		events:   make(chan outbox.Event, 4*connections+16),
		commits:  make(chan store.Round, 1),
		timer:    time.NewTimer(time.Hour),
		asks:     make(chan chan []outbox.Hold),
	}
	s.timer.Stop()
	for no, r := range relays {
		for range r.limits.Connections {
			s.lines = append(s.lines, &line{
				no: len(s.lines), relay: r.relay, relayNo: no, composer: in.composer, calendar: in.calendar, log: in.log,
				commands: make(chan command, 4), report: s.post,
			})
		}
	}
	return s
}

// post hands an event to the machine. It never blocks for long: the machine
// does no I/O.
func (s *sender) post(ev outbox.Event) { s.events <- ev }

// kick tells the outbox that there may be new claims. It is safe to call at any
// time, also after the sender has stopped.
func (s *sender) kick() {
	if s.stopped.Load() {
		return
	}
	select {
	case s.events <- outbox.Wake{}:
	default: // busy: it will look anyway
	}
}

// run works until a graceful stop is complete. A stop begins when ctx ends;
// abort ends all connections at once.
func (s *sender) run(ctx, abort context.Context) {
	// Outcomes of marked messages must reach the store after ctx has ended, too.
	work := context.WithoutCancel(ctx)
	s.workers.Go(func() { s.commitLoop(work) })
	dialing, stopDialing := context.WithCancel(abort)
	defer stopDialing()
	for _, l := range s.lines {
		s.workers.Go(func() { l.run(dialing, abort) })
	}
	defer context.AfterFunc(abort, func() { s.aborted.Store(true) })()
	stop := ctx.Done()
	s.step(work, outbox.Wake{})
	for !s.stopped.Load() {
		select {
		case ev := <-s.events:
			s.step(work, ev)
			if c, ok := ev.(outbox.Committed); ok && c.Err != nil && abort.Err() != nil {
				s.gaveUp = true
				s.stopped.Store(true)
			}
		case <-s.timer.C:
			s.wakeAt = time.Time{}
			s.step(work, outbox.Wake{})
		case answer := <-s.asks:
			answer <- s.box.Holds(s.now())
		case <-stop:
			stop = nil
			s.step(work, outbox.Stop{})
			stopDialing() // nothing is lost by it, and a greeting may take minutes
		}
	}
	close(s.commits)
	for _, l := range s.lines {
		close(l.commands)
	}
	s.takeIn()
	s.timer.Stop()
	if s.gaveUp {
		s.giveUp()
	}
}

// takeIn waits until everything has ended, and takes in what is still reported: after a
// stop at once a relay's last word may be among it. What the machine asks for in
// return nobody does any more.
func (s *sender) takeIn() {
	ended := make(chan struct{})
	go func() { s.workers.Wait(); close(ended) }()
	for {
		select {
		case ev := <-s.events:
			s.box.Step(s.now(), ev)
			continue
		case <-ended:
		}
		select {
		case ev := <-s.events:
			s.box.Step(s.now(), ev)
		default:
			return
		}
	}
}

// giveUp ends the sender although outcomes cannot be stored: whoever asked twice
// to stop does not want to wait for the database. They are kept for the next start.
func (s *sender) giveUp() {
	s.unstored.keep(store.Round{Calendar: s.calendar(), Outcomes: s.box.Unstored()})
	if s.unstored.kept > 0 {
		s.log.Error("outcomes could not be stored; they are kept in state_dir for the next serve", "outcomes", s.unstored.kept)
	}
}

func (s *sender) step(ctx context.Context, ev outbox.Event) {
	now := s.now()
	for _, effect := range s.box.Step(now, ev) {
		s.perform(ctx, now, effect)
	}
}

func (s *sender) now() outbox.Now {
	return outbox.Now{Calendar: s.calendar(), Machine: s.machine()}
}

func (s *sender) perform(ctx context.Context, now outbox.Now, effect outbox.Effect) {
	switch e := effect.(type) {
	case outbox.Load:
		s.workers.Go(func() {
			items, cursor, err := s.store.Claims(ctx, s.owner, e.After, e.Limit)
			if err != nil {
				s.log.Error("load claims", "error", err)
			}
			s.post(outbox.Loaded{Items: items, Cursor: cursor, Err: err})
		})
	case outbox.Commit:
		s.commits <- e.Round
	case outbox.Dial:
		s.lines[e.Conn].commands <- command{kind: dial}
	case outbox.Offer:
		s.lines[e.Conn].commands <- command{kind: offer, item: e.Item}
	case outbox.Transfer:
		s.lines[e.Conn].commands <- command{kind: transfer, next: e.Next}
	case outbox.Withdraw:
		s.lines[e.Conn].commands <- command{kind: withdraw}
	case outbox.Close:
		s.lines[e.Conn].commands <- command{kind: hangUp, polite: e.Polite}
	case outbox.Release:
		s.release(ctx, e)
	case outbox.WakeAt:
		s.wake(now.Machine, e.At)
	case outbox.Planner:
		s.plan()
	case outbox.CountDay:
		s.countDay(ctx, e)
	case outbox.PauseCampaign:
		s.pause(ctx, now, e)
	case outbox.Health:
		if s.aborted.Load() {
			return // we did that ourselves
		}
		s.health.relay(e)
		s.logHealth(e)
	case outbox.Stopped:
		s.stopped.Store(true)
	}
}

// wake sets the timer to the earliest of the instants asked for.
func (s *sender) wake(now, at time.Time) {
	if !s.wakeAt.IsZero() && !at.Before(s.wakeAt) {
		return
	}
	s.wakeAt = at
	s.timer.Reset(max(at.Sub(now), 0))
}

func (s *sender) commitLoop(ctx context.Context) {
	for round := range s.commits {
		result, err := s.reserve.commitWithin(ctx, s.store, round)
		if err != nil {
			s.log.Error("store outcomes and marks", "outcomes", len(round.Outcomes), "marks", len(round.Marks), "error", err)
		}
		s.unstored.note(round, err)
		s.health.stored(err)
		s.post(outbox.Committed{Result: result, Err: err})
	}
}

func (s *sender) release(ctx context.Context, e outbox.Release) {
	s.workers.Go(func() {
		if err := s.store.Release(ctx, e.Fences, e.Calendar); err != nil {
			s.log.Error("give claims back; they come free when their lease ends", "claims", len(e.Fences), "error", err)
		}
	})
}
