package sim

import (
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// line is a connection as the process sees it.
type line struct {
	session *session // nil while closed
	letter  letter   // of the open transaction
}

// speak carries out what the outbox wants of a connection.
func (p *process) speak(effect outbox.Effect) {
	switch e := effect.(type) {
	case outbox.Dial:
		p.dial(e.Conn)
	case outbox.Offer:
		p.offer(e.Conn, e.Item)
	case outbox.Transfer:
		p.transfer(e.Conn, e.Next)
	case outbox.Withdraw:
		a := p.world.relay.withdraw(p.lines[e.Conn].session)
		p.after(a.take, func() { p.send(outbox.Withdrawn{Conn: e.Conn, Usable: a.usable}) })
	case outbox.Close:
		p.lines[e.Conn] = line{}
	default:
		p.world.must(fmt.Errorf("the simulator does not know the effect %T", effect))
	}
}

func (p *process) dial(conn int) {
	a := p.world.relay.greet()
	p.after(a.take, func() {
		p.world.model.dialed(p, a.reply.Code == 220)
		if a.reply.Code != 220 {
			p.send(outbox.Dialed{Conn: conn, Failure: a.failure()})
			return
		}
		s := &session{used: p.world.elapsed, pipelining: p.world.swarm.pipelining}
		p.lines[conn].session = s
		p.send(outbox.Dialed{Conn: conn, Pipelining: s.pipelining})
	})
}

// offer composes a message and opens its transaction.
func (p *process) offer(conn int, item store.Claimed) {
	take, answer := p.propose(conn, &item)
	p.after(take, func() { p.send(answer()) })
}

// propose offers a message; what is said about it is known after a while.
func (p *process) propose(conn int, item *store.Claimed) (take time.Duration, answer func() outbox.Offered) {
	w, l := p.world, &p.lines[conn]
	composed, merge, err := p.compose(item)
	if !w.must(err) {
		return 0, func() outbox.Offered { return outbox.Offered{Conn: conn, Failure: &outbox.Failure{}} }
	}
	if composed.reader.broken && w.trouble {
		reply := drip.Reply{Phase: drip.PhaseMail, Text: "a merge field is missing", Local: true}
		failure := &outbox.Failure{Reply: reply, Class: drip.ClassMessage, Usable: !l.session.gone, Uncomposed: true}
		return p.brief(), func() outbox.Offered { return outbox.Offered{Conn: conn, Failure: failure} }
	}
	w.model.offers(p, composed)
	a := w.relay.offer(l.session, composed.reader)
	return a.take, func() outbox.Offered {
		l.letter = composed
		if a.reply.Code/100 != 2 {
			w.note(composed.reader.no, "process %d offers %s: %s %d %s", p.no, composed.id, a.reply.Phase, a.reply.Code, a.reply.Enhanced)
			return outbox.Offered{Conn: conn, Failure: a.failure()}
		}
		return outbox.Offered{Conn: conn, Merge: merge}
	}
}

// transfer says DATA, sends the message and its final dot, and waits for the
// reply. A process that dies before the dot has sent nothing that counts. The offer
// of next, if it is not nil, rides on the dot.
func (p *process) transfer(conn int, next *store.Claimed) {
	w, l := p.world, &p.lines[conn]
	session, sent := l.session, l.letter
	w.model.begins(p, sent)
	if a := w.relay.data(session); a.reply.Code != 354 {
		p.after(a.take, func() { p.answered(conn, sent, a, next) })
		return
	}
	p.after(w.relay.pace(), func() {
		a := w.relay.final(session, sent)
		session.rode = next != nil
		p.after(a.take, func() { p.answered(conn, sent, a, next) })
	})
}

// answered reports the reply to a message, and what became of the offer that rode.
func (p *process) answered(conn int, sent letter, a answer, next *store.Claimed) {
	w, session := p.world, p.lines[conn].session
	w.note(sent.reader.no, "process %d is answered for %s: %s %d %s", p.no, sent.id, a.reply.Phase, a.reply.Code, a.reply.Enhanced)
	if a.class() == drip.ClassAccepted {
		p.owed = append(p.owed, debt{sent, w.elapsed})
	}
	ev := outbox.Transferred{Conn: conn, Reply: a.reply, Class: a.class(), Usable: a.usable}
	if next == nil {
		p.send(ev)
		return
	}
	said := session.rode && a.usable // else the relay was not asked, or is gone
	session.rode = false
	if !said {
		ev.Next = &outbox.Offered{Conn: conn, Failure: &outbox.Failure{Unsaid: true, Usable: a.usable}}
		p.send(ev)
		return
	}
	take, answer := p.propose(conn, next)
	if w.dice.chance(0.5) { // both answers came at once
		p.after(take, func() {
			offered := answer()
			ev.Next = &offered
			p.send(ev)
		})
		return
	}
	p.send(ev)
	p.after(take, func() { p.send(answer()) })
}
