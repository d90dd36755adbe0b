package calendar

import (
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Everybody here had two issues; the third one's slot is Tuesday, 16 June 2026,
// nine in London, which is 08:00Z. Late hours are 07:00Z to 19:00Z.
func TestWindow(t *testing.T) {
	t.Parallel()
	const slot, next = "2026-06-16T08:00", "2026-06-23T08:00"
	evening := schedule("30 22 * * TUE") // 21:30Z
	late := func(d time.Duration) func(*drip.Campaign) { return func(c *drip.Campaign) { c.MaxLate = d } }
	wholeDay := func(c *drip.Campaign) { c.LateHours = timing.Hours{} }
	for _, test := range []struct {
		name    string
		now     string
		changes []func(*drip.Campaign)
		want    want
	}{
		{"a millisecond early", "2026-06-16T07:59:59.999Z", nil, want{Wait, 2, slot, slot, 0, CodeSlot}},
		{"on the dot", slot, nil, want{Send, 2, slot, "2026-06-16T18:59:59.999Z", 0, CodeSlot}},
		{"in the evening", "2026-06-16T18:59", nil, want{Send, 2, slot, "2026-06-16T18:59:59.999Z", 0, CodeLate}},
		{"after late hours", "2026-06-16T19:00", nil, want{Wait, 2, slot, "2026-06-17T07:00", 0, CodeLate}},
		{"before late hours", "2026-06-17T06:59", nil, want{Wait, 2, slot, "2026-06-17T07:00", 0, CodeLate}},
		{"the last day", "2026-06-19T08:00", nil, want{Send, 2, slot, "2026-06-19T18:59:59.999Z", 0, CodeLate}},
		{"max_late ends in the night", "2026-06-19T19:00", nil, want{Wait, 2, next, next, 0, CodeSlot}},
		{"max_late, to the instant", "2026-06-16T10:00", []func(*drip.Campaign){late(2 * time.Hour)}, want{Send, 2, slot, "2026-06-16T10:00", 0, CodeLate}},
		{"one tick later", "2026-06-16T10:00:00.001Z", []func(*drip.Campaign){late(2 * time.Hour)}, want{Wait, 2, next, next, 0, CodeSlot}},
		{"no max_late at all", slot, []func(*drip.Campaign){late(0)}, want{Send, 2, slot, "2026-06-16T08:01", 0, CodeSlot}},
		{"the whole day", "2026-06-16T23:00", []func(*drip.Campaign){wholeDay}, want{Send, 2, slot, "2026-06-19T20:00", 0, CodeLate}},
		{"an evening slot", "2026-06-16T21:30", []func(*drip.Campaign){evening}, want{Send, 2, "2026-06-16T21:30", "2026-06-16T21:45", 0, CodeSlot}},
		{"an evening slot is on time", "2026-06-16T21:45", []func(*drip.Campaign){evening}, want{Send, 2, "2026-06-16T21:30", "2026-06-16T21:45", 0, CodeSlot}},
		{"an evening slot, late", "2026-06-16T21:46", []func(*drip.Campaign){evening}, want{Wait, 2, "2026-06-16T21:30", "2026-06-17T07:00", 0, CodeLate}},
		{"before a quiet date", "2026-06-16T08:00", []func(*drip.Campaign){wholeDay, quiet("06-17")}, want{Send, 2, slot, "2026-06-16T22:59:59.999Z", 0, CodeSlot}},
		{"on a quiet date", "2026-06-16T23:00", []func(*drip.Campaign){wholeDay, quiet("06-17")}, want{Wait, 2, slot, "2026-06-17T23:00", 0, CodeLate}},
		{"on a quiet date, then late hours", "2026-06-17T10:00", []func(*drip.Campaign){quiet("06-17..06-18")}, want{Wait, 2, slot, "2026-06-19T07:00", 0, CodeLate}},
		{"quiet for too long", "2026-06-17T10:00", []func(*drip.Campaign){quiet("06-17..06-19")}, want{Wait, 2, next, next, 0, CodeSlot}},
		{"quiet in the grace of an evening", "2026-06-16T22:50", []func(*drip.Campaign){schedule("45 23 * * TUE"), quiet("06-17")}, want{Send, 2, "2026-06-16T22:45", "2026-06-16T22:59:59.999Z", 0, CodeSlot}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := joined(t, "2026-06-01T10:00", had(t, 2, "2026-06-09T08:00", "2026-06-09T08:00"))
			check(t, Plan(weekly(t, test.changes...), p, at(t, test.now)), test.want)
		})
	}
}

