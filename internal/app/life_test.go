package app_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
	"partwork/internal/wording"
	"partwork/templates"
)

// TestReadersLife leads a browser through all that a reader's pages are for, from the form
// to being erased, with every link taken from the mail that it came in: on a telephone in
// English, in light and dark, and on a wide screen in German, in the dark. axe-core looks at
// each page on the way. Afterwards nothing of them is in any file.
func TestReadersLife(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	axe := testkit.FetchAxe(t)
	for _, w := range []struct {
		language             string
		width, height, other int
	}{{"en", 390, 844, 1280}, {"de", 1280, 900, 390}} {
		t.Run(fmt.Sprint(w.language, "-", w.width), func(t *testing.T) {
			t.Parallel()
			l := newLife(t, w.language)
			l.page, l.axe, l.other = testkit.OpenPage(t, w.width, w.height, w.language == "de", 3*time.Minute), axe, w.other
			l.joins()
			prefs, leave := l.reads()
			l.slowsDown(prefs)
			l.leavesAndReturns(prefs, leave)
			l.erases(prefs)
			l.isNowhere()
		})
	}
}

// life is one reader's, at the edges of the program: a browser and a mailbox.
type life struct {
	*running
	t     *testing.T
	in    *instance
	relay *testkit.Relay
	words *wording.Tongue
	dir   string
	page  *testkit.Page
	axe   testkit.Axe
	// other is a width of which pictures are left besides.
	other int
	// had counts the mails that they got.
	had int
}

// newLife serves a campaign in a language, which has another reader already.
func newLife(t *testing.T, language string) *life {
	t.Helper()
	l := &life{t: t, dir: t.TempDir(), relay: testkit.Start(t, testkit.Script{})}
	l.in = newInstance(t, instanceOptions{dir: l.dir, at: newsday.Add(2 * time.Hour), prepare: func(in *instance) {
		file := in.files["letters/campaign.yaml"]
		file.Data = append(file.Data, "language: "+language+"\nsignup:\n  open: true\n  consent: Send me the letters.\n"...)
		in.cfg.SignUp = config.Default().SignUp
	}})
	logTo(t, l.in, filepath.Join(l.dir, "data", "serve.log"))
	importPeople(t, l.in, writePeople(t, 1), "letters")
	book, err := wording.Load(templates.Files())
	if err != nil {
		t.Fatal(err)
	}
	l.words, _ = book.In(language)
	l.running = l.in.serve(t, l.relay, app.ServeOptions{})
	return l
}

// mailed waits for the next mail to them, and returns it.
func (l *life) mailed() testkit.Message {
	l.t.Helper()
	var last testkit.Message
	l.relay.Await(l.t, "a mail", func() bool {
		n := 0
		for _, m := range l.relay.Accepted() {
			if m.To[0] == oldAddress {
				n, last = n+1, m
			}
		}
		return n > l.had
	})
	l.had++
	return last
}

// link returns the link of a kind from the text of a mail.
func (l *life) link(m testkit.Message, kind string) string {
	l.t.Helper()
	_, text, _ := mailParts(l.t, m)
	return strings.TrimPrefix(readerLink(l.t, text, kind), mailedBase)
}

// visit opens a page.
func (l *life) visit(path, name, heading string, values ...any) {
	l.t.Helper()
	l.page.Visit(l.base + path)
	l.look(name, heading, values...)
}

// press presses a button of the page, by what it asks for.
func (l *life) press(action, name, heading string, values ...any) {
	l.t.Helper()
	l.page.Follow(fmt.Sprintf(`document.querySelector('button[value="%s"]').click()`, action))
	l.look(name, heading, values...)
}

// look checks that the page has that heading, or notice, and that nobody is kept from it.
func (l *life) look(name, text string, values ...any) {
	l.t.Helper()
	want, err := l.words.Say(text, values...)
	if err != nil {
		l.t.Fatal(err)
	}
	if said := testkit.JSON[string](l.t, l.page.Evaluate(`document.body.innerText`)); !strings.Contains(said, want) {
		l.t.Fatalf("%s does not say %q:\n%s", name, want, said)
	}
	if lang := l.page.Evaluate(`document.documentElement.lang`); lang != `"`+l.words.Tag()+`"` {
		l.t.Errorf("%s is in %s", name, lang)
	}
	l.accessible(name)
}

func (l *life) accessible(name string) {
	l.t.Helper()
	for _, a := range l.page.Audit(l.axe, name, l.words.Tag() == "en", l.other) {
		if a.Overflow > 0 {
			l.t.Errorf("%s is %d pixels wider than its window of %d", name, a.Overflow, a.View.Width)
		}
		for _, v := range a.Violations {
			if v.Grave() {
				l.t.Errorf("%s, dark %v: %s", name, a.View.Dark, v)
			}
		}
	}
	l.page.Complaints()
}

// joins fills in the form and presses the button in the mail that asks.
func (l *life) joins() {
	l.t.Helper()
	l.visit(joinPath, "01-form", "signup.button")
	l.page.Until("the browser's zone in the form", `document.querySelector('#zone').value.length > 0`)
	l.page.Evaluate(fmt.Sprintf(`document.querySelector('#email').value = %q; document.querySelector('#name').value = %q`, oldAddress, typedName))
	l.in.step(l.in.now().Add(5 * time.Second)) // as long as somebody types at least
	l.page.Follow(`document.querySelector('main button').click()`)
	l.look("02-taken", "taken.title")
	l.visit(l.link(l.mailed(), "c"), "03-confirm", "confirm.title")
	l.page.Follow(`document.querySelector('main button').click()`)
	l.look("04-confirmed", "confirmed.title")
}

