package calendar_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"partwork/internal/calendar"
	"partwork/internal/drip"
)

const (
	// fewestHistories is what must at least have been lived through.
	fewestHistories = 2000
	// mostTurns and mostYears end a history.
	mostTurns = 160
	mostYears = 8
)

// TestEveryHistoryGoesAsTheModelSays draws lives of readers over years, with all
// that can happen to them, and compares every plan with what a small model of
// docs/SEMANTICS.md predicts. What leaves is also checked against the promises
// themselves, without the model's rules.
func TestEveryHistoryGoesAsTheModelSays(t *testing.T) {
	t.Parallel()
	study := &study{book: &almanac{pages: map[page][]occasion{}}, seen: map[string]int{}}
	start := time.Now()
	t.Run("histories", func(t *testing.T) {
		for round := range rounds {
			for _, theme := range themes() {
				t.Run(fmt.Sprintf("%s %d", theme.name, round+1), func(t *testing.T) {
					t.Parallel()
					rapid.Check(t, func(t *rapid.T) { study.life(t, theme) })
				})
			}
		}
	})
	t.Logf("%d histories of %d years, %d plans, %d issues sent, in %v", study.histories.Load(),
		study.days.Load()/365, study.plans.Load(), study.sent.Load(), time.Since(start).Round(time.Millisecond))
	t.Logf("seen: %v", study.seen)
	if t.Failed() || testing.Short() {
		return
	}
	if n := study.histories.Load(); n < fewestHistories/raceShare {
		t.Errorf("only %d histories; is rapid told to make fewer checks?", n)
	}
	for _, what := range mustBeSeen() {
		if study.seen[what] == 0 {
			t.Errorf("%q never happened", what)
		}
	}
}

// study is what all histories have in common.
type study struct {
	book                         *almanac
	histories, days, plans, sent atomic.Int64
	mu                           sync.Mutex
	seen                         map[string]int
}

// mustBeSeen lists what would leave a rule untried if it never happened.
func mustBeSeen() []string {
	list := []string{
		"in a gap", "in a fold", "accepted", "deferred", "refused by the relay", "claimed, then a crash",
		"long downtime", "clock set back", "continued", "began again", "started over", "reopened",
	}
	for _, kind := range []calendar.Kind{
		calendar.Send, calendar.Wait, calendar.Hold, calendar.Skip, calendar.Refuse, calendar.Finish,
	} {
		list = append(list, string(kind))
	}
	for _, code := range []calendar.Code{
		calendar.CodeSlot, calendar.CodeJoined, calendar.CodeLate, calendar.CodeRetry, calendar.CodeMoved,
		calendar.CodeAhead, calendar.CodeFull, calendar.CodePaused, calendar.CodeDraft, calendar.CodeReview,
		calendar.CodeNoSlot, calendar.CodeInactive, calendar.CodeFinished, calendar.CodeBehind,
		calendar.CodeRemoved, calendar.CodeGaveUp,
	} {
		list = append(list, "code "+string(code))
	}
	return list
}

// life is one reader's history.
type life struct {
	world
	t     *rapid.T
	study *study
	theme theme
	story []string
	saw   map[string]int
	begun int64          // when it began
	ids   int            // issues made up so far
	ended int64          // when the last issue was had
	asks  map[int64]bool // the minutes at which the reader asked for an issue
	files *drip.Campaign // as the calendar reads them
	gone  []drip.Issue   // removed from the files
}

// life draws one history and follows it to the end.
func (s *study) life(t *rapid.T, theme theme) {
	l := &life{t: t, study: s, theme: theme, saw: map[string]int{}, asks: map[int64]bool{}}
	l.book = s.book
	l.draw()
	for turns := 0; turns < mostTurns && l.now < l.begun+mostYears*365*dayMs && l.turn(); turns++ {
	}
	s.histories.Add(1)
	s.days.Add(max(0, l.now-l.begun) / dayMs)
	s.mu.Lock()
	defer s.mu.Unlock()
	for what, n := range l.saw {
		s.seen[what] += n
	}
}

// turn lets something happen or not, plans, compares, and does what was planned.
// It returns false at the end.
func (l *life) turn() bool {
	l.disturb()
	step := l.plan()
	l.saw[string(step.Kind)]++
	l.saw["code "+string(step.Reason.Code)]++
	switch step.Kind {
	case calendar.Wait:
		l.wait(step)
	case calendar.Send:
		l.send(step)
	case calendar.Skip:
		l.skip(step)
	case calendar.Refuse:
		l.close(step, drip.DeliveryRefused, 0)
	case calendar.Finish:
		return l.finish()
	default:
		return l.held(step)
	}
	return true
}

// plan asks the calendar and the model, and compares.
func (l *life) plan() calendar.Step {
	l.study.plans.Add(1)
	step := calendar.Plan(l.campaign(), l.passage(), instant(l.now))
	want := l.predict()
	got := prediction{kind: step.Kind, issue: step.Issue, code: want.code}
	switch step.Kind {
	case calendar.Send:
		got.until = step.SendBy.UnixMilli()
		if got.until < want.until && shown(got.until+1, l.zone)-shown(got.until, l.zone) > 1 {
			got.until = want.until // the clock jumps over the time in which nothing late may leave
		}
	case calendar.Wait:
		got.until = step.At.UnixMilli()
	}
	zone := step.Slot.Zone
	if step.Kind == calendar.Send || step.Kind == calendar.Wait || step.Kind == calendar.Refuse {
		got.slot, got.moves = occasionOf(step.Slot), step.Moves
	} else {
		want.slot, want.moves, zone = occasion{}, 0, l.zone.String()
	}
	if want.code != "" {
		got.code = step.Reason.Code
	}
	if got != want || zone != l.zone.String() && step.Kind != calendar.Refuse {
		l.fail("the calendar and the model differ\ncalendar: %s (%s)\nmodel:    %s", l.words(got), step.Reason, l.words(want))
	}
	return step
}

// fail ends the history and tells it.
func (l *life) fail(format string, args ...any) {
	l.t.Helper()
	l.note("here it is wrong")
	l.t.Fatalf("%s\n%s\n%s", fmt.Sprintf(format, args...), l.setting(), strings.Join(l.story, "\n"))
}

// note writes a line of the story, with the reader's time.
func (l *life) note(format string, args ...any) {
	l.story = append(l.story, l.local(l.now)+"  "+fmt.Sprintf(format, args...))
}

// local writes a moment as the reader's clock shows it.
func (l *life) local(at int64) string {
	return time.UnixMilli(at).In(l.zone).Format("Mon 2006-01-02 15:04:05.000 -07:00")
}

// words writes a prediction.
func (l *life) words(p prediction) string {
	text := string(p.kind)
	if p.issue >= 0 {
		text += " " + l.issues[p.issue].ID
	}
	if p.slot != (occasion{}) {
		text += fmt.Sprintf(" for %s (%s), moves %d", time.Unix(p.slot.wall, 0).UTC().Format("Mon 2006-01-02 15:04"), l.local(p.slot.at), p.moves)
	}
	if p.until != 0 {
		text += " until " + l.local(p.until)
	}
	return text + " " + string(p.code)
}

// instant returns the time of a moment; zero stays zero.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
