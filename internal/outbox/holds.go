package outbox

import (
	"cmp"
	"slices"
	"time"
)

// HoldKind is what holds sending back.
type HoldKind string

// The kinds of hold.
const (
	// HeldByBreaker: the relay is in trouble and is left alone.
	HeldByBreaker HoldKind = "breaker"
	// HeldByThrottle: the relay asked for less, and gets it.
	HeldByThrottle HoldKind = "throttle"
	// HeldByWarmup: today's allowance of the relay is spent.
	HeldByWarmup HoldKind = "warmup"
	// HeldByDomain: the domain has a limit, or asked for less.
	HeldByDomain HoldKind = "domain"
)

// Hold says that something is held back, and until when.
type Hold struct {
	Kind HoldKind
	// Relay is its place in Config.Relays; -1 if a domain is held, whatever the relay.
	Relay int
	// Domain is set with HeldByDomain; Slowed says that it asked for less.
	Domain string
	Slowed bool
	// Allowance is today's, with HeldByWarmup.
	Allowance int
	// Waiting is how many messages wait for a domain; 0 with the other kinds, for
	// which everything waits that is due.
	Waiting int
	// Until is when the next message may leave, machine time; zero if that depends
	// on others.
	Until time.Time
}

// Holds says what is held back now: relays first, in their order, then domains by
// their names. It changes nothing.
func (o *Outbox) Holds(now Now) []Hold {
	var holds []Hold
	for _, r := range o.relays {
		if hold, held := r.hold(now.Machine); held {
			holds = append(holds, hold)
		}
	}
	return append(holds, o.domainHolds(now.Machine)...)
}

// hold says what holds a relay back as a whole. The pace of its own rate does not count.
func (r *relay) hold(now time.Time) (Hold, bool) {
	allowance, limited := r.warm.ramp.allowance(r.warm.day)
	switch {
	case r.resting(now):
		return Hold{Kind: HeldByBreaker, Relay: r.no, Until: r.downUntil}, true
	case limited && r.warm.spent() && tomorrow(r.warm.day.Start(time.UTC)).After(now):
		return Hold{Kind: HeldByWarmup, Relay: r.no, Allowance: allowance, Until: tomorrow(now)}, true
	case r.slow.current(now) > 0:
		return Hold{Kind: HeldByThrottle, Relay: r.no, Until: r.slow.next(now)}, true
	}
	return Hold{}, false
}

// domainHolds says for which domains messages wait.
func (o *Outbox) domainHolds(now time.Time) []Hold {
	if o.domains.free() {
		return nil
	}
	queued := make(map[string]int)
	for i := range o.queue {
		queued[o.queue[i].Subscriber.Email.Domain()]++
	}
	var holds []Hold
	for name, d := range o.domains.known {
		waiting := d.waiting(now)
		if at := d.next(now); at.After(now) || waiting > 0 {
			waiting += queued[name]
		}
		if waiting > 0 {
			holds = append(holds, Hold{
				Kind: HeldByDomain, Relay: -1, Domain: name, Slowed: d.slow.current(now) > 0,
				Waiting: waiting, Until: d.next(now),
			})
		}
	}
	slices.SortFunc(holds, func(a, b Hold) int { return cmp.Compare(a.Domain, b.Domain) })
	return holds
}
