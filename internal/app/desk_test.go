package app_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
)

const deskOwner = 7

// desk is an instance whose campaigns and templates are folders on the disk, with
// a planner, and a sender that has no relay: what is claimed is composed, marked
// and accepted when the test says so.
type desk struct {
	*instance
	t       *testing.T
	dir     string
	planner *app.Planner
	machine time.Time
	saved   time.Time // the latest file's
	cursor  store.Cursor
	// sent are the issues that ada got, in order, and texts the latest message
	// of each.
	sent  []string
	texts map[string]string
}

// newDesk opens an instance with the letters, and enrolls ada an hour before the
// first slot.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := bareDesk(t)
	importLines(t, d.instance, "letters", "ada@example.net,Europe/London")
	return d
}

func bareDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{
		instance: newInstance(t, instanceOptions{}), t: t, dir: t.TempDir(), texts: map[string]string{},
		machine: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), saved: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC),
	}
	for name, file := range lettersFiles() {
		text := strings.NewReplacer(strings.Repeat(benchParagraph, 10), "The text.", "letters.test", "letters.net")
		d.save("campaigns/"+name, text.Replace(string(file.Data)))
	}
	d.cfg.Campaigns, d.cfg.Templates = filepath.Join(d.dir, "campaigns"), filepath.Join(d.dir, "templates")
	d.restart()
	return d
}

