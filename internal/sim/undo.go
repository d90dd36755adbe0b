package sim

import (
	"errors"
	"math/rand/v2"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
)

// regrets decides who takes a leaving back. It draws from a source of its own, as
// restore does, so that a history in which nobody does is what it was.
type regrets struct {
	dice
	share float64 // of those who left by a link
}

func drawRegrets(seed uint64) regrets {
	d := dice{rand.New(rand.NewPCG(seed, 0x756e646f))}
	return regrets{d, d.share(0.4, 0.2, 1)}
}

// ends returns the passages that a leaving ends and that can be taken back: those that
// the reader is in, having joined.
func (r *reader) ends(s *series) (list []*passage) {
	for _, pa := range r.passages {
		if pa.state == active && (s == nil || pa.series == s) {
			list = append(list, pa)
		}
	}
	return list
}

// departs has a reader press one of the buttons on the page that leaves, and perhaps the
// one that takes it back.
func (k *desk) departs(p *process, r *reader, s *series, link string, everything bool) error {
	of := s
	if everything {
		of = nil
	}
	ended := r.ends(of)
	d, err := p.audience.Depart(k.ctx, link, everything)
	if err != nil {
		return err
	}
	if everything {
		k.model.suppressed(r)
	} else {
		k.model.left(r, s)
	}
	// Where the clock was set back, the dates do not tell what was left with which click.
	if d.Back == "" || !k.regrets.chance(k.regrets.share) || everything && k.wentBack {
		return nil
	}
	at, wait := k.calendar(), k.regrets.often(time.Second, audience.UndoTime+10*time.Minute)
	k.after(wait, func() { k.takeBack(r, d, ended, at) })
	if !everything && k.regrets.chance(0.2) {
		k.after(wait/2, func() { k.complaint(r) })
	}
	return nil
}

// complaint has the provider of a reader's mailbox report mail as unwanted.
func (k *desk) complaint(r *reader) {
	k.try(func(p *process) error {
		if r.erased {
			return nil
		}
		err := p.audience.Suppress(k.ctx, r.address, drip.SuppressedByComplaint)
		if err == nil {
			k.model.suppressed(r)
			k.note(r.no, "is suppressed, because of a complaint")
		}
		return err
	})
}

// takeBack has somebody press the button that undoes what they left at a time. They try
// once.
func (k *desk) takeBack(r *reader, d audience.Departed, ended []*passage, at time.Time) {
	k.try(func(p *process) error {
		_, err := p.audience.Return(k.ctx, d.Back, "I stopped it a moment ago, and want it again.")
		var refusal *audience.Refusal
		switch {
		case errors.As(err, &refusal):
			late := k.calendar().Sub(at) > audience.UndoTime
			if !d.Everything && !late && len(ended) == 1 && k.model.mayReturn(ended[0]) {
				k.model.broken("consent", r.no, "enrollment %d cannot be taken back: %v", ended[0].id, err)
			}
			return nil
		case r.erased && errors.Is(err, drip.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		return k.model.returned(p, r, d.Everything, ended)
	})
}

// mayReturn reports whether nothing speaks against going on with a passage that was left:
// the reader did not begin another since, may be mailed, and the series goes on.
func (m *model) mayReturn(pa *passage) bool {
	r := pa.reader
	for _, other := range r.passages {
		if other.series == pa.series && other.id > pa.id {
			return false
		}
	}
	return m.passages[pa.id] == pa && pa.state == left && !r.outcast && !r.barred[pa.series] && !pa.series.stopped
}

// returned notes that a leaving was taken back: each series that it ended, and none
// else, goes on in a passage that continues the one that was left.
func (m *model) returned(p *process, r *reader, everything bool, ended []*passage) error {
	if everything {
		r.outcast = false
	}
	want := map[drip.EnrollmentID]*passage{}
	for _, pa := range ended {
		if m.mayReturn(pa) {
			want[pa.id] = pa
		}
	}
	list, err := p.db.EnrollmentsOf(m.ctx, r.id)
	if err != nil {
		return err
	}
	now := m.calendar().UnixMilli()
	for i := range list {
		e := &list[i]
		if m.passages[e.ID] != nil {
			continue
		}
		pa := want[e.Follows]
		if pa == nil || !e.Continues {
			m.broken("consent", r.no, "enrollment %d began when a leaving was taken back, and follows %d", e.ID, e.Follows)
			continue
		}
		delete(want, pa.id)
		m.goesOn(pa, e, now)
	}
	for _, id := range sortedKeys(want) {
		m.broken("none lost", r.no, "the leaving of enrollment %d was taken back, and nothing goes on", id)
	}
	return nil
}

func (m *model) goesOn(pa *passage, e *drip.Enrollment, now int64) {
	pa.gone = false // a copy from before the leaving has it as the reader wants it
	joined := max(now, millis(e.JoinedAt))
	next := &passage{
		id: e.ID, reader: pa.reader, series: pa.series, state: active, start: drip.StartAtSlot,
		joined: joined, floor: joined, pace: pa.pace, follows: pa, line: pa.line, settled: m.elapsed,
	}
	if pa.pausedUntil > now {
		next.pausedUntil = pa.pausedUntil
	}
	m.begin(next)
	m.tally.Undone++
	m.wished(next, "goes on, because the leaving of %d is taken back", pa.id)
}