// Late hours follow the reader's clock, also where it is set.
func TestLateHoursWhereTheClocksChange(t *testing.T) {
	t.Parallel()
	hours := func(s string) func(*drip.Campaign) {
		return func(c *drip.Campaign) { c.LateHours, _ = timing.ParseHours(s) }
	}
	for _, test := range []struct {
		name, hours, accepted, now string
		want                       want
	}{
		{"they open in a gap", "01:30-06:00", "2026-03-22T00:00", "2026-03-29T00:50", want{Wait, 2, "2026-03-29T00:15", "2026-03-29T01:00", 0, CodeLate}},
		{"they close in a gap", "00:30-01:30", "2026-03-22T00:00", "2026-03-29T00:50", want{Send, 2, "2026-03-29T00:15", "2026-03-29T00:59:59.999Z", 0, CodeLate}},
		{"they close in a fold", "00:30-01:30", "2026-10-18T00:00", "2026-10-24T23:50", want{Send, 2, "2026-10-24T23:15", "2026-10-25T00:29:59.999Z", 0, CodeLate}},
		{"the second time they close", "00:30-01:30", "2026-10-18T00:00", "2026-10-25T01:10", want{Send, 2, "2026-10-24T23:15", "2026-10-25T01:29:59.999Z", 0, CodeLate}},
		{"the second time they open", "01:20-03:00", "2026-10-18T00:00", "2026-10-25T01:10", want{Wait, 2, "2026-10-24T23:15", "2026-10-25T01:20", 0, CodeLate}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := joined(t, "2026-03-01T10:00", had(t, 2, test.accepted, test.accepted))
			check(t, Plan(weekly(t, schedule("15 0 * * SUN"), hours(test.hours)), p, at(t, test.now)), test.want)
		})
	}
}

