package app_test

import (
	"io"
	"net"
	"testing"
	"time"
)

// startLink returns an address behind which every byte takes so long each way to
// the target, however many there are.
func startLink(b *testing.B, target string, delay time.Duration) string {
	b.Helper()
	l := listen(b)
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				far, err := net.Dial("tcp", target)
				if err != nil {
					near.Close()
					return
				}
				go carry(far, near, delay)
				carry(near, far, delay)
			}()
		}
	}()
	return l.Addr().String()
}

// parcel is what was read at once, and when it arrives.
type parcel struct {
	bytes []byte
	due   time.Time
}

// carry copies from one side of a link to the other, late.
func carry(to io.WriteCloser, from io.Reader, delay time.Duration) {
	way := make(chan parcel, 1024)
	go func() {
		defer close(way)
		for {
			p := parcel{bytes: make([]byte, 16<<10)}
			n, err := from.Read(p.bytes)
			if err != nil {
				return
			}
			p.bytes, p.due = p.bytes[:n], time.Now().Add(delay)
			way <- p
		}
	}()
	defer to.Close()
	for p := range way {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.bytes); err != nil {
			break
		}
	}
	for range way { // until the reading side ends, too
	}
}
