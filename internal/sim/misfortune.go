package sim

import (
	"time"

	"partwork/internal/outbox"
)

func (k *desk) onProcess(do func(*process)) {
	if len(k.procs) > 0 {
		do(pick(k.dice, k.procs...))
	}
}

// stopSoftly asks a process to stop; now and then somebody loses patience.
func (p *process) stopSoftly() {
	if p.stopping {
		return
	}
	p.stopping = true
	p.note("is asked to stop")
	p.send(outbox.Stop{})
	if p.world.dice.chance(0.3) {
		p.after(p.world.dice.upTo(15*time.Minute), func() { p.crash("while it stops") })
	}
}

// freeze stops a process in its tracks, as a signal, a debugger or a starved
// machine does, for longer than any lease.
func (p *process) freeze() {
	w := p.world
	p.frozenUntil = w.elapsed + w.dice.often(10*time.Second, 25*time.Minute)
	p.note("is frozen for %v", p.frozenUntil-w.elapsed)
}

func (k *desk) cutPower() {
	im, err := k.disk.take()
	if k.must(err) {
		k.powerFails(im)
	}
}

// shutDown keeps everything off for days.
func (k *desk) shutDown() {
	k.note(nobody, "the machine is shut down")
	for len(k.procs) > 0 {
		k.forget(k.procs[0])
	}
	k.offUntil = k.elapsed + k.dice.often(time.Hour, 20*day)
	k.restartLater()
}

// trouble begins a time in which something is wrong with the disk.
func (k *desk) troublesDisk(until *time.Duration, most time.Duration, what string) {
	*until = k.elapsed + k.dice.often(time.Second, most)
	k.note(nobody, "%s for %v", what, *until-k.elapsed)
}

// setClock sets the clock by which issues are due.
func (k *desk) setClock() {
	by := k.dice.often(time.Minute, 9*day).Truncate(time.Millisecond)
	if k.swarm.back && k.dice.chance(0.5) {
		by = -by
		k.wentBack = true
	}
	k.skew += by
	k.note(nobody, "the clock is set by %v", by)
	k.stirred(longestSleep)
}
