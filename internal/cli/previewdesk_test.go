package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/testkit"
)

// deskProject is a project with one series, whose relay is a scripted one.
type deskProject struct {
	t      *testing.T
	dir    string
	relay  *testkit.Relay
	url    string // of the preview
	edited time.Time
}

// newDeskProject writes a project with so many issues.
func newDeskProject(t *testing.T, issues int) *deskProject {
	t.Helper()
	p := &deskProject{t: t, dir: t.TempDir(), relay: testkit.Start(t, testkit.Script{})}
	p.write("partwork.yaml", fmt.Sprintf("timezone: Europe/London\ntemplates: templates\nsmtp:\n  host: 127.0.0.1\n  port: %d\n  tls: none\n", p.relay.Port()))
	p.write("campaigns/letters/campaign.yaml", "id: letters\nkey: q7w2er\ntitle: Letters\nfrom: \"Letters <letters@letters.test>\"\n"+
		"schedule: \"0 9 * * TUE\"\ntimezone: subscriber\ndefault_timezone: Europe/London\npostal_address: \"7 Post Lane, Leeds\"\n")
	p.write("campaigns/letters/personas.yaml",
		"- {email: ada@letters.test, name: Ada, timezone: Europe/London}\n- {email: bo@letters.test, timezone: Asia/Kolkata}\n")
	if err := os.MkdirAll(filepath.Join(p.dir, "templates"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range issues {
		p.write(issueFile(i), issueText(i, "Nothing new."))
	}
	return p
}

func issueFile(i int) string { return fmt.Sprintf("campaigns/letters/%03d-issue.md", i+1) }

func issueText(i int, words string) string {
	return fmt.Sprintf("---\nid: issue-%d\nsubject: 'Letter %d for {{.Subscriber.Name | default \"you\"}}'\npreheader: What the post brought.\n---\n\n"+
		"Dear {{.Subscriber.Name | default \"friend\"}},\n\n%s\n\n%s", i+1, i+1, words,
		strings.Repeat("The tide was out, and the boats lay on their sides in the mud as if somebody had thought better of the sea.\n\n", 20))
}

func (p *deskProject) write(name, text string) {
	p.t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// serve runs the preview until the test ends.
func (p *deskProject) serve() {
	p.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	said, says := io.Pipe()
	e := &env{
		stdout: io.Discard, stderr: says, abort: context.Background(), configFile: filepath.Join(p.dir, "partwork.yaml"),
		now: func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	}
	ended := make(chan error, 1)
	go func() { ended <- e.preview(ctx, &desk{listen: "127.0.0.1:0"}) }()
	p.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			p.t.Errorf("preview: %v", err)
		}
	})
	line := make([]byte, 200)
	n, err := said.Read(line)
	address := regexp.MustCompile(`http://[^/]+`).Find(line[:n])
	if err != nil || address == nil {
		p.t.Fatalf("the preview says %q (%v)", line[:n], err)
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	p.url = string(address)
}

// get fetches a page.
func (p *deskProject) get(path string) []byte {
	p.t.Helper()
	answer, err := http.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatalf("GET %s: %s (%v)\n%.500s", path, answer.Status, err, body)
	}
	return body
}

// frameText is what the frame of the message reads.
const frameText = `document.getElementById("message").contentDocument.body.innerText`

