package outbox_test

import (
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/outbox"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// policies is what the world keeps to hold the machine to its limits.
type policies struct {
	rests    map[int]time.Time // by relay: left alone until
	days     map[string]int    // marks, by relay and day
	offers   map[int]int       // by relay
	outcomes []store.Outcome
	reasons  []string // of pauses
	counts   int      // how often a day's marks were asked for

	// The script. offerOn is told the relay; reply is that to a final dot; countErr
	// fails the counting of marks.
	offerOn  func(relay int, item store.Claimed) *outbox.Failure
	reply    func(item store.Claimed) drip.Reply
	countErr error
}

func newPolicies() policies {
	return policies{rests: map[int]time.Time{}, days: map[string]int{}, offers: map[int]int{}}
}

// connections is the number of all connections.
func (w *world) connections() int {
	n := 0
	for _, r := range w.cfg.Relays {
		n += max(r.Connections, 1)
	}
	return max(n, w.cfg.Connections, 4)
}

// relayOf returns the relay of a connection.
func (w *world) relayOf(conn int) int {
	for no, r := range w.cfg.Relays {
		if conn < r.Connections {
			return no
		}
		conn -= r.Connections
	}
	return 0
}

// perConnection is how many messages a connection may carry.
func (w *world) perConnection(conn int) int {
	if len(w.cfg.Relays) == 0 {
		return w.cfg.PerConnection
	}
	return w.cfg.Relays[w.relayOf(conn)].PerConnection
}

// begun holds an offer to what is promised of relays and domains.
func (w *world) begun(conn int, effect any) {
	relay := w.relayOf(conn)
	w.must(!w.now.Machine.Before(w.policies.rests[relay]), "an offer while the relay is left alone")
	w.policies.offers[relay]++
	item := store.Claimed{}
	switch e := effect.(type) {
	case outbox.Offer:
		item = e.Item
	case outbox.Transfer:
		item = *e.Next
	}
	domain := item.Subscriber.Email.Domain()
	if limit := w.cfg.Domains[domain].Connections; limit > 0 {
		w.must(w.underWay(domain) < limit, "too many transactions with a domain")
	}
}

// underWay counts the open transactions with a domain, also those that were only asked
// for. What the machine asked for just now is not pending yet.
func (w *world) underWay(domain string) int {
	n := 0
	for _, item := range w.items {
		if item.Subscriber.Email.Domain() == domain {
			n++
		}
	}
	for _, p := range w.pending {
		switch e := p.(type) {
		case outbox.Offer:
			if e.Item.Subscriber.Email.Domain() == domain {
				n++
			}
		case outbox.Transfer:
			if e.Next != nil && e.Next.Subscriber.Email.Domain() == domain {
				n++
			}
		}
	}
	return n
}

func dayKey(relay string, day timing.Date) string { return fmt.Sprint(relay, " ", day) }

func (w *world) countDay(e outbox.CountDay) {
	w.policies.counts++
	if w.policies.countErr != nil {
		w.send(outbox.Counted{Relay: e.Relay, Day: e.Day, Err: w.policies.countErr})
		return
	}
	w.send(outbox.Counted{Relay: e.Relay, Day: e.Day, Marked: w.policies.days[dayKey(e.Name, e.Day)]})
}

// countMark counts as the store does, and holds the marks to the ramp.
func (w *world) countMark(m store.Mark) {
	if m.Relay == "" {
		return
	}
	key := dayKey(m.Relay, m.Day)
	w.policies.days[key]++
	for _, r := range w.cfg.Relays {
		if r.Name == m.Relay {
			allowance := float64(r.Warmup.FirstDay)
			for range max(0, int(m.Day-r.Warmup.Start)) {
				allowance *= r.Warmup.Growth
			}
			w.must(float64(w.policies.days[key]) <= allowance, "more marks than the day allows")
		}
	}
}

// final is the reply to a final dot.
func (w *world) final(item store.Claimed) drip.Reply {
	if w.policies.reply != nil {
		return w.policies.reply(item)
	}
	return drip.Reply{Phase: drip.PhaseFinal, Code: 250}
}

// lasting gives the claims leases that do not end during a test.
func (w *world) lasting() *world {
	for i := range w.claims {
		w.claims[i].Delivery.WakeAt = w.now.Machine.Add(1000 * time.Hour)
	}
	return w
}

// to addresses the claim at place i.
func (w *world) to(i int, domain string) {
	email, err := mailaddr.Parse(fmt.Sprintf("reader%d@%s", i, domain))
	if err != nil {
		w.t.Fatal(err)
	}
	w.claims[i].Subscriber.Email = email
}

// pass lets time pass, waking the machine whenever it asked for it.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	end := w.now.Machine.Add(d)
	for w.now.Machine.Before(end) {
		step := end.Sub(w.now.Machine)
		if next := w.wakeAt.Sub(w.now.Machine); !w.wakeAt.IsZero() && next < step {
			step = max(next, time.Millisecond)
		}
		w.sleep(step)
	}
}

// sentTo counts the messages sent to a domain.
func (w *world) sentTo(domain string) int {
	n := 0
	for _, item := range w.loaded {
		if w.results[fence(item)] == drip.DeliverySent && item.Subscriber.Email.Domain() == domain {
			n++
		}
	}
	return n
}

// comeBack claims again what was deferred and is due, as the scheduler does.
func (w *world) comeBack() int {
	n := 0
	items := map[drip.DeliveryKey]store.Claimed{}
	for _, item := range w.loaded {
		items[item.Delivery.DeliveryKey] = item
	}
	rest := w.policies.outcomes[:0]
	for _, out := range w.policies.outcomes {
		item := items[out.DeliveryKey]
		if out.State != drip.DeliveryDeferred || out.RetryAt.After(w.now.Machine) || item.Delivery.Attempt != out.Attempt {
			rest = append(rest, out)
			continue
		}
		item.Delivery.Attempt++
		item.Delivery.WakeAt = w.now.Machine.Add(1000 * time.Hour)
		w.claims = append(w.claims, item)
		n++
	}
	w.policies.outcomes = rest
	return n
}

// Failures of an offer.
func dialFails() *outbox.Failure {
	return &outbox.Failure{Class: drip.ClassTransport, Reply: drip.Reply{Phase: drip.PhaseDial}}
}

func offerFails(class drip.Class, phase drip.Phase, code int, enhanced string) *outbox.Failure {
	usable := class != drip.ClassTransport && code != 421
	return &outbox.Failure{Class: class, Usable: usable, Reply: drip.Reply{Phase: phase, Code: code, Enhanced: enhanced}}
}
