package calendar_test

import (
	"iter"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// The model knows docs/SEMANTICS.md and nothing of package calendar. It looks
// for slots by trying them one after the other, and for the moments at which a
// delivery may leave by trying every quarter of an hour. That is enough: no
// clock of these tests is set, and no hours or dates begin, at another minute.
const (
	graceMs  = 15 * 60 * 1000
	dayMs    = 24 * 60 * 60 * 1000
	minuteMs = 60 * 1000
)

// settings are those of a campaign. All instants of the model are milliseconds
// since 1970, zero for none.
type settings struct {
	schedule        string
	hours           [2]int   // minutes since midnight; two zeros are the whole day
	quiet           [][2]int // from and to: 1224 for every 24 December, 20270101 for one day
	minGap, maxLate int64
	first           drip.First
	giveUp          int
	review          drip.Review
	floor           int64
}

// reader is what is known about the person and the passage.
type reader struct {
	state                        drip.EnrollmentState
	start                        drip.Start
	joined, floor, paused, asked int64
	fullOn                       timing.Date
	pace                         int
	zone                         *time.Location
}

// row is a delivery in the ledger.
type row struct {
	issue    string
	slot     occasion
	zone     string
	moves    int
	deferred bool
	state    drip.DeliveryState
	accepted int64
	// A row may be of an earlier enrollment: had tells whether it counts as had
	// in the present one, kept whether the present one keeps its distance.
	had, kept bool
}

// world is everything that decides about the next issue.
type world struct {
	settings
	reader
	issues []drip.Issue
	rows   []row
	open   *row
	book   *almanac
	now    int64
}

// prediction is what the model expects.
type prediction struct {
	kind  calendar.Kind
	issue int
	slot  occasion
	until int64 // with Wait the next look, with Send the last moment
	moves int
	code  calendar.Code // empty where the model has no word for it
}

// predict says what comes next for the reader.
func (w *world) predict() prediction {
	i := w.next()
	switch {
	case w.state == drip.EnrollmentFinished:
		return prediction{kind: calendar.Finish, issue: -1, code: calendar.CodeFinished}
	case w.state != drip.EnrollmentActive:
		return prediction{kind: calendar.Hold, issue: -1, code: calendar.CodeInactive}
	case w.open != nil && i < 0:
		return prediction{kind: calendar.Skip, issue: -1, code: calendar.CodeRemoved}
	case i < 0:
		return prediction{kind: calendar.Finish, issue: -1, code: calendar.CodeFinished}
	case w.issues[i].Draft:
		return prediction{kind: calendar.Hold, issue: i, code: calendar.CodeDraft}
	case w.open != nil:
		return w.goOn(i)
	}
	late := w.issues[i].Late
	passed := w.behind(i)
	if passed && late.Kind != drip.LateNextSlot && late.Kind != drip.LateWithin {
		return prediction{kind: calendar.Skip, issue: i, code: calendar.CodeBehind}
	}
	slot, ok := w.promptly(i)
	if !ok {
		slot, ok = w.scheduled(i)
	}
	_, accepted, _ := w.last()
	recent := accepted > 0 && slot.at-accepted <= late.Within.Milliseconds()
	switch {
	case !ok:
		return prediction{kind: calendar.Hold, issue: i, code: calendar.CodeNoSlot}
	case passed && late.Kind == drip.LateWithin && !recent:
		return prediction{kind: calendar.Skip, issue: i, code: calendar.CodeBehind}
	}
	return w.leave(i, slot, 0)
}

// goOn continues with the open delivery: it keeps its slot as long as that holds
// and can be met, takes another if it does not hold, and moves or is given up if
// it was missed. A wish to have it now comes first, unless it may leave anyway.
func (w *world) goOn(i int) prediction {
	slot, moves, holds := w.open.slot, w.open.moves, w.holds(i)
	if asked, ok := w.wish(i); ok && w.meets(i, asked) && (!holds || w.opens(i, slot) != w.now) {
		return w.leave(i, asked, moves)
	}
	switch {
	case !holds:
		other, ok := w.find(i, w.lower(), true)
		if !ok {
			return prediction{kind: calendar.Hold, issue: i, code: calendar.CodeNoSlot}
		}
		return w.leave(i, other, moves)
	case w.meets(i, slot):
		return w.leave(i, slot, moves)
	case moves+1 >= w.giveUp:
		return prediction{kind: calendar.Refuse, issue: i, slot: slot, moves: moves + 1, code: calendar.CodeGaveUp}
	default:
		return w.leave(i, slot, moves+1)
	}
}

// leave says when a delivery for a slot leaves; one that is too late for it
// takes another.
func (w *world) leave(i int, slot occasion, moves int) prediction {
	if !w.meets(i, slot) {
		var ok bool
		if slot, ok = w.instead(i, slot); !ok {
			return prediction{kind: calendar.Hold, issue: i, code: calendar.CodeNoSlot}
		}
	}
	p := prediction{kind: calendar.Wait, issue: i, slot: slot, moves: moves, until: w.opens(i, slot)}
	joined, onJoin := w.joining()
	switch {
	case w.now < w.paused:
		p.until, p.code = w.paused, calendar.CodePaused
	case onJoin && joined == slot:
		p.code = calendar.CodeJoined
	case w.prompt(i, slot):
		p.code = calendar.CodeAhead
	case p.until > w.now && slot.at <= w.now && w.date(w.now) == w.fullOn:
		p.code = calendar.CodeFull
	case moves > 0:
		p.code = calendar.CodeMoved
	}
	by := w.issues[i].ReviewBy
	switch {
	case w.review == drip.ReviewRequired && by != 0 && w.date(max(slot.at, w.now)) > by:
		p.kind, p.until, p.code = calendar.Hold, 0, calendar.CodeReview
	case p.until == w.now:
		p.kind, p.until = calendar.Send, w.closes(i, slot)
	}
	return p
}

// next returns the issue of the open delivery, or the first without delivery; -1
// if there is none. A draft that the reader is past is not there.
func (w *world) next() int {
	if w.open != nil {
		return w.position(w.open.issue)
	}
	for i := range w.issues {
		if !w.had(i) && !(w.issues[i].Draft && w.behind(i)) {
			return i
		}
	}
	return -1
}

// position returns where an issue stands in the files, or -1.
func (w *world) position(id string) int {
	for i := range w.issues {
		if w.issues[i].ID == id {
			return i
		}
	}
	return -1
}

func (w *world) had(i int) bool {
	for _, r := range w.rows {
		if r.had && r.issue == w.issues[i].ID {
			return true
		}
	}
	return false
}

// behind reports whether the reader had a later issue.
func (w *world) behind(i int) bool {
	for j := i + 1; j < len(w.issues); j++ {
		if w.had(j) {
			return true
		}
	}
	return false
}

// last returns the latest slot's wall time and the latest acceptance.
func (w *world) last() (wall, accepted int64, ok bool) {
	for _, r := range w.rows {
		if r.kept && r.state != drip.DeliverySkipped {
			wall, accepted, ok = max(wall, r.slot.wall), max(accepted, r.accepted), true
		}
	}
	return wall, accepted, ok
}

// running reports whether an issue had a slot in the present passage, which is
// not the case just after somebody started over.
func (w *world) running() bool {
	for _, r := range w.rows {
		if r.kept && r.had && r.state != drip.DeliverySkipped {
			return true
		}
	}
	return false
}

// lower returns the moment after which the next slot must lie.
func (w *world) lower() int64 {
	return max(w.reader.floor, w.settings.floor, w.joined, w.paused)
}

// slots returns those after the previous delivery's.
func (w *world) slots() iter.Seq[occasion] {
	wall, _, ok := w.last()
	if !ok {
		wall = (w.lower() - 3*dayMs) / 1000
	}
	return w.book.after(w.schedule, w.zone, wall)
}

// distant reports whether a slot keeps its distance from the last acceptance.
func (w *world) distant(o occasion) bool {
	_, accepted, _ := w.last()
	return accepted == 0 || o.at >= accepted+w.minGap
}

// scheduled returns the slot of an issue without delivery: pace counts the slots
// that fit from the previous delivery, skip_slots those that come after.
func (w *world) scheduled(i int) (occasion, bool) {
	pass, skip, begun := w.pace-1, w.issues[i].SkipSlots, false
	if !w.running() {
		pass = 0 // the first issue does not wait for the pace
	}
	for o := range w.slots() {
		early := o.at <= w.lower() || w.dateOf(o.wall) < w.issues[i].NotBefore
		switch {
		case pass <= 0 && early && !begun, !w.distant(o), w.quietSlot(o):
		case pass > 0:
			pass--
		case skip > 0:
			skip, begun = skip-1, true
		default:
			return o, true
		}
	}
	return occasion{}, false
}

// find returns the first slot after a moment that fits, whatever the pace.
func (w *world) find(i int, after int64, distance bool) (occasion, bool) {
	for o := range w.slots() {
		if o.at > after && w.dateOf(o.wall) >= w.issues[i].NotBefore && (!distance || w.distant(o)) && !w.quietSlot(o) {
			return o, true
		}
	}
	return occasion{}, false
}

// instead returns the slot in place of one that was missed: the latest that can
// still be met, or else the next.
func (w *world) instead(i int, missed occasion) (best occasion, ok bool) {
	after := max(w.lower(), missed.at, w.now-w.lateness()-1)
	for {
		o, found := w.find(i, after, true)
		if !found || o.at > w.now {
			if ok {
				return best, true
			}
			return o, found
		}
		if w.meets(i, o) {
			best, ok = o, true
		}
		after = o.at
	}
}

// holds reports whether the open delivery's slot is still one to leave for.
func (w *world) holds(i int) bool {
	slot := w.open.slot
	ahead := shown(slot.at, w.zone) < slot.wall // it was asked for before its slot
	switch {
	case w.open.zone != w.zone.String(), min(w.dateOf(slot.wall), w.date(slot.at)) < w.issues[i].NotBefore:
		return false
	case w.prompt(i, slot):
		return true
	case slot.at <= w.lower(), !ahead && !w.distant(slot), slot.at > w.now && w.quietSlot(slot):
		return false
	}
	for o := range w.book.after(w.schedule, w.zone, slot.wall-1) {
		return o == slot || o.wall == slot.wall && slot.at <= w.now
	}
	return false
}