// TestDeskInABrowser is an author's afternoon.
func TestDeskInABrowser(t *testing.T) {
	t.Parallel()
	p := newDeskProject(t, 4)
	browser := testkit.OpenPage(t, 1280, 800, false, 2*time.Minute)
	p.serve()

	// The list, and an issue of it.
	browser.Visit(p.url + "/letters/")
	browser.Until("the list", `document.querySelectorAll("ol.inbox li").length === 4 && document.querySelector("ol.inbox b").innerText === "Letter 1 for Ada"`)
	browser.Follow(`document.querySelector("ol.inbox a").click()`)
	browser.Until("the message", frameText+`.includes("Dear Ada,")`)
	browser.Until("the state", `document.getElementById("state").innerText === "live"`)

	// Every view, by its key, and the next and previous issue.
	for key, seen := range map[string]string{
		"2": `document.querySelector("pre.plain").innerText.includes("Dear Ada,")`,
		"3": `document.querySelector("table.headers").innerText.includes("List-Unsubscribe-Post")`,
		"4": `document.querySelector("pre.mime").innerText.includes("MIME-Version: 1.0")`,
		"5": `document.querySelector("ol.file li code").innerText === "---"`,
	} {
		browser.PressAndFollow(key)
		browser.Until("the view at "+key, seen)
	}
	browser.PressAndFollow("1")
	browser.PressAndFollow("j")
	browser.Until("the next issue", `document.querySelector("h1").innerText === "Letter 2 for Ada"`)
	browser.PressAndFollow("k")
	browser.Until("the previous issue", `document.querySelector("h1").innerText === "Letter 1 for Ada"`)
	for _, view := range []string{"?width=tablet", "?width=phone", "?colors=dark", "?colors=inverted", "?images=off", "?width=phone&colors=dark"} {
		browser.Visit(p.url + "/letters/issue-1" + view)
		browser.Until(view, frameText+`.includes("Dear Ada,")`)
	}
	browser.Visit(p.url + "/letters/issue-1?width=phone")
	browser.Until("a phone's width", `document.getElementById("message").clientWidth === 375`)
	const ground = `document.getElementById("message").contentWindow.getComputedStyle(document.getElementById("message").contentDocument.body).backgroundColor`
	browser.Visit(p.url + "/letters/issue-1")
	light := testkit.JSON[string](t, browser.Evaluate(ground))
	browser.Visit(p.url + "/letters/issue-1?colors=dark")
	if dark := testkit.JSON[string](t, browser.Evaluate(ground)); dark == light {
		t.Errorf("the ground is %s in the mail's own dark mode as well", dark)
	}
	browser.Visit(p.url + "/letters/issue-1?colors=inverted")
	browser.Until("the inversion", `document.getElementById("message").contentWindow.getComputedStyle(document.getElementById("message").contentDocument.documentElement).filter.includes("invert")`)

	// A persona.
	browser.Visit(p.url + "/letters/issue-1")
	browser.Follow(`const s = document.getElementById("as"); s.selectedIndex = 1; s.dispatchEvent(new Event("change", {bubbles: true}))`)
	browser.Until("somebody without a name", frameText+`.includes("Dear friend,") && document.querySelector("h1").innerText === "Letter 1 for you"`)
	browser.Complaints()
}

