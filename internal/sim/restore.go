package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
)

// restore is a copy of the database that is put back at the end of the troubles. Which
// histories have one is drawn from a source of its own.
type restore struct {
	// age is how old the copy is then; 0 if nothing is put back. held is for how long
	// nobody ends the hold.
	age, held time.Duration

	copy  image
	taken time.Duration // since the beginning of the world
}

// restored is the share of histories in which a copy is put back.
const restored = 0.2

func drawRestore(seed uint64) restore {
	d := dice{rand.New(rand.NewPCG(seed, 0x726573746f7265))}
	if !d.chance(restored) {
		return restore{}
	}
	return restore{age: 10*time.Minute + d.upTo(15*day), held: d.often(time.Minute, 4*day)}
}

// copies makes the copy.
func (w *world) copies(r *restore) {
	if r.age == 0 || w.err != nil {
		return
	}
	var err error
	r.taken = w.elapsed
	r.copy, err = w.disk.take()
	w.must(err)
}

// putBack has the operator put the copy in the database's place, as one does after
// losing a disk: serve finds that it is older than the state folder, holds it, and
// applies the journal of those who withdrew meanwhile; later somebody ends the hold.
// Where the clock was set back, the dates in the journal say nothing.
func (w *world) putBack(r *restore) {
	if r.copy.db == nil || w.err != nil || w.wentBack || w.model.hopeless() {
		return
	}
	journal, err := w.withdrawals()
	if !w.must(err) {
		return
	}
	w.note(nobody, "a copy of %v ago is put back", (w.elapsed - r.taken).Round(time.Second))
	w.tally.Restores++
	for len(w.procs) > 0 {
		w.forget(w.procs[0])
	}
	w.calm()
	w.catalog++
	if !w.must(w.disk.put(r.copy)) {
		return
	}
	w.must(w.withDatabase(func(db *sqlite.Store) error {
		if _, err := db.Hold(w.ctx, store.HeldBehind, w.calendar()); err != nil {
			return err
		}
		if _, err := db.Withdraw(w.ctx, journal); err != nil {
			return err
		}
		return w.model.putBack(db, r.taken)
	}))
	w.fill()
	w.run(w.elapsed+r.held, func() bool { return false })
	w.must(w.withDatabase(func(db *sqlite.Store) error {
		_, err := db.Unhold(w.ctx, 1, 0, w.calendar())
		return err
	}))
	w.catalog++
	w.model.unheld()
	w.stirred(longestSleep)
}

// withdrawals is the journal that the state folder has by now.
func (w *world) withdrawals() (list []drip.Withdrawal, err error) {
	err = w.withDatabase(func(db *sqlite.Store) error {
		list, err = db.Withdrawals(w.ctx)
		return err
	})
	return list, err
}

// withDatabase does something to the database as a command does.
func (w *world) withDatabase(do func(*sqlite.Store) error) error {
	db, err := sqlite.Open(w.ctx, w.disk.path, sqlite.Options{Now: w.calendar})
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	return errors.Join(do(db), db.Close())
}

// unheld notes that the hold ended: nothing leaves for slots before now.
func (m *model) unheld() {
	m.held = false
	m.note(nobody, "the hold is ended")
	for _, s := range m.desk.series {
		s.floor = m.calendar().UnixMilli()
	}
}

// putBack forgets what happened since the copy was made, but for who withdrew: that
// must have outlived the copy. What the relay accepted since may be accepted once more,
// because nobody can know.
func (m *model) putBack(s store.Store, taken time.Duration) error {
	m.held = true
	records, err := s.Campaigns(m.ctx)
	if err != nil {
		return err
	}
	for _, series := range m.desk.series {
		i := slices.IndexFunc(records, func(r store.CampaignRecord) bool { return r.No == series.record })
		if i < 0 {
			return fmt.Errorf("the copy has no series %d", series.no)
		}
		series.putBack(&records[i])
	}
	m.passages, m.list = map[drip.EnrollmentID]*passage{}, nil
	for _, r := range m.desk.readers {
		if err := m.putBackReader(s, r, taken); err != nil {
			return err
		}
	}
	return nil
}

func (s *series) putBack(record *store.CampaignRecord) {
	s.numbers, s.names = record.Issues, map[drip.IssueNo]string{}
	for id, no := range record.Issues {
		s.names[no] = id
	}
	s.floor = millis(record.Floor)
	s.paused, s.stopped = !record.PausedAt.IsZero(), !record.StoppedAt.IsZero()
	s.closed = s.stopped || !record.ClosedAt.IsZero()
}

