package smtpsend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"partwork/internal/testkit"
)

// cutConn is a connection over which only so many more bytes can be written.
type cutConn struct {
	net.Conn
	left *atomic.Int64
}

var errCut = errors.New("the cable was cut")

func (c cutConn) Write(p []byte) (int, error) {
	rest := c.left.Add(-int64(len(p)))
	if rest >= 0 {
		return c.Conn.Write(p)
	}
	n, err := c.Conn.Write(p[:max(0, int64(len(p))+rest)])
	_ = c.Conn.Close()
	return n, errors.Join(errCut, err)
}

// Wherever in a message and its ride a connection is cut, a message that the
// relay may have got is unknown, and one that it has not got is not.
func TestACutIsUnknownOnceTheDotIsOut(t *testing.T) {
	t.Parallel()
	long := letter + strings.Repeat("0123456789\r\n", 4000)
	for _, security := range []testkit.Security{testkit.Plain, testkit.Implicit} {
		for _, msg := range []string{letter, long} {
			// The whole length on the wire is found by a run without a cut.
			whole := cutAfter(t, security, msg, 1<<40)
			for back := int64(0); back <= min(whole, 250); back += 7 {
				t.Run(fmt.Sprintf("%d/%d/%d", security, len(msg), back), func(t *testing.T) {
					t.Parallel()
					cutAfter(t, security, msg, whole-back)
				})
			}
		}
	}
}

// Nor does it matter where crypto/tls would end its records.
func TestADotAndItsRideAreOneRecord(t *testing.T) {
	t.Parallel()
	for size := 4000; size < 5200; size += 30 {
		msg := letter + strings.Repeat("x", size-len(letter)-2) + "\r\n"
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			cutAfter(t, testkit.Implicit, msg, cutAfter(t, testkit.Implicit, msg, 1<<40)-1)
		})
	}
}

// cutAfter sends a message with a ride over a connection that is cut so many bytes
// after RCPT, and returns how many bytes were written.
func cutAfter(t *testing.T, security testkit.Security, msg string, bytes int64) int64 {
	t.Helper()
	r := testkit.Start(t, testkit.Script{Security: security})
	left := &atomic.Int64{}
	left.Store(1 << 50)
	relay := to(r)
	if security == testkit.Implicit {
		relay.TLS = ImplicitTLS
	}
	relay.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := r.Dial(ctx, network, addr)
		return cutConn{c, left}, err
	}
	c := dial(t, relay)
	if reply := c.Offer(t.Context(), ann); reply.Code != 250 {
		t.Fatalf("Offer: %+v", reply)
	}
	left.Store(bytes)
	dot := c.DataThenOffer(t.Context(), []byte(msg), func() (Envelope, bool) { return bob, true })
	written := bytes - left.Load()
	if _, ok := c.Answer(t.Context()); ok && dot.Code == 0 {
		t.Error("an answer although the dot had none")
	}
	c.Abort()
	r.AwaitEnded(t, 1)
	got := len(r.Accepted()) == 1
	switch class := Classify(dot); {
	case got && class == unknown, !got && class == transport, got && class == accepted:
	default:
		t.Errorf("cut %d bytes after RCPT: accepted %t, reply %+v (%q)", bytes, got, dot, class)
	}
	return written
}
