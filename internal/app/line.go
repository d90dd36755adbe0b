package app

import (
	"context"
	"errors"
	"log/slog"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/smtpsend"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// commandKind is what a line can be asked for.
type commandKind int

const (
	dial commandKind = iota
	offer
	transfer
	withdraw
	hangUp
)

type command struct {
	kind   commandKind
	item   store.Claimed  // offer
	next   *store.Claimed // transfer; nil if no offer rides
	polite bool           // hangUp
}

// line is one connection's goroutine: it carries out one command at a time and
// reports what came of it.
type line struct {
	no       int
	relay    smtpsend.Relay
	relayNo  int // its place among the relays
	composer *composer
	calendar timing.Clock
	log      *slog.Logger
	commands chan command
	report   func(outbox.Event)

	conn *smtpsend.Conn // nil while closed
	// letter is that of the open transaction, other the one before it or the one
	// whose offer rides. They are written over by turns.
	letter, other compose.Letter
}

// run carries out commands until the channel is closed. When abort ends, the
// connection is cut at once; one that is not ready yet also when dialing ends.
func (l *line) run(dialing, abort context.Context) {
	for c := range l.commands {
		switch c.kind {
		case dial:
			l.dial(dialing)
		case offer:
			l.offer(abort, c.item)
		case transfer:
			l.transfer(abort, c.next)
		case withdraw:
			l.conn.Withdraw()
			l.report(outbox.Withdrawn{Conn: l.no, Usable: l.conn.Usable()})
		case hangUp:
			l.hangUp(c.polite)
		}
	}
	l.hangUp(false)
}

func (l *line) dial(ctx context.Context) {
	conn, err := smtpsend.Dial(ctx, l.relay)
	if err != nil {
		failure := outbox.Failure{
			Reply: drip.Reply{Phase: drip.PhaseDial, Text: err.Error()}, Class: drip.ClassTransport,
		}
		var e *smtpsend.Error
		if errors.As(err, &e) {
			failure.Reply, failure.Class = e.Reply, e.Class
		}
		l.report(outbox.Dialed{Conn: l.no, Failure: &failure})
		return
	}
	l.conn = conn
	l.report(outbox.Dialed{Conn: l.no, Pipelining: conn.Pipelining()})
}

func (l *line) offer(ctx context.Context, item store.Claimed) {
	letter, merge, err := l.compose(ctx, item, l.letter)
	if err != nil {
		l.report(l.uncomposed(item, err))
		return
	}
	l.letter = letter
	l.report(l.offered(l.conn.Offer(ctx, envelope(letter)), merge))
}

// compose makes a message in the memory of an old one.
func (l *line) compose(ctx context.Context, item store.Claimed, old compose.Letter) (compose.Letter, string, error) {
	return l.composer.compose(context.WithoutCancel(ctx), item, l.calendar(), l.relayNo, old.Bytes)
}

func envelope(letter compose.Letter) smtpsend.Envelope {
	return smtpsend.Envelope{From: letter.From, To: letter.To, UTF8: letter.UTF8, Size: len(letter.Bytes)}
}

// offered says what the relay's reply to an offer means.
func (l *line) offered(reply drip.Reply, merge string) outbox.Offered {
	if reply.Code/100 != 2 {
		return outbox.Offered{Conn: l.no, Failure: &outbox.Failure{
			Reply: reply, Class: smtpsend.Classify(reply), Usable: l.conn.Usable(),
		}}
	}
	return outbox.Offered{Conn: l.no, Merge: merge, Takes: l.conn.Patience(len(l.letter.Bytes))}
}

// uncomposed answers an offer whose message could not be made: it waits for an edit, or
// only for the database if that was at fault. A message that could not be signed
// would be none of the others either: that is trouble with the relay as we have set
// it up, and everything waits.
func (l *line) uncomposed(item store.Claimed, err error) outbox.Offered {
	if errors.Is(err, compose.ErrSigning) {
		l.log.Error("sign message; nothing is sent until this is put right", "enrollment", int64(item.Enrollment.ID),
			"issue", int64(item.Delivery.Issue), "error", err)
		reply := drip.Reply{Phase: drip.PhaseAuth, Text: compose.ErrSigning.Error()}
		return outbox.Offered{Conn: l.no, Failure: &outbox.Failure{Reply: reply, Class: drip.ClassTransport, Usable: l.conn.Usable()}}
	}
	class := drip.ClassMessage
	if errors.Is(err, errReading) {
		class = drip.ClassTransport
	}
	l.log.Error("compose message; it is tried again later", "enrollment", int64(item.Enrollment.ID),
		"issue", int64(item.Delivery.Issue), "error", err)
	reply := drip.Reply{Phase: drip.PhaseMail, Text: uncomposedText(err), Local: true}
	return outbox.Offered{Conn: l.no, Failure: &outbox.Failure{
		Reply: reply, Class: class, Usable: l.conn.Usable(), Uncomposed: true,
	}}
}

func (l *line) hangUp(polite bool) {
	if l.conn == nil {
		return
	}
	if polite {
		l.conn.Quit()
	} else {
		l.conn.Abort()
	}
	l.conn = nil
}
