package outbox

import (
	"slices"
	"time"

	"partwork/internal/drip"
)

// AnyDomain is the key of the limit for every domain that has none of its own.
const AnyDomain = "*"

// DomainLimit is how much the domain of an address takes, over all relays.
type DomainLimit struct {
	// Rate is the most messages a second; 0 = no limit.
	Rate float64
	// Connections is the most transactions at once; 0 = no limit.
	Connections int
}

const (
	// manyDomains is how many domains are remembered before those are forgotten of
	// which there is nothing to know any more.
	manyDomains = 4096
	// wideSpread is the number of different domains that must ask to slow down, with
	// nothing accepted in between, for the request to be the relay's own.
	wideSpread = 3
)

// domains knows how much each domain takes.
type domains struct {
	limits map[string]DomainLimit
	known  map[string]*domain
	spread []string // domains that asked to slow down since the last acceptance
}

// domain is one that has a limit or asked to slow down.
type domain struct {
	limit  DomainLimit
	pace   pace
	slow   slowdown
	last   time.Time     // of the latest message
	usual  time.Duration // between two messages lately
	tail   time.Time     // when the one that is put aside last comes back
	asides []time.Time   // when what was put aside comes back, in order
}

func newDomains(limits map[string]DomainLimit) domains {
	return domains{limits: limits, known: make(map[string]*domain)}
}

// free reports whether no domain is limited in any way, which is quick to know.
func (d *domains) free() bool { return len(d.limits) == 0 && len(d.known) == 0 }

// of returns what there is to know of a domain; nil if it has no limit.
func (d *domains) of(name string, now time.Time) *domain {
	if known := d.known[name]; known != nil {
		return known
	}
	limit, limited := d.limits[name]
	if !limited {
		limit, limited = d.limits[AnyDomain]
	}
	if !limited {
		return nil
	}
	return d.add(name, limit, now)
}

func (d *domains) add(name string, limit DomainLimit, now time.Time) *domain {
	if len(d.known) >= manyDomains {
		for name, known := range d.known {
			if known.forgettable(now) {
				delete(d.known, name)
			}
		}
	}
	added := &domain{limit: limit, pace: newPace(limit.Rate)}
	d.known[name] = added
	return added
}

// forgettable reports whether nothing would change if the domain were met anew.
func (d *domain) forgettable(now time.Time) bool {
	return d.slow.current(now) == 0 && !d.slow.until.After(now) && !d.pace.free.After(now) && d.waiting(now) == 0
}

// next returns when the next message to the domain may leave.
func (d *domain) next(now time.Time) time.Time {
	return later(d.pace.next(now), d.slow.next(now))
}

func (d *domain) spend(now time.Time) {
	if gap := now.Sub(d.last); !d.last.IsZero() && gap < time.Minute {
		d.usual += (gap - d.usual) / 8
	}
	d.last = now
	d.pace.spend(now)
	d.slow.spend(now)
}

// interval is what lies between two messages at least.
func (d *domain) interval(now time.Time) time.Duration {
	return max(d.pace.interval, d.slow.current(now))
}

// limited reports whether the domain takes less than anybody would send. One that asked
// to slow down and has recovered does not, and is known for a while yet.
func (d *domain) limited(now time.Time) bool {
	return d.limit.Connections > 0 || d.interval(now) > 0
}

// slower notes that a domain asked to slow down. It reports true if so many others did
// that the request must be the relay's own: then no domain is blamed.
func (d *domains) slower(name string, now time.Time) (relays bool) {
	if !slices.Contains(d.spread, name) {
		d.spread = append(d.spread, name)
	}
	if len(d.spread) >= wideSpread {
		d.spread = nil
		return true
	}
	known := d.of(name, now)
	if known == nil {
		known = d.add(name, DomainLimit{}, now)
	}
	known.slow.hit(now, known.pace.interval)
	return false
}

// accepted notes that a message was accepted: what came before was no relay's request.
func (d *domains) accepted() { d.spread = nil }

// aside returns when a message that is put aside is to come back: a little before its
// turn after those that were kept and those that were put aside before, and within the
// hour, because rates recover.
func (d *domain) aside(now time.Time, kept int) time.Time {
	const soon, late = time.Second, time.Hour
	step := d.interval(now)
	if d.limit.Connections > 0 {
		step = max(step, d.usual)
	}
	step -= step / 4
	d.tail = later(d.tail, now.Add(max(soon, time.Duration(kept)*step))).Add(step)
	if limit := now.Add(late); d.tail.After(limit) {
		d.tail = limit
	}
	d.waiting(now) // forgets those that came back
	d.asides = append(d.asides, d.tail)
	return d.tail
}

// waiting returns how many messages are put aside.
func (d *domain) waiting(now time.Time) int {
	back, _ := slices.BinarySearchFunc(d.asides, now, func(at, now time.Time) int {
		if at.After(now) {
			return 1
		}
		return -1
	})
	d.asides = d.asides[back:]
	return len(d.asides)
}

// throttler is who asks for less.
type throttler int

const (
	byRelay   throttler = iota // the relay itself
	byDomain                   // the domain of the recipient
	byMailbox                  // one recipient, whom others write to as well
)

// throttledBy says who asks for less. Before RCPT nobody but the relay can, and it alone
// shuts down (421 without more, RFC 5321 §3.8) or takes nothing now (4.3.z is about the
// mail system, RFC 3463 §3.4). 4.2.z is about one mailbox (§3.3).
func throttledBy(r drip.Reply) throttler {
	late := r.Phase == drip.PhaseRcpt || r.Phase == drip.PhaseData || r.Phase == drip.PhaseBody || r.Phase == drip.PhaseFinal
	switch {
	case !late, r.Enhanced == "", len(r.Enhanced) > 4 && r.Enhanced[:4] == "4.3.":
		return byRelay
	case len(r.Enhanced) > 4 && r.Enhanced[:4] == "4.2.":
		return byMailbox
	}
	return byDomain
}
