package smtpsend

import (
	"bytes"
	"errors"
	"net"
	"time"
)

// What a relay may say in one reply. A textproto.Reader, which go-mail uses
// while it dials, knows no such limits.
const (
	maxReplyBytes = 8 << 10
	maxReplyLines = 100
	// maxSealedBytes is what may arrive between two of our writes once TLS
	// hides the lines: a handshake with a long chain of certificates fits.
	maxSealedBytes = 128 << 10
)

// errReplyTooLong ends a connection whose relay talks without end.
var errReplyTooLong = errors.New("the relay's reply is too long")

// wire is the socket below go-mail and below TLS. It is kept at hand to be
// closed whatever go-mail is doing, to give every phase its own deadline, and
// to tell failures of the network from refusals that happened over it.
type wire struct {
	net.Conn
	timeouts Timeouts

	// dialing says that go-mail is in charge: it sets one deadline for all
	// that happens until the connection is usable, which is ignored.
	dialing bool
	// failed is the first error of a read or a write. Nothing is written
	// after it: textproto takes a line that was cut off for a whole one, and
	// go-mail says HELO when EHLO was not answered.
	failed error
	// short says that the last write did not take all of its bytes.
	short bool
	// taken counts the bytes that writes took since it was set to zero. Below TLS
	// they are not those of the message.
	taken int
	// sealed says that TLS has begun; bytes and lines count what arrived
	// since the last write while dialing.
	sealed       bool
	bytes, lines int
}

// newWire takes over a fresh connection.
func newWire(c net.Conn, t Timeouts) *wire {
	w := &wire{Conn: c, timeouts: t, dialing: true}
	_ = c.SetDeadline(time.Now().Add(t.Greeting))
	return w
}

// Read reads, and while dialing refuses replies without end.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err == nil && w.dialing {
		err = w.count(p[:n])
	}
	w.note(err)
	return n, err
}

// note remembers the first error.
func (w *wire) note(err error) {
	if w.failed == nil {
		w.failed = err
	}
}

// count adds to what arrived since the last write.
func (w *wire) count(p []byte) error {
	w.bytes += len(p)
	limit := maxSealedBytes
	if !w.sealed {
		w.lines += bytes.Count(p, []byte("\n"))
		limit = maxReplyBytes
	}
	if w.bytes > limit || w.lines > maxReplyLines {
		return errReplyTooLong
	}
	return nil
}

// Write writes. While dialing every write is a command that gets its own time
// to be replied to.
func (w *wire) Write(p []byte) (int, error) {
	if w.failed != nil {
		w.short = true
		return 0, w.failed
	}
	if w.dialing {
		const handshake = 0x16 // RFC 8446 §5.1; no command begins like this
		w.sealed = w.sealed || len(p) > 0 && p[0] == handshake
		w.bytes, w.lines = 0, 0
		_ = w.Conn.SetDeadline(time.Now().Add(w.timeouts.Command))
	}
	n, err := w.Conn.Write(p)
	w.short = n < len(p)
	w.taken += n
	w.note(err)
	return n, err
}

// SetDeadline does nothing while go-mail is in charge.
func (w *wire) SetDeadline(t time.Time) error {
	if w.dialing {
		return nil
	}
	return w.Conn.SetDeadline(t)
}

// allow gives what follows this much time.
func (w *wire) allow(d time.Duration) { _ = w.SetDeadline(time.Now().Add(d)) }
