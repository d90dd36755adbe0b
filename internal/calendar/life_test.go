package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// life follows one reader through a series while a ledger, a relay and the
// reader do what rapid draws, and checks every send against the promises.
type life struct {
	t     *rapid.T
	c     *drip.Campaign
	p     Passage
	now   time.Time
	zones []*time.Location
	sent  int
	last  time.Time // the latest acceptance
	wall  timing.Wall
}

func TestPromisesHoldWhateverHappens(t *testing.T) {
	t.Parallel()
	var zones []*time.Location
	for _, name := range []string{
		"Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago",
		"Asia/Beirut", "Pacific/Apia", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu", "UTC",
	} {
		zones = append(zones, zone(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t, zones)
		for range 500 {
			if !l.turn() {
				return
			}
		}
		t.Fatalf("after 500 turns only %d issues were sent", l.sent)
	})
}

// newLife draws a campaign and a reader.
func newLife(t *rapid.T, zones []*time.Location) *life {
	c := &drip.Campaign{
		First:  rapid.SampledFrom([]drip.First{drip.FirstOnJoin, drip.FirstNextSlot}).Draw(t, "first"),
		GiveUp: rapid.IntRange(1, 4).Draw(t, "give up"),
		Issues: make([]drip.Issue, 6),
	}
	schedule(rapid.SampledFrom([]string{
		"0 9 * * TUE", "30 1 * * SUN", "0 0 * * FRI", "15 2 * * *", "0 9 1 * *", "0 8,20 * * *", "*/20 * * * *", "0 9 1,15 * TUE",
	}).Draw(t, "schedule"))(c)
	if rapid.Bool().Draw(t, "own distances") {
		c.MaxLate = time.Duration(rapid.IntRange(0, 300).Draw(t, "max late")) * time.Hour
		c.MinGap = time.Duration(rapid.IntRange(0, 300).Draw(t, "min gap")) * time.Hour
	}
	if hours := rapid.SampledFrom([]string{"", "08:00-20:00", "22:00-02:30", "01:15-01:45"}).Draw(t, "hours"); hours != "" {
		c.LateHours, _ = timing.ParseHours(hours)
	}
	quiet(rapid.SampledFrom([][]string{nil, {"12-24..12-26"}, {"03-29", "10-25", "2026-04-24..2026-04-30"}}).Draw(t, "quiet")...)(c)
	for i := range c.Issues {
		c.Issues[i].SkipSlots = rapid.SampledFrom([]int{0, 0, 0, 1, 3}).Draw(t, "skip slots")
		c.Issues[i].Late.Kind = rapid.SampledFrom([]drip.LateKind{"", drip.LateSkip, drip.LateNextSlot}).Draw(t, "late")
	}
	c.Issues[3].NotBefore = rapid.SampledFrom([]timing.Date{0, timing.NewDate(2026, 9, 1)}).Draw(t, "not before")
	join := time.UnixMilli(rapid.Int64Range(1767225600000, 1798761600000).Draw(t, "join")).UTC() // in 2026
	return &life{
		t: t, c: c, now: join, zones: zones,
		p: Passage{
			State: drip.EnrollmentActive, JoinedAt: join, Floor: join, Had: make([]bool, 6),
			Start: rapid.SampledFrom([]drip.Start{drip.StartOnJoin, drip.StartAtSlot}).Draw(t, "start"),
			Pace:  rapid.SampledFrom([]int{0, 1, 2, 4}).Draw(t, "pace"),
			Zone:  zones[rapid.IntRange(0, len(zones)-1).Draw(t, "zone")],
		},
	}
}

// turn plans once and lives with it. It returns false at the end.
func (l *life) turn() bool {
	l.disturb()
	step := Plan(l.c, l.p, l.now)
	switch step.Kind {
	case Wait:
		l.wait(step)
	case Send:
		l.send(step)
	case Skip:
		if !l.behind(step.Issue) {
			l.t.Fatalf("issue %d was skipped but is not behind", step.Issue)
		}
		l.p.Had[step.Issue] = true
	case Refuse:
		if l.p.Open == nil || step.Moves < l.c.GiveUp {
			l.t.Fatalf("issue %d was given up after %d slots", step.Issue, step.Moves)
		}
		l.done(step, time.Time{})
	case Finish:
		return false
	default:
		l.t.Fatalf("%s: %s", step.Kind, step.Reason)
	}
	return true
}

// disturb lets the reader change something now and then.
func (l *life) disturb() {
	switch rapid.IntRange(0, 30).Draw(l.t, "disturbance") {
	case 0:
		l.p.Zone, l.p.Floor = l.zones[rapid.IntRange(0, len(l.zones)-1).Draw(l.t, "new zone")], l.now
	case 1:
		l.p.PausedUntil = l.now.Add(time.Duration(rapid.IntRange(1, 1000).Draw(l.t, "pause")) * time.Hour)
	case 2:
		l.p.PausedUntil, l.p.Floor = time.Time{}, l.now
	case 3:
		l.p.Pace, l.p.Floor = rapid.SampledFrom([]int{1, 2, 4}).Draw(l.t, "new pace"), l.now
	case 4: // an issue is inserted where there was none
		l.p.Had[rapid.IntRange(0, 1).Draw(l.t, "inserted")] = false
	}
}

