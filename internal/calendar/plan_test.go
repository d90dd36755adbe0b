package calendar

import (
	"testing"
	"time"

	"partwork/internal/drip"
)

func TestWhatIsNext(t *testing.T) {
	t.Parallel()
	const now = "2026-06-16T08:00" // a Tuesday, nine o'clock in London
	last := func(p *Passage) { had(t, 0, "2026-06-09T08:00", "2026-06-09T08:00")(p); p.Last.Issue = 0 }
	these := func(list ...bool) func(*Passage) { return func(p *Passage) { last(p); p.Had = list } }
	draft := func(i *drip.Issue) { i.Draft = true }
	for _, test := range []struct {
		name    string
		changes []func(*drip.Campaign)
		passage []func(*Passage)
		kind    Kind
		issue   int
		code    Code
	}{
		{"the first without a delivery", nil, []func(*Passage){these(true, true)}, Send, 2, CodeSlot},
		{"an inserted one is behind", nil, []func(*Passage){these(true, false, true)}, Skip, 1, CodeBehind},
		{
			"unless it is for those who are past it",
			[]func(*drip.Campaign){issue(1, func(i *drip.Issue) { i.Late.Kind = drip.LateNextSlot })},
			[]func(*Passage){these(true, false, true)}, Send, 1, CodeSlot,
		},
		{
			"within the days since the last issue",
			[]func(*drip.Campaign){issue(1, func(i *drip.Issue) { i.Late = drip.LatePolicy{Kind: drip.LateWithin, Within: week} })},
			[]func(*Passage){these(true, false, true)}, Send, 1, CodeSlot,
		},
		{
			"but not later",
			[]func(*drip.Campaign){issue(1, func(i *drip.Issue) { i.Late = drip.LatePolicy{Kind: drip.LateWithin, Within: week - 1} })},
			[]func(*Passage){these(true, false, true)}, Skip, 1, CodeBehind,
		},
		{"a draft holds those who reach it", []func(*drip.Campaign){issue(2, draft)}, []func(*Passage){these(true, true)}, Hold, 2, CodeDraft},
		{"a draft behind is nobody's concern", []func(*drip.Campaign){issue(0, draft)}, []func(*Passage){these(false, true)}, Send, 2, CodeSlot},
		{"the end", nil, []func(*Passage){these(true, true, true, true, true, true, true, true)}, Finish, -1, CodeFinished},
		{
			"the end with a draft behind",
			[]func(*drip.Campaign){issue(3, draft)},
			[]func(*Passage){these(true, true, true, false, true, true, true, true)}, Finish, -1, CodeFinished,
		},
		{"a removed issue's open delivery", nil, []func(*Passage){these(true), open(t, -1, now, 0)}, Skip, -1, CodeRemoved},
		{"an open delivery of no issue", nil, []func(*Passage){these(true), open(t, 8, now, 0)}, Skip, -1, CodeRemoved},
		{"an open delivery goes first", nil, []func(*Passage){these(true), open(t, 3, now, 0)}, Send, 3, CodeSlot},
		{"an open one that became a draft", []func(*drip.Campaign){issue(3, draft)}, []func(*Passage){these(true), open(t, 3, now, 0)}, Hold, 3, CodeDraft},
		{"pending", nil, []func(*Passage){func(p *Passage) { p.State = drip.EnrollmentPending }}, Hold, -1, CodeInactive},
		{"left", nil, []func(*Passage){func(p *Passage) { p.State = drip.EnrollmentLeft }}, Hold, -1, CodeInactive},
		{"finished", nil, []func(*Passage){func(p *Passage) { p.State = drip.EnrollmentFinished }}, Finish, -1, CodeFinished},
		{"every day is quiet", []func(*drip.Campaign){schedule("0 9 25 12 *"), quiet("12-24..12-26")}, []func(*Passage){these(true)}, Hold, 1, CodeNoSlot},
		{
			"a review that is due",
			[]func(*drip.Campaign){issue(1, func(i *drip.Issue) { i.ReviewBy = date(t, "2026-06-15") }), func(c *drip.Campaign) { c.Review = drip.ReviewRequired }},
			[]func(*Passage){these(true)}, Hold, 1, CodeReview,
		},
		{
			"a review that is due tomorrow",
			[]func(*drip.Campaign){issue(1, func(i *drip.Issue) { i.ReviewBy = date(t, "2026-06-16") }), func(c *drip.Campaign) { c.Review = drip.ReviewRequired }},
			[]func(*Passage){these(true)}, Send, 1, CodeSlot,
		},
		{
			"a review that nobody requires",
			[]func(*drip.Campaign){issue(1, func(i *drip.Issue) { i.ReviewBy = date(t, "2026-06-15") })},
			[]func(*Passage){these(true)}, Send, 1, CodeSlot,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			step := Plan(weekly(t, test.changes...), joined(t, "2026-06-01T10:00", test.passage...), at(t, now))
			if step.Kind != test.kind || step.Issue != test.issue || step.Reason.Code != test.code {
				t.Errorf("got %s of %d, %s; want %s of %d, %s", step.Kind, step.Issue, step.Reason.Code, test.kind, test.issue, test.code)
			}
			if step.Reason.String() == "" {
				t.Error("the reason says nothing")
			}
		})
	}
}