// TestDeskFollowsTheFiles edits what can be edited, and looks at what an open page does.
func TestDeskFollowsTheFiles(t *testing.T) {
	t.Parallel()
	p := newDeskProject(t, 4)
	browser := testkit.OpenPage(t, 1280, 800, false, 2*time.Minute)
	p.serve()
	browser.Visit(p.url + "/letters/issue-1")
	// Until all is loaded the frame still grows, and the browser scrolls along with it.
	browser.Until("the state", `document.readyState === "complete" && document.getElementById("state").innerText === "live" && `+frameText+`.includes("Nothing new.")`)
	const scroll = `document.getElementById("main").scrollTop`
	browser.Evaluate(`document.getElementById("main").scrollTop = 500`)

	p.edits(browser, 0)
	if got := browser.Evaluate(scroll); got != "500" {
		t.Errorf("the page was scrolled to 500 and is at %s", got)
	}

	// The template, the theme, an image, personas.
	layout, err := os.ReadFile("../../templates/email/layout.html")
	if err != nil {
		t.Fatal(err)
	}
	p.write("templates/email/layout.html", strings.Replace(string(layout), "{{.Content}}", "<p>From the layout.</p>{{.Content}}", 1))
	browser.Until("the layout", frameText+`.includes("From the layout.")`)
	p.write("templates/theme.yaml", "footer: From the theme.\n")
	browser.Until("the theme", frameText+`.includes("From the theme.")`)
	dot := "GIF89a\x02\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x02\x00\x01\x00\x00\x02\x02D\x0a\x00;"
	p.write("campaigns/letters/img/dot.gif", dot)
	p.write(issueFile(0), issueText(0, "![A dot](img/dot.gif)"))
	browser.Until("the image", `document.getElementById("message").contentDocument.querySelector("figure img, p img").naturalWidth === 2`)
	p.write("campaigns/letters/personas.yaml", "- {email: ada@letters.test, name: Adelheid, timezone: Europe/London}\n")
	browser.Until("the persona", frameText+`.includes("Dear Adelheid,")`)

	// Front matter that is broken, and mended; a field that there is not.
	p.write(issueFile(0), strings.Replace(issueText(0, "Mended."), "subject:", "subjct:", 1))
	browser.Until("the error", `document.querySelector(".overlay").innerText.includes("001-issue.md:3") && document.querySelector(".overlay .about").innerText.includes("subjct")`)
	if got := browser.Evaluate(`(() => { const r = document.querySelector(".overlay").getBoundingClientRect(); return r.top >= 0 && r.top < 120 && ` + scroll + ` > 400; })()`); got != "true" {
		t.Error("whoever has scrolled down does not see the error")
	}
	if got := browser.Evaluate(frameText + `.includes("Dear Adelheid,")`); got != "true" {
		t.Error("the last good version does not stay below the error")
	}
	p.write(issueFile(0), issueText(0, "Mended."))
	browser.Until("the mended file", `!document.querySelector(".overlay") && `+frameText+`.includes("Mended.")`)
	p.write(issueFile(0), issueText(0, "{{.Subscribr.Name}}"))
	browser.Until("the field", `document.querySelector(".overlay").innerText.includes("001-issue.md:9") && `+frameText+`.includes("Mended.")`)
	p.write(issueFile(0), issueText(0, "Good."))
	browser.Until("the field that is", `!document.querySelector(".overlay") && `+frameText+`.includes("Good.")`)
	p.write("campaigns/letters/005-new.md", strings.Replace(issueText(4, "Five."), "id: issue-5", "id: new", 1))
	browser.Until("a new issue", `document.querySelectorAll(".rail li").length === 5`)
	browser.Complaints()
}

// TestDeskSendsWhatItShows sends a test from the page and compares what the server got
// with what the page shows.
func TestDeskSendsWhatItShows(t *testing.T) {
	t.Parallel()
	p := newDeskProject(t, 2)
	browser := testkit.OpenPage(t, 1280, 800, false, time.Minute)
	p.serve()
	browser.Visit(p.url + "/letters/issue-2")
	browser.Follow(`document.getElementById("to").value = "grace@letters.test"; document.querySelector("#test form").requestSubmit()`)
	browser.Until("the answer", `document.querySelector("#test .done").innerText.includes("grace@letters.test") && document.querySelector("#test code").innerText.startsWith("250 ")`)
	sent := p.relay.Accepted()
	if len(sent) != 1 || !slices.Equal(sent[0].To, []string{"grace@letters.test"}) {
		t.Fatalf("the relay took %d messages", len(sent))
	}
	if shown := p.get("/_test-1.eml"); !bytes.Equal(shown, sent[0].Body) {
		t.Errorf("the page shows other bytes than were sent:\n%s\nsent:\n%s", shown, sent[0].Body)
	}
	if !bytes.Contains(sent[0].Body, []byte("\r\nSubject: [Test] Letter 2 for Ada\r\n")) {
		t.Errorf("the test is not marked:\n%s", sent[0].Body)
	}
	// The preview of the issue is the same message, but for what tells a test from it.
	preview, test := unmarked(p.get("/letters/issue-2/message.eml")), unmarked(sent[0].Body)
	if diff := cmp.Diff(strings.Split(preview, "\n"), strings.Split(test, "\n")); diff != "" {
		t.Errorf("the preview and the test differ:\n%s", diff)
	}
	browser.Complaints()

	answer, err := http.Post(p.url+"/letters/issue-2/test", "application/x-www-form-urlencoded", strings.NewReader("to=grace@letters.test"))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	request, err := http.NewRequest(http.MethodPost, p.url+"/letters/issue-2/test", strings.NewReader("to=eve@letters.test"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", "https://evil.example")
	if answer, err = http.DefaultClient.Do(request); err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden || len(p.relay.Accepted()) != 2 {
		t.Errorf("another site's form: %s, %d messages", answer.Status, len(p.relay.Accepted()))
	}
}

// tellTale is all that tells a test from the message that it is a test of.
var tellTale = []struct {
	form *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`(?m)^Message-ID: .*$`), "Message-ID: x"},
	{regexp.MustCompile(`(?m)^Date: .*$`), "Date: x"},
	{regexp.MustCompile(`(?m)^(Feedback-ID: .*):(issue|test):`), "$1:x:"},
	{regexp.MustCompile(`(?m)^To: .*$`), "To: x"},
	{regexp.MustCompile(`(?m)^Subject: \[Test\] `), "Subject: "},
	{regexp.MustCompile(`/([ucpv])/(example|test)\b`), "/$1/x"},
}

