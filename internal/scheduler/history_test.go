package scheduler_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/timing"
)

const (
	// histories is how many towns are lived in where time is plentiful, and
	// fewHistories elsewhere.
	histories    = 150 / raceShare
	fewHistories = 30 / raceShare
	// busyTurns is how long things happen to them; after that they are left
	// alone until everybody is through.
	busyTurns = 25
	// mostRounds is more than one look of the scheduler takes.
	mostRounds = 200
)

// TestEveryHistoryOfTheLedger lives through the lives of a few readers with the
// real scheduler and a real database. The scheduler is woken only when it asked
// for it, or when something happened. After each look whoever has something to do
// must have been seen to, exactly as the calendar says of their history; and in
// the end, when nothing disturbs any more, everybody gets through.
func TestEveryHistoryOfTheLedger(t *testing.T) {
	t.Parallel()
	towns := uint64(fewHistories)
	if os.Getenv("CI") == "true" {
		towns = histories
	}
	for seed := range towns {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := newTown(t, seed)
			for range busyTurns {
				w.disturb()
				w.look()
				w.deliver(true)
				w.invariants()
				w.sleep(true)
			}
			w.calm()
		})
	}
}

// town is a database with one series and some readers, the process that serves
// them, and the two clocks.
type town struct {
	*testing.T
	rnd     *rand.Rand
	store   *sqlite.Store
	plan    *scheduler.Scheduler
	cfg     scheduler.Config
	now     scheduler.Now
	next    scheduler.Sleep
	program scheduler.Program
	edits   int
	people  []drip.SubscriberID
	readers []drip.EnrollmentID // of the people, in their order
	consent drip.ConsentID
	content drip.ContentID
	back    bool      // the calendar clock is set back now and then
	latest  time.Time // the latest that it ever showed
	story   []string
}

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "partwork.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w := &town{
		T: t, store: s, rnd: rand.New(rand.NewPCG(seed, 0)), back: seed%3 == 0,
		now: scheduler.Now{
			Calendar: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(seed) * 55 * time.Hour),
			Machine:  time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC),
		},
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d\n%s", seed, strings.Join(w.story, "\n"))
		}
	})
	w.restart()
	id, err := s.SaveContent(t.Context(), sha256.Sum256([]byte("one")), []byte("one"), w.now.Calendar)
	w.must(err)
	w.content = id
	c := program(t).Campaign
	c.Issues = nil
	for i := range 5 {
		c.Issues = append(c.Issues, drip.Issue{ID: fmt.Sprint("i", i), SkipSlots: w.rnd.IntN(5) / 4})
	}
	c.Quiet, err = timing.ParseDates([]string{"04-05..04-08", "12-24..12-26"})
	w.must(err)
	c.LateHours, err = timing.ParseHours("08:00-20:00")
	w.must(err)
	w.program.Campaign = c
	w.sync("first")
	w.populate()
	return w
}

// populate enrolls some people.
func (w *town) populate() {
	record, err := w.store.StartImport(w.Context(), store.ImportStart{
		File: "list.csv", Consent: "they signed", Source: drip.ConsentImport, At: w.now.Calendar,
	})
	w.must(err)
	w.consent = record.Consent
	for i := range 5 {
		address, err := mailaddr.Parse(fmt.Sprintf("reader%d@example.org", i))
		w.must(err)
		sum := sha256.Sum256([]byte(address.Key()))
		zone := zones[w.rnd.IntN(len(zones))]
		out, err := w.store.ImportRows(w.Context(), store.ImportChunk{
			Now: w.now.Calendar, Rows: []store.Person{{Email: address, Hash: mailaddr.Hash(sum[:16]), Timezone: zone}},
		})
		w.must(err)
		w.people = append(w.people, out[0].Subscriber)
		start := []drip.Start{drip.StartOnJoin, drip.StartAtSlot}[w.rnd.IntN(2)]
		e, err := w.store.Enroll(w.Context(), store.NewEnrollment{
			Subscriber: out[0].Subscriber, Campaign: w.program.Record.No, Start: start, Consent: w.consent, Now: w.now.Calendar,
		})
		w.must(err)
		w.readers = append(w.readers, e.ID)
		w.note("reader %d joins, %s, in %s", e.ID, start, zone)
	}
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) note(format string, args ...any) {
	w.story = append(w.story, w.now.Calendar.Format("Mon 2006-01-02 15:04:05  ")+fmt.Sprintf(format, args...))
}