func TestJoining(t *testing.T) {
	t.Parallel()
	const join = "2026-03-21T23:30" // a Saturday
	for _, test := range []struct {
		name    string
		changes []func(*drip.Campaign)
		passage []func(*Passage)
		now     string
		want    want
	}{
		{"at once, whatever the hour", nil, nil, join, want{Send, 0, join, "2026-03-22T23:30", 0, CodeJoined}},
		{"a later attempt", nil, nil, "2026-03-22T03:00", want{Send, 0, join, "2026-03-22T23:30", 0, CodeJoined}},
		{"after a day it takes a slot", nil, nil, "2026-03-22T23:31", want{Wait, 0, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot}},
		{"first: next-slot", []func(*drip.Campaign){func(c *drip.Campaign) { c.First = drip.FirstNextSlot }}, nil, join, want{Wait, 0, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot}},
		{"imported", nil, []func(*Passage){func(p *Passage) { p.Start = drip.StartAtSlot }}, join, want{Wait, 0, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot}},
		{"on a quiet date", []func(*drip.Campaign){quiet("03-21")}, nil, join, want{Wait, 0, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot}},
		{"before a quiet date", []func(*drip.Campaign){quiet("03-22")}, nil, join, want{Send, 0, join, "2026-03-21T23:59:59.999Z", 0, CodeJoined}},
		{"in a quiet date after", []func(*drip.Campaign){quiet("03-22")}, nil, "2026-03-22T00:00", want{Wait, 0, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot}},
		{"while paused", nil, []func(*Passage){func(p *Passage) { p.PausedUntil = at(t, "2026-03-25T00:00") }}, join, want{Wait, 0, "2026-03-31T08:00", "2026-03-25T00:00", 0, CodePaused}},
		{"after a pause", nil, []func(*Passage){func(p *Passage) { p.PausedUntil = at(t, "2026-03-25T00:00") }}, "2026-03-25T00:00", want{Wait, 0, "2026-03-31T08:00", "2026-03-31T08:00", 0, CodeSlot}},
		{"the campaign was paused then", nil, []func(*Passage){func(p *Passage) { p.Floor = at(t, "2026-03-21T23:35") }}, "2026-03-21T23:35", want{Wait, 0, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot}},
		{"not_before", []func(*drip.Campaign){issue(0, func(i *drip.Issue) { i.NotBefore = date(t, "2026-04-01") })}, nil, join, want{Wait, 0, "2026-04-07T08:00", "2026-04-07T08:00", 0, CodeSlot}},
		{"not_before the day of joining", []func(*drip.Campaign){issue(0, func(i *drip.Issue) { i.NotBefore = date(t, "2026-03-21") })}, nil, join, want{Send, 0, join, "2026-03-22T23:30", 0, CodeJoined}},
		{"skip_slots", []func(*drip.Campaign){issue(0, func(i *drip.Issue) { i.SkipSlots = 1 })}, nil, join, want{Wait, 0, "2026-03-31T08:00", "2026-03-31T08:00", 0, CodeSlot}},
		{"at a slow pace", nil, []func(*Passage){func(p *Passage) { p.Pace, p.Start = 4, drip.StartAtSlot }}, join, want{Wait, 0, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot}},
		{"deferred", nil, []func(*Passage){open(t, 0, join, 0)}, "2026-03-22T04:00", want{Send, 0, join, "2026-03-22T23:30", 0, CodeJoined}},
		{"deferred for too long", nil, []func(*Passage){open(t, 0, join, 0)}, "2026-03-23T04:00", want{Wait, 0, "2026-03-24T09:00", "2026-03-24T09:00", 1, CodeMoved}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, Plan(weekly(t, test.changes...), joined(t, join, test.passage...), at(t, test.now)), test.want)
		})
	}
}