func TestOpenDelivery(t *testing.T) {
	t.Parallel()
	const slot, next, after = "2026-06-16T08:00", "2026-06-23T08:00", "2026-06-30T08:00"
	deferred := func(p *Passage) { p.Open.Deferred = true }
	floor := func(s string) func(*Passage) { return func(p *Passage) { p.Floor = at(t, s) } }
	for _, test := range []struct {
		name    string
		now     string
		changes []func(*drip.Campaign)
		passage []func(*Passage)
		want    want
	}{
		{"within its window", "2026-06-17T08:00", nil, []func(*Passage){open(t, 2, slot, 1)}, want{Send, 2, slot, "2026-06-17T18:59:59.999Z", 1, CodeMoved}},
		{"another attempt", "2026-06-17T08:00", nil, []func(*Passage){open(t, 2, slot, 0), deferred}, want{Send, 2, slot, "2026-06-17T18:59:59.999Z", 0, CodeRetry}},
		{"it moves", "2026-06-20T08:00", nil, []func(*Passage){open(t, 2, slot, 0), deferred}, want{Wait, 2, next, next, 1, CodeMoved}},
		{"it moves again", "2026-06-27T08:00", nil, []func(*Passage){open(t, 2, next, 1)}, want{Wait, 2, after, after, 2, CodeMoved}},
		{"the third slot was the last", "2026-07-04T08:00", nil, []func(*Passage){open(t, 2, after, 2)}, want{Refuse, 2, after, "", 3, CodeGaveUp}},
		{"give_up: 1", "2026-06-20T08:00", []func(*drip.Campaign){func(c *drip.Campaign) { c.GiveUp = 1 }}, []func(*Passage){open(t, 2, slot, 0)}, want{Refuse, 2, slot, "", 1, CodeGaveUp}},
		{"give_up unset", "2026-06-20T08:00", []func(*drip.Campaign){func(c *drip.Campaign) { c.GiveUp = 0 }}, []func(*Passage){open(t, 2, slot, 2)}, want{Refuse, 2, slot, "", 3, CodeGaveUp}},
		{"a long outage is one move", "2026-08-20T09:00", nil, []func(*Passage){open(t, 2, slot, 0)}, want{Send, 2, "2026-08-18T08:00", "2026-08-20T18:59:59.999Z", 1, CodeMoved}},
		{"the pace does not delay a move", "2026-06-20T08:00", nil, []func(*Passage){open(t, 2, slot, 0), func(p *Passage) { p.Pace = 4 }}, want{Wait, 2, next, next, 1, CodeMoved}},
		{"skip_slots does not delay a move", "2026-06-20T08:00", []func(*drip.Campaign){issue(2, func(i *drip.Issue) { i.SkipSlots = 3 })}, []func(*Passage){open(t, 2, slot, 0)}, want{Wait, 2, next, next, 1, CodeMoved}},
		{"a move skips quiet dates", "2026-06-20T08:00", []func(*drip.Campaign){quiet("06-23")}, []func(*Passage){open(t, 2, slot, 0)}, want{Wait, 2, after, after, 1, CodeMoved}},
		{"resumed after its slot", "2026-06-17T08:00", nil, []func(*Passage){open(t, 2, slot, 0), floor("2026-06-17T07:00")}, want{Wait, 2, next, next, 0, CodeSlot}},
		{"resumed before its slot", "2026-06-20T08:00", nil, []func(*Passage){open(t, 2, next, 1), floor("2026-06-20T07:00")}, want{Wait, 2, next, next, 1, CodeMoved}},
		{"paused", "2026-06-17T08:00", nil, []func(*Passage){open(t, 2, slot, 0), func(p *Passage) { p.PausedUntil = at(t, "2026-06-25T00:00") }}, want{Wait, 2, after, "2026-06-25T00:00", 0, CodePaused}},
		{"its new slot became quiet", "2026-06-20T08:00", []func(*drip.Campaign){quiet("06-23")}, []func(*Passage){open(t, 2, next, 1)}, want{Wait, 2, after, after, 1, CodeMoved}},
		{"its new slot is too early now", "2026-06-20T08:00", []func(*drip.Campaign){issue(2, func(i *drip.Issue) { i.NotBefore = date(t, "2026-06-24") })}, []func(*Passage){open(t, 2, next, 1)}, want{Wait, 2, after, after, 1, CodeMoved}},
		{"its new slot left the schedule", "2026-06-20T08:00", []func(*drip.Campaign){schedule("0 9 * * THU")}, []func(*Passage){open(t, 2, next, 1), floor("2026-06-20T07:00")}, want{Wait, 2, "2026-06-25T08:00", "2026-06-25T08:00", 1, CodeMoved}},
		{"the previous issue arrived after all", "2026-06-17T08:00", nil, []func(*Passage){open(t, 2, slot, 0), func(p *Passage) { p.Last.AcceptedAt = at(t, "2026-06-15T08:00") }}, want{Wait, 2, next, next, 0, CodeSlot}},
		{"the reader moved", "2026-06-20T08:00", nil, []func(*Passage){open(t, 2, next, 1), floor("2026-06-20T07:00"), func(p *Passage) { p.Zone = zone(t, "Asia/Tokyo") }}, want{Wait, 2, "2026-06-23T00:00", "2026-06-23T00:00", 1, CodeMoved}},
		{"on a quiet date", "2026-06-17T08:00", []func(*drip.Campaign){quiet("06-17")}, []func(*Passage){open(t, 2, slot, 0)}, want{Wait, 2, slot, "2026-06-18T07:00", 0, CodeLate}},
		{"the slot's own date became quiet", "2026-06-16T10:00", []func(*drip.Campaign){quiet("06-16")}, []func(*Passage){open(t, 2, slot, 0)}, want{Wait, 2, slot, "2026-06-17T07:00", 0, CodeLate}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			passage := append([]func(*Passage){had(t, 2, "2026-06-09T08:00", "2026-06-09T08:00")}, test.passage...)
			check(t, Plan(weekly(t, test.changes...), joined(t, "2026-06-01T10:00", passage...), at(t, test.now)), test.want)
		})
	}
}

