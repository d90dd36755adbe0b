package sim

import (
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// reader is a person, with what the model knows of them and what their mailbox is
// like.
type reader struct {
	no       int
	address  mailaddr.Address
	id       drip.SubscriberID // 0 before the program knows them
	zone     string
	consent  bool // stated by whoever imported them
	outcast  bool // suppressed, for whatever reason
	erased   bool
	bounced  bool             // the relay said that there is no such mailbox
	member   bool             // has the tag
	barred   map[*series]bool // what they are kept out of
	passages []*passage
	// out are the series that the reader had left when a copy was put back.
	out map[*series]bool

	greylisted, unknown, poisoned, broken, clicks bool
	// late has the relay say so after the final dot only.
	late bool
}

// The states of a passage, as far as they matter from outside.
const (
	pending = "pending"
	active  = "active"
	left    = "left"
)

// passage is somebody's way through a series, an enrollment in the model's words.
// Times are calendar milliseconds, 0 if none.
type passage struct {
	id      drip.EnrollmentID
	reader  *reader
	series  *series
	state   string
	invited bool
	start   drip.Start
	joined  int64
	floor   int64
	asked   int64
	// askedBefore is the time before that: what was claimed for it may still leave.
	askedBefore int64
	// pausedUntil ends the latest pause.
	pausedUntil int64
	pace        int
	follows     *passage
	// line is shared by passages that continue each other: what was accepted in it.
	line    *lineage
	entries map[drip.IssueNo]*entry
	// passed are the issues that were passed over because they are for others.
	passed map[drip.IssueNo]bool
	// known are the issues of which the ledger has a row in the end.
	known map[drip.IssueNo]bool
	// gone tells that the reader, or somebody for them, ended it for good.
	gone bool
	// settled is when the latest issue was done, since the world began.
	settled time.Duration
	// wished is when the reader last changed something, since the world began.
	wished time.Duration
}

// lineage counts what the relay accepted along passages that continue each other.
type lineage struct{ accepted, resends map[string]int }

// entry is a delivery in the model's words.
type entry struct {
	passage *passage
	issue   string
	no      drip.IssueNo
	attempt int // the newest that was seen
	claims  map[int]*claim
	// marked is the attempt for which DATA may be said, by whom; 0 if none.
	marked   int
	markedBy *process
	accepted int
	times    []time.Duration // at which it was accepted, since the world began
	// disowned is how often it had been accepted when the operator last decided that
	// it did not arrive.
	disowned int
	text     string // what was said after DATA, the first time
	state    drip.DeliveryState
	reason   drip.DeliveryReason
	class    drip.Class
	byHand   bool
	// turn is what passage.settled was when it became done itself.
	turn time.Duration
	// The calendar when it was marked, and accepted, and the reader's date then.
	markedAt, acceptedAt int64
	date                 int64 // days since 1970
	slot                 occasion
	onSchedule, prompt   bool // whether the slot is one of the schedule, or leaves at once
	// acceptedAfter and deferred are when it was accepted and put off last, since
	// the world began; deferredBy says why it was put off.
	acceptedAfter, deferred time.Duration
	deferredBy              drip.Class
}

// claim is an attempt as the outbox was given it.
type claim struct {
	item store.Claimed
	by   *process
	// offered is when it was offered to the relay last, since the world began.
	offered time.Duration
}

// model is the reference: it watches what is done and what comes of it, and tells
// what is wrong.
type model struct {
	*world
	passages map[drip.EnrollmentID]*passage
	list     []*passage // in the order of their beginning
	byHand   bool
	// held tells that a copy was put back, and nobody ended the hold yet.
	held  bool
	found []Violation
}

// mostViolations is how many a history goes on after.
const mostViolations = 5

func newModel(w *world) *model {
	return &model{world: w, passages: map[drip.EnrollmentID]*passage{}}
}

func (m *model) hopeless() bool { return len(m.found) >= mostViolations }

// broken notes that a rule was broken.
func (m *model) broken(rule string, reader int, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	m.note(reader, "VIOLATION %s: %s", rule, what)
	m.found = append(m.found, Violation{
		Seed: m.seed, Rule: rule, What: what, At: m.calendar(), Reader: max(reader, 0), Trace: m.journal.around(reader, traceLines),
	})
}

func (m *model) readerOf(id drip.EnrollmentID) int {
	if pa := m.passages[id]; pa != nil {
		return pa.reader.no
	}
	return nobody
}

// inForce notes a version of a series that the store knows now.
func (m *model) inForce(s *series, c *drip.Campaign, record *store.CampaignRecord) {
	now := m.calendar().UnixMilli()
	s.record, s.numbers = record.No, record.Issues
	for id, no := range record.Issues {
		s.names[no] = id
	}
	if n := len(s.versions); n == 0 || s.versions[n-1].campaign != c {
		s.versions = append(s.versions, version{m.elapsed, c, record.Timetable})
		if n == 0 || s.versions[n-1].timetable != record.Timetable {
			s.floor = now
		}
	}
}

func (m *model) verb(s *series, verb store.CampaignVerb, at time.Time) {
	switch verb {
	case store.PauseCampaign:
		if !s.paused {
			s.pausedAt = m.elapsed
		}
		s.paused = true
	case store.ResumeCampaign:
		if s.paused {
			s.floor = at.UnixMilli()
		}
		s.paused = false
	case store.CloseCampaign:
		s.closed = true
	case store.OpenCampaign:
		s.closed = false
	case store.StopCampaign:
		s.stopped, s.closed = true, true
		for _, pa := range m.list {
			if pa.series == s {
				pa.state = left
			}
		}
	}
}

// begin notes a new passage.
func (m *model) begin(pa *passage) {
	pa.entries, pa.passed, pa.pace = map[drip.IssueNo]*entry{}, map[drip.IssueNo]bool{}, max(pa.pace, 1)
	if pa.line == nil {
		pa.line = &lineage{map[string]int{}, map[string]int{}}
	}
	m.passages[pa.id] = pa
	m.list = append(m.list, pa)
	pa.reader.passages = append(pa.reader.passages, pa)
	m.note(pa.reader.no, "enrollment %d in series %d, %s, start %s, zone %q", pa.id, pa.series.no, pa.state, pa.start, pa.reader.zone)
}

// fresh returns the enrollment of a reader that the model has not seen yet. There
// must be one if one is due, and none otherwise.
func (m *model) fresh(p *process, r *reader, s *series, due bool) (drip.Enrollment, error) {
	list, err := p.db.EnrollmentsOf(m.ctx, r.id)
	if err != nil {
		return drip.Enrollment{}, err
	}
	var found drip.Enrollment
	for _, e := range list {
		if m.passages[e.ID] == nil {
			found = e
			if !due || e.Campaign != s.record {
				m.broken("consent", r.no, "enrollment %d began and nobody asked for it", e.ID)
			}
		}
	}
	if due && found.ID == 0 {
		m.broken("none lost", r.no, "enrolling in series %d brought no enrollment", s.no)
	}
	return found, nil
}

// openIn returns a reader's open passage through a series, and whether they left
// one, or are kept out.
func (r *reader) openIn(s *series) (open *passage, leftOne bool) {
	leftOne = r.barred[s] // no list brings them back either
	for _, pa := range r.passages {
		switch {
		case pa.series != s:
		case pa.state == left:
			leftOne = true
		default:
			open = pa
		}
	}
	return open, leftOne
}

// imported notes that a list named a reader.
func (m *model) imported(p *process, r *reader, s *series, consent bool) error {
	if r.outcast {
		return nil
	}
	person, err := p.db.SubscriberByEmail(m.ctx, r.address)
	if err != nil {
		return err
	}
	now := m.calendar().UnixMilli()
	if r.zone != "" && r.id == 0 {
		r.zone = person.Timezone
	}
	r.id = person.ID
	r.consent = r.consent || consent
	list, err := p.db.EnrollmentsOf(m.ctx, r.id)
	if err != nil {
		return err
	}
	for i := range list {
		m.recalled(r, &list[i], nil)
	}
	open, leftOne := r.openIn(s)
	e, err := m.fresh(p, r, s, open == nil && !leftOne && !r.out[s])
	if err != nil || e.ID == 0 {
		if open != nil && open.state == pending && !consent {
			open.invited = true
		}
		return err
	}
	pa := &passage{id: e.ID, reader: r, series: s, state: pending, start: drip.StartAtSlot, invited: !consent}
	if r.consent {
		pa.state, pa.joined, pa.floor = active, now, now
	}
	m.begin(pa)
	return nil
}

// enrolled notes that a reader was enrolled by hand.
func (m *model) enrolled(p *process, r *reader, s *series, start drip.Start) error {
	_, leftOne := r.openIn(s)
	if r.barred[s] {
		m.broken("no mail after leaving", r.no, "they are enrolled in series %d, which they are kept out of", s.no)
	}
	e, err := m.fresh(p, r, s, true)
	if err != nil || e.ID == 0 {
		return err
	}
	now := m.calendar().UnixMilli()
	pa := &passage{id: e.ID, reader: r, series: s, state: pending, start: start, invited: true}
	if r.consent && !leftOne {
		pa.state, pa.joined, pa.floor, pa.invited = active, now, now, false
	}
	m.begin(pa)
	return nil
}

// confirmed notes a reader's own yes.
func (m *model) confirmed(p *process, pa *passage, continues bool) error {
	now := m.calendar().UnixMilli()
	pa.state, pa.start, pa.joined, pa.floor = active, drip.StartOnJoin, now, now
	pa.settled = m.elapsed
	if continues {
		e, err := p.db.Enrollment(m.ctx, pa.id)
		if err != nil {
			return err
		}
		pa.start, pa.follows = drip.StartAtSlot, m.passages[e.Follows]
		pa.line = pa.follows.line
	}
	m.wished(pa, "confirms, and continues: %t", continues)
	return nil
}

// startedOver notes that a passage ended and another began.
func (m *model) startedOver(p *process, pa *passage) error {
	e, err := m.fresh(p, pa.reader, pa.series, true)
	if err != nil || e.ID == 0 {
		return err
	}
	now := m.calendar().UnixMilli()
	pa.state = left
	next := &passage{
		id: e.ID, reader: pa.reader, series: pa.series, state: active, start: drip.StartAtSlot,
		joined: now, floor: now, pace: pa.pace, follows: pa,
	}
	if pa.pausedUntil > now {
		next.pausedUntil = pa.pausedUntil
	}
	m.begin(next)
	return nil
}

// wished notes that a reader changed something.
func (m *model) wished(pa *passage, format string, args ...any) {
	pa.wished = m.elapsed
	m.note(pa.reader.no, "enrollment %d "+format, append([]any{pa.id}, args...)...)
}

// moved notes that a passage is planned anew from now, unless it has only begun.
func (m *model) moved(pa *passage, now int64) {
	pa.wished = m.elapsed
	waits := pa.start == drip.StartOnJoin // for the first issue, which leaves at once
	for _, e := range pa.entries {
		waits = waits && (e.issue == drip.ConfirmationID || !e.state.Done())
	}
	if pa.state == active && !waits {
		pa.floor = now
	}
}

// left notes that a reader is out of a series.
func (m *model) left(r *reader, s *series) {
	for _, pa := range r.passages {
		if pa.series == s {
			pa.gone = pa.gone || pa.state != left
			pa.state = left
		}
	}
}

// suppressed notes that a reader must not be mailed any more.
func (m *model) suppressed(r *reader) {
	r.outcast = true
	for _, pa := range r.passages {
		pa.gone = pa.gone || pa.state != left
		pa.state = left
	}
}

// zoneOf returns the zone that rules a passage.
func (m *model) zoneOf(pa *passage) *time.Location {
	c := pa.series.current()
	name := c.Timezone
	if name == drip.SubscriberZone {
		for _, n := range []string{instanceZone, c.DefaultTimezone, pa.reader.zone} {
			if n != "" {
				name = n
			}
		}
	}
	loc, err := m.zones.Load(name)
	m.must(err)
	return loc
}