func TestTheSlotOfJoiningIsItsMinute(t *testing.T) {
	t.Parallel()
	p := joined(t, "2026-10-25T01:30:42.5Z") // the second time that London shows 01:30
	step := Plan(weekly(t), p, p.JoinedAt)
	if step.Slot.Wall.String() != "2026-10-25T01:30:00" || !step.Slot.At.Equal(at(t, "2026-10-25T01:30")) {
		t.Errorf("got %v at %v", step.Slot.Wall, step.Slot.At)
	}
}

func TestSecondIssueKeepsItsDistance(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ accepted, want string }{
		{"2026-03-20T21:00", "2026-03-24T09:00"}, // exactly three days and a half
		{"2026-03-20T21:01", "2026-03-31T08:00"},
		{"2026-03-23T23:00", "2026-03-31T08:00"},
	} {
		p := joined(t, test.accepted, had(t, 1, test.accepted, test.accepted))
		check(t, Plan(weekly(t), p, p.JoinedAt), want{Wait, 1, test.want, test.want, 0, CodeSlot})
	}
}

func TestNextSlotRules(t *testing.T) {
	t.Parallel()
	third := func(change func(*drip.Issue)) func(*drip.Campaign) { return issue(2, change) }
	pace := func(n int) func(*Passage) { return func(p *Passage) { p.Pace = n } }
	floor := func(s string) func(*Passage) { return func(p *Passage) { p.Floor = at(t, s) } }
	for _, test := range []struct {
		name    string
		changes []func(*drip.Campaign)
		passage []func(*Passage)
		slot    string
	}{
		{"the next one", nil, nil, "2026-12-08T09:00"},
		{"skip_slots", []func(*drip.Campaign){third(func(i *drip.Issue) { i.SkipSlots = 2 })}, nil, "2026-12-22T09:00"},
		{"pace 2", nil, []func(*Passage){pace(2)}, "2026-12-15T09:00"},
		{"pace 4", nil, []func(*Passage){pace(4)}, "2026-12-29T09:00"},
		{"pace 2 and skip_slots", []func(*drip.Campaign){third(func(i *drip.Issue) { i.SkipSlots = 1 })}, []func(*Passage){pace(2)}, "2026-12-22T09:00"},
		{"quiet", []func(*drip.Campaign){quiet("12-08")}, nil, "2026-12-15T09:00"},
		{"quiet slots do not count for the pace", []func(*drip.Campaign){quiet("12-08")}, []func(*Passage){pace(2)}, "2026-12-22T09:00"},
		{"quiet slots do not count for skip_slots", []func(*drip.Campaign){quiet("12-15"), third(func(i *drip.Issue) { i.SkipSlots = 1 })}, nil, "2026-12-22T09:00"},
		{"a floor", nil, []func(*Passage){floor("2026-12-10T00:00")}, "2026-12-15T09:00"},
		{"a floor on a slot", nil, []func(*Passage){floor("2026-12-15T09:00")}, "2026-12-22T09:00"},
		{"a floor does not make slow readers start again", nil, []func(*Passage){pace(4), floor("2026-12-28T00:00")}, "2026-12-29T09:00"},
		{"a floor after their turn", nil, []func(*Passage){pace(4), floor("2027-01-10T00:00")}, "2027-01-12T09:00"},
		{"not_before on a slot", []func(*drip.Campaign){third(func(i *drip.Issue) { i.NotBefore = date(t, "2026-12-15") })}, nil, "2026-12-15T09:00"},
		{"not_before after a slot", []func(*drip.Campaign){third(func(i *drip.Issue) { i.NotBefore = date(t, "2026-12-16") })}, nil, "2026-12-22T09:00"},
		{"not_before and skip_slots", []func(*drip.Campaign){third(func(i *drip.Issue) { i.NotBefore, i.SkipSlots = date(t, "2026-12-15"), 1 })}, nil, "2026-12-22T09:00"},
		{"not_before years away", []func(*drip.Campaign){third(func(i *drip.Issue) { i.NotBefore = date(t, "2031-01-01") })}, nil, "2031-01-07T09:00"},
		{"accepted late", nil, []func(*Passage){had(t, 2, "2026-12-01T09:00", "2026-12-04T19:00")}, "2026-12-08T09:00"},
		{"accepted far too late", nil, []func(*Passage){had(t, 2, "2026-12-01T09:00", "2026-12-06T09:00")}, "2026-12-15T09:00"},
		{"refused", nil, []func(*Passage){had(t, 2, "2026-12-01T09:00", "")}, "2026-12-08T09:00"},
		{"another schedule", []func(*drip.Campaign){schedule("0 9 * * THU")}, []func(*Passage){floor("2026-12-02T00:00")}, "2026-12-10T09:00"},
		{"another schedule, too near", []func(*drip.Campaign){schedule("0 9 * * FRI")}, []func(*Passage){floor("2026-12-02T00:00"), had(t, 2, "2026-12-01T09:00", "2026-12-01T22:00")}, "2026-12-11T09:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			passage := append([]func(*Passage){had(t, 2, "2026-12-01T09:00", "2026-12-01T09:00")}, test.passage...)
			p := joined(t, "2026-11-20T10:00", passage...)
			check(t, Plan(weekly(t, test.changes...), p, at(t, "2026-12-02T00:00")), want{Wait, 2, test.slot, test.slot, 0, CodeSlot})
		})
	}
}