// reads opens the first issue, and returns the paths of the links that every issue has.
func (l *life) reads() (prefs, leave string) {
	l.t.Helper()
	first := l.mailed()
	if _, text, _ := mailParts(l.t, first); !strings.Contains(text, typedName) {
		l.t.Errorf("the first issue does not greet them:\n%s", text)
	}
	l.page.Visit(l.base + l.link(first, "v"))
	l.accessible("05-letter")
	return l.link(first, "p"), l.link(first, "u")
}

// slowsDown chooses another pace, and then a pause.
func (l *life) slowsDown(prefs string) {
	l.t.Helper()
	l.visit(prefs, "06-preferences", "preferences.title")
	l.page.Evaluate(`document.querySelector('input[name="pace"][value="2"]').click()`)
	l.press("pace", "07-pace", "done.pace_2")
	l.page.Evaluate(`document.querySelector('#until').value = "2026-05-04"`)
	l.press("pause", "08-pause", "done.pause", "date", l.words.Date(time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)))
	if e := l.enrollment(); e.Pace != 2 || e.PausedUntil.IsZero() {
		l.t.Errorf("the wishes are not kept: %+v", e)
	}
}

// leavesAndReturns leaves as mail programs do, then looks what became of it, and takes
// it back.
func (l *life) leavesAndReturns(prefs, leave string) {
	l.t.Helper()
	for range 2 {
		response, _ := l.ask("POST", leave, "List-Unsubscribe=One-Click")
		if response.StatusCode != http.StatusOK || len(response.Cookies()) > 0 {
			l.t.Fatalf("one-click: %d, cookies %v", response.StatusCode, response.Cookies())
		}
	}
	if e := l.enrollment(); e.State != drip.EnrollmentLeft {
		l.t.Fatalf("one click later they are %v", e.State)
	}
	l.visit(prefs, "09-out", "preferences.out")
	l.visit(leave, "10-leave", "leave.title")
	l.press("series", "11-left", "left.series")
	l.page.Evaluate(`document.querySelector('input[value="too-often"]').click()`)
	l.press("why", "12-why", "left.why_thanks")
	l.press("undo", "13-undone", "left.back")
	if e := l.enrollment(); e.State != drip.EnrollmentActive || !e.Continues || e.Pace != 2 || e.PausedUntil.IsZero() {
		l.t.Fatalf("after the undo: %+v", e)
	}
}

// erases has the link to their own page mailed, looks at all there is, and erases it.
func (l *life) erases(prefs string) {
	l.t.Helper()
	l.page.Visit(l.base + prefs)
	l.press("ask-private", "15-mailed", "mailed.title")
	_, text, _ := mailParts(l.t, l.mailed())
	own := strings.TrimPrefix(readerLink(l.t, strings.ReplaceAll(text, "[", "<"), "m"), mailedBase)
	l.visit(own, "16-own", "own.show")
	l.press("show", "17-own-shown", "own.to_name", "address", oldAddress, "name", typedName)
	l.press("ask-erase", "18-erase", "own.erase_ask")
	l.press("erase", "19-erased", "erased.title")
	if response, _ := l.ask("GET", prefs, ""); response.StatusCode != http.StatusNotFound {
		l.t.Errorf("their preferences after that: %d", response.StatusCode)
	}
	l.page.Visit(l.base + own)
	l.page.Audit(l.axe, "20-gone", true, l.other) // and so does their own page
}

// isNowhere lets the series go on for the other reader, and looks for them in every file.
func (l *life) isNowhere() {
	l.t.Helper()
	total := len(l.relay.Accepted())
	l.in.step(newsday.AddDate(0, 0, 7).Add(time.Minute))
	l.ask("POST", "/p/nothing", "wake=up")
	l.relay.Await(l.t, "the other's issue", func() bool { return len(l.relay.Accepted()) > total })
	await(l.t, "settling", func() bool { return l.in.ledger(l.t)[drip.DeliverySending] == 0 })
	if m := l.relay.Accepted()[total:]; len(m) != 1 || m[0].To[0] == oldAddress {
		l.t.Errorf("%d mails were sent, the first to number %d", len(m), len(m[0].To))
	}
	lookForThem(l.t, l.dir, "while it serves")
	l.stop()
	l.wait()
	l.in.verify(l.t)
	lookForThem(l.t, l.dir, "after it stopped")
	if info, err := os.Stat(filepath.Join(l.dir, "data", "serve.log")); err != nil || info.Size() == 0 {
		l.t.Error("there is no log to look at")
	}
}

// enrollment returns their latest.
func (l *life) enrollment() drip.Enrollment {
	l.t.Helper()
	people, err := l.in.Store.Subscribers(context.Background(), store.SubscriberFilter{})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, p := range people {
		if p.Email.String() == oldAddress {
			list, err := l.in.Store.EnrollmentsOf(context.Background(), p.ID)
			if err != nil || len(list) == 0 {
				l.t.Fatal(list, err)
			}
			return list[len(list)-1]
		}
	}
	l.t.Fatal("nobody has the address")
	return drip.Enrollment{}
}
