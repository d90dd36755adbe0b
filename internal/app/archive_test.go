package app_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/app"
	"partwork/internal/testkit"
)

// archived serves a campaign whose campaign.yaml goes on with these lines. Of its issues, the
// second is addressed to its reader, the third is of a day to come, the fourth is a draft,
// and the fifth cannot do without a name.
func archived(t *testing.T, lines string, change func(files fstest.MapFS)) (*instance, *running) {
	t.Helper()
	in := newInstance(t, instanceOptions{at: newsday.Add(2 * time.Hour), prepare: func(in *instance) {
		file := in.files["letters/campaign.yaml"]
		file.Data = append(file.Data, lines...)
		in.files["letters/02-two.md"].Data = []byte(`---
id: two
subject: 'For {{.Subscriber.Name | default "you"}} & <all>'
preheader: "A <second> letter"
---

Dear {{.Subscriber.Name | default "friend"}}, [change your pace]({{.Links.Preferences}}).

{{if .Subscriber.town}}In {{.Subscriber.town | default ""}}.{{else}}Wherever you are.{{end}}
`)
		for name, head := range map[string]string{
			"03-three": "id: three\nnot_before: 2026-03-25\n", "04-four": "id: four\ndraft: true\n", "05-five": "id: five\n",
		} {
			text := "Text.\n"
			if name == "05-five" {
				text = "Dear {{.Subscriber.Name}},\n"
			}
			in.files["letters/"+name+".md"] = &fstest.MapFile{Data: []byte("---\n" + head + "subject: " + name + "\npreheader: A letter\n---\n\n" + text)}
		}
		if change != nil {
			change(in.files)
		}
	}})
	importPeople(t, in, writePeople(t, 1), "")
	return in, in.serve(t, testkit.Start(t, testkit.Script{}), app.ServeOptions{})
}

const archivePath = "/a/q7w2er"

