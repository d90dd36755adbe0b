package sim

import (
	"math"
	"math/rand/v2"
	"time"
)

// swarm is what may go wrong in one history, and how often. Each seed draws its
// own: most are mild, some brutal, some have one kind of trouble only, and some
// none at all.
type swarm struct {
	relay relayFaults
	// Mean times between events; zero means never.
	crash, power, restart, downtime, freeze time.Duration
	diskFull, diskLost, locked              time.Duration
	clock                                   time.Duration
	edit, verb, wish, join, leave, resolve  time.Duration
	outage                                  time.Duration
	// crashStep is the share of steps after which a process dies, tearCommit that
	// of commits in which the power fails.
	crashStep, tearCommit float64
	// failCommit is the share of changes that fail, or seem to; snipe that of the
	// moments at which a message is on its way and somebody does something about it.
	failCommit, snipe float64
	// back lets the calendar clock be set back, too.
	back bool
	// second has two processes share the database.
	second bool
	// slow stretches what takes time: machines, disks, networks.
	slow float64
	// greylisted, unknown and poisoned are the shares of readers whose mailbox
	// greets newcomers with 450, does not exist, or never takes anything.
	greylisted, unknown, poisoned float64

	dailyLimit int
	rate       float64
	tight      bool // tiny pages, queues and backlogs
	pipelining bool // the relay takes offers that ride on final dots
}

// relayFaults are shares of the relay's answers.
type relayFaults struct {
	dial, banner, auth                    float64
	mailGone, mailThrottled, mailRefused  float64
	mailSize                              float64
	rcptTemp, rcptRefused, rcptPolicy     float64
	rcptGone, rcptSlow                    float64
	dataTemp, dataRefused, dataGone       float64
	bodyGone                              float64
	finalTemp, finalRefused, finalGone    float64
	finalLost, finalSlow, finalTooSlow    float64
	finalGarbage, parting, withdrawFailed float64
}

const day = 24 * time.Hour

func drawSwarm(rnd *rand.Rand) swarm {
	d := dice{rnd}
	s := swarm{join: d.often(4*day, 20*day)}
	s.wish, s.edit, s.leave = d.maybe(0.7, day, 12*day), d.maybe(0.6, 2*day, 20*day), d.maybe(0.6, 4*day, 30*day)
	s.verb = d.maybe(0.4, 5*day, 30*day)
	s.dailyLimit = d.among(0, 0, 0, 1, 2)
	s.tight = d.chance(0.4)
	s.pipelining = d.chance(0.6)
	s.second = d.chance(0.35)
	s.slow = d.amount(1, 400)
	s.snipe = d.share(0.6, 0.005, 0.15)
	if d.chance(0.08) {
		return s // all is well with the machines
	}
	s.relay = d.relay()
	s.outage = d.maybe(0.4, 3*day, 25*day)
	s.greylisted, s.unknown, s.poisoned = d.share(0.3, 0.05, 0.6), d.share(0.3, 0.05, 0.3), d.share(0.25, 0.03, 0.2)
	s.crash, s.restart = d.maybe(0.5, day, 20*day), d.maybe(0.4, 2*day, 20*day)
	s.power = d.maybe(0.4, 3*day, 30*day)
	s.crashStep, s.tearCommit = d.share(0.5, 0.0005, 0.005), d.share(0.4, 0.0005, 0.01)
	s.downtime, s.freeze = d.maybe(0.4, 6*day, 40*day), d.maybe(0.4, day, 15*day)
	s.diskFull, s.diskLost = d.maybe(0.3, 3*day, 30*day), d.maybe(0.4, 2*day, 20*day)
	s.failCommit = d.share(0.4, 0.002, 0.04)
	s.locked = d.maybe(0.3, day, 10*day)
	s.clock = d.maybe(0.3, 5*day, 40*day)
	s.back = d.chance(0.5)
	s.resolve = d.maybe(0.5, 2*day, 10*day)
	s.rate = float64(d.among(0, 0, 0, 1, 10))
	return s
}

// relay draws the relay's faults.
func (d dice) relay() relayFaults {
	if d.chance(0.2) {
		return relayFaults{}
	}
	r := func() float64 { return d.share(0.35, 0.005, 0.4) }
	return relayFaults{
		dial: r(), banner: r(), auth: r(), mailGone: r(), mailThrottled: r(), mailRefused: r(), mailSize: d.share(0.2, 0.002, 0.05),
		rcptTemp: r(), rcptRefused: d.share(0.2, 0.002, 0.05), rcptPolicy: r(), rcptGone: r(), rcptSlow: r(),
		dataTemp: r(), dataRefused: d.share(0.2, 0.002, 0.05), dataGone: r(), bodyGone: r(),
		finalTemp: r(), finalRefused: d.share(0.2, 0.002, 0.1), finalGone: r(), finalLost: r(), finalSlow: r(), finalTooSlow: r(),
		finalGarbage: r(), parting: r(), withdrawFailed: r(),
	}
}

// dice draws from a seed's one source.
type dice struct{ *rand.Rand }

func (d dice) chance(share float64) bool { return share > 0 && d.Float64() < share }

// amount draws between two amounts, each order of magnitude alike.
func (d dice) amount(least, most float64) float64 {
	return least * math.Pow(most/least, d.Float64())
}

// share is zero, or an amount with the given chance.
func (d dice) share(chance, least, most float64) float64 {
	if !d.chance(chance) {
		return 0
	}
	return d.amount(least, most)
}

func (d dice) often(least, most time.Duration) time.Duration {
	return time.Duration(d.amount(float64(least), float64(most)))
}

func (d dice) maybe(chance float64, least, most time.Duration) time.Duration {
	if !d.chance(chance) {
		return 0
	}
	return d.often(least, most)
}

// upTo draws a duration in whole milliseconds, from zero up to most.
func (d dice) upTo(most time.Duration) time.Duration {
	return time.Duration(d.Int64N(int64(most/time.Millisecond)+1)) * time.Millisecond
}

// around draws a time until something that happens so often on average.
func (d dice) around(mean time.Duration) time.Duration {
	return max(time.Duration(d.ExpFloat64()*float64(mean)).Truncate(time.Millisecond), time.Millisecond)
}

func (d dice) among(values ...int) int { return values[d.IntN(len(values))] }

// pick draws one of several.
func pick[T any](d dice, values ...T) T { return values[d.IntN(len(values))] }
