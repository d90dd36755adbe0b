package app

import (
	"context"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/smtpsend"
	"partwork/internal/store"
)

// transfer sends the composed message. If next is not nil, its offer rides on the
// final dot; both answers are reported together if they came together.
func (l *line) transfer(ctx context.Context, next *store.Claimed) {
	if next == nil {
		l.report(l.transferred(ctx, l.conn.Data(ctx, l.letter.Bytes)))
		return
	}
	var merge string
	var failed error
	reply := l.conn.DataThenOffer(ctx, l.letter.Bytes, func() (smtpsend.Envelope, bool) {
		l.other, merge, failed = l.compose(ctx, *next, l.other)
		return envelope(l.other), failed == nil
	})
	ev := l.transferred(ctx, reply)
	if !l.conn.Answered() {
		l.report(ev)
		l.report(l.rode(ctx, *next, merge, failed))
		return
	}
	answer := l.rode(ctx, *next, merge, failed)
	ev.Next = &answer
	l.report(ev)
}

// transferred says what the reply to a final dot means.
func (l *line) transferred(ctx context.Context, reply drip.Reply) outbox.Transferred {
	if reply.Code == 0 && ctx.Err() != nil {
		reply.Text = "the connection was cut, because the program was told to stop at once"
	}
	return outbox.Transferred{Conn: l.no, Reply: reply, Class: smtpsend.Classify(reply), Usable: l.conn.Usable()}
}

// rode answers the offer that rode on the final dot, or was to.
func (l *line) rode(ctx context.Context, next store.Claimed, merge string, failed error) outbox.Offered {
	if failed != nil {
		return l.uncomposed(next, failed)
	}
	reply, ok := l.conn.Answer(ctx)
	if !ok {
		return outbox.Offered{Conn: l.no, Failure: &outbox.Failure{Unsaid: true, Usable: l.conn.Usable()}}
	}
	l.letter, l.other = l.other, l.letter
	return l.offered(reply, merge)
}