func (m *model) putBackReader(s store.Store, r *reader, taken time.Duration) error {
	passages := r.passages
	r.passages, r.out = nil, map[*series]bool{}
	for _, pa := range passages {
		kept := r.outcast || r.barred[pa.series]
		r.out[pa.series] = r.out[pa.series] || pa.gone && pa.state == left && !kept
		pa.gone = pa.gone || pa.state == left && kept
		pa.state = left // unless the copy has it
	}
	person, err := s.SubscriberByEmail(m.ctx, r.address)
	switch {
	case errors.Is(err, drip.ErrNotFound):
		if !r.erased {
			r.id, r.member = 0, false
		}
		return nil
	case err != nil:
		return err
	case r.erased:
		m.broken("no mail after leaving", r.no, "the reader was erased, and is back with the copy")
		return nil
	}
	r.zone = person.Timezone
	tags, err := s.TagsOf(m.ctx, person.ID)
	if err != nil {
		return err
	}
	r.member = len(tags) > 0
	list, err := s.EnrollmentsOf(m.ctx, r.id)
	if err != nil {
		return err
	}
	for i := range list {
		if m.recalled(r, &list[i], passages) {
			continue
		}
		at := slices.IndexFunc(passages, func(pa *passage) bool { return pa.id == list[i].ID })
		if at < 0 {
			return fmt.Errorf("enrollment %d of the copy is nobody's", list[i].ID)
		}
		if err := m.putBackPassage(s, passages[at], &list[i], taken); err != nil {
			return err
		}
	}
	return nil
}

// recalled notes an enrollment that was left and of which the copy knows only that, from the
// journal. Those of before, if any, are given; only a reader who left may have one.
func (m *model) recalled(r *reader, e *drip.Enrollment, before []*passage) bool {
	journaled := e.LeftReason == drip.LeftByReader || e.LeftReason == drip.LeftByAdmin
	known := slices.ContainsFunc(before, func(pa *passage) bool { return pa.id == e.ID })
	if m.tally.Restores == 0 || known || m.passages[e.ID] != nil || !journaled || !e.JoinedAt.IsZero() {
		return false
	}
	for _, s := range m.desk.series {
		if s.record == e.Campaign {
			m.begin(&passage{id: e.ID, reader: r, series: s, state: left, start: drip.StartAtSlot, gone: true})
		}
	}
	return true
}

func (m *model) putBackPassage(s store.Store, pa *passage, e *drip.Enrollment, taken time.Duration) error {
	r := pa.reader
	switch {
	case pa.gone && e.State != drip.EnrollmentLeft:
		m.broken("no mail after leaving", r.no, "enrollment %d was left, and is %s with the copy", pa.id, e.State)
	case e.State == drip.EnrollmentPending:
		pa.state = pending
	case e.State != drip.EnrollmentLeft:
		pa.state = active
	}
	if joined := millis(e.JoinedAt); joined != pa.joined { // the yes is forgotten
		pa.joined, pa.follows, pa.line = joined, nil, &lineage{map[string]int{}, map[string]int{}}
	}
	pa.invited, pa.start, pa.pace = !e.InvitedAt.IsZero(), e.Start, e.Pace
	pa.floor, pa.pausedUntil = millis(e.Floor), millis(e.PausedUntil)
	pa.asked, pa.askedBefore = millis(e.AskedAt), 0
	pa.settled = 0
	clear(pa.passed)
	m.passages[pa.id], m.list, r.passages = pa, append(m.list, pa), append(r.passages, pa)

	rows, err := s.Log(m.ctx, store.LogFilter{Subscriber: r.id, Campaign: pa.series.record})
	if err != nil {
		return err
	}
	known := map[drip.IssueNo]*store.LogEntry{}
	for i := range rows {
		if rows[i].Enrollment == pa.id {
			known[rows[i].Issue] = &rows[i]
		}
	}
	for _, no := range sortedKeys(pa.entries) {
		en := pa.entries[no]
		pa.line.accepted[en.issue] -= en.forget(taken)
		if row := known[no]; row != nil {
			en.putBack(row)
		} else {
			delete(pa.entries, no)
		}
	}
	return nil
}

// forget takes what the relay accepted since the copy was made out of the count, and
// returns how often that was.
func (e *entry) forget(taken time.Duration) int {
	before := len(e.times)
	e.times = slices.DeleteFunc(e.times, func(at time.Duration) bool { return at > taken })
	e.accepted, e.acceptedAfter = len(e.times), 0
	e.disowned = min(e.disowned, e.accepted)
	if e.accepted > 0 {
		e.acceptedAfter = e.times[e.accepted-1]
	}
	return before - len(e.times)
}

// putBack makes an entry what the copy's ledger says of it. Its bytes may differ from
// those since, which nobody pinned.
func (e *entry) putBack(row *store.LogEntry) {
	e.byHand = e.byHand && e.state == row.State
	e.state, e.reason, e.attempt = row.State, row.Reason, row.Attempt
	e.claims, e.marked, e.markedBy, e.text = map[int]*claim{}, 0, nil, ""
}

// millis is a time as the model counts it.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
