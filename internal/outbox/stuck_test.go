package outbox_test

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

// A connection that hangs does not keep the relay from being probed: what it waits for
// may take ten minutes.
func TestConnectionThatHangsDoesNotKeepAProbeOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 2}, 20).lasting()
	hangs := fence(w.claims[0])
	w.transfer = func(c store.Claimed) (drip.Class, bool) {
		if len(w.sent) <= 2 {
			return drip.ClassUnknown, false
		}
		return drip.ClassAccepted, true
	}
	stuck := w.holdTransfer(hangs)
	if len(w.sent) != 1 || len(w.health) != 1 || w.health[0].Up {
		t.Fatalf("%d sent, health %+v; want one cut off, and the relay left alone", len(w.sent), w.health)
	}
	w.sleep(11 * time.Second)
	if len(w.sent) != 2 {
		t.Fatalf("%d sent after the pause: the probe waits for the connection that hangs", len(w.sent))
	}
	w.sleep(21 * time.Second)
	if got := w.count(drip.DeliverySent); got != 17 {
		t.Errorf("%d sent once the probe succeeded, want all but the 3 in doubt", got)
	}
	w.pending = append(w.pending, stuck)
	w.run()
	if w.results[hangs] == "" {
		t.Error("the one that hung has no outcome")
	}
}

// holdTransfer lets everything happen but one transfer, and returns that.
func (w *world) holdTransfer(of store.Fence) (held any) {
	w.t.Helper()
	w.send(outbox.Wake{})
	for len(w.pending) > 0 {
		if e, ok := w.pending[0].(outbox.Transfer); ok && fence(w.items[e.Conn]) == of && held == nil {
			held, w.pending = e, w.pending[1:]
			continue
		}
		w.one(0)
	}
	return held
}
