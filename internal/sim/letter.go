package sim

import (
	"encoding/json"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// letter is a message as the relay sees it.
type letter struct {
	fence  store.Fence
	reader *reader
	// id is the Message-ID, and text all the bytes.
	id, text string
}

// pinned is what a mark pins besides the content.
type pinned struct {
	Date int64  `json:"date"`
	Zone string `json:"zone"`
}

// compose makes the message of a claim, as the program's composer does: of the
// pinned content, with the merge values that an earlier mark pinned, or else with
// those of today.
func (p *process) compose(item *store.Claimed) (letter, string, error) {
	w, d := p.world, &item.Delivery
	text, err := p.content(d.Content)
	if err != nil {
		return letter{}, "", err
	}
	merge := d.Merge
	if merge == "" {
		b, err := json.Marshal(pinned{w.calendar().Unix(), item.Subscriber.Timezone})
		if err != nil {
			return letter{}, "", fmt.Errorf("pin merge values: %w", err)
		}
		merge = string(b)
	}
	return letter{
		fence:  store.Fence{DeliveryKey: d.DeliveryKey, Attempt: d.Attempt},
		reader: w.model.passages[d.Enrollment].reader,
		id:     fmt.Sprintf("<%d.%d@sim>", d.Enrollment, d.Issue),
		text:   text + "\n" + merge,
	}, merge, nil
}

// content reads a content once.
func (p *process) content(id drip.ContentID) (string, error) {
	if text, ok := p.shelf.texts[id]; ok {
		return text, nil
	}
	b, err := p.vault.Content(p.world.ctx, id)
	if err != nil {
		return "", fmt.Errorf("compose: %w", err)
	}
	p.shelf.texts[id] = string(b)
	return string(b), nil
}

// line is a connection as the process sees it.
type line struct {
	session *session // nil while closed
	letter  letter
}

// speak carries out what the outbox wants of a connection.
func (p *process) speak(effect outbox.Effect) {
	switch e := effect.(type) {
	case outbox.Dial:
		p.dial(e.Conn)
	case outbox.Offer:
		p.offer(e.Conn, e.Item)
	case outbox.Transfer:
		p.transfer(e.Conn)
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
		p.lines[conn].session = &session{used: p.world.elapsed}
		p.send(outbox.Dialed{Conn: conn})
	})
}

func (p *process) offer(conn int, item store.Claimed) {
	w := p.world
	composed, merge, err := p.compose(&item)
	if !w.must(err) {
		return
	}
	if composed.reader.broken && w.trouble {
		reply := drip.Reply{Phase: drip.PhaseMail, Text: "a merge field is missing", Local: true}
		p.after(p.brief(), func() {
			p.send(outbox.Offered{Conn: conn, Failure: &outbox.Failure{Reply: reply, Class: drip.ClassMessage, Usable: true, Uncomposed: true}})
		})
		return
	}
	l := &p.lines[conn]
	l.letter = composed
	w.model.offers(p, composed)
	a := w.relay.offer(l.session, composed.reader)
	p.after(a.take, func() {
		if a.reply.Code/100 != 2 {
			w.note(composed.reader.no, "process %d offers %s: %s %d %s", p.no, composed.id, a.reply.Phase, a.reply.Code, a.reply.Enhanced)
			p.send(outbox.Offered{Conn: conn, Failure: a.failure()})
			return
		}
		p.send(outbox.Offered{Conn: conn, Merge: merge})
	})
}

// transfer says DATA, sends the message and its final dot, and waits for the
// reply. A process that dies before the dot has sent nothing that counts.
func (p *process) transfer(conn int) {
	w, l := p.world, &p.lines[conn]
	session, sent := l.session, l.letter
	w.model.begins(p, sent)
	report := func(a answer) {
		w.note(sent.reader.no, "process %d is answered for %s: %s %d %s", p.no, sent.id, a.reply.Phase, a.reply.Code, a.reply.Enhanced)
		if a.class() == drip.ClassAccepted {
			p.owed = append(p.owed, sent)
		}
		p.send(outbox.Transferred{Conn: conn, Reply: a.reply, Class: a.class(), Usable: a.usable})
	}
	if a := w.relay.data(session); a.reply.Code != 354 {
		p.after(a.take, func() { report(a) })
		return
	}
	p.after(w.relay.pace(), func() {
		a := w.relay.final(session, sent)
		p.after(a.take, func() { report(a) })
	})
}