func TestAMoveDoesNotGiveTwoTuesdays(t *testing.T) {
	t.Parallel()
	// Tuesday nine o'clock in Auckland is Monday in California.
	p := joined(t, "2026-06-01T00:00", func(p *Passage) { p.Zone = zone(t, "Pacific/Auckland") },
		had(t, 2, "2026-06-15T21:00", "2026-06-15T21:00"))
	p.Zone = zone(t, "America/Los_Angeles")
	p.Floor = at(t, "2026-06-15T23:00")
	slot := "2026-06-23T16:00"
	c := weekly(t, func(c *drip.Campaign) { c.MinGap = 0 })
	check(t, Plan(c, p, p.Floor), want{Wait, 2, slot, slot, 0, CodeSlot})

	// And back: the week is not longer than it has to be.
	p.Zone = zone(t, "Pacific/Auckland")
	check(t, Plan(c, p, p.Floor), want{Wait, 2, "2026-06-22T21:00", "2026-06-22T21:00", 0, CodeSlot})
}

func TestThen(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-06-16T08:00")
	drafts := issue(3, func(i *drip.Issue) { i.Draft = true })
	for _, test := range []struct {
		name    string
		changes []func(*drip.Campaign)
		had     int
		want    string
	}{
		{"the following week", nil, 2, "2026-06-23T08:00"},
		{"drafts do not count", []func(*drip.Campaign){drafts, issue(4, func(i *drip.Issue) { i.SkipSlots = 1 })}, 2, "2026-06-30T08:00"},
		{"nothing follows the last", nil, 7, ""},
	} {
		p := joined(t, "2026-06-01T10:00", had(t, test.had, "2026-06-09T08:00", "2026-06-09T08:00"))
		step := Plan(weekly(t, test.changes...), p, now)
		if step.Kind != Send || !step.Then.Equal(at(t, test.want)) {
			t.Errorf("%s: got %s, then %v", test.name, step.Kind, step.Then)
		}
	}
	p := joined(t, "2026-06-12T21:00")
	if step := Plan(weekly(t), p, p.JoinedAt.Add(time.Minute)); !step.Then.Equal(at(t, "2026-06-23T08:00")) {
		t.Errorf("then must keep the distance from now: got %v", step.Then)
	}
}

func BenchmarkPlan(b *testing.B) {
	c := weekly(b, quiet("12-24..12-26", "2027-01-01"))
	for _, bench := range []struct {
		name, now string
		passage   []func(*Passage)
	}{
		{"Wait", "2026-06-10T08:00", nil},
		{"Send", "2026-06-16T08:00", nil},
		{"Late", "2026-06-17T08:00", nil},
		{"Downtime", "2026-08-20T08:00", nil},
		{"Moved", "2026-06-22T08:00", []func(*Passage){open(b, 2, "2026-06-16T08:00", 0)}},
		{"Pace4", "2026-06-22T08:00", []func(*Passage){func(p *Passage) { p.Pace = 4 }}},
	} {
		p := joined(b, "2026-06-01T10:00", append(bench.passage, had(b, 2, "2026-06-09T08:00", "2026-06-09T08:00"))...)
		now := at(b, bench.now)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Plan(c, p, now)
			}
		})
	}
}