// wait sleeps until the step's time, or much longer. Planning at any time before
// it must say the same, if the windows of slots do not overlap.
func (l *life) wait(step Step) {
	if !step.At.After(l.now) {
		l.t.Fatalf("at %v it waits until %v", l.now, step.At)
	}
	between := l.now.Add(time.Duration(rapid.Int64Range(0, int64(step.At.Sub(l.now))-1).Draw(l.t, "between")))
	if again := Plan(l.c, l.p, between); l.c.MaxLate < l.c.Schedule.Interval() && (again.Slot != step.Slot || !again.At.Equal(step.At)) {
		l.t.Fatalf("at %v it is %v, at %v it is %v", l.now, step.Slot, between, again.Slot)
	}
	if l.p.Open != nil {
		l.p.Open.Slot, l.p.Open.Moves = step.Slot, step.Moves
	}
	l.now = step.At
	switch rapid.IntRange(0, 9).Draw(l.t, "outage") {
	case 0:
		l.now = l.now.Add(time.Duration(rapid.IntRange(0, 90*24*60).Draw(l.t, "minutes down")) * time.Minute)
	case 1:
		l.now = l.now.Add(time.Duration(rapid.IntRange(0, 120).Draw(l.t, "minutes late")) * time.Minute)
	}
}

// send checks the promises, at some instant until SendBy, and lets the relay
// accept, refuse for now, or stay silent.
func (l *life) send(step Step) {
	if forecast := Forecast(l.c, l.p, l.now, 1); len(forecast) != 1 || forecast[0].Slot != step.Slot {
		l.t.Fatalf("it sends for %v, but the forecast is %v", step.Slot, forecast)
	}
	mark := l.now.Add(time.Duration(rapid.Int64Range(0, int64(step.SendBy.Sub(l.now))).Draw(l.t, "until marked")))
	mark = mark.Truncate(time.Millisecond)
	if mark.Before(l.now) {
		mark = l.now
	}
	for _, instant := range []time.Time{l.now, mark, step.SendBy} {
		l.promises(step, instant)
	}
	if rapid.IntRange(0, 2).Draw(l.t, "deferred") == 0 {
		l.p.Open = &Open{Issue: step.Issue, Slot: step.Slot, Moves: step.Moves, Deferred: true}
		l.now = mark.Add(time.Duration(rapid.IntRange(5, 3000).Draw(l.t, "backoff")) * time.Minute)
		return
	}
	l.sent++
	hinted := l.now.Equal(mark)
	l.now = mark
	l.done(step, mark)
	if hinted {
		l.hint(step)
	}
}

// hint checks Then against what is planned after the delivery was accepted.
func (l *life) hint(step Step) {
	p := l.p
	p.Had = append([]bool(nil), p.Had...)
	following := Plan(l.c, p, l.now)
	for following.Kind == Skip {
		p.Had[following.Issue] = true
		following = Plan(l.c, p, l.now)
	}
	switch {
	case following.Kind == Finish && !step.Then.IsZero(), following.Kind != Finish && step.Then.IsZero():
		l.t.Fatalf("then %v, but %s comes", step.Then, following.Kind)
	case following.Kind == Wait && step.Then.After(l.now) && !following.Slot.At.Equal(step.Then):
		l.t.Fatalf("then %v, but the slot is %v", step.Then, following.Slot)
	}
}

// promises checks that the delivery may be marked at an instant.
func (l *life) promises(step Step, instant time.Time) {
	local := timing.WallAt(instant.In(l.p.Zone))
	joining := step.Reason.Code == CodeJoined
	window := max(l.c.MaxLate, time.Minute)
	if joining {
		window = JoinWindow
	}
	late := instant.Sub(step.Slot.At)
	switch {
	case l.p.had(step.Issue):
		l.t.Fatalf("issue %d twice", step.Issue)
	case l.next() != step.Issue && l.p.Open == nil:
		l.t.Fatalf("issue %d before %d", step.Issue, l.next())
	case l.sent > 0 && instant.Sub(l.last) < l.c.MinGap:
		l.t.Fatalf("%v after the previous one", instant.Sub(l.last))
	case l.sent > 0 && step.Slot.Wall <= l.wall:
		l.t.Fatalf("%s comes after %s", step.Slot.Wall, l.wall)
	case late < 0 || late > window:
		l.t.Fatalf("%v after its slot", late)
	case l.c.Quiet.Contains(local.Date()):
		l.t.Fatalf("%s is quiet", local)
	case instant.Before(l.p.PausedUntil):
		l.t.Fatalf("paused")
	case late > Grace && !joining && !l.c.LateHours.Contains(local.Clock()):
		l.t.Fatalf("late by %v, at %s", late, local)
	case !joining && !step.Slot.At.After(l.p.Floor):
		l.t.Fatalf("the slot %v is not after the floor %v", step.Slot.At, l.p.Floor)
	case !joining && step.Slot.Wall.Date() < l.c.Issues[step.Issue].NotBefore:
		l.t.Fatalf("before its date")
	}
}

// done notes that a delivery is over.
func (l *life) done(step Step, accepted time.Time) {
	l.wall = step.Slot.Wall
	if !accepted.IsZero() {
		l.last = accepted
	}
	l.p.Had[step.Issue], l.p.Open = true, nil
	l.p.Last = &Last{SlotWall: l.wall, AcceptedAt: l.last, Issue: step.Issue}
}

// next returns the first issue that was not had and is not to be skipped, or -1.
func (l *life) next() int {
	for i, had := range l.p.Had {
		if !had && (!l.behind(i) || l.c.Issues[i].Late.Kind == drip.LateNextSlot) {
			return i
		}
	}
	return -1
}

// behind reports whether a later issue was had.
func (l *life) behind(issue int) bool {
	for i := issue + 1; i < len(l.p.Had); i++ {
		if l.p.Had[i] {
			return true
		}
	}
	return false
}