// sync tells the store what the files say now.
func (w *town) sync(edit string) {
	c := w.program.Campaign
	w.edits++
	var outline strings.Builder
	var ids []string
	w.program.Contents = nil
	for i := range c.Issues {
		ids = append(ids, c.Issues[i].ID)
		fmt.Fprintf(&outline, "%s %v %d ", c.Issues[i].ID, c.Issues[i].Draft, c.Issues[i].SkipSlots)
		w.program.Contents = append(w.program.Contents, w.content)
	}
	record, err := w.store.SyncCampaign(w.Context(), store.CampaignSync{
		ID: c.ID, Key: "k1", Timetable: c.Schedule.Expr(), Outline: outline.String(), Issues: ids,
		ReopenWithin: 180 * 24 * time.Hour, Now: w.now.Calendar,
	})
	w.must(err)
	w.program.Record = record
	w.note("the files, %s: %s%s", edit, outline.String(), c.Schedule)
}

// restart begins a new process. What the old one claimed stays claimed.
func (w *town) restart() {
	w.cfg = scheduler.Config{Owner: w.rnd.Int64(), Timezone: "Europe/London", Zones: timing.NewZones()}
	w.plan = scheduler.New(w.cfg)
	w.note("a process starts")
}

// look lets the scheduler work until it sleeps, and checks that it left nothing
// undone and did what the calendar says.
func (w *town) look() {
	w.Helper()
	before, attempts := map[drip.EnrollmentID]calendar.Step{}, map[drip.EnrollmentID]int{}
	for _, id := range w.readers {
		row := w.history(id)
		if w.free(&row) {
			before[id] = w.foresee(&row)
		}
		if row.Open != nil {
			attempts[id] = row.Open.Attempt
		}
	}
	w.round()
	for _, id := range w.readers {
		row := w.history(id)
		if o := row.Open; o != nil && o.Attempt != attempts[id] && !w.program.Record.PausedAt.IsZero() {
			w.Fatalf("reader %d: claimed while the series is paused", id)
		}
		if w.now.Calendar.Before(w.latest) {
			continue // what was put off by the time that it was is not called back
		}
		if step, ok := before[id]; ok {
			w.asForeseen(&row, step)
		}
		w.seenTo(&row)
	}
}

// history reads all that is known of a reader.
func (w *town) history(id drip.EnrollmentID) store.Due {
	w.Helper()
	row, err := w.store.History(w.Context(), id)
	w.must(err)
	return row
}

// free reports whether a plan for the reader can be made now.
func (w *town) free(row *store.Due) bool {
	o := row.Open
	busy := o != nil && (o.State == drip.DeliverySending || o.State != drip.DeliveryPlanned && o.WakeAt.After(w.now.Machine))
	return row.Enrollment.State == drip.EnrollmentActive && !busy && w.program.Record.PausedAt.IsZero()
}

// foresee asks the calendar.
func (w *town) foresee(row *store.Due) calendar.Step {
	w.Helper()
	passage, err := scheduler.Passage(w.cfg, w.program, row)
	w.must(err)
	return calendar.Plan(w.program.Campaign, passage, w.now.Calendar)
}

// round runs the scheduler as a planner does.
func (w *town) round() {
	w.Helper()
	events := []scheduler.Event{scheduler.Wake{}}
	for range mostRounds {
		effects := w.plan.Step(w.now, events[0])
		events = events[1:]
		for _, effect := range effects {
			switch e := effect.(type) {
			case scheduler.Load:
				events = append(events, w.load(e))
			case scheduler.Commit:
				claimed, err := w.store.CommitPlan(w.Context(), e.Plan)
				w.must(err)
				events = append(events, scheduler.Committed{Claimed: claimed})
			case scheduler.Trouble:
				w.Fatal(e.Err)
			case scheduler.Sleep:
				w.next = e
			}
		}
		if len(events) == 0 {
			return
		}
	}
	w.Fatal("the scheduler finds no rest")
}

func (w *town) load(e scheduler.Load) scheduler.Event {
	w.Helper()
	ev := scheduler.Loaded{Programs: []scheduler.Program{w.program}}
	var err error
	ev.Backlog, err = w.store.Backlog(w.Context(), e.Owner, e.Query.Machine, e.BacklogLimit)
	w.must(err)
	ev.Due, err = w.store.Due(w.Context(), e.Query)
	w.must(err)
	ev.Records, err = w.store.Campaigns(w.Context())
	w.must(err)
	ev.Upcoming, err = w.store.Upcoming(w.Context())
	w.must(err)
	return ev
}

