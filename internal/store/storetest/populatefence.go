package storetest

import (
	"time"

	"partwork/internal/store"
	"partwork/internal/timing"
)

// What a populated history leaves behind of the fence, of limits and of a pause that
// was no person's. A history of a time before these had come has nothing of it.
const (
	populatedRelay   = "relay:25"
	populatedPause   = "the relay refused 11 of the first 37 messages"
	populatedJournal = 120 // bytes
)

// holdReasons are all there are.
func holdReasons() []store.HoldReason {
	return []store.HoldReason{
		store.HeldBehind, store.HeldVanished, store.HeldForeign, store.HeldUnreadable, store.HeldJournal,
		store.HeldGap, store.HeldByOperator,
	}
}

// populatedServer is the process that serves a populated history when it ends.
func populatedServer() store.Server {
	return store.Server{
		Owner: owner, PID: 42, Host: "quay", Machine: "boot one", Beat: 3, StartedAt: populated.AddDate(5, 0, 0),
	}
}

// populateFence has the epoch grow, and nothing sent for each reason in turn: one row
// tells of them, so that only the last one stays to be seen.
func (w *world) populateFence() {
	w.Helper()
	_, err := w.store.Advance(w.ctx, populatedJournal, w.now)
	w.must(err)
	for _, reason := range holdReasons() {
		f, err := w.store.Hold(w.ctx, reason, w.now)
		w.must(err)
		same(w, "the reason", f.HeldReason, reason)
		f, err = w.store.Unhold(w.ctx, f.Epoch, populatedJournal, w.now)
		w.must(err)
		same(w, "held after "+string(reason), f.Held(), false)
	}
}

// populateHeld leaves the history served, and held by a person. Nothing can be sent
// after it.
func (w *world) populateHeld() {
	w.Helper()
	w.must(w.store.Occupy(w.ctx, populatedServer()))
	_, err := w.store.Hold(w.ctx, store.HeldByOperator, w.now)
	w.must(err)
}

// relayDay reads a day's count of the populated relay.
func (w *world) relayDay(at time.Time) int {
	w.Helper()
	n, err := w.store.RelayDay(w.ctx, populatedRelay, timing.DateAt(at))
	w.must(err)
	return n
}

// relayed marks a claim for the populated relay and reports whether that was allowed.
func (w *world) relayed(f store.Fence) bool {
	w.Helper()
	m := w.markOf(f)
	m.Relay, m.Day = populatedRelay, timing.DateAt(w.machine)
	return w.round(nil, []store.Mark{m}).Marked[0]
}

// fenceIsCarriedOver checks that all that Populate left of the fence, of limits and
// of a pause was brought along.
func (w *world) fenceIsCarriedOver() {
	w.Helper()
	f, err := w.store.FenceState(w.ctx)
	w.must(err)
	same(w, "the fence", f, store.FenceState{
		UUID: f.UUID, Epoch: int64(1 + len(holdReasons())), AdvancedAt: f.AdvancedAt,
		HeldAt: populated, HeldReason: store.HeldByOperator, Journal: populatedJournal,
	})
	server, err := w.store.Server(w.ctx)
	w.must(err)
	same(w, "the server", server, populatedServer())
	same(w, "the relay's count", w.relayDay(populated.AddDate(5, 0, 0)), 1)
	records, err := w.store.Campaigns(w.ctx)
	w.must(err)
	var reasons []string
	for _, record := range records {
		if record.PauseReason != "" {
			reasons = append(reasons, record.PauseReason)
		}
	}
	if len(reasons) != 1 || reasons[0] != populatedPause {
		w.Errorf("campaigns are paused because of %q, want only %q", reasons, populatedPause)
	}
}

// fenceGoesOn holds a database that was brought up to date, and lets it go on: it is
// fenced and limited as one that was new is.
func (w *world) fenceGoesOn() {
	w.Helper()
	newcomer := w.reader()
	f := w.claim(newcomer.ID, "a")
	_, err := w.store.Hold(w.ctx, store.HeldGap, w.now)
	w.must(err)
	if w.relayed(f) {
		w.Error("a mark was made while the database is held")
	}
	_, err = w.store.Unhold(w.ctx, 0, 0, w.now)
	w.must(err)
	before := w.relayDay(w.machine)
	if !w.relayed(w.claim(newcomer.ID, "a")) {
		w.Error("no mark was made although the database is not held any more")
	}
	same(w, "the relay's count after a mark", w.relayDay(w.machine), before+1)
	w.must(w.store.Occupy(w.ctx, populatedServer()))
	w.must(w.store.Beat(w.ctx, owner))
}
