package app_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/testkit"
	"partwork/internal/timing"
)

// seriesOwner is the process that plans and sends in these tests.
const seriesOwner = 11

// letter is an issue of a series that a test edits.
type letter struct {
	id    string
	keys  string // of the front matter
	text  string
	draft bool
}

// series is a campaign that a test edits, before it is written to files.
type series struct {
	settings string
	letters  []letter
}

// files returns the campaign's folder.
func (s series) files() fstest.MapFS {
	base := string(lettersFiles()["letters/campaign.yaml"].Data)
	if strings.Contains(s.settings, "schedule:") {
		base = strings.Replace(base, "schedule: \"0 9 * * TUE\"\n", "", 1)
	}
	files := fstest.MapFS{"letters/campaign.yaml": {Data: []byte(base + s.settings)}}
	for i, l := range s.letters {
		files[fmt.Sprintf("letters/%02d-%s.md", i+1, l.id)] = &fstest.MapFile{Data: []byte(fmt.Sprintf(
			"---\nid: %s\nsubject: Letter %s\npreheader: A letter\ndraft: %t\n%s---\n\nDear friend,\n\n%s\n", l.id, l.id, l.draft, l.keys, l.text))}
	}
	return files
}

// foretelling is an installation whose future is foretold and then lived.
type foretelling struct {
	*testing.T
	*rand.Rand
	*instance
	planner *app.Planner
	series  series
	ids     int
	no      drip.CampaignNo
}

func foretell(t *testing.T, seed uint64) *foretelling {
	t.Helper()
	w := &foretelling{T: t, Rand: rand.New(rand.NewPCG(seed, 3))}
	for i := range 3 + w.IntN(4) {
		w.series.letters = append(w.series.letters, w.letter(fmt.Sprintf("l%d", i+1)))
	}
	w.series.letters[0].draft = false
	if w.chance(3) {
		w.series.settings = "quiet: [\"04-05..04-12\"]\n"
	}
	if w.chance(4) {
		w.series.settings += "reopen_within: 10d\n"
	}
	w.instance = newInstance(t, instanceOptions{})
	maps.DeleteFunc(w.instance.files, func(string, *fstest.MapFile) bool { return true })
	maps.Copy(w.instance.files, w.series.files())
	w.reload(t)
	program, err := w.Library.Campaign("letters")
	w.must(err)
	w.no = program.Record.No
	w.planner = app.NewPlanner(w.Instance, w.Store, seriesOwner)
	return w
}

func (w *foretelling) chance(n int) bool { return w.IntN(n) == 0 }

func (w *foretelling) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// letter is an issue with front matter of any kind.
func (w *foretelling) letter(id string) letter {
	l := letter{id: id, text: "hello", draft: w.chance(9)}
	l.keys = []string{"", "", "", "skip_slots: 1\n", "late: next-slot\n", "late: {within: 12d}\n", "not_before: 2026-04-10\n"}[w.IntN(7)]
	if w.chance(3) {
		l.keys += []string{
			"only_if: tag:vip\n", "only_if: not tag:vip and joined < 20d ago\n", "only_if: missing had or had = l1\n", "only_if: last_sent < 8d ago or tag:vip\n",
		}[w.IntN(4)]
	}
	return l
}

// joins lets some people in, in several ways.
func (w *foretelling) joins(round int) {
	w.Helper()
	var list strings.Builder
	list.WriteString("email,name,timezone\n")
	zones := []string{"Europe/London", "Asia/Tokyo", "America/New_York", "Pacific/Auckland", ""}
	for i := range 4 {
		fmt.Fprintf(&list, "r%d-%d@example.org,Anna,%s\n", round, i, zones[w.IntN(len(zones))])
	}
	file := filepath.Join(w.TempDir(), "people.csv")
	w.must(os.WriteFile(file, []byte(list.String()), 0o600))
	importPeople(w.T, w.instance, file, "letters")
	w.wish()
}

