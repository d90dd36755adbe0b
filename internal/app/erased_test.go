package app_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// The person who is erased. Nothing else has these words.
const (
	oldAddress = "Quagga.Old@vanishing.example"
	newAddress = "quagga.new@evanescent.example"
	theirName  = "Zéphyrine Quaggenbüttel " + oldAddress
	theirTown  = "Xanadupolis"
	typedName  = "Zéphyrine Quaggenbüttel" // on a sign-up page
)

// TestErasedIsErased has somebody receive letters, ask for another series, move, leave, come back and be erased
// by their own link while a letter to them is being offered, among others who stay. Then
// every byte of every file is looked at, and of a backup made afterwards.
func TestErasedIsErased(t *testing.T) {
	t.Parallel()
	gate := testkit.NewGate()
	relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtRcpt, Arg: newAddress, Times: 2}, // the question, and the private link
		{At: testkit.AtRcpt, Arg: newAddress, Times: 1, Do: []testkit.Step{testkit.Hold(gate)}},
	}})
	dir := t.TempDir()
	in := newInstance(t, instanceOptions{dir: dir, prepare: anotherSeries})
	logFile := logTo(t, in, filepath.Join(dir, "data", "serve.log"))
	importPeople(t, in, writePeople(t, 40), "letters")
	importPeople(t, in, personFile(t), "letters")
	e := enrollmentAt(t, in, oldAddress)
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	sentTo := func(address string) (n int) {
		for _, m := range relay.Accepted() {
			if m.To[0] == address {
				n++
			}
		}
		return n
	}
	relay.Await(t, "the first issue", func() bool { return sentTo(oldAddress) == 1 && len(relay.Accepted()) == 41 })
	await(t, "settling", func() bool { return in.sent(t) == 41 })
	noteRefusal(t, in, e)
	signUpElsewhere(t, in, r)
	relay.Await(t, "the mail that asks", func() bool { return sentTo(oldAddress) == 2 })
	private, prefs, leave := movedAway(t, in, r, relay, e, sentTo)
	leaveAndReturn(t, r, leave)
	for form := range strings.SplitSeq("action=pace&pace=2 action=pace&pace=1 action=zone&zone=Asia/Tokyo action=zone&zone=Europe/London", " ") {
		if response, page := r.ask("POST", prefs, form); response.StatusCode != http.StatusOK {
			t.Fatal(page)
		}
	}
	if _, data := r.ask("POST", private, "action=download"); !strings.Contains(data, typedName) || !strings.Contains(data, "Send me the notes.") {
		t.Errorf("their data lack the form that waits: %s", data)
	}
	in.step(newsday.AddDate(0, 0, 7))
	gate.Await(t) // their letter is offered, and not marked
	if response, page := r.ask("POST", private, "action=erase"); response.StatusCode != http.StatusOK || !strings.Contains(page, "You are erased") {
		t.Fatalf("%d %s", response.StatusCode, page)
	}
	gate.Open()
	relay.Await(t, "the second issue for the others", func() bool { return len(relay.Accepted()) == 41+1+3+40 })
	await(t, "settling", func() bool { return in.sent(t) == 80 })
	if n := sentTo(newAddress); n != 2 {
		t.Errorf("the new address was sent %d messages, want the two before", n)
	}
	lookForThem(t, dir, "while it serves")
	copied, err := app.MakeBackup(t.Context(), app.BackupOptions{Config: in.cfg, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	r.stop()
	r.wait()
	in.verify(t)
	lookForThem(t, dir, "after it stopped")
	lookForThem(t, filepath.Dir(copied.File), "in the backup")
	if info, err := os.Stat(logFile); err != nil || info.Size() == 0 {
		t.Error("there is no log to look at")
	}
	stayAway(t, in)
}

// anotherSeries adds one that people can join by themselves.
func anotherSeries(in *instance) {
	file := string(in.files["letters/campaign.yaml"].Data)
	for _, change := range [][2]string{{"id: letters", "id: notes"}, {"q7w2er", "n8w2er"}} {
		file = strings.Replace(file, change[0], change[1], 1)
	}
	file += "signup:\n  open: true\n  consent: Send me the notes.\n"
	in.files["notes/campaign.yaml"] = &fstest.MapFile{Data: []byte(file)}
	for name, issue := range in.files {
		if rest, ok := strings.CutPrefix(name, "letters/"); ok && strings.HasSuffix(rest, ".md") {
			in.files["notes/"+rest] = issue
		}
	}
}

// signUpElsewhere asks for the other series on its page, and does not confirm.
func signUpElsewhere(t *testing.T, in *instance, r *running) {
	t.Helper()
	const path = "/s/n8w2er"
	_, page := r.ask("GET", path, "")
	form := url.Values{"email": {oldAddress}, "name": {typedName}, "stamp": {stampField.FindStringSubmatch(page)[1]}}
	in.step(in.now().Add(5 * time.Second))
	if _, said := r.ask("POST", path, form.Encode()); !strings.Contains(said, "mailbox") {
		t.Fatal(said)
	}
}

// logTo opens an instance anew that logs everything into a file.
func logTo(t *testing.T, in *instance, file string) string {
	t.Helper()
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	opened, err := app.Open(t.Context(), app.Options{
		Config: in.cfg, Calendar: in.now, Campaigns: in.files,
		Log: slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	in.Instance = opened
	t.Cleanup(func() { opened.Close() })
	return file
}

// personFile is a list with the one person.
func personFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(file, fmt.Appendf(nil, "email,name,timezone,town\n%s,%s,Europe/London,%s\n", oldAddress, theirName, theirTown), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func enrollmentAt(t *testing.T, in *instance, address string) drip.Enrollment {
	t.Helper()
	people, err := in.Store.Subscribers(t.Context(), store.SubscriberFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if p.Email.String() == address {
			list, err := in.Store.EnrollmentsOf(t.Context(), p.ID)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			return list[0]
		}
	}
	t.Fatal("nobody has the address")
	return drip.Enrollment{}
}

// noteRefusal keeps an attempt at their first letter whose reply echoes the address, as
// servers do, however it came there.
func noteRefusal(t *testing.T, in *instance, e drip.Enrollment) {
	t.Helper()
	entries, err := in.Store.Log(t.Context(), store.LogFilter{Subscriber: e.Subscriber})
	if err != nil || len(entries) != 1 || !strings.Contains(entries[0].Merge, theirName) {
		t.Fatal(entries, err)
	}
	key := entries[0].DeliveryKey
	now := in.now()
	for _, d := range []store.Decision{{
		Kind: store.DecideClaim, Enrollment: e.ID, Issue: key.Issue + 1, Content: entries[0].Content, Lease: time.Now().Add(time.Hour),
	}} {
		due, err := in.Store.History(t.Context(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		d.Revision = due.Enrollment.Revision
		plan := store.PlanCommit{Owner: 99, Calendar: now, Machine: time.Now(), Decisions: []store.Decision{d}}
		if n, err := in.Store.CommitPlan(t.Context(), plan); err != nil || n != 1 {
			t.Fatal(n, err)
		}
	}
	fence := store.Fence{DeliveryKey: drip.DeliveryKey{Enrollment: e.ID, Issue: key.Issue + 1}, Attempt: 1}
	outcome := store.Outcome{Fence: fence, State: drip.DeliveryPlanned, Class: drip.ClassDeferred, Reply: drip.Reply{
		Phase: drip.PhaseRcpt, Code: 450, Enhanced: "4.2.1", Text: "<" + oldAddress + "> " + theirName + " is greylisted",
	}}
	result, err := in.Store.CommitRound(t.Context(), store.Round{Calendar: now, Machine: time.Now(), Outcomes: []store.Outcome{outcome}})
	if err != nil || !result.Settled[0] {
		t.Fatal(result, err)
	}
}

// movedAway has them take the new address, by the pages and the mails, and returns their
// private link, and the paths of their preferences and of the link that leaves.
func movedAway(t *testing.T, in *instance, r *running, relay *testkit.Relay, e drip.Enrollment, sentTo func(string) int) (private, prefs, leave string) {
	t.Helper()
	prefs, leave = in.Audience.PreferencesURL("", e), in.Audience.UnsubscribeURL("", e)
	_, first, _ := mailParts(t, relay.Accepted()[slices.IndexFunc(relay.Accepted(), func(m testkit.Message) bool { return m.To[0] == oldAddress })])
	view := readerLink(t, first, "v")
	mailed := func(address string, n int, kind string) string {
		relay.Await(t, "a notice", func() bool { return sentTo(address) == n })
		for _, m := range relay.Accepted() {
			if _, text, _ := mailParts(t, m); m.To[0] == address && strings.Contains(text, "/"+kind+"/") {
				private = readerLink(t, strings.ReplaceAll(text, "[", "<"), kind)
			}
		}
		return private
	}
	r.ask("POST", prefs, "action=ask-private")
	own := mailed(oldAddress, 3, "m")
	r.ask("POST", own, "action=address&email="+url.QueryEscape(newAddress))
	question := mailed(newAddress, 1, "n")
	if _, page := r.ask("POST", question, "action=yes"); !strings.Contains(page, "From now on") {
		t.Fatal(page)
	}
	if response, _ := r.ask("GET", own, ""); response.StatusCode != http.StatusNotFound {
		t.Errorf("the private link at the old address: %d", response.StatusCode)
	}
	if response, page := r.ask("GET", view, ""); response.StatusCode != http.StatusOK || strings.Contains(strings.ToLower(page), "quagga.") {
		t.Errorf("an old letter shows an address: %d", response.StatusCode)
	}
	r.ask("POST", prefs, "action=ask-private")
	return mailed(newAddress, 2, "m"), prefs, leave
}

// leaveAndReturn has them leave, say why, and take it back.
func leaveAndReturn(t *testing.T, r *running, leave string) {
	t.Helper()
	_, page := r.ask("POST", leave, "action=series")
	back := ""
	for _, form := range testkit.ParseHTML(t, page).All("form") {
		if len(form.All(`button[value="undo"]`)) == 1 {
			back = form.Attr("action")
		}
	}
	r.ask("POST", back, "action=why&why=too-often")
	if _, page := r.ask("POST", back, "action=undo"); !strings.Contains(page, "It goes on") {
		t.Fatal(page)
	}
}

// lookForThem fails the test if a file below dir has anything of them, in whatever form.
func lookForThem(t *testing.T, dir, when string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		folded := bytes.ToLower(content)
		for _, needle := range needles() {
			if bytes.Contains(content, []byte(needle)) || bytes.Contains(folded, []byte(strings.ToLower(needle))) {
				t.Errorf("%s, %s has %q", when, filepath.Base(path), needle)
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d files were looked at below %s: %v", files, dir, err)
	}
}

// needles are the forms in which a person could be in a file: as they are, quoted for
// mail, for URLs and for JSON, in UTF-16, and in base64 at each of its three places.
func needles() (list []string) {
	for _, word := range []string{oldAddress, newAddress, "quagga", theirName, "Quaggenbüttel", theirTown} {
		list = append(list, word, url.QueryEscape(word), url.PathEscape(word), mime.QEncoding.Encode("utf-8", word),
			strings.Trim(fmt.Sprintf("%+q", word), `"`), strings.ReplaceAll(strings.ReplaceAll(word, "é", "=C3=A9"), "ü", "=C3=BC"))
		wide := make([]byte, 0, 2*len(word))
		for _, c := range word {
			wide = append(wide, byte(c), byte(c>>8))
		}
		list = append(list, string(wide))
		for place := range 3 {
			// The first and the last characters depend on the neighbors.
			encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", place) + word))
			list = append(list, encoded[(place*8+5)/6:len(encoded)-4])
		}
	}
	return list
}

// stayAway imports both of their addresses once more: neither comes in.
func stayAway(t *testing.T, in *instance) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "again.csv")
	if err := os.WriteFile(file, []byte("email\n"+oldAddress+"\n"+newAddress+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if report := importPeople(t, in, file, "letters"); report.Suppressed != 2 {
		t.Errorf("imported again: %+v", report)
	}
}
