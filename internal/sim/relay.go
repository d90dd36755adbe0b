package sim

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/smtpsend"
)

// The time-outs of the real connection: RFC 5321 §4.5.3.2.
const (
	dialTimeout    = 30 * time.Second
	commandTimeout = 5 * time.Minute
	finalTimeout   = 10 * time.Minute
	// relayPatience is how long a relay keeps a connection on which nothing is
	// said.
	relayPatience = 5 * time.Minute
)

// relay is the mail server that takes the messages, and knows which it took.
type relay struct {
	*world
	// downUntil is when it can be reached again.
	downUntil time.Duration
	// known says since when a greylisted reader's letters have been tried.
	known map[int]time.Duration
}

func newRelay(w *world) *relay { return &relay{world: w, known: make(map[int]time.Duration)} }

// session is one connection on the relay's side.
type session struct {
	used time.Duration // for the last time
	gone bool          // the relay closed it
	// pipelining says that offers may ride on final dots; rode that one did.
	pipelining, rode bool
}

// answer is a reply, the time it takes, and whether the connection is of any use
// after it.
type answer struct {
	reply  drip.Reply
	take   time.Duration
	usable bool
}

func (a answer) class() drip.Class { return smtpsend.Classify(a.reply) }

func (a answer) failure() *outbox.Failure {
	return &outbox.Failure{Reply: a.reply, Class: a.class(), Usable: a.usable}
}

// pace draws the time of one exchange.
func (r *relay) pace() time.Duration {
	return r.dice.upTo(time.Duration(r.swarm.slow*10) * time.Millisecond)
}

// says answers with a code.
func (r *relay) says(phase drip.Phase, code int, enhanced string) answer {
	return answer{drip.Reply{Phase: phase, Code: code, Enhanced: enhanced, Text: "so says the relay"}, r.pace(), code != 421}
}

// hangsUp closes the connection instead of an answer, or stays silent until the
// caller loses patience.
func (r *relay) hangsUp(phase drip.Phase, patience time.Duration) answer {
	take := r.pace()
	if r.dice.chance(0.3) {
		take = patience
	}
	return answer{reply: drip.Reply{Phase: phase, Text: "the connection was lost"}, take: take}
}

// faults are those of the swarm, until the world heals.
func (r *relay) faults() relayFaults {
	if !r.trouble {
		return relayFaults{}
	}
	return r.swarm.relay
}

func (r *relay) down() bool { return r.trouble && r.elapsed < r.downUntil }

// greet answers a dial, a login included.
func (r *relay) greet() answer {
	f := r.faults()
	switch {
	case r.down(), r.dice.chance(f.dial):
		return r.hangsUp(drip.PhaseDial, dialTimeout)
	case r.dice.chance(f.banner):
		return r.says(drip.PhaseDial, r.dice.among(421, 554), "")
	case r.dice.chance(f.auth):
		return pick(r.dice, r.says(drip.PhaseAuth, 535, "5.7.8"), r.says(drip.PhaseAuth, 454, "4.7.0"))
	}
	return r.says(drip.PhaseDial, 220, "")
}

// lost reports whether a connection has come to its end.
func (r *relay) lost(s *session) bool {
	s.gone = s.gone || r.down() || r.elapsed-s.used > relayPatience
	s.used = r.elapsed
	return s.gone
}

// offer answers MAIL and RCPT.
func (r *relay) offer(s *session, to *reader) answer {
	if r.lost(s) {
		if r.dice.chance(0.5) {
			return r.says(drip.PhaseMail, 421, "4.4.2")
		}
		return r.hangsUp(drip.PhaseMail, time.Second)
	}
	f := r.faults()
	switch {
	case r.dice.chance(f.mailGone):
		return r.hangsUp(drip.PhaseMail, commandTimeout)
	case r.dice.chance(f.mailThrottled):
		return pick(r.dice, r.says(drip.PhaseMail, 421, "4.7.0"), r.says(drip.PhaseMail, 451, "4.7.1"), r.says(drip.PhaseMail, 452, "4.3.1"))
	case r.dice.chance(f.mailRefused):
		return pick(r.dice, r.says(drip.PhaseMail, 550, "5.7.1"), r.says(drip.PhaseMail, 530, "5.7.0"), r.says(drip.PhaseMail, 503, "5.5.1"))
	case r.dice.chance(f.mailSize):
		return r.says(drip.PhaseMail, 552, "5.3.4")
	}
	return r.recipient(f, to)
}

