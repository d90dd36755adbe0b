package smtpsend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"partwork/internal/drip"
)

// Error says why a connection could not be made.
type Error struct {
	// Reply is what the relay said, or the local reason with code 0. Its
	// phase is dial or auth.
	Reply drip.Reply
	// Class is what that means. A relay that was reached but whose TLS or
	// login cannot be used is drip.ClassSender also when it said nothing.
	Class drip.Class
}

// Error is one line without addresses of people.
func (e *Error) Error() string {
	if e.Reply.Code == 0 {
		return fmt.Sprintf("%s: %s", e.Reply.Phase, e.Reply.Text)
	}
	return fmt.Sprintf("%s: %d %s %s", e.Reply.Phase, e.Reply.Code, e.Reply.Enhanced, e.Reply.Text)
}

// Dial connects to a relay, encrypts and logs in. Every error is an *Error,
// and no socket is left open with it. When ctx ends, dialing ends.
func Dial(ctx context.Context, r Relay) (*Conn, error) {
	d := &dialing{relay: r, timeouts: r.Timeouts.withDefaults(), login: &login{relay: r}}
	client, err := mail.NewClient(r.Host, d.options(ctx)...)
	if err != nil {
		return nil, &Error{Class: drip.ClassSender, Reply: drip.Reply{Phase: drip.PhaseDial, Text: scrub(err.Error())}}
	}
	sc, err := client.DialToSMTPClientWithContext(ctx)
	if d.stop != nil {
		d.stop()
	}
	if err == nil {
		err = errors.Join(d.wire.failed, ctx.Err())
	}
	if err != nil {
		// go-mail leaves the socket open when what follows connecting fails.
		if d.wire != nil {
			_ = d.wire.Close()
		}
		return nil, d.explain(err)
	}
	return d.conn(sc), nil
}

// dialing is a connection in the making.
type dialing struct {
	relay    Relay
	timeouts Timeouts
	login    *login
	wire     *wire       // nil before the network has answered
	stop     func() bool // ends the watch over the context
}

// options says to go-mail what Relay says.
func (d *dialing) options(ctx context.Context) []mail.Option {
	helo := d.relay.HELO
	if helo == "" {
		helo = "localhost"
	}
	opts := []mail.Option{
		mail.WithPort(d.relay.Port),
		mail.WithHELO(helo),
		mail.WithTLSConfig(d.relay.tlsConfig()),
		mail.WithDialContextFunc(func(_ context.Context, network, _ string) (net.Conn, error) {
			// go-mail's address has no brackets around an IPv6 one.
			return d.connect(ctx, network, net.JoinHostPort(d.relay.Host, strconv.Itoa(d.relay.Port)))
		}),
		// The time for connecting; wire ignores it for what follows.
		mail.WithTimeout(d.timeouts.Connect + d.timeouts.Greeting),
	}
	switch d.relay.TLS {
	case ImplicitTLS:
		opts = append(opts, mail.WithSSL())
	case NoTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if d.relay.Username != "" {
		opts = append(opts, mail.WithSMTPAuthCustom(d.login))
	}
	return opts
}

// connect opens the socket, and for implicit TLS the encryption on it.
func (d *dialing) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	open := d.relay.Dial
	if open == nil {
		open = (&net.Dialer{}).DialContext
	}
	limited, cancel := context.WithTimeout(ctx, d.timeouts.Connect)
	defer cancel()
	c, err := open(limited, network, addr)
	if err != nil {
		return nil, err
	}
	d.wire = newWire(c, d.timeouts)
	d.stop = context.AfterFunc(ctx, func() { _ = c.Close() })
	if d.relay.TLS != ImplicitTLS {
		return d.wire, nil
	}
	sealed := tls.Client(d.wire, d.relay.tlsConfig())
	return sealed, sealed.HandshakeContext(ctx)
}

// explain turns an error of go-mail into what it means.
func (d *dialing) explain(err error) *Error {
	reply := drip.Reply{Phase: drip.PhaseDial}
	if d.login.begun {
		reply.Phase = drip.PhaseAuth
	}
	var said *textproto.Error
	if errors.As(err, &said) {
		reply = understand(reply.Phase, said.Code, said.Msg)
		return &Error{Reply: reply, Class: Classify(reply)}
	}
	reply.Text = scrub(err.Error())
	return &Error{Reply: reply, Class: d.fault(err)}
}

// fault tells a network that failed from a relay that was understood and
// cannot be used: TLS missing or not trusted, no login.
func (d *dialing) fault(err error) drip.Class {
	var garbled textproto.ProtocolError
	switch {
	case d.wire == nil, d.wire.failed != nil, errors.As(err, &garbled):
		return drip.ClassTransport
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return drip.ClassTransport
	default:
		return drip.ClassSender
	}
}

// conn takes the connection over from go-mail.
func (d *dialing) conn(sc *smtp.Client) *Conn {
	d.wire.dialing = false
	c := &Conn{client: sc, wire: d.wire, timeouts: d.timeouts}
	if ok, limit := sc.Extension("SIZE"); ok {
		c.sizeOffered = true
		c.sizeLimit, _ = strconv.Atoi(limit) // no number means no limit
	}
	c.utf8Offered, _ = sc.Extension("SMTPUTF8")
	c.pipelining, _ = sc.Extension("PIPELINING")
	return c
}