// TestArchive reads a public archive as a stranger: the list, the issues, the feed.
func TestArchive(t *testing.T) {
	t.Parallel()
	in, r := archived(t, "archive: public\nsignup:\n  open: true\n  consent: Yes.\n", nil)
	before := testkit.Dump(t, in.cfg.Database.Path(), beating...)
	response, page := r.ask("GET", archivePath, "")
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.StatusCode, page)
	}
	list := testkit.ParseHTML(t, page)
	var subjects, paths []string
	for _, a := range list.All(".issues a") {
		subjects, paths = append(subjects, strings.Join(strings.Fields(a.Text()), " ")), append(paths, a.Attr("href"))
	}
	if want := []string{"Letter one", "For you & <all>"}; !slices.Equal(subjects, want) {
		t.Fatalf("the list has %q, want %q", subjects, want)
	}
	if len(list.All(`a[href="/s/q7w2er"]`)) != 1 || !strings.Contains(page, `content="noindex`) {
		t.Error("the list does not lead to the sign-up page, or wants to be found")
	}
	for name, want := range map[string]string{
		"Cache-Control": "public, max-age=300", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Set-Cookie": "",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	response, issue := r.ask("GET", paths[1], "")
	for _, want := range []string{"Dear friend,", "Wherever you are.", "For you &amp; &lt;all&gt;", `href="` + mailedBase + archivePath + `"`} {
		if !strings.Contains(issue, want) {
			t.Errorf("the issue has no %q:\n%s", want, issue)
		}
	}
	for _, frame := range []string{"You get these emails", "Leave this series", "Preferences:"} {
		if strings.Contains(issue, frame) {
			t.Errorf("the issue stands in the frame of a mail: %q", frame)
		}
	}
	// Every link is that of the list: no token, no reader's own page.
	for _, link := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(issue, -1) {
		if link[1] != mailedBase+archivePath {
			t.Errorf("the issue has the link %s", link[1])
		}
	}
	if policy := response.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; form-action 'none'") {
		t.Errorf("the policy is %q", policy)
	}
	for _, path := range []string{archivePath, paths[0], archivePath + "/feed.xml"} {
		response, _ := r.ask("GET", path, "")
		if again := r.conditional(t, path, response.Header.Get("ETag")); again != http.StatusNotModified {
			t.Errorf("%s is sent again: %d", path, again)
		}
		if posted, _ := r.ask("POST", path, "a=b"); posted.StatusCode != http.StatusMethodNotAllowed || posted.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d", path, posted.StatusCode)
		}
	}
	_, gone := r.ask("GET", "/nothing", "")
	for _, path := range []string{archivePath + "/0", archivePath + "/-1", archivePath + "/01", archivePath + "/9999999", archivePath + "/x", "/a/z7w2er", "/a/z7w2er/feed.xml", "/a/letters"} {
		if response, page := r.ask("GET", path, ""); response.StatusCode != http.StatusNotFound || page != gone {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
	// Those that are not in the list cannot be opened by their number either.
	open := 0
	for no := range 12 {
		if response, _ := r.ask("GET", archivePath+"/"+strconv.Itoa(no), ""); response.StatusCode == http.StatusOK {
			open++
		}
	}
	if open != 2 {
		t.Errorf("%d issues can be opened, want 2", open)
	}
	checkFeed(t, r, 2)
	if _, robots := r.ask("GET", "/robots.txt", ""); robots != "User-agent: *\nDisallow: /\n" {
		t.Errorf("robots.txt is %q", robots)
	}
	if testkit.Dump(t, in.cfg.Database.Path(), beating...) != before {
		t.Error("looking changed something")
	}
	in.step(newsday.AddDate(0, 0, 1)) // the day of the third has come
	if _, page := r.ask("GET", archivePath, ""); !strings.Contains(page, "03-three") {
		t.Error("an issue whose day has come is not in the list")
	}
}

// conditional asks for a page that somebody has already.
func (r *running) conditional(t *testing.T, path, tag string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", r.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("If-None-Match", tag)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// checkFeed holds the feed against RFC 4287.
func checkFeed(t *testing.T, r *running, entries int) {
	t.Helper()
	response, text := r.ask("GET", archivePath+"/feed.xml", "")
	if kind := response.Header.Get("Content-Type"); kind != "application/atom+xml; charset=utf-8" {
		t.Errorf("the feed is %q", kind)
	}
	type link struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	type element struct {
		IDs     []string `xml:"http://www.w3.org/2005/Atom id"`
		Titles  []string `xml:"http://www.w3.org/2005/Atom title"`
		Updated []string `xml:"http://www.w3.org/2005/Atom updated"`
		Links   []link   `xml:"http://www.w3.org/2005/Atom link"`
		Summary []string `xml:"http://www.w3.org/2005/Atom summary"`
	}
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		element
		Lang    string    `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		Authors []string  `xml:"http://www.w3.org/2005/Atom author>name"`
		Entries []element `xml:"http://www.w3.org/2005/Atom entry"`
	}
	if err := xml.Unmarshal([]byte(text), &feed); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	if len(feed.Authors) != 1 || feed.Authors[0] == "" || strings.Contains(text, "@") || feed.Lang == "" { // §4.1.1, §2
		t.Errorf("authors %q, language %q", feed.Authors, feed.Lang)
	}
	if len(feed.Entries) != entries {
		t.Errorf("%d entries, want %d", len(feed.Entries), entries)
	}
	seen := map[string]bool{}
	latest := ""
	for i, e := range append([]element{feed.element}, feed.Entries...) {
		if len(e.IDs) != 1 || len(e.Titles) != 1 || len(e.Updated) != 1 || e.Titles[0] == "" { // §4.1.1, §4.1.2
			t.Errorf("ids %q, titles %q, updated %q", e.IDs, e.Titles, e.Updated)
			continue
		}
		if id, err := url.Parse(e.IDs[0]); err != nil || !id.IsAbs() || seen[e.IDs[0]] { // §4.2.6
			t.Errorf("the id %q is no IRI, or not the first", e.IDs[0])
		}
		seen[e.IDs[0]] = true
		if _, err := time.Parse(time.RFC3339, e.Updated[0]); err != nil { // §3.3
			t.Error(err)
		}
		if i > 0 {
			latest = max(latest, e.Updated[0])
		}
		alternates := 0
		for _, l := range e.Links {
			if l.Rel == "alternate" {
				alternates++
			}
			if !strings.HasPrefix(l.Href, mailedBase+archivePath) {
				t.Errorf("a link goes to %s", l.Href)
				continue
			}
			got, _ := r.ask("GET", l.Href, "")
			if kind := got.Header.Get("Content-Type"); got.StatusCode != http.StatusOK || !strings.HasPrefix(kind, l.Type) {
				t.Errorf("%s: %d %s", l.Href, got.StatusCode, kind)
			}
		}
		if alternates != 1 || len(e.Summary) > 1 {
			t.Errorf("%d alternates, %d summaries", alternates, len(e.Summary))
		}
	}
	if feed.Updated[0] != latest {
		t.Errorf("the feed was updated at %s, its latest entry at %s", feed.Updated[0], latest)
	}
}

// TestArchiveIsOffUnlessAskedFor looks at a campaign that says nothing of one, at one that
// search engines may list, and at a discreet one.
func TestArchiveIsOffUnlessAskedFor(t *testing.T) {
	t.Parallel()
	_, r := archived(t, "", nil)
	_, gone := r.ask("GET", "/nothing", "")
	for _, path := range []string{archivePath, archivePath + "/feed.xml", archivePath + "/1", archivePath + "/2"} {
		if response, page := r.ask("GET", path, ""); response.StatusCode != http.StatusNotFound || page != gone {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
	_, r = archived(t, "archive: indexed\ndiscreet: true\nlanguage: de\n", nil)
	response, page := r.ask("GET", archivePath, "")
	if response.Header.Get("X-Robots-Tag") != "" || strings.Contains(page, "noindex") || !strings.Contains(page, `lang="de"`) || strings.Contains(page, "Von Letters") {
		t.Errorf("%v\n%s", response.Header, page)
	}
	if !strings.Contains(page, "Letter one") {
		t.Errorf("a discreet campaign's archive has no subjects:\n%s", page)
	}
	if _, robots := r.ask("GET", "/robots.txt", ""); !strings.Contains(robots, "Allow: "+archivePath+"\n") || !strings.HasSuffix(robots, "Disallow: /\n") {
		t.Errorf("robots.txt is %q", robots)
	}
	checkFeed(t, r, 2)
}

// TestArchiveIsAccessible has axe-core look at the list and at an issue, in both languages.
func TestArchiveIsAccessible(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	var views []testkit.View
	for _, language := range []string{"en", "de"} {
		_, r := archived(t, "archive: public\nlanguage: "+language+"\nsignup:\n  open: true\n  consent: Yes.\n", nil)
		_, page := r.ask("GET", archivePath, "")
		issue := testkit.ParseHTML(t, page).All(".issues a")[0].Attr("href")
		for name, path := range map[string]string{"list": archivePath, "issue": issue} {
			name += "-" + language
			views = append(views,
				testkit.View{Name: name, URL: r.base + path, Width: 390, Height: 844, Dark: language == "en"},
				testkit.View{Name: name, URL: r.base + path, Width: 1280, Height: 900, Dark: language == "de"})
		}
	}
	for _, a := range testkit.Audits(t, views) {
		if a.Overflow > 0 {
			t.Errorf("%s is %d pixels wider than its window of %d", a.View.Name, a.Overflow, a.View.Width)
		}
		for _, v := range a.Violations {
			if v.Grave() {
				t.Errorf("%s at %d, dark %v: %s", a.View.Name, a.View.Width, a.View.Dark, v)
			}
		}
	}
}