// asForeseen compares the ledger with what the calendar said before.
func (w *town) asForeseen(row *store.Due, step calendar.Step) {
	w.Helper()
	id, o := row.Enrollment.ID, row.Open
	switch step.Kind {
	case calendar.Send:
		no := w.program.Record.Issues[w.program.Campaign.Issues[step.Issue].ID]
		if o == nil || o.State != drip.DeliveryClaimed || o.Issue != no || o.Slot != step.Slot || o.Moves != step.Moves ||
			!o.SendBy.Equal(step.SendBy.Truncate(time.Millisecond)) {
			w.Fatalf("reader %d: the calendar sends %d for %v, the ledger has %+v", id, step.Issue, step.Slot, o)
		}
		w.note("reader %d: %s is claimed for %v", id, w.program.Campaign.Issues[step.Issue].ID, step.Slot.Wall)
	case calendar.Wait:
		if o != nil && (o.State != drip.DeliveryPlanned || o.Slot != step.Slot) {
			w.Fatalf("reader %d: the calendar waits for %v, the ledger has %+v", id, step.Slot, o)
		}
	case calendar.Finish:
		if row.Enrollment.State != drip.EnrollmentFinished {
			w.Fatalf("reader %d has had everything and is %s", id, row.Enrollment.State)
		}
	default:
	}
}

// seenTo checks that a reader with something to do is not left lying, and that
// the hint comes no later than what there is to do. Passing over an issue has
// time until then.
func (w *town) seenTo(row *store.Due) {
	w.Helper()
	if !w.free(row) {
		return
	}
	id, next := row.Enrollment.ID, row.Enrollment.NextAt
	passage, err := scheduler.Passage(w.cfg, w.program, row)
	w.must(err)
	step := calendar.Plan(w.program.Campaign, passage, w.now.Calendar)
	skips := false
	for ; step.Kind == calendar.Skip && step.Issue >= 0; step = calendar.Plan(w.program.Campaign, passage, w.now.Calendar) {
		passage.Had[step.Issue], skips = true, true
	}
	switch {
	case step.Kind == calendar.Hold:
	case step.Kind == calendar.Finish && skips && !next.IsZero(): // in time
	case step.Kind == calendar.Wait:
		if next.IsZero() || next.After(step.At) {
			w.Fatalf("reader %d: something is to do at %v, the hint is %v", id, step.At, next)
		}
		if w.next.Calendar.IsZero() || w.next.Calendar.After(step.At) {
			w.Fatalf("reader %d: something is to do at %v, the scheduler sleeps until %v", id, step.At, w.next.Calendar)
		}
	default:
		w.Fatalf("reader %d: the calendar says %s, and nobody does it", id, step.Kind)
	}
}

// invariants asks the database for its own. Those that compare dates hold only if
// the clock was never set back.
func (w *town) invariants() {
	w.Helper()
	list, err := w.store.Verify(w.Context())
	w.must(err)
	for _, i := range list {
		dated := i.Name == "nothing was accepted before its mark" || i.Name == "no mark while paused"
		if i.Rows != 0 && !(dated && w.back) {
			w.Fatalf("%s: %d rows, %v", i.Name, i.Rows, i.Sample)
		}
	}
}

// calm ends all troubles and follows the readers, woken by nothing but the
// scheduler's own wishes, until all are through.
func (w *town) calm() {
	w.Helper()
	for i := range w.program.Campaign.Issues {
		w.program.Campaign.Issues[i].Draft = false
	}
	w.sync("nothing is a draft")
	w.verb(store.ResumeCampaign)
	for range 400 {
		w.look()
		w.deliver(false)
		if !slices.ContainsFunc(w.readers, func(id drip.EnrollmentID) bool {
			return w.history(id).Enrollment.State == drip.EnrollmentActive
		}) {
			w.invariants()
			w.everyIssue()
			return
		}
		w.sleep(false)
	}
	w.Fatal("not everybody gets through")
}

// everyIssue checks that those who are through had each issue.
func (w *town) everyIssue() {
	w.Helper()
	for _, id := range w.readers {
		row := w.history(id)
		for i := range w.program.Campaign.Issues {
			issue := w.program.Campaign.Issues[i].ID
			if row.Enrollment.State == drip.EnrollmentFinished && !slices.Contains(row.Had, w.program.Record.Issues[issue]) {
				w.Fatalf("reader %d is through, but never had %s", id, issue)
			}
		}
	}
}