var boundaryForm = regexp.MustCompile(`boundary="?([^"\r\n]+)`)

func unmarked(message []byte) string {
	// Soft line ends and the folds of headers move with the links.
	text := strings.NewReplacer("=\r\n", "", "\r\n ", " ").Replace(string(message))
	for _, m := range boundaryForm.FindAllStringSubmatch(text, -1) {
		text = strings.ReplaceAll(text, m[1], "boundary")
	}
	for _, t := range tellTale {
		text = t.form.ReplaceAllString(text, t.by)
	}
	return text
}

// TestDeskWithManyIssues measures the list and an edit of a long series.
func TestDeskWithManyIssues(t *testing.T) {
	t.Parallel()
	issues := 300
	if testkit.Race {
		issues = 40
	}
	p := newDeskProject(t, issues)
	browser := testkit.OpenPage(t, 1280, 800, false, 3*time.Minute)
	p.serve()
	at := time.Now()
	if n := bytes.Count(p.get("/letters/"), []byte("<li><a ")); n != issues {
		t.Errorf("the list has %d issues", n)
	}
	t.Logf("the first list of %d issues: %v", issues, time.Since(at))
	at = time.Now()
	browser.Visit(fmt.Sprintf("%s/letters/issue-%d", p.url, issues/2))
	browser.Until("the message", frameText+`.includes("Nothing new.") && document.getElementById("state").innerText === "live"`)
	t.Logf("an issue of %d in the browser: %v", issues, time.Since(at))
	p.edits(browser, issues/2-1)
	browser.Complaints()
}

// edits changes an issue that a browser shows, again and again, and logs how long the page
// takes to show it.
func (p *deskProject) edits(browser *testkit.Page, issue int) {
	p.t.Helper()
	rounds := 20
	if testkit.Race {
		rounds = 4
	}
	var took []time.Duration
	for i := range rounds {
		words := fmt.Sprintf("Edit number %d.", i)
		at := time.Now()
		p.write(issueFile(issue), issueText(issue, words))
		browser.Until("an edit", frameText+`.includes("`+words+`")`)
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	p.t.Logf("from save to page, in a series of %d: median %v of %d, from %v to %v", len(p.issues()), took[rounds/2], rounds, took[0], took[rounds-1])
}

// issues are the files of the issues.
func (p *deskProject) issues() []string {
	files, err := filepath.Glob(filepath.Join(p.dir, "campaigns/letters/*.md"))
	if err != nil {
		p.t.Fatal(err)
	}
	return files
}
