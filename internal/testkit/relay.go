package testkit

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

// patience is how long to wait for what should happen at once.
const patience = 20 * time.Second

// errDropped ends a session on purpose.
var errDropped = errors.New("testkit: connection dropped")

// Relay is a scripted SMTP server. What it accepted is the truth about what
// was sent. All methods are safe for concurrent use.
type Relay struct {
	script Script
	cert   tls.Certificate
	roots  *x509.CertPool
	ln     net.Listener // nil for a relay over pipes
	done   chan struct{}
	wg     sync.WaitGroup

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced whenever a record is added
	conns    []net.Conn
	ended    int
	used     []int // how often each rule acted
	commands []Command
	txs      []*Transaction
	accepted []Message
}

// Start runs a relay on a loopback port until the test ends.
func Start(t testing.TB, script Script) *Relay {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	r := newRelay(t, script, ln)
	r.wg.Go(r.acceptLoop)
	return r
}

// Pipe makes a relay that is reached through [Relay.Dial] only, over net.Pipe,
// so that it works in a testing/synctest bubble. Call it inside the bubble.
// A pipe has no buffers: a write waits until the other side reads.
func Pipe(t testing.TB, script Script) *Relay {
	t.Helper()
	return newRelay(t, script, nil)
}

// newRelay builds a relay and has it closed when the test ends.
func newRelay(t testing.TB, script Script, ln net.Listener) *Relay {
	t.Helper()
	r := &Relay{
		script: script, ln: ln,
		done: make(chan struct{}), changed: make(chan struct{}),
		used: make([]int, len(script.Rules)),
	}
	if script.Security != Plain {
		r.cert, r.roots = certificate(t, script.CertName, script.CertExpired)
	}
	t.Cleanup(r.Close)
	return r
}

// Close ends every connection and waits until the relay has stopped. It may be
// called more than once.
func (r *Relay) Close() {
	r.mu.Lock()
	select {
	case <-r.done:
	default:
		close(r.done)
	}
	conns := r.conns
	r.mu.Unlock()
	if r.ln != nil {
		_ = r.ln.Close()
	}
	for _, c := range conns {
		_ = c.Close()
	}
	r.wg.Wait()
}

// Host is the host to connect to.
func (r *Relay) Host() string { return "127.0.0.1" }

// Port is the port to connect to; a made-up one for a relay over pipes.
func (r *Relay) Port() int {
	if r.ln == nil {
		return 2525
	}
	return r.ln.Addr().(*net.TCPAddr).Port
}

// Roots are the authorities that vouch for the relay's certificate; nil for a
// relay without TLS.
func (r *Relay) Roots() *x509.CertPool { return r.roots }

// Dial connects to this relay, whatever the address. It has the shape of
// net.Dialer.DialContext.
func (r *Relay) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if r.ln != nil {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", r.ln.Addr().String())
	}
	select {
	case <-r.done:
		return nil, net.ErrClosed
	default:
	}
	client, server := net.Pipe()
	r.wg.Go(func() { r.serve(server) })
	return client, nil
}

// acceptLoop serves every connection in a goroutine of its own.
func (r *Relay) acceptLoop() {
	for {
		c, err := r.ln.Accept()
		if err != nil {
			return
		}
		r.wg.Go(func() { r.serve(c) })
	}
}

// serve runs one connection to its end.
func (r *Relay) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	r.mu.Lock()
	select {
	case <-r.done:
		r.mu.Unlock()
		return
	default:
	}
	r.conns = append(r.conns, c)
	n := len(r.conns)
	r.mu.Unlock()

	s := &session{relay: r, n: n, raw: c}
	s.run()
	r.record(func() { r.ended++ })
}

// record changes the records and wakes whoever waits for a change.
func (r *Relay) record(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	close(r.changed)
	r.changed = make(chan struct{})
}

// match finds the rule for a moment and counts its use.
func (r *Relay) match(fits func(Rule) bool) *Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, rule := range r.script.Rules {
		if !fits(rule) || rule.Times > 0 && r.used[i] >= rule.Times {
			continue
		}
		r.used[i]++
		return &r.script.Rules[i]
	}
	return nil
}