// What happens after nobody planned for a while, depending on when it ends.
func TestDowntime(t *testing.T) {
	t.Parallel()
	daily := []func(*drip.Campaign){schedule("0 9 * * *"), func(c *drip.Campaign) { c.MaxLate = 72 * time.Hour }}
	for _, test := range []struct {
		name, now string
		changes   []func(*drip.Campaign)
		want      want
	}{
		{"one hour", "2026-06-16T09:00", nil, want{Send, 2, "2026-06-16T08:00", "2026-06-16T18:59:59.999Z", 0, CodeLate}},
		{"one week, back before a slot", "2026-06-22T08:00", nil, want{Wait, 2, "2026-06-23T08:00", "2026-06-23T08:00", 0, CodeSlot}},
		{"one week, back after a slot", "2026-06-24T08:00", nil, want{Send, 2, "2026-06-23T08:00", "2026-06-24T18:59:59.999Z", 0, CodeLate}},
		{"two months, back before a slot", "2026-08-17T08:00", nil, want{Wait, 2, "2026-08-18T08:00", "2026-08-18T08:00", 0, CodeSlot}},
		{"two months, back after a slot", "2026-08-18T10:00", nil, want{Send, 2, "2026-08-18T08:00", "2026-08-18T18:59:59.999Z", 0, CodeLate}},
		{"two months, back at night", "2026-08-18T22:00", nil, want{Wait, 2, "2026-08-18T08:00", "2026-08-19T07:00", 0, CodeLate}},
		{"back on a quiet slot", "2026-08-18T10:00", []func(*drip.Campaign){quiet("08-18")}, want{Wait, 2, "2026-08-25T08:00", "2026-08-25T08:00", 0, CodeSlot}},
		{"several slots are open: the nominal one, if it is", "2026-06-12T10:00", daily, want{Send, 2, "2026-06-10T08:00", "2026-06-12T18:59:59.999Z", 0, CodeLate}},
		{"several slots are open: the latest, if it is not", "2026-06-14T10:00", daily, want{Send, 2, "2026-06-14T08:00", "2026-06-14T18:59:59.999Z", 0, CodeLate}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := joined(t, "2026-06-01T10:00", had(t, 2, "2026-06-09T08:00", "2026-06-09T08:00"))
			check(t, Plan(weekly(t, test.changes...), p, at(t, test.now)), test.want)
		})
	}
}