// restart closes the instance and opens it again, on the files as they are.
func (d *desk) restart() {
	d.t.Helper()
	d.Close()
	opened, err := app.Open(d.t.Context(), app.Options{
		Config: d.cfg, Calendar: d.now, Log: slog.New(slog.NewTextHandler(d.t.Output(), nil)),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.Instance, d.cursor = opened, store.Cursor{}
	d.UseMachine(func() time.Time { return d.machine })
	d.planner = app.NewPlanner(opened, opened.Store, deskOwner)
	d.t.Cleanup(func() { opened.Close() })
}

// save writes a file as it would be after a while: at rest, and newer than what
// was saved before.
func (d *desk) save(name, text string) {
	d.t.Helper()
	file := filepath.Join(d.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		d.t.Fatal(err)
	}
	d.saved = d.saved.Add(time.Second)
	if err := os.Chtimes(file, d.saved, d.saved); err != nil {
		d.t.Fatal(err)
	}
}

// read returns a file's text.
func (d *desk) read(name string) string {
	d.t.Helper()
	text, err := os.ReadFile(filepath.Join(d.dir, filepath.FromSlash(name)))
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

// replace replaces text in a file of the letters, and reads the files.
func (d *desk) replace(name, old, text string) {
	d.t.Helper()
	name = "campaigns/letters/" + name
	data := d.read(name)
	if !strings.Contains(data, old) {
		d.t.Fatalf("%s has no %q", name, old)
	}
	d.save(name, strings.Replace(data, old, text, 1))
	d.reread()
}

// move renames a file or folder; an empty new name removes it. The files are read.
func (d *desk) move(old, to string) {
	d.t.Helper()
	from := filepath.Join(d.dir, filepath.FromSlash(old))
	var err error
	if to == "" {
		err = os.RemoveAll(from)
	} else {
		err = os.Rename(from, filepath.Join(d.dir, filepath.FromSlash(to)))
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.reread()
}

// issue writes a new issue of the letters, with more lines of front matter, and
// reads the files.
func (d *desk) issue(file, id, more string) {
	d.t.Helper()
	d.save("campaigns/letters/"+file, "---\nid: "+id+"\nsubject: \"Letter "+id+"\"\npreheader: A letter\n"+more+"---\n\nThe text.\n")
	d.reread()
}

// reread reads the files twice, far enough apart for what is written to have come
// to rest.
func (d *desk) reread() {
	d.t.Helper()
	for range 2 {
		d.machine = d.machine.Add(time.Second)
		d.reload(d.t)
	}
}

// week is the n-th slot, a minute later.
func week(n int) time.Time {
	at := newsday.AddDate(0, 0, 7*n).Add(time.Minute)
	if n > 0 {
		return at.Add(-time.Hour) // summer time
	}
	return at
}

// weeks steps the calendar through slots and sends what is due.
func (d *desk) weeks(numbers ...int) {
	d.t.Helper()
	for _, n := range numbers {
		d.at(week(n))
	}
}

// at steps the calendar to an instant and sends what is due.
func (d *desk) at(now time.Time) {
	d.t.Helper()
	d.look(now)
	for _, item := range d.claims() {
		d.settle(item, d.mark(item), store.Outcome{State: drip.DeliverySent, Class: drip.ClassAccepted})
	}
}

// look steps the calendar and lets the planner claim what is due.
func (d *desk) look(now time.Time) {
	d.t.Helper()
	if now.After(d.now()) {
		d.step(now)
	}
	d.planner.Pass(time.Minute)
	d.planner.Look(d.t.Context())
}

// claims returns what was claimed since the latest call.
func (d *desk) claims() []store.Claimed {
	d.t.Helper()
	items, cursor, err := d.Store.Claims(d.t.Context(), deskOwner, d.cursor, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	d.cursor = cursor
	return items
}

// mark composes the message of a claim and marks it.
func (d *desk) mark(item store.Claimed) (message string) {
	d.t.Helper()
	text, merge, err := d.Compose(d.t.Context(), item)
	if err != nil {
		d.t.Fatal(err)
	}
	fence := store.Fence{DeliveryKey: item.Delivery.DeliveryKey, Attempt: item.Delivery.Attempt}
	result, err := d.Store.CommitRound(d.t.Context(), store.Round{
		Calendar: d.now(), Machine: d.planner.Machine(),
		Marks: []store.Mark{{Fence: fence, Lease: d.planner.Machine().Add(time.Hour), LocalDate: timing.DateAt(d.now()), Merge: merge}},
	})
	if err != nil || !result.Marked[0] {
		d.t.Fatalf("a mark was refused (%v)", err)
	}
	return text
}

// settle records how an attempt ended.
func (d *desk) settle(item store.Claimed, message string, outcome store.Outcome) {
	d.t.Helper()
	outcome.Fence = store.Fence{DeliveryKey: item.Delivery.DeliveryKey, Attempt: item.Delivery.Attempt}
	round := store.Round{Calendar: d.now(), Machine: d.planner.Machine(), Outcomes: []store.Outcome{outcome}}
	result, err := d.Store.CommitRound(d.t.Context(), round)
	if err != nil || !result.Settled[0] {
		d.t.Fatalf("an outcome does not apply (%v)", err)
	}
	if outcome.State != drip.DeliverySent {
		return
	}
	for _, row := range d.entries(d.t) {
		if row.DeliveryKey == item.Delivery.DeliveryKey && row.Email == "ada@example.net" {
			d.sent = append(d.sent, row.IssueID)
			d.texts[row.IssueID] = message
		}
	}
}

// wantSent fails the test unless ada got these issues, in this order, and the
// ledger is sound.
func (d *desk) wantSent(issues string) {
	d.t.Helper()
	if got := strings.Join(d.sent, " "); got != issues {
		d.t.Errorf("ada got %q, want %q", got, issues)
	}
	d.verify(d.t)
}

// state returns the state and reason of ada's delivery of an issue; empty if the
// ledger has none.
func (d *desk) state(issue string) string {
	d.t.Helper()
	for _, row := range d.entries(d.t) {
		if row.IssueID == issue && row.Email == "ada@example.net" {
			return strings.TrimSpace(string(row.State) + " " + string(row.Reason))
		}
	}
	return ""
}

// wantFindings fails the test unless there are as many findings as wanted, each
// of which has the words at its place.
func (d *desk) wantFindings(words ...string) {
	d.t.Helper()
	found := d.Library.Findings()
	if len(found) != len(words) {
		d.t.Fatalf("findings %v, want %d", found, len(words))
	}
	for i, f := range found {
		if !strings.Contains(string(f.Severity)+" "+f.String(), words[i]) {
			d.t.Errorf("finding %q does not say %q", f, words[i])
		}
	}
}

// wantFirst fails the test unless the first finding has all the words.
func (d *desk) wantFirst(words ...string) {
	d.t.Helper()
	found := d.Library.Findings()
	if len(found) == 0 {
		d.t.Fatalf("no findings, want %q", words)
	}
	for _, word := range words {
		if f := found[0]; !strings.Contains(string(f.Severity)+" "+f.String(), word) {
			d.t.Errorf("finding %q does not say %q", f, word)
		}
	}
}