// wish lets some readers change their minds.
func (w *foretelling) wish() {
	w.Helper()
	for _, e := range w.enrollments() {
		switch w.IntN(12) {
		case 10, 11:
			tagged := store.TagChange{People: []drip.SubscriberID{e.Subscriber}}
			if w.chance(3) {
				tagged.Remove = []drip.Tag{"vip"}
			} else {
				tagged.Add = []drip.Tag{"vip"}
			}
			_, err := w.Store.Tag(w.Context(), tagged)
			w.must(err)
		case 0:
			_, err := w.Store.PauseUntil(w.Context(), e.ID, w.now().Add(time.Duration(w.IntN(30*24))*time.Hour), w.now())
			w.must(err)
		case 1:
			_, err := w.Store.SetPace(w.Context(), e.ID, 1+w.IntN(2), w.now())
			w.must(err)
		case 2:
			_, err := w.Store.SendNext(w.Context(), e.ID, w.now())
			w.must(err)
		case 3:
			if e.State == drip.EnrollmentActive || e.State == drip.EnrollmentFinished {
				_, err := w.Store.StartOver(w.Context(), e.ID, w.now())
				w.must(err)
			}
		}
	}
}

// enrollments returns everybody's enrollments that are open.
func (w *foretelling) enrollments() []drip.Enrollment {
	w.Helper()
	people, err := w.Store.Subscribers(w.Context(), store.SubscriberFilter{})
	w.must(err)
	var open []drip.Enrollment
	for _, p := range people {
		list, err := w.Store.EnrollmentsOf(w.Context(), p.ID)
		w.must(err)
		open = append(open, slices.DeleteFunc(list, func(e drip.Enrollment) bool { return e.State == drip.EnrollmentLeft })...)
	}
	return open
}

// live plans and sends, at the very instants at which something is due, until an
// instant or until nothing is due any more.
func (w *foretelling) live(until time.Time) {
	w.Helper()
	for {
		w.planner.Look(w.Context())
		if w.send() > 0 {
			continue
		}
		up, err := w.Store.Upcoming(w.Context())
		w.must(err)
		if up.Calendar.IsZero() || up.Calendar.After(until) {
			break
		}
		if up.Calendar.After(w.now()) {
			w.step(up.Calendar)
		} else {
			w.step(w.now().Add(time.Millisecond))
		}
	}
	if until.Before(w.now().AddDate(1, 0, 0)) {
		w.step(until)
	}
}