func TestAhead(t *testing.T) {
	t.Parallel()
	const now, tuesday = "2026-06-12T22:00", "2026-06-16T08:00"
	for _, test := range []struct {
		name    string
		changes []func(*drip.Campaign)
		passage []func(*Passage)
		want    want
		wall    string
	}{
		{"it takes the coming slot's place", nil, nil, want{Send, 2, now, "2026-06-13T22:00", 0, CodeAhead}, "2026-06-16T09:00:00"},
		{"whatever the pace", nil, []func(*Passage){func(p *Passage) { p.Pace = 4 }}, want{Send, 2, now, "2026-06-13T22:00", 0, CodeAhead}, "2026-06-16T09:00:00"},
		{"whatever the distance", nil, []func(*Passage){had(t, 2, "2026-06-09T08:00", "2026-06-12T18:00")}, want{Send, 2, now, "2026-06-13T22:00", 0, CodeAhead}, "2026-06-16T09:00:00"},
		{"the next one is in the place after", nil, []func(*Passage){had(t, 2, "2026-06-16T08:00", "2026-06-12T20:00")}, want{Send, 2, now, "2026-06-13T22:00", 0, CodeAhead}, "2026-06-23T09:00:00"},
		{"not on a quiet date", []func(*drip.Campaign){quiet("06-12")}, nil, want{Wait, 2, tuesday, tuesday, 0, CodeSlot}, "2026-06-16T09:00:00"},
		{"not before not_before", []func(*drip.Campaign){issue(2, func(i *drip.Issue) { i.NotBefore = date(t, "2026-06-13") })}, nil, want{Wait, 2, tuesday, tuesday, 0, CodeSlot}, "2026-06-16T09:00:00"},
		{"not while paused", nil, []func(*Passage){func(p *Passage) { p.PausedUntil = at(t, "2026-06-13T00:00") }}, want{Wait, 2, tuesday, "2026-06-13T00:00", 0, CodePaused}, "2026-06-16T09:00:00"},
		{"not a draft", []func(*drip.Campaign){issue(2, func(i *drip.Issue) { i.Draft = true })}, nil, want{Hold, 2, "", "", 0, CodeDraft}, "1970-01-01T00:00:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			passage := append([]func(*Passage){had(t, 2, "2026-06-09T08:00", "2026-06-09T08:00")}, test.passage...)
			passage = append(passage, func(p *Passage) { p.AskedAt = at(t, now) })
			step := Plan(weekly(t, test.changes...), joined(t, "2026-06-01T10:00", passage...), at(t, now))
			check(t, step, test.want)
			if got := step.Slot.Wall.String(); got != test.wall {
				t.Errorf("the slot's wall time is %s, want %s", got, test.wall)
			}
		})
	}
}

// A delivery that was sent ahead keeps its place while it is retried, and moves
// to the slot whose place it took.
func TestAheadAndThen(t *testing.T) {
	t.Parallel()
	c := weekly(t)
	p := joined(t, "2026-06-01T10:00", had(t, 2, "2026-06-09T08:00", "2026-06-11T20:00"))
	now := at(t, "2026-06-12T09:00")
	p.AskedAt = now
	step := Plan(c, p, now)
	if !step.Then.Equal(at(t, "2026-06-23T08:00")) {
		t.Errorf("then %v", step.Then)
	}
	p.Open = &Open{Issue: 2, Slot: step.Slot}
	check(t, Plan(c, p, now.Add(time.Hour)), want{Send, 2, "2026-06-12T09:00", "2026-06-13T09:00", 0, CodeAhead})
	check(t, Plan(c, p, now.Add(25*time.Hour)), want{Wait, 2, "2026-06-16T08:00", "2026-06-16T08:00", 1, CodeMoved})
	check(t, Plan(c, p, now.Add(4*24*time.Hour)), want{Send, 2, "2026-06-16T08:00", "2026-06-16T18:59:59.999Z", 1, CodeMoved})
}

// TestNewRulesOfAZoneMoveFutureSlots plans a delivery whose slot was resolved by
// rules that have changed since.
func TestNewRulesOfAZoneMoveFutureSlots(t *testing.T) {
	t.Parallel()
	c := weekly(t)
	planned := open(t, 2, "2026-06-16T08:00", 0)
	moved := func(d time.Duration) func(*Passage) {
		return func(p *Passage) { planned(p); p.Open.Slot.At = p.Open.Slot.At.Add(d) }
	}
	for _, d := range []time.Duration{-time.Hour, time.Hour} {
		p := joined(t, "2026-06-01T10:00", had(t, 2, "2026-06-09T08:00", "2026-06-09T08:00"), moved(d))
		check(t, Plan(c, p, at(t, "2026-06-15T10:00")), want{Wait, 2, "2026-06-16T08:00", "2026-06-16T08:00", 0, CodeSlot})
	}
	p := joined(t, "2026-06-01T10:00", had(t, 2, "2026-06-09T08:00", "2026-06-09T08:00"), moved(-time.Hour))
	check(t, Plan(c, p, at(t, "2026-06-16T07:30")), want{Send, 2, "2026-06-16T07:00", "2026-06-16T18:59:59.999Z", 0, CodeLate})
}
