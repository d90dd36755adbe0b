package outbox

import (
	"slices"
	"time"

	"partwork/internal/store"
	"partwork/internal/timing"
)

// Config are the outbox's limits. New fills in defaults for zero values.
type Config struct {
	// Connections is the number of connections to the relay; 4 if zero.
	Connections int
	// Rate is the most messages a second over all connections; 0 = unlimited.
	Rate float64
	// PerConnection is the number of messages after which a connection is
	// replaced; 100 if zero.
	PerConnection int
	// Idle is how long an unused connection is kept; 30 s if zero. Servers
	// close idle connections after a while, and a fresh one costs little.
	Idle time.Duration
	// Relays are the relays in order of preference. If there are none, there is one,
	// with Connections, Rate and PerConnection.
	Relays []RelayConfig
	// Domains limits how much the domains of addresses take; AnyDomain is for those
	// that have no limit of their own.
	Domains map[string]DomainLimit
	// Queue is the number of claims kept in memory; 512 if zero.
	Queue int
	// MarkLease is how long a marked row is answered for at least; it is longer
	// if the transfer may take longer (Offered.Takes). 20 min if zero.
	MarkLease time.Duration
	// LeaseMargin is how much of a claim's lease must be left to offer it;
	// 1 min if zero.
	LeaseMargin time.Duration
	// DailyLimit is the number of issues that a person may get on one date of
	// theirs, over all campaigns; 0 = no limit.
	DailyLimit int
	// Zones resolves readers' zones for the local date stored at the mark.
	Zones *timing.Zones
}

func (c Config) withDefaults() Config {
	if len(c.Relays) == 0 {
		c.Relays = []RelayConfig{{Connections: c.Connections, Rate: c.Rate, PerConnection: c.PerConnection}}
	}
	setDefault(&c.Idle, 30*time.Second)
	setDefault(&c.Queue, 512)
	setDefault(&c.MarkLease, 20*time.Minute)
	setDefault(&c.LeaseMargin, time.Minute)
	if c.Zones == nil {
		c.Zones = timing.NewZones()
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Outbox is the state machine. It must be used from one goroutine.
type Outbox struct {
	cfg   Config
	conns []conn
	queue []store.Claimed

	cursor  store.Cursor
	loading bool
	stale   bool // a Wake came while loading: the load may have missed claims
	drained bool // the last load found nothing more
	asked   bool // the scheduler was asked for claims and none have come since

	outcomes   []store.Outcome // waiting for the next group commit
	marks      []store.Mark    // likewise
	markConns  []int           // the connection of each mark
	committing bool
	inFlight   round     // what the running group commit carries
	retryAt    time.Time // not before then, after a failed group commit
	failing    bool      // the latest group commit failed

	relays   []*relay
	domains  domains
	weather  weathers
	returned map[store.Fence]int // claims put back because of a relay
	passed   int                 // claims that were passed over lately
	soonest  time.Time           // when the first of them may go
	stopping bool
	stopped  bool

	now     Now
	effects []Effect
}

// New returns an outbox that has nothing to do yet.
func New(cfg Config) *Outbox {
	cfg = cfg.withDefaults()
	relays, conns := newRelays(cfg.Relays)
	return &Outbox{
		cfg:     cfg,
		conns:   make([]conn, conns),
		relays:  relays,
		domains: newDomains(cfg.Domains),
		weather: newWeathers(),
	}
}

// Step takes an event and returns what is to be done about it, in order.
func (o *Outbox) Step(now Now, ev Event) []Effect {
	o.now = now
	o.effects = nil
	switch ev := ev.(type) {
	case Wake:
		o.drained, o.stale = false, o.loading
	case Loaded:
		o.loaded(ev)
	case Dialed:
		o.dialed(ev)
	case Offered:
		o.offered(ev)
	case Transferred:
		o.transferred(ev)
	case Withdrawn:
		o.withdrawn(ev)
	case Committed:
		o.committed(ev)
	case Counted:
		o.counted(ev)
	case Stop:
		o.stop()
	}
	o.proceed()
	return o.effects
}

func (o *Outbox) do(e Effect) { o.effects = append(o.effects, e) }

// Quiet reports whether the outbox holds nothing: no claims, no open
// transactions, nothing to commit. Connections may still be open.
func (o *Outbox) Quiet() bool {
	return o.drained && !o.loading && len(o.queue) == 0 && !o.unsettled() && !o.busy()
}

// Unstored returns the outcomes that no group commit has stored yet.
func (o *Outbox) Unstored() []store.Outcome {
	return append(slices.Clone(o.inFlight.outcomes), o.outcomes...)
}

// unsettled reports whether there is something that a group commit must carry.
func (o *Outbox) unsettled() bool {
	return o.committing || len(o.outcomes) > 0 || len(o.marks) > 0
}

// busy reports whether some connection is in the middle of a transaction.
func (o *Outbox) busy() bool {
	for i := range o.conns {
		if o.conns[i].state.busy() {
			return true
		}
	}
	return false
}

// proceed starts whatever can be started now.
func (o *Outbox) proceed() {
	o.commit()
	o.load()
	if o.stopping {
		o.windDown()
		return
	}
	o.assign()
	if o.setAside() {
		o.commit()
		o.load()
	}
	if !o.soonest.IsZero() {
		o.do(WakeAt{At: o.soonest})
		o.soonest = time.Time{}
	}
	o.closeIdle()
}

func (o *Outbox) load() {
	if o.loading || o.drained || len(o.queue) >= o.cfg.Queue/2 {
		return
	}
	o.loading = true
	o.do(Load{After: o.cursor, Limit: o.cfg.Queue - len(o.queue)})
}

func (o *Outbox) loaded(ev Loaded) {
	o.loading = false
	if ev.Err != nil {
		o.drained = true // the next Wake tries again
		o.do(WakeAt{At: o.now.Machine.Add(storeRetry)})
		return
	}
	o.cursor = ev.Cursor
	o.drained = len(ev.Items) == 0 && !o.stale
	o.stale = false
	if len(ev.Items) > 0 {
		o.asked = false
	}
	if o.stopping {
		o.release(ev.Items)
		return
	}
	o.queue = append(o.queue, ev.Items...)
}

// stop begins a graceful stop.
func (o *Outbox) stop() {
	if o.stopping {
		return
	}
	o.stopping = true
	o.drained = false // claims that were not loaded yet are given back, too
	o.release(o.queue)
	o.queue = nil
}

// windDown closes what is idle and says so when nothing is left.
func (o *Outbox) windDown() {
	for i := range o.conns {
		if o.conns[i].state == connReady {
			o.close(i, true)
		}
	}
	open := false
	for i := range o.conns {
		open = open || o.conns[i].state != connClosed
	}
	if !open && !o.unsettled() && o.drained && !o.loading && !o.stopped {
		o.stopped = true
		o.do(Stopped{})
	}
}

func (o *Outbox) release(items []store.Claimed) {
	if len(items) == 0 {
		return
	}
	fences := make([]store.Fence, len(items))
	for i := range items {
		o.forget(&items[i])
		fences[i] = fenceOf(&items[i])
	}
	o.do(Release{Fences: fences, Calendar: o.now.Calendar})
}

func fenceOf(item *store.Claimed) store.Fence {
	return store.Fence{DeliveryKey: item.Delivery.DeliveryKey, Attempt: item.Delivery.Attempt}
}