// send marks what is claimed and has the relay take it.
func (w *foretelling) send() int {
	w.Helper()
	claims, _, err := w.Store.Claims(w.Context(), seriesOwner, store.Cursor{}, 1000)
	w.must(err)
	if len(claims) == 0 {
		return 0
	}
	round := store.Round{Calendar: w.now(), Machine: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	outcomes := round
	for _, c := range claims {
		fence := store.Fence{DeliveryKey: c.Delivery.DeliveryKey, Attempt: c.Delivery.Attempt}
		loc, err := time.LoadLocation(c.Delivery.Slot.Zone)
		w.must(err)
		round.Marks = append(round.Marks, store.Mark{
			Fence: fence, Lease: round.Machine.Add(time.Hour), LocalDate: timing.DateAt(w.now().In(loc)),
		})
		outcomes.Outcomes = append(outcomes.Outcomes, store.Outcome{
			Fence: fence, State: drip.DeliverySent, Class: drip.ClassAccepted, Reply: drip.Reply{Phase: drip.PhaseFinal, Code: 250},
		})
	}
	_, err = w.Store.CommitRound(w.Context(), round)
	w.must(err)
	_, err = w.Store.CommitRound(w.Context(), outcomes)
	w.must(err)
	return len(claims)
}

// fresh returns an id that no issue has had.
func (w *foretelling) fresh() string {
	w.ids++
	return fmt.Sprintf("new%d", w.ids)
}

// edit makes an edit of any kind.
func (w *foretelling) edit() {
	list := &w.series.letters
	switch i := w.IntN(len(*list)); w.IntN(8) {
	case 0, 1:
		*list = slices.Insert(*list, i, w.letter(w.fresh()))
	case 2:
		if len(*list) > 1 {
			*list = slices.Delete(*list, i, i+1)
		}
	case 3:
		moved := (*list)[i]
		*list = slices.Insert(slices.Delete(*list, i, i+1), w.IntN(len(*list)), moved)
	case 4:
		(*list)[i].draft = !(*list)[i].draft
	case 5:
		w.series.settings = "schedule: \"" + []string{"0 18 * * THU", "0 9 * * MON,THU", "30 6 * * TUE"}[w.IntN(3)] + "\"\n"
	case 6:
		*list = append(*list, w.letter(w.fresh()))
	case 7:
		(*list)[i].text = "hello again"
	}
}

// adopt has the edited files read.
func (w *foretelling) adopt() {
	w.Helper()
	files := w.series.files()
	maps.Copy(w.instance.files, files)
	maps.DeleteFunc(w.instance.files, func(name string, _ *fstest.MapFile) bool { return files[name] == nil })
	w.reload(w.T)
}

// unsettle leaves things in the middle: claims that were not sent yet, wishes
// that were not planned yet.
func (w *foretelling) unsettle() {
	w.Helper()
	if w.chance(2) {
		up, err := w.Store.Upcoming(w.Context())
		w.must(err)
		if up.Calendar.After(w.now()) {
			w.step(up.Calendar.Add(time.Duration(w.IntN(2)) * time.Hour))
		}
		w.planner.Look(w.Context())
	}
	if w.chance(2) {
		w.wish()
	}
	if w.chance(3) {
		w.edit()
		w.adopt()
	}
}

// observer opens the installation for looking.
func (w *foretelling) observer() *app.Observer {
	w.Helper()
	o, err := app.Observe(w.Context(), app.Options{Config: w.cfg, Calendar: w.now})
	w.must(err)
	w.Cleanup(func() { _ = o.Close() })
	return o
}

// plan asks what the edited files would do.
func (w *foretelling) plan() app.CampaignPlan {
	w.Helper()
	dir := w.TempDir()
	w.must(os.CopyFS(dir, w.series.files()))
	plans, err := w.observer().Plan(w.Context(), app.PlanQuery{Files: dir, People: 1000})
	w.must(err)
	if len(plans) != 1 {
		w.Fatalf("%d plans", len(plans))
	}
	return plans[0]
}

// expected returns what each open enrollment's person would get without the edit.
func (w *foretelling) expected(o *app.Observer) map[drip.SubscriberID][]string {
	w.Helper()
	program, err := o.Program("letters")
	w.must(err)
	all := make(map[drip.SubscriberID][]string)
	for _, e := range w.enrollments() {
		due, err := o.Store.History(w.Context(), e.ID)
		w.must(err)
		w.must(app.Acquaint(w.Context(), o.Store, program.Campaign, &due))
		p, err := o.Passage(program, &due)
		w.must(err)
		all[e.Subscriber] = []string{}
		for _, d := range calendar.Foresee(program.Campaign, heldIssues(program), p, w.now(), 99).Dues {
			all[e.Subscriber] = append(all[e.Subscriber], program.Campaign.Issues[d.Issue].ID+" "+d.At.UTC().Format(time.RFC3339Nano))
		}
	}
	return all
}

func heldIssues(p scheduler.Program) []bool {
	held := make([]bool, len(p.Contents))
	for i := range held {
		held[i] = p.Contents[i] == 0 && !p.Campaign.Issues[i].Draft
	}
	return held
}

// got returns what everybody got since, in order.
func (w *foretelling) got(since time.Time) map[drip.SubscriberID][]string {
	w.Helper()
	entries := w.entries(w.T)
	slices.SortFunc(entries, func(a, b store.LogEntry) int { return a.SentAt.Compare(b.SentAt) })
	all := make(map[drip.SubscriberID][]string)
	for _, e := range entries {
		if e.State == drip.DeliverySent && !e.SentAt.Before(since) {
			all[e.Subscriber] = append(all[e.Subscriber], e.IssueID+" "+e.SentAt.Format(time.RFC3339Nano))
		}
	}
	return all
}

// forgetClaims removes what was claimed before the edit removed it, or made it a
// draft: it leaves, but a plan does not mention it.
func (w *foretelling) forgetClaims(claims []store.Claimed, got map[drip.SubscriberID][]string) {
	w.Helper()
	program, err := w.Library.Campaign("letters")
	w.must(err)
	for _, c := range claims {
		for id, no := range program.Record.Issues {
			at := program.Campaign.Issue(id)
			if no != c.Delivery.Issue || at >= 0 && !program.Campaign.Issues[at].Draft {
				continue
			}
			who := c.Subscriber.ID
			got[who] = slices.DeleteFunc(got[who], func(line string) bool { return strings.HasPrefix(line, id+" ") })
		}
	}
}

// TestWhatPlanSaysHappens foretells an edit of any kind for readers of any kind,
// adopts it, and lets the calendar run: the very people get what was said.
func TestWhatPlanSaysHappens(t *testing.T) {
	t.Parallel()
	changed, seeds := 0, 15
	if testkit.Race {
		seeds = 3
	}
	for seed := range uint64(seeds) {
		w := foretell(t, seed)
		for round := range 3 {
			w.joins(round)
			w.live(w.now().Add(time.Duration(1+w.IntN(20*24*60)) * time.Minute))
			if w.chance(4) {
				w.edit()
				w.adopt()
			}
		}
		w.unsettle()
		claims, _, err := w.Store.Claims(t.Context(), seriesOwner, store.Cursor{}, 1000)
		w.must(err)
		for range 1 + w.IntN(2) {
			w.edit()
		}
		now := w.now()
		want := w.expected(w.observer())
		plan := w.plan()
		if plan.Effects != nil {
			changed++
			for _, who := range plan.Effects.People {
				want[who.Subscriber] = []string{}
				for _, e := range who.After {
					want[who.Subscriber] = append(want[who.Subscriber], e.Issue+" "+e.Due.Format(time.RFC3339Nano))
				}
			}
		}
		w.adopt()
		w.live(now.AddDate(3, 0, 0))
		got := w.got(now)
		w.forgetClaims(claims, got)
		for _, who := range slices.Sorted(maps.Keys(want)) {
			if a, b := strings.Join(want[who], "\n"), strings.Join(got[who], "\n"); a != b {
				t.Fatalf("seed %d, at %v: %v\nperson %d was to get\n%s\nand got\n%s", seed, now, plan.Changes, who, a, b)
			}
		}
		w.countsAgree(plan, now)
		w.verify(t)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if changed < seeds/2 {
		t.Errorf("only %d edits changed anything", changed)
	}
}

// countsAgree compares the numbers of a plan with the ledger.
func (w *foretelling) countsAgree(plan app.CampaignPlan, now time.Time) {
	w.Helper()
	if plan.Effects == nil {
		return
	}
	gets := make(map[string]int)
	for _, e := range w.entries(w.T) {
		if e.State == drip.DeliverySent && !e.SentAt.Before(now) {
			loc, err := time.LoadLocation(e.Slot.Zone)
			w.must(err)
			gets[e.IssueID+" "+timing.DateAt(e.SentAt.In(loc)).String()]++
		}
	}
	for _, fate := range plan.Effects.Issues {
		for _, g := range fate.Gets {
			if n := gets[fate.Issue+" "+g.Date.String()]; n != g.Readers {
				w.Errorf("%d were to get %s on %v, and %d did", g.Readers, fate.Issue, g.Date, n)
			}
		}
	}
	people := 0
	for _, turn := range plan.Effects.Next {
		people += turn.Readers
	}
	if people+plan.Effects.Unchanged != plan.Effects.Readers || len(plan.Effects.People) != people {
		w.Errorf("%d change and %d do not, of %d; %d are named", people, plan.Effects.Unchanged, plan.Effects.Readers, len(plan.Effects.People))
	}
}