// recipient answers RCPT.
func (r *relay) recipient(f relayFaults, to *reader) answer {
	since, tried := r.known[to.no]
	if !tried {
		r.known[to.no], since = r.elapsed, r.elapsed
	}
	switch {
	case !r.trouble:
	case to.unknown && !to.late:
		to.bounced = true
		return r.says(drip.PhaseRcpt, 550, "5.1.1")
	case to.poisoned && !to.late:
		return r.says(drip.PhaseRcpt, 451, "4.3.0")
	case to.greylisted && r.elapsed-since < 5*time.Minute:
		return r.says(drip.PhaseRcpt, 450, "4.2.0")
	}
	switch {
	case r.dice.chance(f.rcptGone):
		return r.hangsUp(drip.PhaseRcpt, commandTimeout)
	case r.dice.chance(f.rcptTemp):
		return pick(r.dice, r.says(drip.PhaseRcpt, 451, "4.3.0"), r.says(drip.PhaseRcpt, 452, "4.2.2"), r.says(drip.PhaseRcpt, 450, "4.7.1"))
	case r.dice.chance(f.rcptRefused):
		return pick(r.dice, r.says(drip.PhaseRcpt, 550, ""), r.says(drip.PhaseRcpt, 553, "5.5.4"))
	case r.dice.chance(f.rcptPolicy):
		return r.says(drip.PhaseRcpt, 550, "5.7.1")
	}
	yes := r.says(drip.PhaseRcpt, 250, "2.1.5")
	if r.dice.chance(f.rcptSlow) {
		yes.take = r.dice.upTo(commandTimeout - time.Second)
	}
	return yes
}

// data answers DATA, up to the place of the final dot.
func (r *relay) data(s *session) answer {
	f := r.faults()
	switch {
	case r.lost(s), r.dice.chance(f.dataGone):
		return r.hangsUp(drip.PhaseData, commandTimeout)
	case r.dice.chance(f.dataTemp):
		return pick(r.dice, r.says(drip.PhaseData, 451, "4.3.0"), r.says(drip.PhaseData, 421, "4.3.2"))
	case r.dice.chance(f.dataRefused):
		return pick(r.dice, r.says(drip.PhaseData, 554, "5.6.0"), r.says(drip.PhaseData, 554, "5.7.1"))
	case r.dice.chance(f.bodyGone):
		return r.hangsUp(drip.PhaseBody, 3*time.Minute)
	}
	return r.says(drip.PhaseData, 354, "")
}

// final answers the final dot. Here it is decided whether the message was
// accepted, whatever becomes of the answer.
func (r *relay) final(s *session, l letter) answer {
	f := r.faults()
	switch {
	case r.lost(s):
		return r.hangsUp(drip.PhaseBody, time.Second) // it left before it had everything
	case r.trouble && to(l).unknown && to(l).late:
		to(l).bounced = true
		return r.says(drip.PhaseFinal, 550, "5.1.1")
	case r.trouble && to(l).poisoned && to(l).late:
		return r.says(drip.PhaseFinal, 452, "4.2.2")
	case r.dice.chance(f.finalTemp):
		return pick(r.dice, r.says(drip.PhaseFinal, 451, "4.3.0"), r.says(drip.PhaseFinal, 421, "4.7.0"))
	case r.dice.chance(f.finalRefused):
		return pick(r.dice, r.says(drip.PhaseFinal, 554, "5.6.0"), r.says(drip.PhaseFinal, 550, "5.7.1"), r.says(drip.PhaseFinal, 552, "5.3.4"))
	case r.dice.chance(f.finalGone):
		return r.hangsUp(drip.PhaseFinal, finalTimeout)
	}
	r.model.accepted(l)
	switch {
	case r.dice.chance(f.finalLost):
		return r.hangsUp(drip.PhaseFinal, finalTimeout)
	case r.dice.chance(f.finalGarbage):
		return answer{reply: drip.Reply{Phase: drip.PhaseFinal, Text: "not understood"}, take: r.pace()}
	case r.dice.chance(f.finalTooSlow):
		return answer{reply: drip.Reply{Phase: drip.PhaseFinal, Text: "time-out"}, take: finalTimeout}
	}
	yes := r.says(drip.PhaseFinal, 250, "2.0.0")
	if r.dice.chance(f.finalSlow) {
		yes.take = r.dice.upTo(finalTimeout - time.Second)
	}
	s.gone = r.dice.chance(f.parting)
	return yes
}

func to(l letter) *reader { return l.reader }

// withdraw answers RSET.
func (r *relay) withdraw(s *session) answer {
	if r.lost(s) || r.dice.chance(r.faults().withdrawFailed) {
		s.gone = true
		return answer{take: r.pace()}
	}
	return answer{take: r.pace(), usable: true}
}
